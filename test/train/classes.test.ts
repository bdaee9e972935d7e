/** From slices with classes to a trained run, and from there to masks with the values that the labels had. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClasses } from '../../lib/dataset/classes.ts';
import { startEngine } from '../../lib/engine/engine.ts';
import { formatScores } from '../../lib/evaluate/formatScores.ts';
import { readNifti, writeNifti } from '../../lib/io/nifti.ts';
import { predictFiles } from '../../lib/predict/files.ts';
import { findVolumes } from '../../lib/predict/inputs.ts';
import type { SliceSet } from '../../lib/preprocess/sliceSet.ts';
import { trainConfig } from '../../lib/train/config.ts';
import { type EpochRecord, readHistory } from '../../lib/train/history.ts';
import { loadRun } from '../../lib/train/loadRun.ts';
import { closeRun, describeRun, openRun } from '../../lib/train/run.ts';
import { scoreRun } from '../../lib/train/scores.ts';
import { train } from '../../lib/train/trainer.ts';
import { toySlices } from './toy.ts';

const { classes } = parseClasses('organ=3,tumour=7');
const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-classes-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]): string => path.join(folder, ...names);

/** The toy discs, brighter and of class 2 in their lower half. */
function ringSlices(): SliceSet {
  const slices = toySlices(3);
  const lower = (i: number): boolean => i % 256 >= 128;
  const read = (i: number) => {
    const { image, label } = slices.read(i);
    return {
      image: image.map((v, p) => (label[p % 256] && lower(p) ? v + 0.5 : v)),
      label: label.map((c, p) => (c && lower(p) ? 2 : c)),
    };
  };
  const manifest = { ...slices.manifest, unit: 'mm' as const, windowHu: [0, 1] as const, classes };
  return { ...slices, manifest, read, readLabel: (i) => read(i).label };
}

const slices = ringSlices();
const patients = { training: ['p0', 'p1'], validation: ['p2'] };
const config = trainConfig({
  variant: 'unet',
  width: 6,
  batchSize: 3,
  epochs: 60,
  validateEvery: 20,
  optimizer: { name: 'adam' },
  learningRate: 0.01,
});

beforeAll(async () => {
  await startEngine();
  const run = openRun(at('run'), describeRun(config, slices, patients), slices);
  await train(run);
  closeRun(run);
});

describe('A run with classes', () => {
  it('writes their names and values into its configuration, and has an output for each', () => {
    const { data, model } = JSON.parse(readFileSync(at('run', 'config.json'), 'utf8'));
    expect([data.classes, model.classes]).toEqual([classes, 3]);
  });

  it('learns both, and validates by the mean of their scores', () => {
    const last = readHistory(at('run')).findLast((record): record is EpochRecord => record.kind === 'epoch')!;
    const { dice, classes: byName } = last.validation!;
    expect(dice).toBeCloseTo((byName!.organ! + byName!.tumour!) / 2, 12);
    expect(byName!.organ).toBeGreaterThan(0.6);
    expect(byName!.tumour).toBeGreaterThan(0.6);
  });

  it('is scored class by class', async () => {
    const trained = await loadRun(at('run'));
    const text = formatScores(await scoreRun(trained, slices));
    trained.model.dispose();
    expect(text).toContain('Patients, organ in label or prediction');
    expect(text).toContain('Patients, tumour in label or prediction');
  });

  it('predicts the stored values, and a map of probability for each class', async () => {
    const { image } = slices.read(7);
    const data = Float32Array.from(image.subarray(0, 256));
    const affine = [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    await writeNifti(at('in.nii'), { data, shape: [16, 16, 1], spacingMm: [1, 1, 1], affine });
    const trained = await loadRun(at('run'), 'last');
    expect(trained.classes).toEqual(classes);
    const options = { out: at('out'), probability: true };
    await predictFiles(trained, await findVolumes([at('in.nii')]), options);
    trained.model.dispose();
    const mask = await readNifti(at('out', 'in.nii.gz'));
    expect([...new Set(mask.data)].sort()).toEqual([0, 3, 7]);
    const { voxels, classes: sizes } = JSON.parse(readFileSync(at('out', 'in.json'), 'utf8'));
    const count = (value: number): number => mask.data.filter((v: number) => v === value).length;
    expect(sizes).toMatchObject({ organ: { value: 3, voxels: count(3) }, tumour: { value: 7, voxels: count(7) } });
    expect(voxels).toBe(count(3) + count(7));
    const organ = await readNifti(at('out', 'in_probability_organ.nii.gz'));
    const tumour = await readNifti(at('out', 'in_probability_tumour.nii.gz'));
    mask.data.forEach((value, i) => {
      const rest = 1 - organ.data[i] - tumour.data[i];
      if (value === 7) expect(tumour.data[i]).toBeGreaterThanOrEqual(Math.max(rest, organ.data[i]) - 1e-6);
      if (value === 0) expect(rest).toBeGreaterThanOrEqual(Math.max(tumour.data[i], organ.data[i]) - 1e-6);
    });
  });

  it('is refused where no training slice shows one of its classes', () => {
    const three = { ...slices, manifest: { ...slices.manifest, classes: parseClasses('a=1,b=2,cyst=3').classes } };
    expect(() => describeRun(config, three, patients)).toThrow(
      'Expected training slices with every class, found none with cyst',
    );
  });

  it('is refused where its checkpoint names fewer classes than the network has', async () => {
    const description = describeRun(config, slices, patients);
    const broken = { ...description, data: { ...description.data, classes: classes.slice(0, 1) } };
    const run = openRun(at('broken'), broken, slices);
    await train(run, { onStep: () => process.emit('SIGTERM', 'SIGTERM') }).catch(() => undefined);
    closeRun(run);
    await expect(loadRun(at('broken'))).rejects.toThrow('Expected names of 2 classes, found 1');
  });
});
