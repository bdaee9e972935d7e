/**
 * 3×3 convolutions by Winograd's minimal filtering F(4×4, 3×3): a quarter of the multiplications of the direct sum.
 *
 * The image is cut into 4×4 tiles of outputs; each tile's 6×6 inputs and the kernel are transformed to 36 numbers a
 * channel, whose products over the channels are 36 matrix products. cpp/winograd.cc does all of it, block by block in
 * the cache. Rounding is up to six times that of the direct sum (test/engine/winograd.test.ts). Source: Lavin and
 * Gray 2016, doi 10.1109/CVPR.2016.435.
 */
import { tf } from '../engine.ts';
import { hasBfloat16Kernels } from '../graph/native.ts';
import { after, isTracingBfloat16 } from '../graph/tracing.ts';
import { ownOp } from '../native.ts';
import { keep } from '../recompute.ts';
import { hasOwnKernels } from './ownKernels.ts';

/** A vector of the kernels holds so many channels; with fewer, transforming tiles costs more than the products save. */
const fewestChannels = 16;

export function isWinogradFaster(image: tf.Tensor4D, kernel: tf.Tensor4D, stride: number): boolean {
  const [height, width, channelsIn, channelsOut] = kernel.shape;
  const fits = height === 3 && width === 3 && stride === 1 && Math.min(channelsIn, channelsOut) >= fewestChannels;
  return fits && image.shape[1] * image.shape[2] >= 16 && hasOwnKernels();
}

const panel = 32;
/**
 * Between the 36 planes, whose lengths are powers of two: else all of them would share the same places of the cache.
 */
const planePadding = 80;
/**
 * The kernel transformed, in the order in which the product reads it; `turned` is the kernel of the image's gradient.
 */
function transformKernel(kernel: tf.Tensor4D, turned: boolean): tf.Tensor2D {
  const [, , channelsIn, channelsOut] = kernel.shape;
  const [from, to] = turned ? [channelsOut, channelsIn] : [channelsIn, channelsOut];
  const words = inBfloat16() ? Math.ceil(from / 2) : from; // of 32 bits
  const plane = Math.ceil(to / panel) * words * panel + planePadding;
  return ownOp(formatted('AxunetWinogradKernel'), [36, plane], [turned ? 1 : 0], [kernel]);
}

/**
 * Whether the products are to be made in bfloat16: a compiled step asks for it, and the processor can
 * (cpp/winogradBfloat16.cc).
 */
const inBfloat16 = (): boolean => (isForced || isTracingBfloat16()) && hasBfloat16Kernels();
let isForced = false;

/** Runs `f` with products in bfloat16, where the processor can, outside of a compiled step too: to compare them. */
export function withBfloat16Products<T>(f: () => T): T {
  isForced = true;
  try {
    return f();
  } finally {
    isForced = false;
  }
}

const formatted = (op: string): string => (inBfloat16() ? `${op}Bfloat16` : op);

/** Of so few tiles, an image is convolved by a kernel that transforms the weights on the way (cpp/winogradFew.cc). */
const fewTilesOfConvolution = 64;

function tileCount([n, height, width]: readonly number[], dilation: number): number {
  const tiles = (length: number): number => Math.ceil(Math.ceil(length / dilation) / 4);
  return n * dilation ** 2 * tiles(height) * tiles(width);
}

/** How many products of a row of channels with a matrix of the kernel's it takes, the tiles' unused pixels included. */
export const winogradProducts = (image: tf.Tensor4D, dilation: number): number => 36 * tileCount(image.shape, dilation);

/**
 * The kernel is transformed only when the image is there: four times as large as the kernel, it should not lie around.
 */
function convolve(image: tf.Tensor4D, kernel: tf.Tensor4D, turned: boolean, dilation: number): tf.Tensor4D {
  return tf.tidy(() => {
    const [shape, nothing] = [[...image.shape.slice(0, 3), kernel.shape[turned ? 2 : 3]], tf.tensor1d([], 'float32')];
    if (tileCount(image.shape, dilation) <= fewTilesOfConvolution && !inBfloat16()) {
      return ownOp('AxunetWinogradFewConvolution', shape, [dilation, 0, turned ? 1 : 0], [image, kernel, nothing]);
    }
    const transformed = after(image, () => transformKernel(kernel, turned));
    return ownOp(formatted('AxunetWinogradConvolution'), shape, [dilation, 0], [image, transformed, nothing]);
  });
}

/** The same with bias [out] and, where asked, ReLU in one go; without a gradient. */
export function winogradPrediction(
  image: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D,
  { dilation, relu }: { dilation: number; relu: boolean },
): tf.Tensor4D {
  const shape = [...image.shape.slice(0, 3), kernel.shape[3]];
  return tf.tidy(() =>
    ownOp(
      formatted('AxunetWinogradConvolution'),
      shape,
      [dilation, relu ? 1 : 0],
      [image, transformKernel(kernel, false), bias],
    ),
  );
}

/** `image` [n, h, w, in], `kernel` [3, 3, in, out], zero padded; output [n, h, w, out]. */
export function winogradConvolution(image: tf.Tensor4D, kernel: tf.Tensor4D, dilation: number): tf.Tensor4D {
  const input = keep(image);
  return tf.customGrad((x, w, save) => {
    const [xs, ws] = [x as tf.Tensor4D, w as tf.Tensor4D];
    (save as unknown as tf.GradSaveFunc)([ws, ...input.saved]);
    return {
      value: convolve(xs, ws, false, dilation),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const sw = saved[0] as tf.Tensor4D;
        const sx = input.restore(saved.slice(1), dy);
        const kernelGradient = ownOp(formatted('AxunetWinogradKernelGradient'), sw.shape, [dilation], [sx, dy]);
        return [after(kernelGradient, () => convolve(dy as tf.Tensor4D, sw, true, dilation)), kernelGradient];
      },
    };
  })(image, kernel) as tf.Tensor4D;
}
