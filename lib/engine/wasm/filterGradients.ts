/** Gradient of a convolution with respect to its filter, for the wasm backend. */
import * as tf from '@tensorflow/tfjs';
import { type ConvInfo, convInfoOf, shiftedWindow, tapOffsets } from './geometry.ts';
import { emptyTensor, type KernelArguments, matMulInPlace, viewOf } from './heap.ts';

/**
 * Gradient of a convolution with respect to its filter [height, width, in, out]: one
 * matrix product for each filter tap.
 */
export function conv2dFilterGradient({ inputs, attrs }: KernelArguments): tf.Tensor {
  const x = inputs.x as tf.Tensor4D;
  const dy = inputs.dy as tf.Tensor4D;
  if (attrs!.dataFormat === 'NCHW') throw new Error('The wasm engine computes convolutions in the NHWC layout only');
  const info = convInfoOf(x.shape, attrs!.filterShape as number[], attrs!, false);
  return tf.tidy(() => {
    const taps = smallMargin(info) ? tapsByShift(x, dy, info) : tapsByGather(x, dy, info);
    return tf.reshape(tf.stack(taps), info.filterShape);
  });
}

/**
 * True where the padded grid of `tapsByShift` exists and is not so much larger than the image that copying is cheaper.
 */
function smallMargin(info: ConvInfo): boolean {
  if (info.strideHeight > 1 || info.strideWidth > 1) return false;
  const grid = (info.outHeight + info.effectiveFilterHeight - 1) * (info.outWidth + info.effectiveFilterWidth - 1);
  return grid < 2 * info.outHeight * info.outWidth;
}

/**
 * With stride 1, x and dy are laid on one common padded grid. The pixel that a tap pairs with a pixel of
 * dy is then always the same number of positions further on, and since dy is zero on the margin,
 * shifting the whole of x is enough.
 */
function tapsByShift(x: tf.Tensor4D, dy: tf.Tensor4D, info: ConvInfo): tf.Tensor[] {
  const height = info.outHeight + info.effectiveFilterHeight - 1;
  const width = info.outWidth + info.effectiveFilterWidth - 1;
  const pixels = info.batchSize * height * width;
  const onGrid = shiftedWindow(x, -info.padInfo.top, -info.padInfo.left, height, width);
  // One more channel of zeros: the shifted view of the last channel ends in it.
  const byChannel = tf.transpose(
    tf.pad(tf.reshape(onGrid, [pixels, info.inChannels]), [
      [0, 0],
      [0, 1],
    ]),
  );
  const gradient = tf.reshape(shiftedWindow(dy, 0, 0, height, width), [1, pixels, info.outChannels]);
  return tapOffsets(info).map(([row, column]) =>
    matMulInPlace(byChannel, row * width + column, info.inChannels, pixels, gradient),
  );
}

/** The input pixels that each tap sees are copied out; outside the input they are zero. */
function tapsByGather(x: tf.Tensor4D, dy: tf.Tensor4D, info: ConvInfo): tf.Tensor[] {
  const pixels = info.batchSize * info.outHeight * info.outWidth;
  const byChannel = tf.transpose(tf.reshape(dy, [pixels, info.outChannels])) as tf.Tensor2D;
  return tapOffsets(info).map(([row, column]) => tf.transpose(tf.matMul(byChannel, gatherTap(x, row, column, info))));
}

function gatherTap(x: tf.Tensor4D, row: number, column: number, info: ConvInfo): tf.Tensor2D {
  const {
    batchSize,
    inHeight,
    inWidth,
    inChannels: channels,
    outHeight,
    outWidth,
    strideHeight,
    strideWidth,
    padInfo,
  } = info;
  const gathered = emptyTensor([batchSize * outHeight * outWidth, channels]);
  const from = viewOf(x);
  const to = viewOf(gathered).fill(0);
  for (let n = 0; n < batchSize; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const y = oy * strideHeight + row - padInfo.top;
      if (y < 0 || y >= inHeight) continue;
      for (let ox = 0; ox < outWidth; ox++) {
        const xx = ox * strideWidth + column - padInfo.left;
        if (xx < 0 || xx >= inWidth) continue;
        const source = ((n * inHeight + y) * inWidth + xx) * channels;
        const target = ((n * outHeight + oy) * outWidth + ox) * channels;
        for (let c = 0; c < channels; c++) to[target + c] = from[source + c];
      }
    }
  }
  return gathered as tf.Tensor2D;
}
