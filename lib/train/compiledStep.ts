/**
 * A training step as one TensorFlow graph: forward, backward and update run in a session that also holds the weights.
 * The same interface and the same numbers (to float32's rounding) as the eager step, faster and with less memory.
 *
 * The graph is traced (engine/graph/trace.ts) at the first batch of a shape; batches of several shapes share one session and
 * its variables. The model's own weights are a copy that is renewed where somebody needs it (`withAveragedWeights`).
 */
import v8 from 'node:v8';
import vm from 'node:vm';
import { tf } from '../engine/engine.ts';
import { valueAndGradients } from '../engine/gradients.ts';
import { recomputing } from '../engine/recompute.ts';
import { dtypes, newGraph, Session, type HostTensor, type SessionConfig } from '../engine/graph/native.ts';
import { typeAttribute, withTrace, type Ref, type Trace } from '../engine/graph/trace.ts';
import { addVariable, assignVariable, readVariable, type GraphVariable } from '../engine/graph/variables.ts';
import { expected } from '../errors.ts';
import type { Batch } from '../preprocess/batches.ts';
import { addUpdate, stepNumbers } from './graphOptimizers.ts';
import { slotNames } from './optimizers.ts';
import { averageDecay, variableOf, weightName, type NamedArrays, type StepOptions, type TrainStep } from './step.ts';

export interface CompileOptions {
  /** Convolutions and matrix products in bfloat16: faster where the processor has it, with noisier gradients. */
  readonly bfloat16?: boolean;
  /** Makes the outputs of normalisations again in the backward pass instead of keeping them: less memory, a little slower. */
  readonly recompute?: boolean;
  readonly session?: SessionConfig;
}

/** One weight, slot or average: its name in a checkpoint and its variable in the session. */
interface Held { readonly key: string; readonly variable: GraphVariable }

/** The graph of one shape of batch. */
interface Program {
  readonly prefix: string;
  readonly targets: readonly string[];
  readonly fetches: readonly string[];
}

/** Frees arrays that nobody needs now; by itself JavaScript would do it long after the first steps, because it does not see their size. */
function collectGarbage(): void {
  v8.setFlagsFromString('--expose-gc');
  (vm.runInNewContext('gc') as () => void)();
}

const T = typeAttribute('T', dtypes.float32);

