/**
 * A training step as one TensorFlow graph: forward, backward and update run in a session that also holds the weights.
 * The same interface and the same numbers (to float32's rounding) as the eager step, faster and with less memory.
 *
 * The graph is traced at the first batch of a shape (stepGraph.ts); batches of several shapes share one session and its variables.
 * The model's own weights are a copy, which is let go while the session trains and renewed where somebody needs it
 * (`withAveragedWeights`). The session computes on another thread: signals and messages are served during a step.
 */
import v8 from 'node:v8';
import vm from 'node:vm';
import { tf } from 'axunet-engine/engine';
import { clearVariables, getVariables, setVariables } from 'axunet-engine/graph/joinedVariable';
import { type HostTensor, newGraph, Session, type SessionConfig } from 'axunet-engine/graph/native';
import { expected, UserError } from '../errors.ts';
import { type Batch, partOfBatch } from '../preprocess/batches.ts';
import { stepNumbers } from './graphOptimizers.ts';
import {
  averageDecay,
  type NamedArrays,
  type StepOptions,
  type StepResult,
  type TrainStep,
  variableOf,
  weightName,
} from './step.ts';
import { buildStepGraph, type Program } from './stepGraph.ts';
import { weightsOf } from './stepVariables.ts';

/** Precision and memory of a compiled step. */
export interface CompileOptions {
  /** Convolutions and matrix products in bfloat16: faster where the processor has it, with noisier gradients. */
  readonly bfloat16?: boolean;
  /** Makes some images again in the backward pass instead of keeping them: less memory, a little slower. By default from 512 × 512 pixels on. */
  readonly recompute?: boolean;
  readonly session?: SessionConfig;
}

/** A training step in one TensorFlow graph; it also gives gradients without an update. */
export interface CompiledStep extends TrainStep {
  /** Loss and gradients (by position of the trainable weights; undefined where the loss does not depend on one) without an update. */
  gradients(batch: Batch, progress?: number): Promise<{ loss: number; gradients: (Float32Array | undefined)[] }>;
  /** Tells the graph for batches of this shape from others. */
  digest(batch: Batch): string;
}

/** Pixels of a batch from which memory counts more than time. */
const manyPixels = 512 * 512;
/** Whether a compiled step makes images again by itself. */
export const recomputesByDefault = (images: number, height: number, width: number): boolean =>
  images * height * width >= manyPixels;
/** One operation at a time, with all threads: least memory, and hardly slower than several at once. */
const oneByOne: SessionConfig = { interOpThreads: 1 };

/** Frees arrays that nobody needs now; by itself JavaScript would do it long after the first steps, because it does not see their size. */
function collectGarbage(): void {
  v8.setFlagsFromString('--expose-gc');
  (vm.runInNewContext('gc') as () => void)();
}

const scalar = (value: number): HostTensor => ({ shape: [], data: Float32Array.of(value) });
const shapeOf = ({ n, height, width, images }: Batch): number[] => [
  n,
  height,
  width,
  images.length / (n * height * width),
];

