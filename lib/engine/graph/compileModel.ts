/**
 * A model's prediction as one TensorFlow graph: what follows from the weights alone (batch norm folded into the convolutions, kernels
 * transformed) is computed once and kept in a session, the rest runs without a word of JavaScript on another thread.
 *
 * Any model with one input and one output whose operations can be traced is compiled; where that is impossible, `predict` calls the
 * model itself. A graph is traced at the first batch of a shape; graphs of several shapes share the prepared weights. Weights that
 * have changed since are noticed, and prepared again.
 */

import { tf } from '../engine.ts';
import { expected, messageOf } from '../errors.ts';
import { engineSettings } from '../settings.ts';
import { typeAttribute } from './attributes.ts';
import { assertEqualTraces } from './equalTraces.ts';
import {
  dtypes,
  type HostTensor,
  type NativeGraph,
  newGraph,
  Session,
  type SessionConfig,
  whyNoGraphs,
} from './native.ts';
import { Preparation, type Prepared } from './preparation.ts';
import type { Ref, Trace } from './trace.ts';
import { withTrace } from './tracing.ts';

/** What `compileModel` can be asked for beyond the model as it is. */
export interface CompileModelOptions {
  /** Applied to the model's output, as a part of the graph: its result is what `predict` returns. */
  readonly finish?: (output: tf.Tensor) => tf.Tensor;
  /** Convolutions and matrix products in bfloat16, those within Winograd's filtering too where the processor can; all else in float32. */
  readonly bfloat16?: boolean;
  readonly session?: SessionConfig;
}

/**
 * A model whose prediction is one TensorFlow graph, or, where it could not be compiled (`reason`), runs operation by
 * operation.
 */
export interface CompiledModel {
  /** Why the model is not compiled; undefined where it is, and before the first call. */
  readonly reason: string | undefined;
  /** The output for inputs of this shape (batch first). While a graph computes, the event loop is free. */
  predict(inputs: Float32Array, shape: readonly number[]): Promise<Float32Array>;
  /** Frees the session, after the calls under way. The model stays as it is. */
  close(): void;
}

/** What is run for one shape of inputs: names of nodes. */
interface Program {
  readonly input: Ref;
  readonly output: Ref;
}

const variableOf = (weight: tf.LayerVariable): tf.Variable => weight.read() as tf.Variable;
const float = typeAttribute('T', dtypes.float32);
/** One operation at a time, with all threads: as fast as several at once, with less memory. */
const oneByOne: SessionConfig = { interOpThreads: 1 };
/** Values prepared in one call: few, since their weights lie twice in memory meanwhile. */
const preparedTogether = 8;

/** The graph of a model, with its weights as placeholders. */
class ModelGraph {
  readonly graph: NativeGraph = newGraph();
  readonly preparation = new Preparation();
  readonly variables: readonly tf.Variable[];
  readonly weights: readonly Ref[];
  readonly #model: tf.LayersModel;
  readonly #options: CompileModelOptions;

  constructor(model: tf.LayersModel, options: CompileModelOptions) {
    this.#model = model;
    this.#options = options;
    this.variables = model.weights.map(variableOf);
    this.weights = withTrace({ graph: this.graph }, (trace) =>
      this.variables.map((v, i) => {
        const { ref } = trace.placeholder(`weight/${i}`, v.shape, 'float32');
        this.preparation.weight(ref, { dtype: dtypes.float32, shape: v.shape });
        return ref;
      }),
    );
  }

