/** Mends the webgpu backend of tfjs. */
import * as tf from '@tensorflow/tfjs';
import type { KernelArguments } from '../wasm/heap.ts';
import { poolGradientByOperations } from './poolGradient.ts';

let registered = false;

/**
 * Replaces two kernels of the `webgpu` backend of tfjs 4.22, once it is loaded (in Node or a browser): `Cast`, which is
 * wrong without a word, and the gradient of maximum pooling, which takes another of equal maxima than everybody else.
 * Calling it again changes nothing.
 */
export function registerWebgpuKernels(): void {
  if (registered) return;
  registered = true;
  const cast = stockKernel('Cast');
  replace('Cast', (args) => (becomesFloat(args) ? castToFloat(args) : cast(args)));
  replace('MaxPoolGrad', poolGradientByOperations);
}

type Kernel = (args: KernelArguments) => tf.TensorInfo;

const stockKernel = (kernelName: string): Kernel => tf.getKernel(kernelName, 'webgpu')!.kernelFunc as unknown as Kernel;

function replace(kernelName: string, kernel: Kernel): void {
  const stock = tf.getKernel(kernelName, 'webgpu')!;
  tf.unregisterKernel(kernelName, 'webgpu');
  tf.registerKernel({ ...stock, kernelFunc: kernel as unknown as tf.KernelFunc });
}

/** From whole numbers or truth values, which both lie as 32-bit integers on the card. */
const becomesFloat = ({ inputs: { x }, attrs }: KernelArguments): boolean =>
  attrs!.dtype === 'float32' && (x.dtype === 'int32' || x.dtype === 'bool');

/**
 * The stock kernel only calls the same integers float32. A shader that reads such a tensor through its declared type is
 * invalid (Transpose, and so sums over inner axes). A product with 1 makes floats of them.
 */
function castToFloat({ inputs: { x }, backend }: KernelArguments): tf.TensorInfo {
  const one = tf.scalar(1);
  const product = stockKernel('Multiply')({ inputs: { a: x, b: one }, backend, attrs: {} });
  one.dispose();
  return product;
}
