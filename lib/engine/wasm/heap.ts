/** The memory of the wasm backend: tensors as typed arrays, without copies. */
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** What every kernel function receives from tfjs. */
export interface KernelArguments {
  inputs: Record<string, tf.TensorInfo>;
  attrs?: tf.NamedAttrMap;
  backend: unknown;
}

/** The running wasm backend. */
export const wasmBackend = (): BackendWasm => tf.backend() as unknown as BackendWasm;

/** A new float32 tensor with undefined contents, owned by the enclosing `tf.tidy`. */
export const emptyTensor = (shape: number[]): tf.Tensor =>
  tf.engine().makeTensorFromTensorInfo(wasmBackend().makeOutput(shape, 'float32'));

/**
 * The values of a tensor where they lie, without a copy. A view dies when the wasm memory grows, so it is taken after
 * the last allocation and not kept.
 */
export const viewOf = (tensor: tf.TensorInfo): Float32Array => wasmBackend().typedArrayFromHeap(tensor) as Float32Array;

/**
 * a·b for a [m, k] matrix `a` that starts `offset` floats behind the first value of `buffer`, and a [k, n] tensor `b`.
 *
 * Reading the matrix in place saves copying a shifted window of the buffer. The matrix is known to the backend only for
 * the length of this call: the backend would otherwise free an address in the middle of an allocation.
 */
export function matMulInPlace(buffer: tf.Tensor, offset: number, m: number, k: number, b: tf.Tensor): tf.Tensor {
  const backend = wasmBackend();
  const address = backend.dataIdMap.get(buffer.dataId).memoryOffset + 4 * offset;
  const a = backend.makeOutput([m, k], 'float32', address);
  try {
    const attrs = { transposeA: false, transposeB: false };
    const product = tf.getKernel('BatchMatMul', 'wasm')!.kernelFunc({ inputs: { a, b }, attrs, backend });
    return tf.engine().makeTensorFromTensorInfo(product as tf.TensorInfo);
  } finally {
    backend.wasm.tfjs.disposeData(backend.dataIdMap.get(a.dataId).id);
    backend.dataIdMap.delete(a.dataId);
  }
}
