import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectPath } from '../lib/settings.ts';
import { flags } from '../scripts/flags.mjs';
import { joinLines, readNotebook, sourceHash } from '../scripts/notebook.ts';

const notebooks = readdirSync(projectPath('notebooks')).filter((name) => name.endsWith('.ipynb'));
const scratch = mkdtempSync(path.join(os.tmpdir(), 'axunet-notebooks-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/**
 * Runs a notebook in a process of its own, with its executed copy and its figures in the scratch folder; resolves to
 * what it says on stderr.
 */
function execute(name: string): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(
    process.execPath,
    [...flags, projectPath('scripts/nbrun.ts'), projectPath('notebooks', name), path.join(scratch, name)],
    {
      env: {
        ...process.env,
        AXUNET_PROFILE: 'tiny',
        AXUNET_FIGURES: scratch,
        AXUNET_PROGRESS: 'live',
        TF_CPP_MIN_LOG_LEVEL: '2',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

describe.each(notebooks)('notebooks/%s', (name) => {
  it('has cells of at most 15 lines, none wider than 120 columns', () => {
    const cells = readNotebook(projectPath('notebooks', name)).cells.filter((cell) => cell.cell_type === 'code');
    const lines = cells.map((cell) => joinLines(cell.source).split('\n'));
    const long = lines.filter((own) => own.length > 15).map((own) => `${own.length} lines: ${own[0]}`);
    const wide = lines.flat().filter((line) => [...line].length > 120);
    expect([...long, ...wide]).toEqual([]);
  });

  it('runs from top to bottom in profile tiny', async () => {
    const { code, stderr } = await execute(name);
    expect(code, stderr).toBe(0);
    const cells = readNotebook(path.join(scratch, name)).cells.filter((cell) => cell.cell_type === 'code');
    expect(cells.map((cell) => cell.execution_count)).toEqual(cells.map((_, i) => i + 1));
  }, 300_000);

  it('was committed with outputs that belong to its present cells (npm run figures renews them)', () => {
    const notebook = readNotebook(projectPath('notebooks', name));
    expect(notebook.metadata.axunet?.sourceHash).toBe(sourceHash(notebook));
  });

  it('names no folder of the machine on which its outputs were made', () => {
    const texts = readNotebook(projectPath('notebooks', name))
      .cells.flatMap((cell) => cell.outputs ?? [])
      .flatMap((output) => [
        joinLines(output.text ?? ''),
        ...Object.values(output.data ?? {}).filter((value) => typeof value === 'string'),
      ]);
    expect(texts.filter((text) => text.includes(projectPath()) || text.includes(`${os.homedir()}/`))).toEqual([]);
  });
});
