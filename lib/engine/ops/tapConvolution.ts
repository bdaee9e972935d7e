/**
 * Dilated convolution of small images, tap by tap: where the dilation is as long as much of the image,
 * most taps of most pixels lie outside, and each tap is one matrix product over the few pixels for
 * which it lies inside (cpp/taps.cc).
 */
import { tf } from '../engine.ts';
import { after } from '../graph/tracing.ts';
import { ownOp } from '../native.ts';
import { keep } from '../recompute.ts';
import { hasOwnKernels } from './ownKernels.ts';

/** Products of a pixel with a tap inside of the image, on [n, h, w] images. */
function productsInside([n, height, width]: readonly number[], side: number, dilation: number): number {
  const along = (length: number): number =>
    Array.from({ length: side }, (_, k) => Math.max(0, length - Math.abs(k - (side - 1) / 2) * dilation)).reduce(
      (a, b) => a + b,
    );
  return n * along(height) * along(width);
}

/** Whether the kernels fit (whole vectors of channels) and need at most `others` products of a pixel with a tap. */
export function isTapwiseFaster(image: tf.Tensor4D, kernel: tf.Tensor4D, dilation: number, others: number): boolean {
  const [side, , channelsIn, channelsOut] = kernel.shape;
  return (
    channelsIn % 16 === 0 &&
    channelsOut % 16 === 0 &&
    hasOwnKernels() &&
    productsInside(image.shape, side, dilation) <= others
  );
}

/** `image` [n, h, w, in], `kernel` [k, k, in, out] with odd k, zero padded, stride 1; output [n, h, w, out]. */
export function tapConvolution(image: tf.Tensor4D, kernel: tf.Tensor4D, dilation: number): tf.Tensor4D {
  const [input, { shape }] = [keep(image), image];
  return tf.customGrad((x, w, save) => {
    (save as unknown as tf.GradSaveFunc)([w as tf.Tensor, ...input.saved]);
    return {
      value: ownOp('AxunetTapConvolution', [...shape.slice(0, 3), kernel.shape[3]], [dilation, 0], [
        x,
        w,
      ] as tf.Tensor[]),
      gradFunc: (dy: tf.Tensor, [sw, ...saved]: tf.Tensor[]) => {
        const kernelGradient = ownOp('AxunetTapKernelGradient', sw.shape, [dilation], [input.restore(saved, dy), dy]);
        return [
          after(kernelGradient, () => ownOp('AxunetTapConvolution', shape, [dilation, 1], [dy, sw])),
          kernelGradient,
        ];
      },
    };
  })(image, kernel) as tf.Tensor4D;
}
