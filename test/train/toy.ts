/** A training run that takes milliseconds: bright discs in noise, and a network of two convolutions. */

import { startEngine, tf } from '../../lib/engine/engine.ts';
import type { SliceSet } from '../../lib/preprocess/sliceSet.ts';
import { Random } from '../../lib/random.ts';
import { ChosenStep } from '../../lib/step/chosenStep.ts';
import { type TrainChanges, trainConfig } from '../../lib/train/config.ts';
import { describeRun, slicesOf, stepOptions, type TrainingRun } from '../../lib/train/run.ts';
import { slicesInMemory } from '../preprocess/slicesInMemory.ts';

const side = 16;

/** `patients` patients with three slices each; the last slice of each is empty. */
export function toySlices(patients = 4): SliceSet {
  const slices = Array.from({ length: 3 * patients }, (_, i) => {
    const random = Random.stream(1, 'toy', i);
    const [y, x] = [random.uniform(5, 11), random.uniform(5, 11)];
    const label = Uint8Array.from({ length: side * side }, (_, p) =>
      Number(i % 3 < 2 && Math.hypot(Math.floor(p / side) - y, (p % side) - x) < 4),
    );
    const image = Float32Array.from(
      { length: 3 * side * side },
      (_, p) => 0.5 * label[p % (side * side)] + random.normal(0.2, 0.05),
    );
    return {
      id: `p${Math.floor(i / 3)}-${i % 3}`,
      patient: `p${Math.floor(i / 3)}`,
      z: i % 3,
      image,
      label,
      height: side,
      width: side,
    };
  });
  return slicesInMemory(slices);
}

function toyModel(seed: number): tf.LayersModel {
  const initializer = (n: number): ReturnType<typeof tf.initializers.glorotNormal> =>
    tf.initializers.glorotNormal({ seed: seed + n });
  const image = tf.input({ name: 'image', shape: [side, side, 3] });
  const convolved = tf.layers
    .conv2d({
      name: 'first',
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      activation: 'elu',
      kernelInitializer: initializer(1),
    })
    .apply(image);
  const logits = tf.layers
    .conv2d({ name: 'second', filters: 2, kernelSize: 1, kernelInitializer: initializer(2) })
    .apply(convolved);
  return tf.model({ inputs: image, outputs: logits as tf.SymbolicTensor });
}

export const toyChanges: TrainChanges = {
  optimizer: { name: 'adam' },
  learningRate: 0.02,
  batchSize: 2,
  epochs: 3,
  gridSize: 'native',
  augment: 'default',
  emptyShare: 0.2,
  emaDecay: 0.9,
  clipNorm: 5,
};

/** A run in `folder` on the fastest engine; the last patient validates. */
export async function toyRun(folder: string, changes: TrainChanges = {}, slices = toySlices()): Promise<TrainingRun> {
  await startEngine();
  const config = trainConfig(changes, trainConfig(toyChanges));
  const patients = [...new Set(slices.entries.map(({ patient }) => patient))];
  const description = describeRun(config, slices, { training: patients.slice(0, -1), validation: patients.slice(-1) });
  const model = toyModel(config.seed);
  const step = new ChosenStep(model, stepOptions(config));
  const { training, validation } = description.patients;
  return {
    folder,
    description,
    slices,
    model,
    step,
    memory: 'memory: next to nothing',
    training: slicesOf(slices, training),
    validation: slicesOf(slices, validation),
  };
}