/** Compiles the step of `model` for batches like `example`. Throws a UserError naming the operation that cannot be compiled. */
export async function createCompiledStep(
  model: tf.LayersModel,
  options: StepOptions,
  example: Batch,
  compile: CompileOptions = {},
): Promise<CompiledStep> {
  const { optimizer, emaDecay, microBatch } = options;
  const metricNames = Object.keys(options.metrics ?? {});
  const all = weightsOf(model).map((weight) => ({ name: weightName(weight), variable: variableOf(weight) }));
  const { n, height, width } = example;
  const recompute = compile.recompute ?? recomputesByDefault(Math.min(n, microBatch ?? n), height, width);
  const graph = newGraph();
  const built = buildStepGraph(graph, model, options, { recompute, bfloat16: compile.bfloat16 });
  built.program(shapeOf(partOfBatch(example, 0, Math.min(n, microBatch ?? n))));
  const session = new Session(graph, compile.session ?? oneByOne);
  const weights = built.groups.map(({ weight }) => weight);
  const slots = built.groups.flatMap((group) => group.slots);
  const averages = built.groups.flatMap(({ average }) => average ?? []);
  const sums = built.groups.flatMap(({ sum }) => sum ?? []);
  const held = [...weights, ...slots, ...averages];
  let stepCount = 0;

  /** Sets the session's weights from the model, a few at a time, so that not all of them lie twice in memory. */
  async function start(): Promise<void> {
    const variables = new Map(all.map(({ name, variable }) => [name, variable]));
    for (let from = 0; from < weights.length; from += 16) {
      await setVariables(
        session,
        [...weights.slice(from, from + 16), ...averages.slice(from, from + 16)],
        ({ key, shape }) => ({
          shape,
          data: variables.get(key.slice(key.indexOf('/') + 1))!.dataSync<'float32'>() as Float32Array,
        }),
      );
    }
    await clearVariables(session, [...slots, ...sums]);
  }

  let isMirrored = true;
  async function mirror(kind: 'weight' | 'average'): Promise<void> {
    const arrays = await getVariables(session, kind === 'weight' ? weights : averages);
    for (const { name, variable } of all)
      tf.tidy(() => variable.assign(tf.tensor(arrays.get(`${kind}/${name}`)!.data as Float32Array, variable.shape)));
    isMirrored = true;
  }
  /** Lets the model's copy of the weights go; to read it before the next `mirror` is an error. */
  function release(): void {
    if (!isMirrored) return;
    for (const { variable: v } of all)
      tf.tidy(() => v.assign(tf.engine().makeTensor(new Float32Array(0), v.shape, 'float32') as tf.Tensor));
    isMirrored = false;
    if (model.countParams() > 1e6) collectGarbage();
  }

  /** The graph of batches of this shape. To trace it, the model's weights have to be there. */
  const traced = new Set([shapeOf(partOfBatch(example, 0, Math.min(n, microBatch ?? n))).join()]);
  async function programOf(batch: Batch): Promise<Program> {
    const shape = shapeOf(batch);
    if (!traced.has(shape.join()) && !isMirrored) await mirror('weight');
    const program = built.program(shape);
    traced.add(shape.join());
    return program;
  }

  const feedsOf = (prefix: string, batch: Batch, progress: number): Record<string, HostTensor> => ({
    [`${prefix}progress`]: scalar(progress),
    [`${prefix}images`]: { shape: shapeOf(batch), data: batch.images },
    [`${prefix}labels`]: { shape: shapeOf(batch).slice(0, 3), data: Int32Array.from(batch.labels) },
  });
  function updateFeeds(prefix: string, learningRate: number): Record<string, HostTensor> {
    const numbers = Object.entries(stepNumbers(optimizer, learningRate, stepCount + 1));
    if (emaDecay !== undefined) numbers.push(['averageDecay', averageDecay(emaDecay, stepCount + 1)]);
    return Object.fromEntries(numbers.map(([name, value]) => [prefix + name, scalar(value)]));
  }
  async function runProgram({ fetches, targets }: Program, feeds: Record<string, HostTensor>): Promise<number[]> {
    return (await session.run(feeds, fetches, targets)).map(({ data }) => data[0]);
  }

  /** Adds up the gradients of the parts, then updates by their sum. */
  async function runParts(batch: Batch, learningRate: number, progress: number, size: number): Promise<number[]> {
    const means = [0, ...metricNames.map(() => 0)];
    for (let from = 0; from < batch.n; from += size) {
      const part = partOfBatch(batch, from, Math.min(from + size, batch.n));
      const share = part.n / batch.n;
      const program = await programOf(part);
      release();
      const values = await runProgram(program, {
        ...feedsOf(program.prefix, part, progress),
        [`${program.prefix}share`]: scalar(share),
      });
      values.forEach((value, i) => {
        means[i] += share * value;
      });
    }
    const [norm] = await runProgram(built.update!, updateFeeds(built.update!.prefix, learningRate));
    await clearVariables(session, sums);
    const [loss, ...metrics] = means;
    return [loss, norm, ...metrics];
  }

  async function run(batch: Batch, learningRate: number, progress: number): Promise<StepResult> {
    const program = microBatch === undefined ? await programOf(batch) : undefined;
    release();
    const values = program
      ? await runProgram(program, {
          ...feedsOf(program.prefix, batch, progress),
          ...updateFeeds(program.prefix, learningRate),
        })
      : await runParts(batch, learningRate, progress, microBatch!);
    stepCount++;
    const [loss, gradientNorm, ...metrics] = values;
    return { loss, gradientNorm, metrics: Object.fromEntries(metricNames.map((name, i) => [name, metrics[i]])) };
  }

  let [calls, isClosed] = [0, false];
  /** A call that a `dispose` in the meantime lets finish. */
  async function tracked<R>(call: () => Promise<R>): Promise<R> {
    if (isClosed) throw new UserError('Expected an open session, found a closed one');
    calls++;
    try {
      return await call();
    } finally {
      if (--calls === 0 && isClosed) session.close();
    }
  }

  await start();
  return {
    kind: `compiled to one graph${compile.bfloat16 ? ', bfloat16' : ''}${recompute ? ', images made again in the backward pass' : ''}`,
    run: (batch, learningRate, progress = 0) => tracked(() => run(batch, learningRate, progress)),
    digest: (batch) => built.program(shapeOf(batch)).digest,
    async gradients(batch, progress = 0) {
      const { prefix, fetches, gradients } = await programOf(batch);
      const known = gradients.filter((g) => g !== undefined);
      const [loss, ...values] = await session.run(feedsOf(prefix, batch, progress), [fetches[0], ...known]);
      let next = 0;
      return {
        loss: loss.data[0],
        gradients: gradients.map((g) => (g === undefined ? undefined : (values[next++].data as Float32Array))),
      };
    },
    async state() {
      const arrays = [...(await getVariables(session, held))].map(
        ([key, { shape, data }]) => [key, { shape: [...shape], data: data as Float32Array }] as const,
      );
      return {
        stepCount: { shape: [1], data: Float32Array.of(stepCount) },
        ...(Object.fromEntries(arrays) as NamedArrays),
      };
    },
    async restore(stored) {
      await setVariables(session, held, ({ key, shape }) => {
        const found = stored[key];
        if (found?.shape.join() !== shape.join())
          throw expected(`${key} of shape [${shape}] in the checkpoint`, found ? `shape [${found.shape}]` : 'none');
        const size = tf.util.sizeFromShape([...shape]);
        if (found.data.length !== size)
          throw expected(`${size} numbers of ${key} in the checkpoint`, `${found.data.length}`);
        return found;
      });
      stepCount = stored.stepCount.data[0];
      if (isMirrored) await mirror('weight');
    },
    async withAveragedWeights(f) {
      await mirror(averages.length ? 'average' : 'weight');
      try {
        return await f();
      } finally {
        if (averages.length && !isClosed) await mirror('weight');
      }
    },
    dispose() {
      if (!isClosed && calls === 0) session.close();
      isClosed = true;
    },
  };
}
