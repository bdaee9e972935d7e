/** Operations of a training step's graph on float32 numbers. */
import { typeAttribute } from 'axunet-engine/graph/attributes';
import { dtypes } from 'axunet-engine/graph/native';
import type { Ref, Trace } from 'axunet-engine/graph/trace';

/** Says that an operation is on float32 numbers. */
export const float32 = typeAttribute('T', dtypes.float32);

/** Adds an operation that needs no other attribute; its first output. */
export const addFloat32 = (
  trace: Trace,
  operation: string,
  inputs: readonly Ref[],
  options?: Parameters<Trace['add']>[3],
): Ref => trace.add(operation, inputs, [float32], options)[0].ref;

/** Adds a number that stays the same. */
export const addNumber = (trace: Trace, value: number): Ref => trace.constant([], dtypes.float32, [value]);
