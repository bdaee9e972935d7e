/** Nodes of a graph by name, and what is needed to add them. */
import type { NativeAttribute, OutputInfo } from './native.ts';

/** A node's output, as `name` or `name:index`. */
export type Ref = string;

/** The node that an output is of. */
export const nodeOf = (ref: Ref): string => ref.split(':')[0];

/** The name of a node's output by its number. */
export const outputOf = (node: string, index: number): Ref => (index ? `${node}:${index}` : node);

/** The inputs of an operation, lists as lists. */
export type NodeInputs = readonly (Ref | readonly Ref[])[];

export interface NodeOptions {
  readonly name?: string;
  /** Operations that must be over before. */
  readonly controls?: readonly string[];
}

/** Where an output is, and what it looks like. */
export interface NodeOutput {
  readonly ref: Ref;
  readonly info: OutputInfo;
}

/** What adds operations to a graph: a trace, in most cases. */
export interface NodeAdder {
  add(type: string, inputs: NodeInputs, attributes?: readonly NativeAttribute[], options?: NodeOptions): NodeOutput[];
  /** The same for an operation without outputs; returns its name. */
  addTarget(type: string, inputs: NodeInputs, attributes?: readonly NativeAttribute[], options?: NodeOptions): string;
}
