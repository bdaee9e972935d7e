/**
 * Turns tfjs code into a TensorFlow graph by running it once on tensors that have a shape but no values.
 *
 * While a trace is under way (tracing.ts), the tfjs-node backend talks to a stand-in instead of TensorFlow
 * (standIn.ts): each operation becomes a node of a graph, and TensorFlow's own shape inference says what comes out.
 * Nothing is computed, so tracing a full training step takes a fraction of a second and no memory. Gradients need no
 * special care: tfjs' tape is code like any other.
 *
 * What cannot be traced is refused with the operation's name: values read in JavaScript, random numbers, variables
 * that were not declared, shapes that depend on data. The digest of a trace tells whether two traces made the same
 * graph; tracing twice and comparing finds whatever changes from call to call, such as a counter in JavaScript.
 */
import type { tf } from '../engine.ts';
import { CannotCompile } from '../errors.ts';
import { typeAttribute } from './attributes.ts';
import { backend, type Id } from './backend.ts';
import { GraphWriter, type WriterOptions } from './graphWriter.ts';
import { attributeTypes, dtypes, type OutputInfo } from './native.ts';
import { nodeOf, type Ref } from './nodes.ts';

export { nodeOf, type Ref };

/** How a trace writes its nodes. */
export interface TraceOptions extends WriterOptions {
  /** Convolutions and matrix products in bfloat16, everything else in float32. */
  readonly bfloat16?: boolean;
}

/** The nodes of a trace, and the tensors that stand for them. */
export class Trace extends GraphWriter {
  readonly bfloat16: boolean;
  readonly #refs = new Map<Id, Ref>();
  // −1 is how tfjs marks a tensor whose values are not in TensorFlow yet; it frees ids from 0 up only.
  #nextId = -2;

  constructor({ bfloat16 = false, ...options }: TraceOptions = {}) {
    super(options);
    this.bfloat16 = bfloat16;
  }

  /** A fed input of a fixed shape; `tensor` makes a tensor that stands for it. */
  placeholder(
    name: string,
    shape: readonly number[],
    dtype: 'float32' | 'int32',
  ): { ref: Ref; tensor: () => tf.Tensor } {
    const attributes = [
      typeAttribute('dtype', dtypes[dtype]),
      { name: 'shape', type: attributeTypes.shape, value: shape },
    ];
    const [{ ref, info }] = this.add('Placeholder', [], attributes, { name });
    return { ref, tensor: () => this.tensorOf(ref, info) };
  }

  /** A tensor that stands for a node's output. */
  tensorOf(ref: Ref, info: OutputInfo): tf.Tensor {
    return backend().createOutputTensor(this.register(ref, info, ref));
  }

  /** Lets an existing tensor or variable stand for a node's output. */
  bind(tensor: tf.Tensor, ref: Ref): void {
    this.bindId(backend().getInputTensorIds([tensor])[0], ref);
  }

  /** The node behind a tensor of the trace. */
  refOf(tensor: tf.Tensor): Ref {
    return this.refOfId(backend().getInputTensorIds([tensor])[0])!;
  }

  /** Names a tensor of the trace, so that a session can be asked for it; `name` is without the prefix. */
  output(tensor: tf.Tensor, name: string): Ref {
    const dtype = typeAttribute('T', backend().getDTypeInteger(tensor.dtype));
    return this.add('Identity', [this.refOf(tensor)], [dtype], { name })[0].ref;
  }

  /** A way to have a tensor of the trace later, even when it has been disposed. */
  remember(tensor: tf.Tensor): () => tf.Tensor {
    const [ref, info] = [this.refOf(tensor), { shape: tensor.shape, dtype: backend().getDTypeInteger(tensor.dtype) }];
    return () => this.tensorOf(ref, info);
  }

  /** Makes every operation of `f` wait for `tensor`. */
  after<T>(tensor: tf.Tensor, f: () => T): T {
    return this.waitingFor(nodeOf(this.refOf(tensor)), f);
  }

  bindId(id: Id, ref: Ref): void {
    this.#refs.set(id, ref);
  }

  /** The node behind the tensor of this number; undefined for tensors from before the trace. */
  refOfId(id: Id): Ref | undefined {
    return this.#refs.get(id);
  }

  /** A new number for a node's output; `type` names the operation where its shape is not known. */
  register(ref: Ref, { dtype, shape }: OutputInfo, type: string): { id: Id; shape: number[]; dtype: number } {
    if (!shape || shape.some((side) => side < 0))
      throw new CannotCompile(type, 'the shape of its result depends on the data');
    const id = this.#nextId--;
    this.bindId(id, ref);
    return { id, shape: [...shape], dtype };
  }
}
