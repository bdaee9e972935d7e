import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type tf } from '../../lib/engine/engine.ts';
import { createAxUnet } from '../../lib/model/axunet.ts';
import { readWeights } from '../../lib/step/weights.ts';
import { trainConfig } from '../../lib/train/config.ts';
import type { RunDescription } from '../../lib/train/description.ts';
import type { TrainedRun } from '../../lib/train/loadRun.ts';
import { closeRun, describeRun, openRun, type TrainingRun } from '../../lib/train/run.ts';
import { beginWith, patientsSeenBefore } from '../../lib/train/startWeights.ts';
import { train } from '../../lib/train/trainer.ts';
import { toySlices } from './toy.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => startEngine());

const slices = toySlices(3);
const patients = { training: ['p0', 'p1'], validation: ['p2'] };
const config = trainConfig({ variant: 'unet', width: 2, batchSize: 3, epochs: 1, learningRate: 1e-9 });
const description = describeRun(config, slices, patients);

/** A network whose weights are drawn with another seed. */
function networkOf(changes: Partial<RunDescription['model']> = {}): TrainedRun {
  const model = { ...description.model, ...changes };
  return { folder: 'runs/other', model: createAxUnet(model, 99), description: { ...description, model } } as TrainedRun;
}
const opened: TrainingRun[] = [];
const open = (name: string): TrainingRun => {
  opened.push(openRun(path.join(folder, name), description, slices));
  return opened.at(-1)!;
};
afterAll(() => opened.forEach(closeRun));

describe('training that begins with another network', () => {
  it('has its weights before the first step, and steps on from there', async () => {
    const [run, from] = [open('all'), networkOf()];
    expect(await readWeights(run.model)).not.toEqual(await readWeights(from.model));
    expect(await beginWith(run, from)).toMatch(/^begins with the weights of (\d+) of \1 layers of runs\/other$/);
    expect(await readWeights(run.model)).toEqual(await readWeights(from.model));
    await train(run);
    // A rate of 1e-9 moves a weight by less than 1e-6; running means of the images move as they should.
    const kernelOf = async (model: tf.LayersModel) => (await readWeights(model))['c1/conv1/kernel']!.data;
    const [own, theirs] = await Promise.all([run, from].map(({ model }) => kernelOf(model)));
    expect(Math.max(...own!.map((v, i) => Math.abs(v - theirs![i]!)))).toBeLessThan(1e-6);
  });

  it('keeps random weights where there is another number of classes, and names the layer', async () => {
    const run = open('classes');
    const before = (await readWeights(run.model))['c10/conv/kernel'];
    expect(await beginWith(run, networkOf({ classes: 3 }))).toMatch(
      /; these do not fit and begin at random: c10\/conv$/,
    );
    expect((await readWeights(run.model))['c10/conv/kernel']).toEqual(before);
  });

  it('is refused where no layer fits', async () => {
    await expect(beginWith(open('none'), networkOf({ width: 3, classes: 5 }))).rejects.toThrow(
      /^Expected a network of the kind that is trained \(unet of width 2\).*, found unet of width 3 in runs\/other$/,
    );
  });

  it('tells which validation patients the network knew', () => {
    const other = (training: string[], dataset = 'memory'): Pick<TrainedRun, 'description'> => {
      const data = { ...description.data, dataset };
      return { description: { ...description, data, patients: { training, validation: ['p1'] } } };
    };
    expect(patientsSeenBefore(description, other(['p2']))).toEqual(['p2']);
    expect(patientsSeenBefore(description, other(['p0']))).toEqual([]);
    expect(patientsSeenBefore(description, other(['p2'], 'another set'))).toEqual([]);
  });
});
