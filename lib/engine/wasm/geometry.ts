/** Sizes, windows and tap positions that the convolution gradients share. Images are NHWC. */
import * as tf from '@tensorflow/tfjs';

/** Sizes of one convolution: input, output, filter, strides, dilations and padding, all in pixels. */
export type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** Reads the attributes that tfjs passes to every convolution kernel; gradients of `Conv2D` come without dilations. */
export function convInfoOf(
  inputShape: number[],
  filterShape: number[],
  attrs: tf.NamedAttrMap,
  depthwise: boolean,
): ConvInfo {
  const { strides, dilations, pad, dimRoundingMode } = attrs as Record<string, never>;
  const shape4 = (shape: number[]) => shape as [number, number, number, number];
  return tf.backend_util.computeConv2DInfo(
    shape4(inputShape),
    shape4(filterShape),
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
    'channelsLast',
  );
}

/**
 * The rows top … top + height - 1 and columns left … left + width - 1 of an NHWC tensor; where they lie outside it,
 * `top` and `left` may be negative, the result is zero.
 */
export function shiftedWindow(x: tf.Tensor4D, top: number, left: number, height: number, width: number): tf.Tensor4D {
  const [n, h, w, c] = x.shape;
  const y0 = Math.max(top, 0);
  const x0 = Math.max(left, 0);
  const rows = Math.min(top + height, h) - y0;
  const columns = Math.min(left + width, w) - x0;
  if (rows <= 0 || columns <= 0) return tf.zeros([n, height, width, c]);
  const inside = rows === h && columns === w ? x : tf.slice(x, [0, y0, x0, 0], [n, rows, columns, c]);
  if (rows === height && columns === width) return inside;
  const before = [y0 - top, x0 - left];
  return tf.pad(inside, [
    [0, 0],
    [before[0], height - rows - before[0]],
    [before[1], width - columns - before[1]],
    [0, 0],
  ]);
}

/**
 * Puts strideHeight - 1 zero rows and strideWidth - 1 zero columns between the pixels (and
 * behind the last) of an NHWC tensor.
 */
export function spreadPixels(x: tf.Tensor4D, strideHeight: number, strideWidth: number): tf.Tensor4D {
  const [n, h, w, c] = x.shape;
  if (strideHeight === 1 && strideWidth === 1) return x;
  const wide = tf.pad(tf.reshape(x, [n * h * w, c]), [
    [0, 0],
    [0, (strideWidth - 1) * c],
  ]);
  const row = w * strideWidth * c;
  const tall = tf.pad(tf.reshape(wide, [n * h, row]), [
    [0, 0],
    [0, (strideHeight - 1) * row],
  ]);
  return tf.reshape(tall, [n, h * strideHeight, w * strideWidth, c]);
}

/**
 * Where each filter tap reads, in input pixels from the patch's corner, in the order of the filter's rows and columns.
 */
export function tapOffsets(info: ConvInfo): [row: number, column: number][] {
  const taps = info.filterHeight * info.filterWidth;
  return Array.from({ length: taps }, (_, tap) => [
    Math.floor(tap / info.filterWidth) * info.dilationHeight,
    (tap % info.filterWidth) * info.dilationWidth,
  ]);
}
