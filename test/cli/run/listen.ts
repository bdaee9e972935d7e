import { vi } from 'vitest';

/** What a command says from now on, on both streams, in order; `vi.restoreAllMocks` ends it. */
export function listen(): string[] {
  const said: string[] = [];
  for (const name of ['log', 'error'] as const)
    vi.spyOn(console, name).mockImplementation((line: string) => {
      said.push(line);
    });
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => said.push(String(line)) > 0);
  return said;
}