/** Compiles the step of `model`. Throws a UserError that names the operation where something cannot be compiled. */
export async function createCompiledStep(model: tf.LayersModel, options: StepOptions, compile: CompileOptions = {}): Promise<TrainStep> {
  const { optimizer, loss, clipNorm, emaDecay } = options;
  const recompute = compile.recompute ?? false;
  const trainable = model.trainableWeights.map(variableOf);
  const statistics = model.nonTrainableWeights.map(variableOf);
  const names = [...model.trainableWeights, ...model.nonTrainableWeights].map(weightName);
  const all = [...trainable, ...statistics];
  const graph = newGraph();
  const state = declareState();
  const session = new Session(graph, compile.session);
  const programs = new Map<string, Program>();
  let stepCount = 0;

  /** Every variable of the run, with a node that reads it and one that sets it. */
  function declareState() {
    return withTrace({ graph }, (trace) => {
      const hold = (kind: string, i: number): Held => {
        const key = `${kind}/${names[i]}`;
        const variable = addVariable(trace, `state/${key}`, all[i].shape);
        readVariable(trace, variable, { name: `get/${key}` });
        assignVariable(trace, 'Assign', variable, trace.placeholder(`value/${key}`, all[i].shape, 'float32').ref, { name: `set/${key}` });
        return { key, variable };
      };
      return {
        weights: all.map((_, i) => hold('weight', i)),
        slots: trainable.map((_, i) => slotNames[optimizer.name].map((slot) => {
          const slotHeld = hold(slot, i);
          addClear(trace, slotHeld);
          return slotHeld;
        })),
        averages: emaDecay === undefined ? [] : all.map((_, i) => hold('average', i)),
      };
    });
  }
  const held = [...state.weights, ...state.slots.flat(), ...state.averages];

  /** An operation that sets a variable to zero. */
  function addClear(trace: Trace, { key, variable }: Held): void {
    const shape = trace.constant([variable.shape.length], dtypes.int32, [...variable.shape]);
    const [{ ref }] = trace.add('Fill', [shape, trace.constant([], dtypes.float32, [0])], [T, typeAttribute('index_type', dtypes.int32)]);
    assignVariable(trace, 'Assign', variable, ref, { name: `clear/${key}` });
  }

  /** Traces the step for one shape of batch. */
  function traceStep(trace: Trace, shape: readonly number[]): { targets: string[] } {
    const [n, height, width] = shape;
    const x = trace.placeholder('images', shape, 'float32').tensor() as tf.Tensor4D;
    const y = trace.placeholder('labels', [n, height, width], 'int32').tensor() as tf.Tensor3D;
    const values = state.weights.map(({ variable }) => readVariable(trace, variable));
    all.forEach((v, i) => trace.bind(v, values[i].ref));
    const kept = all.map((v) => v.clone());
    try {
      const differentiate = () => valueAndGradients(() => loss(model.apply(x, { training: true }) as tf.Tensor4D, y), trainable);
      const { value, gradients } = recompute ? recomputing(differentiate) : differentiate();
      trace.add('Identity', [trace.refOf(value)], [T], { name: 'loss' });
      const refs = gradients.map((g) => g && trace.refOf(g));
      const scaled = addNorm(trace, refs);
      const targets = addUpdates(trace, values.map(({ ref }) => ref), scaled);
      statistics.forEach((v, k) => {
        const i = trainable.length + k;
        if (v.dataId !== kept[i].dataId) targets.push(assignVariable(trace, 'Assign', state.weights[i].variable, trace.refOf(v)));
      });
      if (emaDecay !== undefined) targets.push(...addAverages(trace, [...targets]));
      return { targets };
    } finally {
      all.forEach((v, i) => { if (v.dataId !== kept[i].dataId) v.assign(kept[i] as tf.Tensor); });
    }
  }

  /** Adds `norm`, and returns the gradients, clipped where the run clips. */
  function addNorm(trace: Trace, gradients: readonly (Ref | undefined)[]): (Ref | undefined)[] {
    const squares = gradients.filter((g) => g !== undefined).map((g) => trace.add('L2Loss', [g], [T])[0].ref);
    const half = trace.add('AddN', [squares], [{ name: 'N', type: 1, value: squares.length }, T])[0].ref;
    const two = trace.constant([], dtypes.float32, [2]);
    const [{ ref: norm }] = trace.add('Sqrt', [trace.add('Mul', [half, two], [T])[0].ref], [T], { name: 'norm' });
    if (clipNorm === undefined) return [...gradients];
    const share = trace.add('Div', [trace.constant([], dtypes.float32, [clipNorm]), norm], [T])[0].ref;
    const factor = trace.add('Minimum', [share, trace.constant([], dtypes.float32, [1])], [T])[0].ref;
    return gradients.map((g) => g && trace.add('Mul', [g, factor], [T])[0].ref);
  }

  function addUpdates(trace: Trace, values: readonly Ref[], gradients: readonly (Ref | undefined)[]): string[] {
    const numbers = Object.fromEntries(Object.keys(stepNumbers(optimizer, 1, 1)).map((name) => [name, trace.placeholder(name, [], 'float32').ref]));
    return trainable.flatMap((v, i) => {
      const decays = optimizer.name === 'adam' && optimizer.weightDecay > 0 && v.rank > 1;
      if (gradients[i] === undefined && !decays) return []; // a gradient of zero changes nothing
      const gradient = gradients[i] ?? trace.constant(v.shape, dtypes.float32, new Float32Array(v.size));
      return [addUpdate(trace, optimizer, state.weights[i].variable, values[i], gradient, state.slots[i].map(({ variable }) => variable), numbers, decays)];
    });
  }

  /** average ← decay · average + (1 − decay) · weight, with the weights as they are after `updates`. */
  function addAverages(trace: Trace, updates: readonly string[]): string[] {
    const decay = trace.placeholder('averageDecay', [], 'float32').ref;
    const share = trace.add('Sub', [trace.constant([], dtypes.float32, [1]), decay], [T])[0].ref;
    return state.averages.map(({ variable }, i) => {
      const now = readVariable(trace, state.weights[i].variable, { controls: updates }).ref;
      const old = readVariable(trace, variable).ref;
      const parts = [trace.add('Mul', [old, decay], [T])[0].ref, trace.add('Mul', [now, share], [T])[0].ref];
      return assignVariable(trace, 'Assign', variable, trace.add('AddV2', parts, [T])[0].ref);
    });
  }

  function programFor({ n, height, width, images }: Batch): Program {
    const shape = [n, height, width, images.length / (n * height * width)];
    const key = shape.join('x');
    let program = programs.get(key);
    if (!program) {
      const prefix = `step_${key}/`;
      const { targets } = withTrace({ graph, prefix, bfloat16: compile.bfloat16 }, (trace) => traceStep(trace, shape));
      program = { prefix, targets, fetches: [`${prefix}loss`, `${prefix}norm`] };
      programs.set(key, program);
    }
    return program;
  }

  const setAll = async (values: readonly (readonly [string, HostTensor])[]): Promise<void> => {
    await session.run(Object.fromEntries(values.map(([key, tensor]) => [`value/${key}`, tensor])), [], values.map(([key]) => `set/${key}`));
  };
  const getAll = async (which: readonly Held[]): Promise<NamedArrays> => {
    const values = await session.run({}, which.map(({ key }) => `get/${key}`));
    return Object.fromEntries(which.map(({ key }, i) => [key, { shape: [...values[i].shape], data: values[i].data as Float32Array }]));
  };
  let isMirrored = true;
  /** Puts session values into the model. */
  const mirror = async (which: readonly Held[]): Promise<void> => {
    const values = await session.run({}, which.map(({ key }) => `get/${key}`));
    all.forEach((v, i) => { tf.tidy(() => v.assign(tf.tensor(values[i].data as Float32Array, v.shape))); });
    isMirrored = true;
  };
  /** Lets the model's copy of the weights go while the session trains its own; reading it until the next `mirror` is an error. */
  const release = (): void => {
    if (!isMirrored) return;
    all.forEach((v) => { tf.tidy(() => v.assign(tf.engine().makeTensor(new Float32Array(0), v.shape, 'float32') as tf.Tensor)); });
    isMirrored = false;
    collectGarbage();
  };

  // A few variables at a time, so that not all values lie twice in memory.
  for (let from = 0; from < all.length; from += 16) {
    const part = all.slice(from, from + 16).map((v, k) => ({ i: from + k, tensor: { shape: v.shape, data: v.dataSync<'float32'>() as Float32Array } }));
    await setAll(part.flatMap(({ i, tensor }) => [state.weights[i], ...(state.averages.length ? [state.averages[i]] : [])].map(({ key }) => [key, tensor] as const)));
  }
  await session.run({}, [], state.slots.flat().map(({ key }) => `clear/${key}`));

  return {
    async run(batch, learningRate) {
      const { prefix, targets, fetches } = programFor(batch);
      release();
      const { n, height, width, images, labels } = batch;
      const scalar = (value: number): HostTensor => ({ shape: [], data: Float32Array.of(value) });
      const numbers = stepNumbers(optimizer, learningRate, stepCount + 1);
      const feeds: Record<string, HostTensor> = {
        [`${prefix}images`]: { shape: [n, height, width, images.length / (n * height * width)], data: images },
        [`${prefix}labels`]: { shape: [n, height, width], data: Int32Array.from(labels) },
      };
      for (const [name, value] of Object.entries(numbers)) feeds[prefix + name] = scalar(value);
      if (emaDecay !== undefined) feeds[`${prefix}averageDecay`] = scalar(averageDecay(emaDecay, stepCount + 1));
      const [value, norm] = await session.run(feeds, fetches, targets);
      stepCount++;
      return { loss: value.data[0], gradientNorm: norm.data[0] };
    },
    async state() {
      return { stepCount: { shape: [1], data: Float32Array.of(stepCount) }, ...(await getAll(held)) };
    },
    async restore(stored) {
      const values = held.map(({ key, variable: { shape } }): [string, HostTensor] => {
        const found = stored[key];
        if (found?.shape.join() !== shape.join()) throw expected(`${key} of shape [${shape}] in the checkpoint`, found ? `shape [${found.shape}]` : 'none');
        return [key, found];
      });
      await setAll(values);
      stepCount = stored.stepCount.data[0];
    },
    async withAveragedWeights(f) {
      await mirror(state.averages.length ? state.averages : state.weights);
      return f();
    },
    dispose() {
      session.close();
    },
  };
}
