/** One training step behind one small interface, so that an eager and a compiled step can stand in for each other. */
import { tf } from 'axunet-engine/engine';
import { valueAndGradients } from 'axunet-engine/gradients';
import { expected } from '../errors.ts';
import type { LossFunction } from '../loss/loss.ts';
import type { Batch } from '../preprocess/batches.ts';
import { type FlatLayout, flatLayout } from './flat.ts';
import { type OptimizerConfig, slotNames, updateOf } from './optimizers.ts';

/** Arrays by name: what a checkpoint stores. */
export type NamedArrays = Record<string, { shape: number[]; data: Float32Array }>;

/** What a step measured: loss and gradient norm before the update, and the options' metrics. */
export interface StepResult {
  loss: number;
  /** L2 norm over all gradients, before clipping. */
  gradientNorm: number;
  /** Of the options' metrics, by name. */
  metrics: Record<string, number>;
}

/** One update of the weights after another; eager and compiled steps are interchangeable. */
export interface TrainStep {
  /** Forward, backward, update. `progress` is the share of the run that is over, for a loss that changes with it; 0 by default. */
  run(batch: Batch, learningRate: number, progress?: number): Promise<StepResult>;
  /** Weights, optimizer slots, averaged weights and the step count: all that a resumed run needs. */
  state(): Promise<NamedArrays>;
  /** Puts a `state()` back; throws when names or shapes are not this network's. */
  restore(state: NamedArrays): Promise<void>;
  /** Runs `f` with the averaged weights in the model and puts the trained ones back; without averaging just runs `f`. */
  withAveragedWeights<T>(f: () => Promise<T>): Promise<T>;
  dispose(): void;
  /** How the step is computed, for people: `compiled …` or `operation by operation …`. */
  readonly kind: string;
}

/** Optimizer, loss, and what else belongs to an update: clipping, averaging, parts of a batch. */
export interface StepOptions {
  optimizer: OptimizerConfig;
  loss: LossFunction;
  /** Gradients are scaled down to this L2 norm when theirs is larger. */
  clipNorm?: number;
  /** Share of the old average kept at each step; averages weights and running statistics (0.995 is usual). */
  emaDecay?: number;
  /**
   * Images that go through the network at once; the gradients of a batch's parts are averaged by their size. Saves memory.
   * Batch norm and Dice then see a part instead of the whole batch, so the result is close to, not equal to, the whole one.
   */
  microBatch?: number;
  /** Measured beside the loss on the same forward pass, averaged over micro-batches. */
  metrics?: Readonly<Record<string, LossFunction>>;
}

/** The variable inside a layer's weight. */
export const variableOf = (weight: tf.LayerVariable): tf.Variable => (weight as unknown as { val: tf.Variable }).val;

/** Weight names without the suffix that tfjs adds when a process builds two networks: `c1/conv1/kernel`. */
export const weightName = (weight: tf.LayerVariable): string => weight.originalName;

/** Share of the old average kept at a step, from 1: a young average follows faster. */
export const averageDecay = (emaDecay: number, step: number): number => Math.min(emaDecay, (1 + step) / (10 + step));

/** A variable that nothing differentiates by; takes `start` over. */
function memory(start: tf.Tensor): tf.Variable {
  const variable = tf.variable(start, false);
  start.dispose();
  return variable;
}

/** Sets a variable and frees the tensor it is set from. */
function assign(variable: tf.Variable, value: tf.Tensor): void {
  variable.assign(value);
  value.dispose();
}

const assignAll = (variables: readonly tf.Variable[], values: tf.Tensor[]): void =>
  variables.forEach((v, i) => assign(v, values[i]!));

interface Differentiated {
  value: number;
  measured: number[];
  gradient: tf.Tensor1D;
}

