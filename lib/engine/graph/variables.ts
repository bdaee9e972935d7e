/** Variables that live in a session: handles, reading, setting. Several traces of one graph share them by name. */

import { typeAttribute } from './attributes.ts';
import { attributeTypes, dtypes, type NativeAttribute } from './native.ts';
import type { NodeAdder, NodeOptions, Ref } from './nodes.ts';

/** A variable of a session, as nodes of its graph name it. */
export interface GraphVariable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: number;
  /** The node that operations such as ResourceApplyAdam take. */
  readonly handle: Ref;
}

const text = (name: string, value: string): NativeAttribute => ({ name, type: attributeTypes.string, value });

/** A variable, of float32 by default. It has no value until it is assigned. */
export function addVariable(
  nodes: NodeAdder,
  name: string,
  shape: readonly number[],
  dtype: number = dtypes.float32,
): GraphVariable {
  const attributes = [
    typeAttribute('dtype', dtype),
    { name: 'shape', type: attributeTypes.shape, value: shape },
    text('shared_name', name),
    text('container', ''),
  ];
  const [{ ref: handle }] = nodes.add('VarHandleOp', [], attributes, { name });
  return { name, shape, dtype, handle };
}

/** Its value; with `controls`, as it is after those operations. */
export function readVariable(
  nodes: NodeAdder,
  { handle, shape, dtype }: GraphVariable,
  options: NodeOptions = {},
): { ref: Ref; info: { dtype: number; shape: readonly number[] } } {
  const [{ ref }] = nodes.add('ReadVariableOp', [handle], [typeAttribute('dtype', dtype)], options);
  return { ref, info: { dtype, shape } };
}

/** Sets (`Assign`), adds to or subtracts from a variable; returns the operation's name. */
export function assignVariable(
  nodes: NodeAdder,
  kind: 'Assign' | 'AssignAdd' | 'AssignSub',
  variable: GraphVariable,
  value: Ref,
  options: NodeOptions = {},
): string {
  return nodes.addTarget(
    `${kind}VariableOp`,
    [variable.handle, value],
    [typeAttribute('dtype', variable.dtype)],
    options,
  );
}
