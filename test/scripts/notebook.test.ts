import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { flags } from '../../scripts/flags.mjs';
import {
  type Cell,
  type Notebook,
  readNotebook,
  settleText,
  sourceHash,
  writeNotebook,
} from '../../scripts/notebook.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-nbrun-'));
  symlinkSync(projectPath('node_modules'), path.join(folder, 'node_modules'), 'junction');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const code = (source: string, ...tags: string[]): Cell => ({
  cell_type: 'code',
  source,
  metadata: { tags },
  outputs: [],
  execution_count: null,
});
const markdown = (source: string): Cell => ({ cell_type: 'markdown', source, metadata: {} });
const notebook = (...cells: Cell[]): Notebook => ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });

describe('notebook files', () => {
  it('show text after a carriage return in place of the line before it', () => {
    expect(settleText('10 %\r50 %\r100 %\ndone\r\n')).toBe('100 %\ndone\n');
  });

  it('are written as Jupyter writes them: keys sorted, indented by one space, newline at the end', () => {
    const file = path.join(folder, 'sorted.ipynb');
    writeNotebook(file, { nbformat_minor: 5, nbformat: 4, metadata: {}, cells: [] });
    expect(readFileSync(file, 'utf8')).toBe(
      '{\n "cells": [],\n "metadata": {},\n "nbformat": 4,\n "nbformat_minor": 5\n}\n',
    );
  });

  it('have a hash that depends on code, not on text, outputs or how the source is split into lines', () => {
    const hash = sourceHash(notebook(markdown('# A'), code('let a = 1;\na')));
    expect(
      sourceHash(
        notebook(markdown('# B'), { ...code(''), source: ['let a = 1;\n', 'a'], outputs: [{ output_type: 'stream' }] }),
      ),
    ).toBe(hash);
    expect(sourceHash(notebook(code('let a = 2;\na')))).not.toBe(hash);
  });
});

describe('the headless runner', () => {
  let ran: { status: number | null; stderr: string; cells: Cell[]; notebook: Notebook };
  beforeAll(() => {
    const file = path.join(folder, 'cells.ipynb');
    writeNotebook(
      file,
      notebook(
        markdown('# Cells'),
        code("process.stdout.write('10 %\\r20 %\\r'); console.log('end'); console.error('aside');"),
        code("import * as tslab from 'tslab';\nconst display = tslab.newDisplay();\ndisplay.text('before');"),
        code("display.text('after');"),
        code("throw new RangeError('expected');", 'raises-exception'),
        code('const found: number = [1].find((x) => x > 1);'),
        code("console.log('never');"),
      ),
    );
    const { status, stderr } = spawnSync(
      process.execPath,
      [...flags, projectPath('scripts/nbrun.ts'), file, path.join(folder, 'out', 'cells.ipynb')],
      { encoding: 'utf8' },
    );
    const out = readNotebook(path.join(folder, 'out', 'cells.ipynb'));
    ran = { status, stderr, notebook: out, cells: out.cells.filter((cell) => cell.cell_type === 'code') };
  });

  it('keeps stdout and stderr apart', () => {
    expect(ran.cells[0]!.outputs).toEqual([
      { output_type: 'stream', name: 'stdout', text: ['end\n'] },
      { output_type: 'stream', name: 'stderr', text: ['aside\n'] },
    ]);
  });

  it('updates a display from a later cell', () => {
    expect(ran.cells[1]!.outputs).toEqual([
      { output_type: 'display_data', data: { 'text/plain': ['after'] }, metadata: {} },
    ]);
    expect(ran.cells[2]!.outputs).toEqual([]);
  });

  it("turns a thrown error into an error output without the runner's own stack, and goes on where the tag allows it", () => {
    const error = ran.cells[3]!.outputs!.at(-1)!;
    expect(error).toMatchObject({ output_type: 'error', ename: 'RangeError', evalue: 'RangeError: expected' });
    expect(error.traceback!.join('\n')).not.toMatch(/tslab|nbrun|node:/);
  });

  it("checks types strictly: find() may be undefined; that ends the run with exit code 1 and the cell's number", () => {
    expect(ran.cells[4]!.outputs!.at(-1)).toMatchObject({
      output_type: 'error',
      evalue: expect.stringContaining("'number | undefined' is not assignable to type 'number'"),
    });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(/^cells\.ipynb, cell 5 of 6: 1:7 - /);
  });

  it('leaves the cells after the error empty and counts the others', () => {
    expect(ran.cells.map((cell) => cell.execution_count)).toEqual([1, 2, 3, 4, 5, null]);
    expect(ran.cells[5]!.outputs).toEqual([]);
  });

  it('notes the hash of the sources, and no times', () => {
    expect(ran.notebook.metadata.axunet?.sourceHash).toBe(sourceHash(ran.notebook));
    expect(JSON.stringify(ran.notebook)).not.toMatch(/iopub|execute_input|\d{4}-\d\d-\d\dT/);
  });

  it('goes on where a module appears beside the notebook while it runs, and imports it, as does the next notebook', () => {
    const file = path.join(folder, 'some', 'notebooks', 'late.ipynb'); // folders close to the root are not watched
    mkdirSync(path.dirname(file), { recursive: true });
    writeNotebook(
      file,
      notebook(
        code(`import { display } from 'tslab';
          import { writeFileSync } from 'node:fs';
          writeFileSync('late.ts', 'export const late = "late";');
          await new Promise((resolve) => setTimeout(resolve, 500)); // until the compiler has heard of it`),
        code("import { late } from './late';\nconsole.log(late);"),
      ),
    );
    const next = path.join(folder, 'some', 'notebooks', 'next.ipynb');
    writeNotebook(next, notebook(code("import { late } from './late';\nconsole.log(late);"), code('display')));
    const both = [file, file, next, path.join(folder, 'next.ipynb')];
    const { status, stderr } = spawnSync(process.execPath, [...flags, projectPath('scripts/nbrun.ts'), ...both], {
      encoding: 'utf8',
    });
    const printed = [{ output_type: 'stream', name: 'stdout', text: ['late\n'] }];
    expect(readNotebook(file).cells[1]!.outputs).toEqual(printed);
    const [first, second] = readNotebook(path.join(folder, 'next.ipynb')).cells;
    expect(first!.outputs).toEqual(printed);
    expect(second!.outputs!.at(-1)!.evalue).toContain("Cannot find name 'display'"); // of the notebook before
    expect(stderr).toMatch(/^next\.ipynb, cell 2 of 2: /);
    expect(status).toBe(1);
  });

  it('does not keep what is shown to whoever sits at the kernel alone', () => {
    const file = path.join(folder, 'live.ipynb');
    writeNotebook(
      file,
      notebook(
        code(`import { showBundle } from 'axunet/figures/show';
          showBundle({ 'text/html': '<b>live</b>', 'text/plain': 'live' }, { axunet: 'live' });
          showBundle({ 'text/plain': 'kept' });`),
      ),
    );
    expect(spawnSync(process.execPath, [...flags, projectPath('scripts/nbrun.ts'), file]).status).toBe(0);
    const outputs = readNotebook(file).cells[0]!.outputs!;
    expect(outputs.map(({ data }) => data)).toEqual([{ 'text/plain': ['kept'] }]);
  });
});
