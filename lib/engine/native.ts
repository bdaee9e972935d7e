/**
 * TensorFlow's own kernels, called by name through the tfjs-node backend. They offer what tfjs lacks:
 * gradients of dilated convolutions and the fused batch normalisation of training.
 */
import { tf } from './engine.ts';

interface Binding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
}
interface Attribute {
  name: string;
  type: number;
  value: unknown;
}
interface NodeBackend {
  readonly binding: Binding;
  executeMultipleOutputs(op: string, attributes: Attribute[], inputs: tf.Tensor[], outputs: number): tf.Tensor[];
}

const backend = (): NodeBackend => tf.backend() as unknown as NodeBackend;

/** An attribute's value; which TensorFlow type it has follows from its JavaScript type, whole numbers need `int`. */
type Value = string | boolean | { int: number | number[] } | { float: number } | { type: 'float' | 'int32' };

function attribute(name: string, value: Value): Attribute {
  const { binding } = backend();
  if (typeof value === 'string') return { name, type: binding.TF_ATTR_STRING, value };
  if (typeof value === 'boolean') return { name, type: binding.TF_ATTR_BOOL, value };
  if ('int' in value) return { name, type: binding.TF_ATTR_INT, value: value.int };
  if ('float' in value) return { name, type: binding.TF_ATTR_FLOAT, value: value.float };
  return { name, type: binding.TF_ATTR_TYPE, value: value.type === 'int32' ? binding.TF_INT32 : binding.TF_FLOAT };
}

/** Runs a float32 kernel with several outputs; `T` is set for all of them. */
export function runNative(
  op: string,
  attributes: Record<string, Value>,
  inputs: tf.Tensor[],
  outputs: number,
): tf.Tensor[] {
  const all = Object.entries({ T: { type: 'float' } as const, ...attributes }).map(([name, value]) =>
    attribute(name, value),
  );
  return backend().executeMultipleOutputs(op, all, inputs, outputs);
}

/** Runs a float32 kernel with one output. */
export function nativeOp<T extends tf.Tensor = tf.Tensor4D>(
  op: string,
  attributes: Record<string, Value>,
  inputs: tf.Tensor[],
): T {
  return runNative(op, attributes, inputs, 1)[0] as T;
}

/**
 * Whether an operation is one of our own kernels (cpp/). TensorFlow keeps all kernels of a process under one name each;
 * the prefix, of the project that the engine was made for, keeps ours apart from its own and from those of others.
 */
export const isOwnKernel = (op: string): boolean => op.startsWith('Axunet');

/** Runs one of our own kernels (cpp/), which is told the shape of its output and a list of whole numbers. */
export function ownOp<T extends tf.Tensor = tf.Tensor4D>(
  op: string,
  shape: readonly number[],
  options: readonly number[],
  inputs: tf.Tensor[],
): T {
  const attributes = [attribute('shape', { int: [...shape] }), attribute('options', { int: [...options] })];
  return backend().executeMultipleOutputs(op, attributes, inputs, 1)[0] as T;
}
