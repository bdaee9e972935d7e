import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectPath } from '../lib/settings.ts';
import { flags } from '../scripts/flags.mjs';
import { joinLines, readNotebook, sourceHash } from '../scripts/notebook.ts';
import { notebookNames } from '../scripts/run-notebooks.mjs';

/** In the order in which they build on each other, before a reader's own; the first starts where no engine runs. */
const ours: string[] = notebookNames().map((name: string) => `${name}.ipynb`);
const others = readdirSync(projectPath('notebooks')).filter((name) => name.endsWith('.ipynb') && !ours.includes(name));
const notebooks = [...ours, ...others];
const scratch = mkdtempSync(path.join(os.tmpdir(), 'axunet-notebooks-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/**
 * Runs all notebooks in one process, since its start takes longer than most of their cells, with their executed copies
 * and their figures in the scratch folder; resolves to what it says on stderr.
 */
function execute(): Promise<{ code: number | null; stderr: string }> {
  const files = notebooks.flatMap((name) => [projectPath('notebooks', name), path.join(scratch, name)]);
  const child = spawn(process.execPath, [...flags, projectPath('scripts/nbrun.ts'), ...files], {
    env: {
      ...process.env,
      AXUNET_PROFILE: 'tiny',
      AXUNET_FIGURES: scratch,
      AXUNET_PROGRESS: 'live',
      TF_CPP_MIN_LOG_LEVEL: '2',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

const codeOf = (file: string) => readNotebook(file).cells.filter((cell) => cell.cell_type === 'code');

let ran: Awaited<ReturnType<typeof execute>>;
beforeAll(async () => {
  ran = await execute();
}, 1_200_000);

it('the notebooks end without an error', () => {
  expect(ran.code, ran.stderr).toBe(0);
});

describe.each(notebooks)('notebooks/%s', (name) => {
  it('has cells of at most 15 lines, none wider than 120 columns', () => {
    const lines = codeOf(projectPath('notebooks', name)).map((cell) => joinLines(cell.source).split('\n'));
    const long = lines.filter((own) => own.length > 15).map((own) => `${own.length} lines: ${own[0]}`);
    const wide = lines.flat().filter((line) => [...line].length > 120);
    expect([...long, ...wide]).toEqual([]);
  });

  it('runs from top to bottom in profile tiny', () => {
    const cells = codeOf(path.join(scratch, name));
    expect(cells.map((cell) => cell.execution_count)).toEqual(cells.map((_, i) => i + 1));
    expect(ran.stderr).not.toContain(name);
  });

  it.skipIf([ours[0], ...others].includes(name))('starts the engine itself, in its first cell', () => {
    const [first] = codeOf(projectPath('notebooks', name));
    expect(joinLines(first!.source)).toContain('await ax.startEngine()');
  });

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
