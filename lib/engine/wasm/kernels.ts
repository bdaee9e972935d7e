/** Registers the kernels of this folder with tfjs. */
import * as tf from '@tensorflow/tfjs';
import { reduceToChannels, sumsByChannel } from './channelSums.ts';
import { depthwiseFilterGradient } from './depthwiseFilterGradient.ts';
import { conv2dFilterGradient } from './filterGradients.ts';
import type { KernelArguments } from './heap.ts';
import { conv2dInputGradient, depthwiseInputGradient } from './inputGradients.ts';
import { maxPoolGradient } from './poolGradient.ts';

type Kernel = (args: KernelArguments) => tf.TensorInfo;

let registered = false;

/**
 * Adds to the `wasm` backend of tfjs what it needs to train: the three convolution gradients that it lacks, a
 * right gradient of maximum pooling, and faster versions of the transposed convolution and of sums over all axes
 * but the last. Everything is in the NHWC layout; what a faster version does not cover goes to the stock kernel.
 * Calling it again changes nothing.
 */
export function registerWasmKernels(): void {
  if (registered) return;
  registered = true;
  add('Conv2DBackpropFilter', conv2dFilterGradient);
  add('DepthwiseConv2dNativeBackpropFilter', depthwiseFilterGradient);
  add('DepthwiseConv2dNativeBackpropInput', depthwiseInputGradient);
  replace('Conv2DBackpropInput', ({ attrs }) => attrs!.dataFormat !== 'NCHW', conv2dInputGradient);
  replace('MaxPoolGrad', () => true, maxPoolGradient);
  replace('Sum', sumsByChannel, (args) => reduceToChannels(args, false));
  replace('Mean', sumsByChannel, (args) => reduceToChannels(args, true));
}

function add(kernelName: string, kernel: Kernel): void {
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: kernel as tf.KernelFunc });
}

/** Puts `kernel` before the stock kernel, which still does what `covers` refuses. */
function replace(kernelName: string, covers: (args: KernelArguments) => boolean, kernel: Kernel): void {
  const stock = tf.getKernel(kernelName, 'wasm')!;
  const either = (args: KernelArguments) =>
    covers(args) ? kernel(args) : (stock.kernelFunc as unknown as Kernel)(args);
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ ...stock, kernelFunc: either as tf.KernelFunc });
}
