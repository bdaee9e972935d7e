/** The graph of a model's prediction, with its weights as placeholders. */
import type { tf } from '../engine.ts';
import { dtypes, type NativeGraph, newGraph } from './native.ts';
import type { Ref } from './nodes.ts';
import { Preparation } from './preparation.ts';
import type { Trace } from './trace.ts';
import { withTrace } from './tracing.ts';

export interface ModelGraphOptions {
  /** Applied to the model's output, as a part of the graph: its result is what the graph returns. */
  readonly finish?: (output: tf.Tensor) => tf.Tensor;
  /**
   * Convolutions and matrix products in bfloat16, those within Winograd's filtering too where the
   * processor can; all else in float32.
   */
  readonly bfloat16?: boolean;
}

/** What is run for one shape of inputs: names of nodes. */
export interface Program {
  readonly input: Ref;
  readonly output: Ref;
}

const variableOf = (weight: tf.LayerVariable): tf.Variable => weight.read() as tf.Variable;

export class ModelGraph {
  readonly graph: NativeGraph = newGraph();
  readonly preparation = new Preparation();
  readonly variables: readonly tf.Variable[];
  readonly weights: readonly Ref[];
  readonly #model: tf.LayersModel;
  readonly #options: ModelGraphOptions;

  constructor(model: tf.LayersModel, options: ModelGraphOptions) {
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

  /**
   * Adds what is computed for inputs of this shape. Throws a `CannotCompile` naming an
   * operation that cannot be in a graph.
   */
  trace(shape: readonly number[]): { trace: Trace; program: Program } {
    const { bfloat16, finish = (output) => output } = this.#options;
    const [{ graph, preparation }, prefix] = [this, `predict_${shape.join('x')}/`];
    return withTrace({ graph, prefix, bfloat16, preparation }, (trace) => {
      const { ref: input, tensor } = trace.placeholder('input', shape, 'float32');
      preparation.image(input);
      this.variables.forEach((v, i) => trace.bind(v, this.weights[i]));
      const result = finish(this.#model.apply(tensor(), { training: false }) as tf.Tensor);
      return { trace, program: { input, output: trace.output(result, 'output') } };
    });
  }
}
