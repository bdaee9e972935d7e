/**
 * Our side of time-to-dice.ts, by the trainer that `axunet train` uses. Arguments: `check`, `probe` or `train`, the
 * task's file, and what follows.
 *
 *     check              writes our start weights, a batch, and what the network makes of it, for the peer to repeat
 *     probe N            seconds a step
 *     train STARTED      trains a fold; a line for each snapshot, then their masks; STARTED is when this process was
 *                        started, in milliseconds since 1970
 */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { startEngine } from '../lib/engine/engine.ts';
import { eagerModel } from '../lib/engine/graph/compileModel.ts';
import { writeFileAtomic } from '../lib/io/files.ts';
import { encodeNpy } from '../lib/io/npy.ts';
import { predictSlices } from '../lib/predict/predictSlices.ts';
import { thresholdMask } from '../lib/predict/slices.ts';
import { makeBatch } from '../lib/preprocess/batches.ts';
import { openLoader } from '../lib/preprocess/loader.ts';
import { openSlices, type SliceSet } from '../lib/preprocess/sliceSet.ts';
import type { NamedArrays } from '../lib/step/step.ts';
import { readWeights, writeWeights } from '../lib/step/weights.ts';
import { groupOf, readCheckpoint } from '../lib/train/checkpoint.ts';
import { epochBatches } from '../lib/train/position.ts';
import { closeRun, describeRun, openRun, type TrainingRun } from '../lib/train/run.ts';
import { train } from '../lib/train/trainer.ts';
import { encodeSafetensors } from '../lib/weights/safetensors.ts';
import { type DiceTask, readTask } from './time-to-dice-task.ts';

const say = (line: object): void => console.log(JSON.stringify(line));
const rssMb = (): number => process.resourceUsage().maxRSS / 1024;

/** How many steps the peer repeats. */
const comparedSteps = 3;

function open({ out, config, trainingPatients }: DiceTask, slices: SliceSet): TrainingRun {
  const description = describeRun(config, slices, { training: trainingPatients, validation: [] });
  return openRun(path.join(out, 'run'), description, slices);
}

/** Start weights as `start/…`, a batch without augmentation, its logits, losses of steps on it, and `average/…`. */
async function check(task: DiceTask, slices: SliceSet): Promise<void> {
  const { config, grid, reference } = task;
  const run = open(task, slices);
  const named = async (group: string): Promise<NamedArrays> =>
    Object.fromEntries(
      Object.entries(await readWeights(run.model)).map(([name, array]) => [`${group}/${name}`, array]),
    );
  const start = await named('start');
  const batch = makeBatch(slices, task.training.slice(0, config.batchSize), grid);
  const shape = [batch.n, batch.height, batch.width];
  const logits = async (): Promise<NamedArrays[string]> => {
    const network = eagerModel(run.model);
    const data = await network.predict(batch.images, [...shape, 3]);
    network.close();
    return { shape: [...shape, 2], data };
  };
  const before = await logits();
  const losses = new Float32Array(comparedSteps);
  for (let k = 0; k < comparedSteps; k++) losses[k] = (await run.step.run(batch, config.learningRate)).loss;
  const arrays: NamedArrays = {
    ...start,
    images: { shape: [...shape, 3], data: batch.images },
    labels: { shape, data: Float32Array.from(batch.labels) },
    logits: before,
    losses: { shape: [comparedSteps], data: losses },
    ...(await run.step.withAveragedWeights(() => named('average'))),
  };
  await writeFileAtomic(reference, encodeSafetensors({ arrays, metadata: {} }));
  const parameters = run.model.trainableWeights.reduce(
    (sum, { shape: sides }) => sum + (sides as number[]).reduce((product, side) => product * side, 1),
    0,
  );
  say({ parameters });
  closeRun(run);
}

/** Batches as training makes them, steps as training takes them. */
async function probe(task: DiceTask, slices: SliceSet, n: number): Promise<void> {
  const { config, grid, augment } = task;
  const run = open(task, slices);
  const loader = openLoader(slices, { threadAfterMs: 0 });
  const requests = [1, 2, 3].flatMap((epoch) =>
    epochBatches(slices, run.training, config, epoch).map((indices) => ({
      indices,
      grid,
      options: { augment, seed: config.seed, epoch },
    })),
  );
  const stream = loader.stream(requests);
  const seconds: number[] = [];
  const begin = performance.now();
  let firstStepS = 0;
  for (let k = 0; k < Math.min(n + 3, requests.length); k++) {
    const start = performance.now();
    await run.step.run(await stream.next(), 1e-3);
    if (k === 0) firstStepS = (performance.now() - begin) / 1000;
    if (k >= 3) seconds.push((performance.now() - start) / 1000);
  }
  const stepS = seconds.reduce((a, b) => a + b, 0) / seconds.length;
  say({ firstStepS, stepS, fastestStepS: Math.min(...seconds) });
  await loader.close();
  closeRun(run);
}

/** Trains without a validation, and copies the checkpoint where a snapshot is due. */
async function trainFold(task: DiceTask, slices: SliceSet, started: number): Promise<void> {
  const clock = (): number => (Date.now() - started) / 1000;
  const { every, out, config } = task;
  const run = open(task, slices);
  const snapshot = (epoch: number): string => path.join(out, `epoch-${epoch}`);
  const epochs: number[] = [];
  let isFirst = true;
  const { steps } = await train(run, {
    onStep() {
      if (isFirst) say({ kind: 'first', seconds: clock() });
      isFirst = false;
    },
    onEpoch({ epoch, step }) {
      if (epoch % every !== 0 && epoch !== config.epochs) return;
      say({ kind: 'snapshot', epoch, step, seconds: clock() });
      cpSync(path.join(run.folder, 'last'), snapshot(epoch), { recursive: true });
      epochs.push(epoch);
    },
  });
  say({ kind: 'end', step: steps, seconds: clock(), rssMb: rssMb() });
  for (const epoch of epochs) {
    const folder = snapshot(epoch);
    writeWeights(run.model, groupOf({ ...(await readCheckpoint(folder)), folder }, 'weights'));
    const name = `masks-${String(epoch).padStart(4, '0')}.npy`;
    await writeFileAtomic(path.join(out, name), encodeNpy(await predict(task, run)));
    say({ kind: 'masks', epoch });
  }
  closeRun(run);
}

/** Masks (n, H, W) of the validation slices on their own pixels, as one array. */
async function predict({ validation, grid, config, entries }: DiceTask, { model, slices }: TrainingRun) {
  const { height, width } = entries[0]!;
  const data = new Uint8Array(validation.length * height * width);
  let at = 0;
  for await (const { probabilities } of predictSlices(model, slices, validation, {
    grid,
    batchSize: config.batchSize,
  })) {
    data.set(thresholdMask(probabilities[0]!), at);
    at += height * width;
  }
  return { data, shape: [validation.length, height, width] };
}

async function main([mode, file, argument]: string[]): Promise<void> {
  const task = await readTask(file!);
  const { description } = await startEngine();
  const slices = await openSlices(task.slices);
  if (mode === 'check') await check(task, slices);
  else if (mode === 'probe') await probe(task, slices, Number(argument));
  else await trainFold(task, slices, Number(argument));
  say({ name: description });
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
