/**
 * `docs/examples/predict_onnx.py` against our own prediction, voxel by voxel: turned, oblique and anisotropic volumes,
 * grids in mm and in pixels. It needs a Python with onnxruntime and nibabel, named by AXUNET_PEER_PYTHON.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedValues } from '../../lib/dataset/classes.ts';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { exportNetwork } from '../../lib/export/exportRun.ts';
import { readNifti, writeNifti } from '../../lib/io/nifti.ts';
import { type PredictedVolume, predictVolume } from '../../lib/predict/volume.ts';
import type { Grid } from '../../lib/preprocess/grid.ts';
import { Random } from '../../lib/random.ts';
import { projectPath, settings } from '../../lib/settings.ts';
import { trainConfig } from '../../lib/train/config.ts';
import { startPosition } from '../../lib/train/position.ts';
import { type Affine, spacingOf, type Vec3, type Volume } from '../../lib/volume/volume.ts';
import { type RandomNetwork, randomNetwork } from './randomNetwork.ts';

const example = projectPath('docs/examples/predict_onnx.py');
const python = settings.peerPython;
const isThere = python !== undefined && spawnSync(python, ['-c', 'import onnxruntime, nibabel']).status === 0;
const why = isThere ? '' : ' (skipped: AXUNET_PEER_PYTHON names no Python with onnxruntime and nibabel)';
const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-example-'));
const at = (name: string): string => path.join(folder, name);
beforeAll(() => startEngine());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Smooth waves of -300 to 400 HU with noise. */
function waves(shape: Vec3, affine: Affine): Volume<Int16Array> {
  const random = Random.stream(5, shape.join());
  const [nx, ny] = shape;
  const data = Int16Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, p) => {
    const [x, y, z] = [p % nx, Math.floor(p / nx) % ny, Math.floor(p / (nx * ny))];
    return 50 + 250 * Math.sin(0.3 * x + 0.8 * z) * Math.cos(0.2 * y) + random.normal(0, 40);
  });
  return { data, shape, spacingMm: spacingOf(affine), affine };
}

const volumes: Readonly<Record<string, Volume<Int16Array>>> = {
  'RAS, 1.5 mm': waves([60, 50, 9], [1.5, 0, 0, -40, 0, 1.5, 0, -30, 0, 0, 5, 10, 0, 0, 0, 1]),
  'its slices on the first axis, upside down': waves(
    [8, 52, 61],
    [0, 0, 1.2, -30, 0, -1.3, 0, 40, -4, 0, 0, 70, 0, 0, 0, 1],
  ),
  'oblique by 20°': waves([55, 47, 7], [-1.2, 0.55, 0, 30, 0.43, 1.53, 0, -40, 0, 0, 3, 0, 0, 0, 0, 1]),
};
const grids: Readonly<Record<string, Grid>> = {
  'in mm': { size: [48, 80], unit: 'mm', centre: [-6.5, 4.25], extent: [60, 75] },
  'in pixels, with room around': { size: [48, 80], unit: 'px', centre: [0.5, 0], extent: [48, 80] },
};

