import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { parseClasses } from '../../../lib/dataset/classes.ts';
import { writeNifti } from '../../../lib/io/nifti.ts';
import { openSlices } from '../../../lib/preprocess/sliceSet.ts';

const preprocess = await loadCommand('preprocess');

let folder: string;
let printed: string[];
let complained: string[];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-cli-'));
  printed = [];
  complained = [];
  vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(String(text)));
  vi.spyOn(console, 'error').mockImplementation((text) => void complained.push(String(text)));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** An nnU-Net folder with a 8×8×4 case of each id; a label value of 5 is none of the data set's. */
async function writeDataset(cases: Record<string, number>): Promise<string> {
  const geometry = {
    shape: [8, 8, 4] as const,
    spacingMm: [1, 1, 1] as const,
    affine: [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  };
  for (const [id, value] of Object.entries(cases)) {
    await writeNifti(path.join(folder, 'set', 'imagesTr', `${id}_0000.nii.gz`), {
      ...geometry,
      data: new Int16Array(256).fill(40),
    });
    await writeNifti(path.join(folder, 'set', 'labelsTr', `${id}.nii.gz`), {
      ...geometry,
      data: new Uint8Array(256).fill(value),
    });
  }
  return path.join(folder, 'set');
}

const out = (): string => path.join(folder, 'slices');
const summary = (): Record<string, unknown> => JSON.parse(printed[0]);

describe('axunet preprocess', () => {
  it('makes slices of a folder and prints a summary as JSON', async () => {
    expect(await preprocess.run([await writeDataset({ one: 1, two: 2 }), '--out', out(), '--json'])).toBe(0);
    expect(summary()).toMatchObject({
      mode: 'default',
      windowHu: [-160, 240],
      cases: 2,
      failed: [],
      pending: 0,
      slices: 8,
      slicesWithForeground: 8,
      foregroundPixels: 512,
    });
    expect(readdirSync(path.join(out(), 'data')).length).toBe(8);
  });

  it('prints the label map in force, and what is odd in a case on stderr and as JSON', async () => {
    const set = await writeDataset({ one: 1 });
    expect(await preprocess.run([set, '--out', out()])).toBe(0);
    expect(printed[0]).toBe('labels: pancreas 1 (pancreas), 2 (tumour)');
    expect(complained).toEqual(['axunet preprocess: warning: case one: one_0000.nii.gz: every voxel is 40']);
    printed = [];
    expect(await preprocess.run([set, '--out', out(), '--json'])).toBe(0);
    expect(summary()).toMatchObject({
      labelMap: { 1: 1, 2: 1 },
      warnings: [{ id: 'one', message: 'one_0000.nii.gz: every voxel is 40' }],
    });
  });

  it('keeps classes apart, in labels and manifest, and makes the slices again when they change', async () => {
    const set = await writeDataset({ one: 1, two: 2, other: 3 });
    const run = (...args: string[]) => preprocess.run([set, '--out', out(), '--json', ...args]);
    expect(await run('--labels', 'tumour=2,pancreas=1,*=0')).toBe(0);
    expect(summary()).toMatchObject({
      labels: 'labels: tumour 2 (tumour); pancreas 1 (pancreas); all others background',
    });
    const slices = await openSlices(out());
    expect(slices.manifest.classes).toEqual(parseClasses('tumour=2,pancreas=1').classes);
    const classOf = (id: string): number => slices.readLabel(slices.entries.findIndex((one) => one.case === id))[0];
    expect(['two', 'one', 'other'].map(classOf)).toEqual([1, 2, 0]);
    expect(await run('--labels', 'pancreas=1,tumour=2')).toBe(1); // 3 is no class now
    const { cases, failed } = (await openSlices(out())).manifest;
    expect([cases.map(({ id }) => id), failed.map(({ id }) => id)]).toEqual([['one', 'two'], ['other']]);
    await expect(run('--labels', 'pancreas=1', '--label-map', '1:1')).rejects.toThrow('found both');
  });

  it('makes a case again whose record holds something else than warnings', async () => {
    const set = await writeDataset({ one: 1 });
    expect(await preprocess.run([set, '--out', out(), '--json'])).toBe(0);
    const record = path.join(out(), 'cases', 'one.json');
    const held = JSON.parse(readFileSync(record, 'utf8')) as { entry: object };
    writeFileSync(record, JSON.stringify({ ...held, entry: { ...held.entry, warnings: 5 } }));
    printed = [];
    expect(await preprocess.run([set, '--out', out(), '--json'])).toBe(0);
    expect(summary()).toMatchObject({ cases: 1, warnings: [{ id: 'one' }] });
  });

  it('says that labels are empty, case by case and of the whole set', async () => {
    const set = await writeDataset({ one: 0, two: 0 });
    expect(await preprocess.run([set, '--out', out(), '--json'])).toBe(0);
    const { warnings } = summary() as { warnings: { id?: string; message: string }[] };
    for (const id of ['one', 'two']) expect(warnings).toContainEqual({ id, message: 'the label has no foreground' });
    expect(warnings.at(-1)).toEqual({ message: 'no label of the set has any foreground' });
    expect(complained.at(-1)).toBe('axunet preprocess: warning: no label of the set has any foreground');
  });

  it('takes mode, window and shard', async () => {
    const set = await writeDataset({ one: 1, two: 2 });
    expect(await preprocess.run([set, '--out', out(), '--mode', 'paper', '--json'])).toBe(0);
    expect(summary()).toMatchObject({ mode: 'paper', windowHu: [-1024, 1024], slices: 4 });
    printed = [];
    expect(await preprocess.run([set, '--out', out(), '--window', '-100,300', '--shard', '2/2', '--json'])).toBe(0);
    expect(summary()).toMatchObject({ windowHu: [-100, 300], cases: 1, pending: 1, slices: 4 });
  });

  it('ends with 1 and names the cases that failed', async () => {
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    expect(await preprocess.run([await writeDataset({ one: 1, odd: 5 }), '--out', out()])).toBe(1);
    expect(complained[0]).toMatch(
      /^axunet preprocess: case odd failed: Expected label values 0, 1, 2, found 5 in .*odd\.nii\.gz$/,
    );
    expect(printed.at(-1)).toMatch(/^4 slices \(4 with foreground\) of 1 case in .*; 1 case failed$/);
  });

  it('says what is missing or not understood', async () => {
    const run = (...args: string[]) => preprocess.run(args);
    await expect(run()).rejects.toThrow('Expected one data set or folder');
    await expect(run('phantom')).rejects.toThrow('Expected --out DIR, the folder for the slices, found none');
    await expect(run('phantom', '--out', out(), '--mode', 'best')).rejects.toThrow(
      'Expected --mode default or paper, found "best"',
    );
    await expect(run('phantom', '--out', out(), '--window', '40')).rejects.toThrow(
      'Expected --window as two numbers, such as --window=-160,240, found "40"',
    );
    await expect(run('phantom', '--out', out(), '--shard', '3/2')).rejects.toThrow(
      'Expected --shard I/N with I from 1 to N, found "3/2"',
    );
    await expect(run('no-such-set', '--out', out())).rejects.toThrow('no-such-set');
    const set = await writeDataset({ one: 1 });
    await expect(run(set, '--out', out(), '--mode', 'paper', '--window=0,80')).rejects.toThrow(
      'Expected no window in paper mode',
    );
  });
  it('deletes nothing outside of its folder, whatever a case record names', async () => {
    const set = await writeDataset({ one: 1, two: 1 });
    expect(await preprocess.run([set, '--out', out(), '--json'])).toBe(0);
    const [victim, record] = [path.join(folder, 'victim', 'thesis.txt'), path.join(out(), 'cases', 'one.json')];
    mkdirSync(path.dirname(victim));
    writeFileSync(victim, 'years of work');
    const json = JSON.parse(readFileSync(record, 'utf8'));
    json.slices[0].image = '../victim/thesis.txt';
    json.made = 'something else, so that the case is made again';
    writeFileSync(record, JSON.stringify(json));
    expect(await preprocess.run([set, '--out', out(), '--json'])).toBe(1);
    expect(readFileSync(victim, 'utf8')).toBe('years of work');
    expect(JSON.parse(printed[1]).failed).toEqual([
      { id: 'one', reason: expect.stringMatching(/^Expected a path inside .*thesis\.txt" in .*one\.json$/) },
    ]);
  });
});