/** The step as tfjs runs it, operation by operation. The model's weights are updated in place. */
export function createEagerStep(model: tf.LayersModel, options: StepOptions): TrainStep {
  const { optimizer, loss, clipNorm, emaDecay, microBatch = Infinity, metrics = {} } = options;
  const metricNames = Object.keys(metrics);
  const trainable = model.trainableWeights.map(variableOf);
  const statistics = model.nonTrainableWeights.map(variableOf);
  const names = [...model.trainableWeights, ...model.nonTrainableWeights].map(weightName);
  const layout = flatLayout(trainable.map((v) => v.shape));
  const statisticsLayout = flatLayout(statistics.map((v) => v.shape));
  const weights = memory(layout.join(trainable));
  const slots = slotNames[optimizer.name].map(() => memory(tf.zeros([layout.length])));
  const averages =
    emaDecay === undefined
      ? undefined
      : { weights: memory(weights.clone()), statistics: memory(statisticsLayout.join(statistics)) };
  const decayMask =
    optimizer.name === 'adam' && optimizer.weightDecay > 0
      ? layout.join(trainable.map((v) => (v.rank > 1 ? tf.ones(v.shape) : undefined)))
      : undefined;
  let stepCount = 0;

  /** Loss and flat gradient of images [from, to) of a batch. */
  function differentiate(
    { images, labels, n, height, width }: Batch,
    from: number,
    to: number,
    progress: number,
  ): Differentiated {
    const [imageSize, pixels] = [images.length / n, height * width];
    const x = tf.tensor4d(images.subarray(from * imageSize, to * imageSize), [
      to - from,
      height,
      width,
      imageSize / pixels,
    ]);
    const y = tf.tensor3d(
      Int32Array.from(labels.subarray(from * pixels, to * pixels)),
      [to - from, height, width],
      'int32',
    );
    const measured: number[] = [];
    const { value, gradients } = valueAndGradients(() => {
      const logits = model.apply(x, { training: true }) as tf.Tensor4D;
      measured.push(...Object.values(metrics).map((metric) => metric(logits, y).dataSync()[0]!));
      return loss(logits, y, tf.scalar(progress));
    }, trainable);
    const result = { value: value.dataSync()[0]!, measured, gradient: layout.join(gradients) };
    tf.dispose([value, x, y, gradients.filter((g) => g !== undefined)]);
    return result;
  }

  /** The same of a whole batch, part by part where it is larger than `microBatch`. */
  function differentiateParts(batch: Batch, progress: number): Differentiated {
    if (batch.n <= microBatch) return differentiate(batch, 0, batch.n, progress);
    let sum: Differentiated = { value: 0, measured: metricNames.map(() => 0), gradient: tf.zeros([layout.length]) };
    for (let from = 0; from < batch.n; from += microBatch) {
      const to = Math.min(from + microBatch, batch.n);
      const [part, share] = [differentiate(batch, from, to, progress), (to - from) / batch.n];
      const gradient = tf.tidy(() => tf.add(sum.gradient, tf.mul(part.gradient, share)));
      tf.dispose([sum.gradient, part.gradient]);
      sum = {
        value: sum.value + share * part.value,
        measured: sum.measured.map((m, i) => m + share * part.measured[i]),
        gradient: gradient as tf.Tensor1D,
      };
    }
    return sum;
  }

  /** Divides by the norm where it is too long; returns the norm before. */
  function clip(gradient: tf.Tensor1D): { norm: number; clipped: tf.Tensor } {
    const norm = tf.tidy(() => Math.sqrt(tf.sum(tf.square(gradient)).dataSync()[0]!));
    if (clipNorm === undefined || !(norm > clipNorm)) return { norm, clipped: gradient };
    const clipped = tf.mul(gradient, clipNorm / norm);
    gradient.dispose();
    return { norm, clipped };
  }

  function update(gradient: tf.Tensor, learningRate: number): void {
    const [weight, ...updated] = tf.tidy(() =>
      updateOf(optimizer, weights, gradient, slots, learningRate, stepCount, decayMask),
    );
    assignAll(trainable, layout.split(weight as tf.Tensor1D));
    assign(weights, weight!);
    assignAll(slots, updated);
    gradient.dispose();
  }

  function follow(): void {
    if (!averages) return;
    const decay = averageDecay(emaDecay!, stepCount);
    const toward = (average: tf.Variable, now: tf.Tensor): void =>
      assign(
        average,
        tf.tidy(() => tf.add(tf.mul(average, decay), tf.mul(now, 1 - decay))),
      );
    toward(averages.weights, weights);
    const current = statisticsLayout.join(statistics);
    toward(averages.statistics, current);
    current.dispose();
  }

  return {
    kind: 'operation by operation',
    async run(batch, learningRate, progress = 0) {
      const { value, measured, gradient } = differentiateParts(batch, progress);
      const { norm, clipped } = clip(gradient);
      stepCount++;
      update(clipped, learningRate);
      follow();
      return {
        loss: value,
        gradientNorm: norm,
        metrics: Object.fromEntries(metricNames.map((name, i) => [name, measured[i]])),
      };
    },
    async state() {
      const state: NamedArrays = { stepCount: { shape: [1], data: Float32Array.of(stepCount) } };
      const put = (
        kind: string,
        flat: tf.Tensor,
        { offsets }: FlatLayout,
        variables: readonly tf.Variable[],
        firstName: number,
      ): void => {
        const data = flat.dataSync<'float32'>() as Float32Array;
        variables.forEach(({ shape, size }, i) => {
          state[`${kind}/${names[firstName + i]}`] = { shape, data: data.slice(offsets[i], offsets[i]! + size) };
        });
      };
      const putStatistics = (kind: string, flat: tf.Tensor): void =>
        put(kind, flat, statisticsLayout, statistics, trainable.length);
      put('weight', weights, layout, trainable, 0);
      const current = statisticsLayout.join(statistics);
      putStatistics('weight', current);
      current.dispose();
      slotNames[optimizer.name].forEach((slot, k) => put(slot, slots[k]!, layout, trainable, 0));
      if (averages) {
        put('average', averages.weights, layout, trainable, 0);
        putStatistics('average', averages.statistics);
      }
      return state;
    },
    async restore(state) {
      const read = (kind: string, variables: readonly tf.Variable[], firstName: number): tf.Tensor[] =>
        variables.map(({ shape }, i) => {
          const name = `${kind}/${names[firstName + i]}`;
          const stored = state[name];
          if (stored?.shape.join() === shape.join()) return tf.tensor(stored.data, shape);
          throw expected(`${name} of shape [${shape}] in the checkpoint`, stored ? `shape [${stored.shape}]` : 'none');
        });
      const parts = tf.tidy(() => ({
        weights: read('weight', trainable, 0),
        statistics: read('weight', statistics, trainable.length),
        slots: slotNames[optimizer.name].map((slot) => layout.join(read(slot, trainable, 0))),
        averages: averages && [
          layout.join(read('average', trainable, 0)),
          statisticsLayout.join(read('average', statistics, trainable.length)),
        ],
      }));
      assignAll(trainable, parts.weights);
      assignAll(statistics, parts.statistics);
      assign(weights, layout.join(trainable));
      assignAll(slots, parts.slots);
      if (averages) assignAll([averages.weights, averages.statistics], parts.averages!);
      stepCount = state.stepCount!.data[0]!;
    },
    async withAveragedWeights(f) {
      if (!averages) return f();
      const variables = [...trainable, ...statistics];
      const trained = variables.map((v) => v.clone());
      assignAll(trainable, layout.split(averages.weights as unknown as tf.Tensor1D));
      assignAll(statistics, statisticsLayout.split(averages.statistics as unknown as tf.Tensor1D));
      try {
        return await f();
      } finally {
        assignAll(variables, trained);
      }
    },
    dispose() {
      tf.dispose([weights, slots, averages ? [averages.weights, averages.statistics] : [], decayMask ?? []]);
    },
  };
}
