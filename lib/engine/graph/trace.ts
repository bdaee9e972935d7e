/**
 * Turns tfjs code into a TensorFlow graph by running it once on tensors that have a shape but no values.
 *
 * While a trace is under way, the tfjs-node backend talks to a stand-in instead of TensorFlow: each operation becomes a node of a
 * graph, and TensorFlow's own shape inference says what comes out. Nothing is computed, so tracing a full training step
 * takes a fraction of a second and no memory. Gradients need no special care: tfjs' tape is code like any other.
 *
 * What cannot be traced is refused with the operation's name: values read in JavaScript, random numbers, variables that
 * were not declared, shapes that depend on data. The digest of a trace tells whether two traces made the same graph; tracing
 * twice and comparing finds whatever changes from call to call, such as a counter in JavaScript.
 */
import { createHash } from 'node:crypto';
import { tf } from '../engine.ts';
import { messageOf, UserError } from '../errors.ts';
import { plainAttributes, toBytes, typeAttribute } from './attributes.ts';
import { type Binding, backend, type Id } from './backend.ts';
import { attributeTypes, dtypes, type NativeAttribute, type NativeGraph, newGraph, type OutputInfo } from './native.ts';
import type { Preparation } from './preparation.ts';

/** A node's output, as `name` or `name:index`. */
export type Ref = string;

/** The node that an output is of. */
export const nodeOf = (ref: Ref): string => ref.split(':')[0];

/** Operations that take a list, by how many of their inputs follow it. */
const listOperations: Readonly<Record<string, number>> = { ConcatV2: 1, Pack: 0, AddN: 0, Einsum: 0 };
/** Outputs that only go from a kernel to its gradient and whose shape nobody needs to know. */
const opaque = new Set(['FusedBatchNormV3:5']);
const isRandom = (type: string): boolean => /Random|Multinomial|Shuffle|TruncatedNormal/.test(type);

export interface TraceOptions {
  /** The graph to add to; a new one by default. */
  readonly graph?: NativeGraph;
  /** Put before the name of each node, so that several traces fit into one graph. */
  readonly prefix?: string;
  /** Convolutions and matrix products in bfloat16, everything else in float32. */
  readonly bfloat16?: boolean;
  /** Takes what depends on weights alone out of the rest, to be computed once. */
  readonly preparation?: Preparation;
}

type Inputs = readonly (Ref | readonly Ref[])[];
interface NodeOptions {
  readonly name?: string;
  /** Operations that must be over before. */
  readonly controls?: readonly string[];
}

export class Trace {
  readonly graph: NativeGraph;
  /** How many operations of each type it has. */
  readonly operations: Record<string, number> = {};
  readonly preparation?: Preparation;
  readonly #prefix: string;
  readonly bfloat16: boolean;
  /** What each node is, in order: type, name, inputs, attributes, hash of constants. */
  readonly notes: string[] = [];
  readonly #refs = new Map<Id, Ref>();
  /** float32 node to its bfloat16 twin. */
  readonly #short = new Map<Ref, Ref>();
  #controls: readonly string[] = [];
  #count = 0;
  // −1 is how tfjs marks a tensor whose values are not in TensorFlow yet; it frees ids from 0 up only.
  #nextId = -2;

  constructor({ graph = newGraph(), prefix = '', bfloat16 = false, preparation }: TraceOptions = {}) {
    this.graph = graph;
    this.preparation = preparation;
    this.#prefix = prefix;
    this.bfloat16 = bfloat16;
  }

  /** Adds an operation; `name` is without the prefix. Returns where its outputs are and what they look like. */
  add(
    type: string,
    inputs: Inputs,
    attributes: readonly NativeAttribute[] = [],
    options: NodeOptions = {},
  ): { ref: Ref; info: OutputInfo }[] {
    const { name, outputs } = this.#add(type, inputs, attributes, options);
    return outputs.map((info, i) => ({ ref: i ? `${name}:${i}` : name, info }));
  }

  /** The same for an operation without outputs; returns its name. */
  addTarget(
    type: string,
    inputs: Inputs,
    attributes: readonly NativeAttribute[] = [],
    options: NodeOptions = {},
  ): string {
    return this.#add(type, inputs, attributes, options).name;
  }