  /** Adds what is computed for inputs of this shape. Throws a UserError naming an operation that cannot be compiled. */
  trace(shape: readonly number[]): { trace: Trace; program: Program } {
    const { bfloat16, finish = (output) => output } = this.#options;
    const [{ graph, preparation }, prefix] = [this, `predict_${shape.join('x')}/`];
    return withTrace({ graph, prefix, bfloat16, preparation }, (trace) => {
      const { ref: input, tensor } = trace.placeholder('input', shape, 'float32');
      preparation.image(input);
      this.variables.forEach((v, i) => trace.bind(v, this.weights[i]));
      const result = finish(this.#model.apply(tensor(), { training: false }) as tf.Tensor);
      const [{ ref: output }] = trace.add('Identity', [trace.refOf(result)], [float], { name: 'output' });
      return { trace, program: { input, output } };
    });
  }
}

/** The prediction of `model` operation by operation, for `reason`. */
export function eagerModel(
  model: tf.LayersModel,
  { finish = (output) => output }: Pick<CompileModelOptions, 'finish'> = {},
  reason = 'not asked for',
): CompiledModel {
  return {
    reason,
    async predict(inputs, shape) {
      const result = tf.tidy(() => finish(model.predict(tf.tensor(inputs, [...shape])) as tf.Tensor));
      try {
        return (await result.data<'float32'>()) as Float32Array;
      } finally {
        result.dispose();
      }
    },
    close: () => {},
  };
}

/** Why a model of this form or with these settings is not compiled. */
function whyNot(model: tf.LayersModel): string | undefined {
  if (!engineSettings.isCompiling) return 'AXUNET_COMPILE=off';
  if (model.inputs.length !== 1 || model.outputs.length !== 1) return 'the model has several inputs or outputs';
  return whyNoGraphs();
}

/** The prediction of `model`, compiled at the first call for each shape of inputs. */
export function compileModel(model: tf.LayersModel, options: CompileModelOptions = {}): CompiledModel {
  const programs = new Map<string, Program>();
  let reason = whyNot(model);
  let compiled: { graph: ModelGraph; session: Session } | undefined;
  /** The values that are up to date, for these values of the weights. */
  const ready = new Set<Prepared>();
  let weightIds: readonly object[] = [];

  /** The program for a shape. The first one is traced twice: what differs would be frozen. */
  function programOf(shape: readonly number[]): Program {
    const key = shape.join('x');
    const found = programs.get(key);
    if (found) return found;
    const graph = compiled?.graph ?? new ModelGraph(model, options);
    const { trace, program } = graph.trace(shape);
    if (!compiled) assertEqualTraces(new ModelGraph(model, options).trace(shape).trace, trace);
    compiled ??= { graph, session: new Session(graph.graph, options.session ?? oneByOne) };
    programs.set(key, program);
    return program;
  }

  /** Computes the prepared values that are missing, all of them after a change of the weights. */
  async function prepare({ graph, session }: NonNullable<typeof compiled>): Promise<void> {
    const ids = graph.variables.map((v) => v.dataId);
    if (ids.some((id, i) => id !== weightIds[i])) ready.clear();
    weightIds = ids;
    const missing = [...graph.preparation.values.values()].filter((value) => !ready.has(value));
    for (let from = 0; from < missing.length; from += preparedTogether) {
      const some = missing.slice(from, from + preparedTogether);
      const needed = new Set(some.flatMap(({ weights }) => [...weights]));
      const feeds = graph.weights.flatMap((ref, i): [Ref, HostTensor][] => {
        const v = graph.variables[i];
        return needed.has(ref) ? [[ref, { shape: v.shape, data: v.dataSync<'float32'>() as Float32Array }]] : [];
      });
      await session.run(
        Object.fromEntries(feeds),
        [],
        some.map(({ target }) => target),
      );
      some.forEach((value) => ready.add(value));
    }
  }

  /** Calls under way: a session must not be freed before they are over. */
  let [calls, isClosed] = [0, false];
  const freeIfOver = (): void => {
    if (isClosed && calls === 0) compiled?.session.close();
  };

  async function run(
    { input, output }: Program,
    inputs: Float32Array,
    shape: readonly number[],
  ): Promise<Float32Array> {
    calls++;
    try {
      await prepare(compiled!);
      const [{ data }] = await compiled!.session.run({ [input]: { shape, data: inputs } }, [output]);
      return data as Float32Array;
    } finally {
      calls--;
      freeIfOver();
    }
  }

  return {
    get reason() {
      return reason;
    },
    async predict(inputs, shape) {
      if (isClosed) throw expected('an open network', 'a closed one');
      let program: Program | undefined;
      try {
        if (reason === undefined) program = programOf(shape);
      } catch (error) {
        reason = messageOf(error);
      }
      return program ? run(program, inputs, shape) : eagerModel(model, options).predict(inputs, shape);
    },
    close() {
      isClosed = true;
      freeIfOver();
    },
  };
}
