/**
 * What tracing needs to know of tfjs-node's inside: its backend, and the binding through
 * which that talks to TensorFlow.
 */
import { tf } from '../engine.ts';
import type { NativeAttribute } from './native.ts';

/** A tensor of TensorFlow's, by number. */
export type Id = number;

export interface Binding {
  createTensor(shape: number[], dtype: number, values: ArrayLike<number>): Id;
  deleteTensor(id: Id): void;
  tensorDataSync(id: Id): Float32Array | Int32Array | Uint8Array;
  executeOp(
    type: string,
    attributes: NativeAttribute[],
    inputs: Id[],
    outputs: number,
  ): { id: Id; shape: number[]; dtype: number }[];
}
interface Data {
  id: Id;
  values: ArrayLike<number> | null;
  shape: number[];
  dtype: number;
}
export interface NodeBackend {
  binding: Binding;
  readonly tensorMap: { get(dataId: object): Data };
  write(values: unknown, shape: number[], dtype: string): object;
  createOutputTensor(info: { id: Id; shape: readonly number[]; dtype: number }): tf.Tensor;
  getInputTensorIds(tensors: readonly tf.Tensor[]): Id[];
  getDTypeInteger(dtype: string): number;
}
export const backend = (): NodeBackend => tf.backend() as unknown as NodeBackend;