describe('the example in Python', () => {
  it('has at most 50 lines of at most 120 columns', () => {
    const lines = readFileSync(example, 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(50);
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });
});

const labelClasses = [
  { name: 'pancreas', values: [3] },
  { name: 'tumour', values: [300] },
];

interface Case {
  readonly volume: Volume<Int16Array>;
  readonly grid: Grid;
  readonly labels?: typeof labelClasses;
  readonly unit?: 'mm' | 'px';
}

/** Shifts the last biases until the classes are equally likely on average, so that each of them is somewhere. */
function balance({ model, logits }: RandomNetwork): void {
  const bias = model.weights.filter(({ name }) => name.includes('bias')).at(-1)!;
  tf.tidy(() => {
    bias.write(tf.sub(bias.read(), tf.mean(logits, [0, 1, 2])));
  });
}

/** Exports a network with random weights, runs the example with it, and predicts with it ourselves. */
async function both({ volume, grid, labels, unit = 'mm' }: Case) {
  const classes = labels ? labels.length + 1 : 2;
  const random = await randomNetwork({ variant: 'residual', classes });
  const { model, image, logits } = random;
  if (labels) balance(random);
  const windowHu = [-160, 240] as const;
  const description = {
    axunet: '0.1.0',
    config: trainConfig({ width: 4 }),
    model: { variant: 'residual', width: 4, inputSize: [48, 80], inputChannels: 3, classes, asppRates: [2, 4, 6] },
    grid,
    data: { dataset: 'phantom', mode: 'default', windowHu, unit, slices: 1, sha256: '', classes: labels },
    patients: { training: ['a'], validation: [] },
  } as const;
  const [network, scan, out] = ['n.onnx', 'scan.nii.gz', 'mask.nii.gz'].map(at) as [string, string, string];
  const trained = { model, description: description as never, position: startPosition(), windowHu };
  await exportNetwork(trained, { onnx: network, force: true });
  await writeNifti(scan, volume);
  const ours = await predictVolume(model, await readNifti(scan), { grid, windowHu });
  const ran = spawnSync(python!, [example, network, scan, out], { encoding: 'utf8' });
  for (const each of [model, image, logits]) each.dispose();
  return { ours, ran, out };
}

/** By how much the likeliest class, background too, exceeds the next. */
function marginAt(p: number, { probabilities }: PredictedVolume): number {
  const values = probabilities.map(({ data }) => data[p]!);
  const [most, next] = [1 - values.reduce((sum, v) => sum + v, 0), ...values].sort((a, b) => b - a);
  return most! - next!;
}

describe.skipIf(!isThere)(`a mask of the example in Python${why}`, () => {
  const cases = Object.keys(volumes).flatMap((volume) => Object.keys(grids).map((grid) => [volume, grid] as const));

  it.each(cases)('equals ours but for ties: %s, a grid %s', async (name, unit) => {
    const { ours, ran, out } = await both({ volume: volumes[name]!, grid: grids[unit]! });
    const { mask, probability } = ours;
    expect(ran.status, ran.stderr).toBe(0);
    const theirs = await readNifti(out);
    expect(theirs.shape).toEqual(mask.shape);
    const differs = [...mask.data.keys()].filter((p) => mask.data[p] !== theirs.data[p]);
    expect(differs.filter((p) => Math.abs(probability.data[p]! - 0.5) > 1e-5)).toEqual([]);
    const count = mask.data.reduce((sum, v) => sum + v, 0);
    expect(count).toBeGreaterThan(500);
    expect(count).toBeLessThan(mask.data.length - 500);
  });

  it.each(cases)('of two classes has the label values of ours but for ties: %s, a grid %s', async (name, unit) => {
    const { ours, ran, out } = await both({ volume: volumes[name]!, grid: grids[unit]!, labels: labelClasses });
    expect(ran.status, ran.stderr).toBe(0);
    const theirs = await readNifti(out);
    const wanted = storedValues(ours.mask.data, labelClasses);
    const differs = [...wanted.keys()].filter((p) => wanted[p] !== theirs.data[p]);
    expect(differs.filter((p) => marginAt(p, ours) > 1e-5)).toEqual([]);
    for (const value of [0, 3, 300]) expect(wanted.filter((v) => v === value).length, `${value}`).toBeGreaterThan(100);
  });

  it('is refused in one sentence of a network of pictures', async () => {
    const [volume, grid] = [Object.values(volumes)[0]!, Object.values(grids)[1]!];
    const { ran } = await both({ volume, grid, unit: 'px' });
    expect([ran.status, ran.stderr.trim()]).toEqual([
      1,
      `Expected a network of CT volumes, found one of pictures (no axunet.window_hu): ${at('n.onnx')}`,
    ]);
  });
});
