/** A class that validation never finds is told once, with its share of the pixels and what helps. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseClasses } from '../../lib/dataset/classes.ts';
import { startEngine } from '../../lib/engine/engine.ts';
import type { Validation } from '../../lib/evaluate/validation.ts';
import type { SliceSet } from '../../lib/preprocess/sliceSet.ts';
import { trainConfig } from '../../lib/train/config.ts';
import { emptyClassWatch, pixelShare } from '../../lib/train/emptyClasses.ts';
import { readHistory } from '../../lib/train/history.ts';
import { describeRun } from '../../lib/train/run.ts';
import { trainFolder } from '../../lib/train/trainFolder.ts';
import { toySlices } from './toy.ts';

/** The toy discs with one pixel of each as tumour: 2 of 3 slices of a patient, 16 × 16 pixels each. */
function speckSlices(): SliceSet {
  const slices = toySlices(3);
  const readLabel = (i: number): Uint8Array => {
    const label = slices.readLabel(i).slice();
    const first = label.indexOf(1);
    if (first >= 0) label[first] = 2;
    return label;
  };
  const { classes } = parseClasses('pancreas=1,tumour=2');
  const manifest = { ...slices.manifest, unit: 'mm' as const, windowHu: [0, 1] as const, classes };
  return { ...slices, manifest, readLabel, read: (i) => ({ ...slices.read(i), label: readLabel(i) }) };
}
const slices = speckSlices();
const all = slices.entries.map((_, i) => i);
const validation = (tumour: number | null): Validation => ({
  dice: 0.4,
  sd: 0,
  patients: [],
  classes: { pancreas: 0.8, tumour },
});

describe('a class that stays empty', () => {
  it('has its share of all pixels', () => {
    expect(pixelShare(slices, all, 2)).toBe(6 / (9 * 256));
    expect(pixelShare(slices, [2], 2)).toBe(0); // the empty slice
    expect(pixelShare(slices, [], 2)).toBe(0);
  });

  it('is told after five validations in a row without it, once', () => {
    const told = emptyClassWatch(slices, all);
    const lines = Array.from({ length: 9 }, (_, k) => told({ epoch: 2 * k + 2, validation: validation(0) }));
    expect(lines.map(({ length }) => length)).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(lines[4]![0]).toMatch(
      /^After epoch 10 no voxel of tumour was found in 5 validations in a row: it has 0\.26 % of the training slices' pixels; /,
    );
  });

  it('is not told where it was found in between, is in no validation patient, or was not validated', () => {
    const told = emptyClassWatch(slices, all);
    const scores = [0, 0, 0, 0, 0.1, 0, 0, 0, 0, null, undefined];
    for (const [k, score] of scores.entries())
      expect(told({ epoch: k, ...(score !== undefined && { validation: validation(score) }) })).toEqual([]);
    const single = emptyClassWatch(toySlices(3), all);
    for (let epoch = 1; epoch < 9; epoch++)
      expect(single({ epoch, validation: { dice: 0, sd: 0, patients: [] } })).toEqual([]);
  });
});

describe('trainFolder', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-empty-class-'));
  beforeAll(async () => {
    process.env.AXUNET_COMPILE = 'off'; // takes longer than the five epochs
    await startEngine();
  });
  afterAll(() => {
    delete process.env.AXUNET_COMPILE;
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  it('says so while it trains', async () => {
    const warnings: string[] = [];
    vi.spyOn(console, 'log').mockImplementation(() => {});
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    vi.spyOn(console, 'warn').mockImplementation((line: string) => {
      warnings.push(line);
    });
    const config = trainConfig({ variant: 'unet', width: 2, batchSize: 3, epochs: 5, learningRate: 1e-6 });
    const patients = { training: ['p0', 'p1'], validation: ['p2'] };
    const description = describeRun(config, slices, patients);
    await trainFolder(path.join(folder, 'run'), description, slices);
    const found = readHistory(path.join(folder, 'run')).flatMap((one) =>
      one.kind === 'epoch' ? [one.validation!] : [],
    );
    const never = ['pancreas', 'tumour'].filter((name) => found.every(({ classes }) => classes![name] === 0));
    expect(never).not.toEqual([]);
    expect(warnings.map((line) => /^After epoch 5 no voxel of (\w+) was/.exec(line)?.[1])).toEqual(never);
  });
});
