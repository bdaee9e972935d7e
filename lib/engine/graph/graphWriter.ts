/** Adds operations to a graph, takes note of each, and leaves to a preparation what depends on weights alone. */
import { createHash } from '#system/hash';
import { CannotCompile, messageOf } from '../errors.ts';
import { isOwnKernel } from '../native.ts';
import { plainAttributes, toBytes, typeAttribute } from './attributes.ts';
import { attributeTypes, type NativeAttribute, type NativeGraph, newGraph, type OutputInfo } from './native.ts';
import { type NodeAdder, type NodeInputs, type NodeOptions, type NodeOutput, outputOf, type Ref } from './nodes.ts';
import type { Preparation } from './preparation.ts';

export interface WriterOptions {
  /** The graph to add to; a new one by default. */
  readonly graph?: NativeGraph;
  /** Put before the name of each node, so that several traces fit into one graph. */
  readonly prefix?: string;
  /** Takes what depends on weights alone out of the rest, to be computed once. */
  readonly preparation?: Preparation;
}

type Node = readonly [type: string, name: string, inputs: NodeInputs, attributes: readonly NativeAttribute[]];

export class GraphWriter implements NodeAdder {
  readonly graph: NativeGraph;
  readonly preparation?: Preparation;
  /** How many operations of each type it has. */
  readonly operations: Record<string, number> = {};
  /** What each node is, in order: type, name, inputs, attributes, hash of constants. */
  readonly notes: string[] = [];
  readonly #prefix: string;
  #controls: readonly string[] = [];
  #count = 0;

  constructor({ graph = newGraph(), prefix = '', preparation }: WriterOptions = {}) {
    this.graph = graph;
    this.preparation = preparation;
    this.#prefix = prefix;
  }

  /** Adds an operation; `name` is without the prefix. Returns where its outputs are and what they look like. */
  add(
    type: string,
    inputs: NodeInputs,
    attributes: readonly NativeAttribute[] = [],
    options: NodeOptions = {},
  ): NodeOutput[] {
    const { name, outputs } = this.#add(type, inputs, attributes, options);
    return outputs.map((info, i) => ({ ref: outputOf(name, i), info }));
  }

  /** The same for an operation without outputs; returns its name. */
  addTarget(
    type: string,
    inputs: NodeInputs,
    attributes: readonly NativeAttribute[] = [],
    options: NodeOptions = {},
  ): string {
    return this.#add(type, inputs, attributes, options).name;
  }

  constant(shape: readonly number[], dtype: number, values: ArrayLike<number>): Ref {
    const value = { dtype, shape, data: toBytes(dtype, values) };
    const attributes = [typeAttribute('dtype', dtype), { name: 'value', type: attributeTypes.tensor, value }];
    return this.add('Const', [], attributes)[0].ref;
  }

  /** Makes all operations that `f` adds wait for a node. */
  waitingFor<T>(node: string, f: () => T): T {
    const before = this.#controls;
    this.#controls = [...before, node];
    try {
      return f();
    } finally {
      this.#controls = before;
    }
  }

  /** Tells graphs apart: equal for equal operations, attributes, constants and order. */
  digest(): string {
    return createHash('sha256').update(this.notes.join('\n')).digest('hex');
  }

  #add(
    type: string,
    wanted: NodeInputs,
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
    const outputs = this.#addToGraph([type, name, inputs, attributes], controls);
    this.preparation?.follow(name, inputs.flat(), JSON.stringify([type, plain]), outputs);
    return { name, outputs };
  }

  /** TensorFlow's refusal of an operation is a reason not to compile, like ours. */
  #addToGraph([type, name, inputs, attributes]: Node, controls: readonly string[]): OutputInfo[] {
    let outputs: OutputInfo[];
    try {
      outputs = this.graph.add(type, name, inputs, attributes, controls);
    } catch (error) {
      throw new CannotCompile(type, messageOf(error).replaceAll('\n', ' '));
    }
    if (!isOwnKernel(type)) return outputs;
    // our own kernels say in an attribute what inference cannot know
    const shape = attributes.find((a) => a.name === 'shape')!.value as number[];
    this.graph.setShape(name, shape);
    return [{ ...outputs[0], shape }];
  }
}
