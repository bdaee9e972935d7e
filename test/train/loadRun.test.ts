import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCommand } from '../../lib/cli/commands.ts';
import { startEngine, type tf } from '../../lib/engine/engine.ts';
import { formatScores } from '../../lib/evaluate/formatScores.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { foregroundNetwork, predictImages } from '../../lib/predict/slices.ts';
import { makeBatch } from '../../lib/preprocess/batches.ts';
import { writeWeights } from '../../lib/step/weights.ts';
import { trainConfig } from '../../lib/train/config.ts';
import { loadRun } from '../../lib/train/loadRun.ts';
import { closeRun, describeRun, openRun } from '../../lib/train/run.ts';
import { scoreRun } from '../../lib/train/scores.ts';
import { train } from '../../lib/train/trainer.ts';
import { toySlices } from './toy.ts';

const predict = await loadCommand('predict');

const slices = toySlices(3);
const config = trainConfig({ width: 2, batchSize: 4, epochs: 2, optimizer: { name: 'adam' }, emaDecay: 0.5 });
const patients = { training: ['p0', 'p1'], validation: ['p2'] };
let folder: string;
/** The network's answer to two slices at the end of training, with averaged weights. */
let answer: Float32Array[];
const answerOf = async (model: tf.LayersModel): Promise<Float32Array[]> => {
  const batch = makeBatch(slices, [0, 4], describeRun(config, slices, patients).grid);
  const network = foregroundNetwork(model);
  try {
    return (await predictImages(network, batch.images, batch.n, [batch.height, batch.width])).flat();
  } finally {
    network.close();
  }
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-load-'));
  await startEngine();
  const run = openRun(folder, describeRun(config, slices, patients), slices);
  await train(run);
  answer = await run.step.withAveragedWeights(async () => answerOf(run.model));
  closeRun(run);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a trained run', () => {
  it('whose best checkpoint was deleted is loaded as it was last, and that is said', async () => {
    const copy = path.join(folder, 'copy');
    cpSync(path.join(folder, 'last'), path.join(copy, 'last'), { recursive: true });
    const said: string[] = [];
    const { model } = await loadRun(copy, 'best', (message) => said.push(message));
    expect(await answerOf(model)).toEqual(answer);
    model.dispose();
    expect(said).toEqual([expect.stringMatching(/^Expected the best checkpoint, of epoch \d+, found none in .*copy/)]);
  });
  it('of pictures is refused for CT volumes, whose numbers it has never seen, without a window', async () => {
    const volume = path.join(folder, 'volume.nii');
    await writeNifti(volume, {
      data: new Int16Array(8),
      shape: [2, 2, 2],
      spacingMm: [1, 1, 1],
      affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    });
    const args = [volume, '--run', folder, '--out', path.join(folder, 'masks')];
    await expect(predict.run(args)).rejects.toThrow(
      /^Expected pictures for a network trained on pictures, or --window with the HU that are black and white, found a vol/,
    );
    expect(await predict.run([...args, '--window=-160,240'])).toBe(0);
  });

  it('is rebuilt from its folder with the same answers, grid, window and description', async () => {
    const loaded = await loadRun(folder, 'last');
    expect(await answerOf(loaded.model)).toEqual(answer);
    expect(loaded.description).toEqual(JSON.parse(JSON.stringify(describeRun(config, slices, patients))));
    expect(loaded.grid).toEqual({ size: [16, 16], unit: 'px', centre: [0, 0], extent: [16, 16] });
    expect(loaded.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(loaded.position).toMatchObject({ epochs: 2, step: 2 });
    loaded.model.dispose();
  });

  it('is scored on its validation patients, by patient and by slice', async () => {
    const loaded = await loadRun(folder);
    const scores = await scoreRun(loaded, slices);
    expect(scores.volume.map(({ patient, slices: n }) => [patient, n])).toEqual([['p2', 3]]);
    expect(scores.pancreas.map(({ patient, slices: n }) => [patient, n])).toEqual([['p2', 2]]);
    expect(scores.sliceDice.n).toBe(2);
    expect(scores.volume[0].scores.dice).toBe(loaded.position.best!.dice);
    expect(formatScores(scores)).toMatch(/^p2 +\d\.\d{3}/m);
    expect(
      JSON.parse(readFileSync(path.join(folder, 'scores.json'), 'utf8')).slices.map(({ id }: { id: string }) => id),
    ).toEqual(['p2-0', 'p2-1', 'p2-2']);
    loaded.model.dispose();
  });

  it('is refused where there is none, and weights of another network too', async () => {
    await expect(loadRun(path.join(folder, 'nothing'))).rejects.toThrow(
      'Expected a training run (a folder with best/ or last/), found none',
    );
    const { model } = await loadRun(folder);
    expect(() => writeWeights(model, {})).toThrow(/^Expected .* of shape \[.*\] in the checkpoint, found none$/);
    model.dispose();
  });
});

describe('describing a run', () => {
  it('refuses patients on both sides, patients without slices, and nothing to train on', () => {
    expect(() => describeRun(config, slices, { training: ['p0', 'p1'], validation: ['p1'] })).toThrow(
      'p1 in training and in validation',
    );
    expect(() => describeRun(config, slices, { training: ['p0', 'p9'], validation: [] })).toThrow(
      'Expected slices of all 2 patients, found none of p9',
    );
    expect(() => describeRun(config, slices, { training: [], validation: ['p0'] })).toThrow(
      'Expected at least one slice to train on, found none',
    );
  });

  it('fits a window to the training masks only', () => {
    const window = trainConfig({ gridSize: [32, 32], gridMargin: 1 });
    const grid = (training: string[]): unknown => describeRun(window, slices, { training, validation: [] }).grid;
    expect(grid(['p0'])).not.toEqual(grid(['p0', 'p1', 'p2']));
  });
});