  #add(
    type: string,
    wanted: Inputs,
    attributes: readonly NativeAttribute[],
    options: NodeOptions,
  ): { name: string; outputs: OutputInfo[] } {
    const inputs = this.preparation?.inputsOf(this, wanted) ?? wanted;
    const name = this.#prefix + (options.name ?? `${type}_${this.#count++}`);
    const isApart = this.preparation?.dependsOnImages(inputs.flat()) === false; // what is prepared waits for no image
    const controls = [...(isApart ? [] : this.#controls), ...(options.controls ?? [])];
    this.operations[type] = (this.operations[type] ?? 0) + 1;
    const plain = plainAttributes(attributes);
    this.notes.push(JSON.stringify([type, name, inputs, plain, controls]));
    let outputs = this.#addToGraph(type, name, inputs, attributes, controls);
    const shape = type.startsWith('Axunet')
      ? (attributes.find((a) => a.name === 'shape')!.value as number[])
      : undefined;
    if (shape) {
      this.graph.setShape(name, shape); // our own kernels say in an attribute what inference cannot know
      outputs = [{ ...outputs[0], shape }];
    }
    this.preparation?.follow(name, inputs.flat(), JSON.stringify([type, plain]), outputs);
    return { name, outputs };
  }

  /** TensorFlow's refusal of an operation is a reason not to compile, like ours. */
  #addToGraph(
    type: string,
    ...rest: [name: string, inputs: Inputs, attributes: readonly NativeAttribute[], controls: readonly string[]]
  ): OutputInfo[] {
    try {
      return this.graph.add(type, ...rest);
    } catch (error) {
      throw new UserError(`Cannot compile ${type}: ${messageOf(error).replaceAll('\n', ' ')}`);
    }
  }

  /** Tells graphs apart: equal for equal operations, attributes, constants and order. */
  digest(): string {
    return createHash('sha256').update(this.notes.join('\n')).digest('hex');
  }

  constant(shape: readonly number[], dtype: number, values: ArrayLike<number>): Ref {
    const data = toBytes(dtype, values);
    const [{ ref }] = this.add(
      'Const',
      [],
      [typeAttribute('dtype', dtype), { name: 'value', type: attributeTypes.tensor, value: { dtype, shape, data } }],
    );
    return ref;
  }

  /** A fed input of a fixed shape; `tensor` makes a tensor that stands for it. */
  placeholder(
    name: string,
    shape: readonly number[],
    dtype: 'float32' | 'int32',
  ): { ref: Ref; tensor: () => tf.Tensor } {
    const [{ ref, info }] = this.add(
      'Placeholder',
      [],
      [typeAttribute('dtype', dtypes[dtype]), { name: 'shape', type: attributeTypes.shape, value: shape }],
      { name },
    );
    return { ref, tensor: () => this.tensorOf(ref, info) };
  }

  /** A tensor that stands for a node's output. */
  tensorOf(ref: Ref, info: OutputInfo): tf.Tensor {
    return backend().createOutputTensor(this.#register(ref, info, ref));
  }

  /** Lets an existing tensor or variable stand for a node's output. */
  bind(tensor: tf.Tensor, ref: Ref): void {
    this.#refs.set(backend().getInputTensorIds([tensor])[0], ref);
  }

  /** The node behind a tensor of the trace. */
  refOf(tensor: tf.Tensor): Ref {
    return this.#refs.get(backend().getInputTensorIds([tensor])[0])!;
  }

  /** A way to have a tensor of the trace later, even when it has been disposed. */
  remember(tensor: tf.Tensor): () => tf.Tensor {
    const [ref, info] = [this.refOf(tensor), { shape: tensor.shape, dtype: backend().getDTypeInteger(tensor.dtype) }];
    return () => this.tensorOf(ref, info);
  }

  after<T>(tensor: tf.Tensor, f: () => T): T {
    const before = this.#controls;
    this.#controls = [...before, nodeOf(this.refOf(tensor))];
    try {
      return f();
    } finally {
      this.#controls = before;
    }
  }

  #register(ref: Ref, { dtype, shape }: OutputInfo, type: string): { id: Id; shape: number[]; dtype: number } {
    if (!shape || shape.some((side) => side < 0))
      throw new UserError(`Cannot compile ${type}: the shape of its result depends on the data`);
    const id = this.#nextId--;
    this.#refs.set(id, ref);
    return { id, shape: [...shape], dtype };
  }

  /** The node of a tensor from before the trace: its values become a constant, except where they may change. */
  #freeze(id: Id, tensor: tf.Tensor, type: string, real: Binding): Ref {
    if (id < 0)
      throw new UserError(
        `Cannot compile ${type}: it uses a tensor that was made in an earlier trace; make it before compiling`,
      );
    const variable = Object.values(tf.engine().registeredVariables).find((v) => v.dataId === tensor.dataId);
    if (variable)
      throw new UserError(
        `Cannot compile ${type}: it reads the variable ${variable.name}, whose present value would be frozen; declare it`,
      );
    const ref = this.constant(tensor.shape, backend().getDTypeInteger(tensor.dtype), real.tensorDataSync(id));
    this.#refs.set(id, ref);
    return ref;
  }

  #shortened(ref: Ref): Ref {
    let short = this.#short.get(ref);
    if (!short) {
      [{ ref: short }] = this.add(
        'Cast',
        [ref],
        [typeAttribute('SrcT', dtypes.float32), typeAttribute('DstT', dtypes.bfloat16)],
      );
      this.#short.set(ref, short);
    }
    return short;
  }

  /** The operation in bfloat16 between two casts. */
  #addShort(
    type: string,
    inputs: Inputs,
    attributes: readonly NativeAttribute[],
    floats: readonly boolean[],
  ): { ref: Ref; info: OutputInfo }[] {
    const cast = inputs.map((ref, i) => (floats[i] ? this.#shortened(ref as Ref) : ref));
    const [{ ref }] = this.add(
      type,
      cast,
      attributes.map((a) => (a.name === 'T' ? typeAttribute('T', dtypes.bfloat16) : a)),
    );
    const widened = this.add(
      'Cast',
      [ref],
      [typeAttribute('SrcT', dtypes.bfloat16), typeAttribute('DstT', dtypes.float32)],
    );
    this.#short.set(widened[0].ref, ref);
    return widened;
  }

  /** What the backend talks to during the trace; `real` is TensorFlow. */
  standIn(real: Binding, tensors: ReadonlyMap<Id, tf.Tensor>): Binding {
    const members = Object.fromEntries(
      Object.getOwnPropertyNames(real).map((key) => [key, (real as unknown as Record<string, unknown>)[key]]),
    );
    return {
      ...members,
      createTensor: (shape, dtype, values) =>
        this.#register(this.constant(shape, dtype, values), { shape, dtype }, 'a constant').id,
      deleteTensor: (id) => {
        if (id >= 0) real.deleteTensor(id);
      },
      tensorDataSync: (id) => {
        const ref = this.#refs.get(id);
        if (ref === undefined) return real.tensorDataSync(id);
        throw new UserError(`Cannot compile code that reads the values of ${ref} in JavaScript: they would be frozen`);
      },
      executeOp: (type, attributes, ids) => {
        if (isRandom(type)) throw new UserError(`Cannot compile ${type}: its random numbers would be frozen`);
        const refs = ids.map((id) => this.#refs.get(id) ?? this.#freeze(id, tensors.get(id)!, type, real));
        const follow = listOperations[type];
        const inputs =
          follow === undefined ? refs : [refs.slice(0, refs.length - follow), ...refs.slice(refs.length - follow)];
        const outputs =
          this.bfloat16 && inBfloat16.has(type)
            ? this.#addShort(
                type,
                inputs,
                attributes,
                ids.map((id) => tensors.get(id)!.dtype === 'float32'),
              )
            : this.add(type, inputs, attributes);
        return outputs.map(({ ref, info }, i) =>
          this.#register(ref, opaque.has(`${type}:${i}`) ? { ...info, shape: [0] } : info, type),
        );
      },
    } as Binding;
  }
}

const inBfloat16 = new Set(['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter', 'MatMul']);
