/**
 * A training step as one TensorFlow graph: forward, backward and update run in a session that also holds the weights.
 * The same interface and the same numbers (to float32's rounding) as the eager step, faster and with less memory.
 *
 * The graph is traced at the first batch of a shape (stepGraph.ts); batches of several shapes share one session and its
 * variables. The session computes on another thread: signals and messages are served during a step.
 */
import type { tf } from 'axunet-engine/engine';
import { type HostTensor, Session, type SessionConfig } from 'axunet-engine/graph/native';
import { expected } from '../errors.ts';
import type { Batch } from '../preprocess/batches.ts';
import { shapeOf } from './differentiate.ts';
import { microBatches } from './microBatches.ts';
import { averageDecay } from './optimizers.ts';
import { stepNumbers } from './optimizersCompiled.ts';
import { SessionVariables } from './sessionVariables.ts';
import type { NamedArrays, StepOptions, StepResult, TrainStep } from './step.ts';
import { StepGraph, type StepProgram } from './stepGraph.ts';
import { storedArray } from './weights.ts';

/** Precision and memory of a compiled step. */
export interface CompileOptions {
  /** Convolutions and matrix products in bfloat16: faster where the processor has it, with noisier gradients. */
  readonly bfloat16?: boolean;
  /**
   * Makes some images again in the backward pass instead of keeping them: less memory, a little slower. By default from
   * 512 × 512 pixels on.
   */
  readonly recompute?: boolean;
}

/** Pixels of a batch from which memory counts more than time. */
const manyPixels = 512 * 512;
/** Whether a compiled step makes images again by itself. */
export const recomputesByDefault = (images: number, height: number, width: number): boolean =>
  images * height * width >= manyPixels;
/** One operation at a time, with all threads: least memory, and hardly slower than several at once. */
const oneByOne: SessionConfig = { interOpThreads: 1 };

/** One number to feed. */
const fedScalar = (value: number): HostTensor => ({ shape: [], data: Float32Array.of(value) });

export class CompiledStep implements TrainStep {
  readonly kind: string;
  readonly #options: StepOptions;
  readonly #graph: StepGraph;
  readonly #session: Session;
  readonly #variables: SessionVariables;
  #stepCount = 0;
  /** Calls under way; a `dispose` in the meantime lets them finish. */
  #calls = 0;
  #isClosed = false;

  private constructor(model: tf.LayersModel, options: StepOptions, graph: StepGraph, kind: string) {
    this.kind = kind;
    this.#options = options;
    this.#graph = graph;
    this.#session = new Session(graph.graph, oneByOne);
    this.#variables = new SessionVariables(this.#session, model, graph.groups);
  }

  /** Compiles the step of `model` for batches like `example`. Throws a CannotCompile that says why it cannot. */
  static async compile(
    model: tf.LayersModel,
    options: StepOptions,
    example: Batch,
    { bfloat16, recompute: wanted }: CompileOptions = {},
  ): Promise<CompiledStep> {
    const [{ part }] = microBatches(example, options.microBatch);
    const recompute = wanted ?? recomputesByDefault(part.n, part.height, part.width);
    const graph = new StepGraph(model, options, { recompute, bfloat16 });
    graph.program(shapeOf(part));
    const notes = [bfloat16 && ', bfloat16', recompute && ', images made again in the backward pass'];
    const kind = ['compiled to one graph', ...notes.filter(Boolean)].join('');
    const step = new CompiledStep(model, options, graph, kind);
    await step.#variables.load();
    return step;
  }

