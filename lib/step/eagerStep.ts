/** The training step as tfjs runs it, operation by operation. */
import { tf } from 'axunet-engine/engine';
import type { Batch } from '../preprocess/batches.ts';
import { batchTensors, differentiate } from './differentiate.ts';
import { type FlatLayout, flatLayout } from './flat.ts';
import { microBatches } from './microBatches.ts';
import { averageDecay, decays, slotNames, updateOf } from './optimizers.ts';
import type { NamedArrays, StepOptions, StepResult, TrainStep } from './step.ts';
import { copyOf, storedArray, variableOf, weightName } from './weights.ts';

/** A variable that nothing differentiates by; takes `start` over. */
function memory(start: tf.Tensor): tf.Variable {
  const variable = tf.variable(start, false);
  start.dispose();
  return variable;
}

/** Sets variables and frees the tensors they are set from. */
function assignAll(variables: readonly tf.Variable[], values: readonly tf.Tensor[]): void {
  variables.forEach((variable, i) => {
    variable.assign(values[i]!);
    values[i]!.dispose();
  });
}

/** The number of a scalar, which is let go. On a graphics card there is no other way to read it than to wait. */
async function numberOf(scalar: tf.Tensor): Promise<number> {
  try {
    return (await scalar.data())[0]!;
  } finally {
    scalar.dispose();
  }
}

/** The loss, and all gradients end to end. */
interface Pass {
  readonly loss: number;
  readonly gradient: tf.Tensor;
}

/**
 * Weights and running statistics live in the model and are updated in place; slots and averages live here, each as one
 * flat vector over all weights.
 */
export class EagerStep implements TrainStep {
  readonly kind = 'operation by operation';
  readonly #model: tf.LayersModel;
  readonly #options: StepOptions;
  readonly #trainable: readonly tf.Variable[];
  /** Trainable weights, then running statistics, and their names. */
  readonly #all: readonly tf.Variable[];
  readonly #names: readonly string[];
  readonly #layout: FlatLayout;
  readonly #allLayout: FlatLayout;
  /** In the order of `slotNames`. */
  readonly #slots: readonly tf.Variable[];
  readonly #average?: tf.Variable;
  /** 1 where weight decay applies, else 0; none where it applies nowhere. */
  readonly #decayMask?: tf.Tensor;
  #stepCount = 0;

