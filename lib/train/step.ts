/** One training step behind one small interface, so that an eager and a compiled step can stand in for each other. */
import { tf } from '../engine/engine.ts';
import { valueAndGradients } from '../engine/gradients.ts';
import { expected } from '../errors.ts';
import type { LossFunction } from '../loss/loss.ts';
import type { Batch } from '../preprocess/batches.ts';
import { slotNames, updateOf, type OptimizerConfig } from './optimizers.ts';

/** Arrays by name: what a checkpoint stores. */
export type NamedArrays = Record<string, { shape: number[]; data: Float32Array }>;

export interface StepResult {
  loss: number;
  /** L2 norm over all gradients, before clipping. */
  gradientNorm: number;
}

export interface TrainStep {
  /** Forward, backward, update. */
  run(batch: Batch, learningRate: number): StepResult;
  /** Weights, optimizer slots, averaged weights and the step count: all that a resumed run needs. */
  state(): NamedArrays;
  /** Puts a `state()` back; throws when names or shapes are not this network's. */
  restore(state: NamedArrays): void;
  /** Runs `f` with the averaged weights in the model and puts the trained ones back; without averaging just runs `f`. */
  withAveragedWeights<T>(f: () => Promise<T>): Promise<T>;
  dispose(): void;
}

export interface StepOptions {
  optimizer: OptimizerConfig;
  loss: LossFunction;
  /** Gradients are scaled down to this L2 norm when theirs is larger. */
  clipNorm?: number;
  /** Share of the old average kept at each step; averages weights and running statistics (0.995 is usual). */
  emaDecay?: number;
}

/** The variable inside a layer's weight. */
const variableOf = (weight: tf.LayerVariable): tf.Variable => (weight as unknown as { val: tf.Variable }).val;

/** Weight names without the suffix that tfjs adds when a process builds two networks: `c1/conv1/kernel`. */
export const weightName = (weight: tf.LayerVariable): string => weight.originalName;

/** A variable that nothing differentiates by. */
function memory(start: tf.Tensor): tf.Variable {
  const variable = tf.variable(start, false);
  start.dispose();
  return variable;
}

/** Sets a variable without keeping a second copy. */
function assign(variable: tf.Variable, value: tf.Tensor): void {
  variable.assign(value);
  value.dispose();
}

/** L2 norm over all gradients. */
function globalNorm(gradients: (tf.Tensor | undefined)[]): number {
  return tf.tidy(() => {
    const squares = gradients.filter((g) => g !== undefined).map((g) => tf.sum(tf.square(g)));
    return Math.sqrt(tf.addN(squares).dataSync()[0]!);
  });
}

/** The step as tfjs runs it, operation by operation. The model's weights are updated in place. */
export function createEagerStep(model: tf.LayersModel, options: StepOptions): TrainStep {
  const { optimizer, loss, clipNorm, emaDecay } = options;
  const weights = model.weights;
  const trainable = model.trainableWeights.map(variableOf);
  const slots = trainable.map((v) => slotNames[optimizer.name].map(() => memory(tf.zeros(v.shape))));
  const averages = emaDecay === undefined ? [] : weights.map((w) => memory(variableOf(w).clone()));
  let stepCount = 0;

  /** Every tensor that makes up the state, by name. */
  function stateVariables(): Map<string, tf.Variable> {
    const all = new Map(weights.map((w) => [`weight/${weightName(w)}`, variableOf(w)]));
    model.trainableWeights.forEach((w, i) => slotNames[optimizer.name].forEach((slot, k) => all.set(`${slot}/${weightName(w)}`, slots[i]![k]!)));
    averages.forEach((average, i) => all.set(`average/${weightName(weights[i]!)}`, average));
    return all;
  }

  function update(gradients: (tf.Tensor | undefined)[], scale: number, learningRate: number): void {
    gradients.forEach((gradient, i) => {
      if (!gradient) return; // a bias before batch norm: its gradient is exactly zero
      const [weight, ...updated] = tf.tidy(() =>
        updateOf(optimizer, trainable[i]!, scale === 1 ? gradient : tf.mul(gradient, scale), slots[i]!, learningRate, stepCount));
      assign(trainable[i]!, weight!);
      updated.forEach((value, k) => assign(slots[i]![k]!, value));
      gradient.dispose();
    });
  }

  function average(): void {
    if (emaDecay === undefined) return;
    const decay = Math.min(emaDecay, (1 + stepCount) / (10 + stepCount)); // a young average follows faster
    averages.forEach((mean, i) => assign(mean, tf.tidy(() => tf.add(tf.mul(mean, decay), tf.mul(variableOf(weights[i]!), 1 - decay)))));
  }

  return {
    run(batch, learningRate) {
      const images = tf.tensor4d(batch.images, [batch.n, batch.height, batch.width, batch.images.length / (batch.n * batch.height * batch.width)]);
      const labels = tf.tensor3d(Int32Array.from(batch.labels), [batch.n, batch.height, batch.width], 'int32');
      const { value, gradients } = valueAndGradients(() => loss(model.apply(images, { training: true }) as tf.Tensor4D, labels), trainable);
      const result = { loss: value.dataSync()[0]!, gradientNorm: globalNorm(gradients) };
      stepCount++;
      update(gradients, clipNorm !== undefined && result.gradientNorm > clipNorm ? clipNorm / result.gradientNorm : 1, learningRate);
      average();
      tf.dispose([value, images, labels]);
      return result;
    },
    state() {
      const state: NamedArrays = { stepCount: { shape: [1], data: Float32Array.of(stepCount) } };
      for (const [name, variable] of stateVariables()) state[name] = { shape: variable.shape, data: variable.dataSync<'float32'>().slice() };
      return state;
    },
    restore(state) {
      const variables = stateVariables();
      for (const [name, variable] of variables) {
        const stored = state[name];
        if (!stored || stored.shape.join() !== variable.shape.join()) {
          throw expected(`${name} of shape [${variable.shape}] in the checkpoint`, stored ? `shape [${stored.shape}]` : 'none');
        }
      }
      for (const [name, variable] of variables) assign(variable, tf.tensor(state[name]!.data, variable.shape));
      stepCount = state.stepCount!.data[0]!;
    },
    async withAveragedWeights(f) {
      if (emaDecay === undefined) return f();
      const trained = weights.map((w) => variableOf(w).clone());
      weights.forEach((w, i) => variableOf(w).assign(averages[i]!));
      try {
        return await f();
      } finally {
        weights.forEach((w, i) => assign(variableOf(w), trained[i]!));
      }
    },
    dispose() {
      tf.dispose([slots, averages]);
    },
  };
}