  async run(batch: Batch, learningRate: number, progress = 0): Promise<StepResult> {
    if (this.#isClosed) throw expected('an open session', 'a closed one');
    this.#calls++;
    try {
      const isWhole = this.#options.microBatch === undefined;
      const [loss, gradientNorm] = isWhole
        ? await this.#runWhole(batch, learningRate, progress)
        : await this.#runParts(batch, learningRate, progress);
      this.#stepCount++;
      return { loss, gradientNorm };
    } finally {
      if (--this.#calls === 0 && this.#isClosed) this.#session.close();
    }
  }

  async #runWhole(batch: Batch, learningRate: number, progress: number): Promise<number[]> {
    const program = await this.#programOf(batch);
    this.#variables.release();
    const { prefix } = program;
    return this.#runProgram(program, {
      ...this.#batchFeeds(prefix, batch, progress),
      ...this.#updateFeeds(prefix, learningRate),
    });
  }

  /** Adds up the gradients of the parts, then updates by their sum. */
  async #runParts(batch: Batch, learningRate: number, progress: number): Promise<number[]> {
    let mean = 0;
    for (const { part, share } of microBatches(batch, this.#options.microBatch)) {
      const program = await this.#programOf(part);
      this.#variables.release();
      const feeds = this.#batchFeeds(program.prefix, part, progress);
      const [loss] = await this.#runProgram(program, { ...feeds, [`${program.prefix}share`]: fedScalar(share) });
      mean += share * loss;
    }
    const update = this.#graph.update!;
    const [norm] = await this.#runProgram(update, this.#updateFeeds(update.prefix, learningRate));
    await this.#variables.clearSums();
    return [mean, norm];
  }

  /** The graph of batches of this shape. */
  async #programOf(batch: Batch): Promise<StepProgram> {
    const shape = shapeOf(batch);
    if (!this.#graph.has(shape) && !this.#variables.isMirrored) await this.#variables.mirror();
    return this.#graph.program(shape);
  }

  #batchFeeds(prefix: string, batch: Batch, progress: number): Record<string, HostTensor> {
    const shape = shapeOf(batch);
    return {
      [`${prefix}progress`]: fedScalar(progress),
      [`${prefix}images`]: { shape, data: batch.images },
      [`${prefix}labels`]: { shape: shape.slice(0, 3), data: Int32Array.from(batch.labels) },
    };
  }

  #updateFeeds(prefix: string, learningRate: number): Record<string, HostTensor> {
    const { optimizer, emaDecay } = this.#options;
    const step = this.#stepCount + 1;
    const numbers = Object.entries(stepNumbers(optimizer, learningRate, step));
    if (emaDecay !== undefined) numbers.push(['averageDecay', averageDecay(emaDecay, step)]);
    return Object.fromEntries(numbers.map(([name, value]) => [prefix + name, fedScalar(value)]));
  }

  async #runProgram({ fetches, targets }: StepProgram, feeds: Record<string, HostTensor>): Promise<number[]> {
    return (await this.#session.run(feeds, fetches, targets)).map(({ data }) => data[0]);
  }

  /** Loss and gradients (by position of the trainable weights) without an update. */
  async gradients(batch: Batch, progress = 0): Promise<{ loss: number; gradients: (Float32Array | undefined)[] }> {
    const { prefix, fetches, gradients } = await this.#programOf(batch);
    const known = gradients.filter((g) => g !== undefined);
    const feeds = this.#batchFeeds(prefix, batch, progress);
    const [loss, ...values] = await this.#session.run(feeds, [fetches[0], ...known]);
    return {
      loss: loss.data[0],
      gradients: gradients.map((g) => (g === undefined ? undefined : (values.shift()!.data as Float32Array))),
    };
  }

  /** Tells the graph for batches of this shape from others. */
  digest(batch: Batch): string {
    return this.#graph.program(shapeOf(batch)).digest;
  }

  async state(): Promise<NamedArrays> {
    const stepCount = { shape: [1], data: Float32Array.of(this.#stepCount) };
    return { stepCount, ...(await this.#variables.arrays()) };
  }

  async restore(state: NamedArrays): Promise<void> {
    await this.#variables.set(state);
    [this.#stepCount] = storedArray(state, 'stepCount', [1]);
  }

  withAveragedWeights<T>(f: () => Promise<T>): Promise<T> {
    return this.#variables.withAverages(f, () => this.#isClosed);
  }

  dispose(): void {
    if (!this.#isClosed && this.#calls === 0) this.#session.close();
    this.#isClosed = true;
  }
}