  constructor(model: tf.LayersModel, options: StepOptions) {
    const { optimizer, emaDecay } = options;
    this.#model = model;
    this.#options = options;
    this.#trainable = model.trainableWeights.map(variableOf);
    this.#all = model.weights.map(variableOf);
    this.#names = model.weights.map(weightName);
    this.#layout = flatLayout(this.#trainable.map(({ shape }) => shape));
    this.#allLayout = flatLayout(this.#all.map(({ shape }) => shape));
    this.#slots = slotNames[optimizer.name].map(() => memory(tf.zeros([this.#layout.length])));
    if (emaDecay !== undefined) this.#average = memory(this.#allLayout.join(this.#all));
    const areDecayed = this.#trainable.map((weight) => decays(optimizer, weight));
    if (areDecayed.includes(true))
      this.#decayMask = tf.tidy(() =>
        this.#layout.join(this.#trainable.map(({ shape }, i) => (areDecayed[i] ? tf.ones(shape) : undefined))),
      );
  }

  async run(batch: Batch, learningRate: number, progress = 0): Promise<StepResult> {
    const { loss, gradient } = await this.#differentiate(batch, progress);
    const { norm, clipped } = await this.#clip(gradient);
    this.#stepCount++;
    this.#update(clipped, learningRate);
    this.#follow();
    return { loss, gradientNorm: norm };
  }

  /** The mean over the parts of a batch, by their size. */
  async #differentiate(batch: Batch, progress: number): Promise<Pass> {
    const parts = microBatches(batch, this.#options.microBatch);
    if (parts.length === 1) return this.#pass(batch, progress);
    let mean: Pass = { loss: 0, gradient: tf.zeros([this.#layout.length]) };
    for (const { part, share } of parts) {
      const { loss, gradient } = await this.#pass(part, progress);
      const sum = tf.tidy(() => tf.add(mean.gradient, tf.mul(gradient, share)));
      tf.dispose([mean.gradient, gradient]);
      mean = { loss: mean.loss + share * loss, gradient: sum };
    }
    return mean;
  }

  async #pass(batch: Batch, progress: number): Promise<Pass> {
    const tensors = batchTensors(batch, progress);
    const { loss, gradients } = differentiate(this.#model, this.#options, tensors);
    const gradient = this.#layout.join(gradients);
    tf.dispose([{ ...tensors }, gradients.filter((g) => g !== undefined)]);
    return { loss: await numberOf(loss), gradient };
  }

  /** Shortens the gradient where it is too long; returns its norm before. */
  async #clip(gradient: tf.Tensor): Promise<{ norm: number; clipped: tf.Tensor }> {
    const { clipNorm } = this.#options;
    const norm = Math.sqrt(await numberOf(tf.tidy(() => tf.sum(tf.square(gradient)))));
    if (clipNorm === undefined || !(norm > clipNorm)) return { norm, clipped: gradient };
    const clipped = tf.mul(gradient, clipNorm / norm);
    gradient.dispose();
    return { norm, clipped };
  }

  /** Moves weights and slots; frees the gradient. */
  #update(gradient: tf.Tensor, learningRate: number): void {
    const slots = this.#slots;
    const [weights, ...newSlots] = tf.tidy(() => {
      const weight = this.#layout.join(this.#trainable);
      const tensors = { weight, gradient, slots, decayMask: this.#decayMask };
      const [updated, ...rest] = updateOf(this.#options.optimizer, tensors, learningRate, this.#stepCount);
      return [this.#layout.split(updated!), ...rest] as [tf.Tensor[], ...tf.Tensor[]];
    });
    assignAll(this.#trainable, weights);
    assignAll(slots, newSlots);
    gradient.dispose();
  }

  /** average ← decay · average + (1 − decay) · weights */
  #follow(): void {
    const average = this.#average;
    if (!average) return;
    const decay = averageDecay(this.#options.emaDecay!, this.#stepCount);
    const next = tf.tidy(() => tf.add(tf.mul(average, decay), tf.mul(this.#allLayout.join(this.#all), 1 - decay)));
    assignAll([average], [next]);
  }

  async state(): Promise<NamedArrays> {
    const state: NamedArrays = { stepCount: { shape: [1], data: Float32Array.of(this.#stepCount) } };
    const put = async (kind: string, tensors: readonly tf.Tensor[]): Promise<void> => {
      for (const [i, tensor] of tensors.entries())
        state[`${kind}/${this.#names[i]}`] = { shape: tensor.shape, data: await copyOf(tensor) };
    };
    const putParts = async (kind: string, parts: readonly tf.Tensor[]): Promise<void> => {
      await put(kind, parts).finally(() => tf.dispose([...parts]));
    };
    await put('weight', this.#all);
    for (const [k, slot] of slotNames[this.#options.optimizer.name].entries())
      await putParts(slot, this.#layout.split(this.#slots[k]!));
    if (this.#average) await putParts('average', this.#allLayout.split(this.#average));
    return state;
  }

  async restore(state: NamedArrays): Promise<void> {
    const read = (kind: string, variables: readonly tf.Variable[]): tf.Tensor[] =>
      variables.map(({ shape }, i) => tf.tensor(storedArray(state, `${kind}/${this.#names[i]}`, shape), shape));
    const found = tf.tidy(() => ({
      weights: read('weight', this.#all),
      slots: slotNames[this.#options.optimizer.name].map((slot) => this.#layout.join(read(slot, this.#trainable))),
      average: this.#average ? [this.#allLayout.join(read('average', this.#all))] : [],
    }));
    assignAll(this.#all, found.weights);
    assignAll(this.#slots, found.slots);
    if (this.#average) assignAll([this.#average], found.average);
    [this.#stepCount] = storedArray(state, 'stepCount', [1]);
  }

  async withAveragedWeights<T>(f: () => Promise<T>): Promise<T> {
    if (!this.#average) return f();
    const trained = this.#all.map((variable) => variable.clone());
    assignAll(this.#all, this.#allLayout.split(this.#average));
    try {
      return await f();
    } finally {
      assignAll(this.#all, trained);
    }
  }

  dispose(): void {
    tf.dispose([this.#slots as tf.Variable[], this.#average ?? [], this.#decayMask ?? []]);
  }
}
