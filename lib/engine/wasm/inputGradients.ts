/** Gradients of convolutions with respect to their input, for the wasm backend. */
import * as tf from '@tensorflow/tfjs';
import { type ConvInfo, convInfoOf, shiftedWindow, spreadPixels } from './geometry.ts';
import { emptyTensor, type KernelArguments, viewOf } from './heap.ts';

/**
 * Gradient of a convolution with respect to its input, which is also the forward pass of a transposed convolution:
 * a stride-1 convolution of the spread output gradient with the filter turned by 180°.
 */
export function conv2dInputGradient({ inputs, attrs }: KernelArguments): tf.Tensor {
  const dy = inputs.dy as tf.Tensor4D;
  const filter = inputs.filter as tf.Tensor4D;
  const info = convInfoOf(attrs!.inputShape as number[], filter.shape, attrs!, false);
  return tf.tidy(() =>
    patchesDoNotOverlap(info) ? scatterPatches(dy, filter, info) : convolveBack('Conv2D', dy, turned(filter), info),
  );
}

/**
 * Gradient of a depthwise convolution with respect to its input. With several filters a channel, every output channel
 * is first sent back on its own, then those of one input channel are added up.
 */
export function depthwiseInputGradient({ inputs, attrs }: KernelArguments): tf.Tensor {
  const dy = inputs.dy as tf.Tensor4D;
  const filter = inputs.filter as tf.Tensor4D;
  const info = convInfoOf(attrs!.inputShape as number[], filter.shape, attrs!, true);
  return tf.tidy(() => {
    const [height, width, channels, multiplier] = filter.shape;
    const asPointwise = tf.reshape(filter, [height, width, 1, channels * multiplier]) as tf.Tensor4D;
    const dx = convolveBack('DepthwiseConv2dNative', dy, turned(asPointwise), info);
    return multiplier === 1 ? dx : tf.sum(tf.reshape(dx, [...info.inShape, multiplier]), -1);
  });
}

/** [height, width, in, out] → the filter that leads back: turned by 180°, [height, width, out, in]. */
function turned(filter: tf.Tensor4D): tf.Tensor4D {
  const [height, width, channelsIn, channelsOut] = filter.shape;
  const out = emptyTensor([height, width, channelsOut, channelsIn]);
  const [from, to] = [viewOf(filter), viewOf(out)];
  const tapSize = channelsIn * channelsOut;
  let source = 0;
  for (let tap = height * width - 1; tap >= 0; tap--) {
    for (let i = 0; i < channelsIn; i++) {
      for (let o = 0; o < channelsOut; o++) to[tap * tapSize + o * channelsIn + i] = from[source++];
    }
  }
  return out as tf.Tensor4D;
}

function convolveBack(
  kernel: 'Conv2D' | 'DepthwiseConv2dNative',
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  info: ConvInfo,
): tf.Tensor {
  const spread = spreadPixels(dy, info.strideHeight, info.strideWidth);
  // Row y of the input gradient sees rows y - top … y - top + effectiveFilterHeight - 1 of the spread dy.
  const top = info.effectiveFilterHeight - 1 - info.padInfo.top;
  const left = info.effectiveFilterWidth - 1 - info.padInfo.left;
  const padded = shiftedWindow(
    spread,
    -top,
    -left,
    info.inHeight + info.effectiveFilterHeight - 1,
    info.inWidth + info.effectiveFilterWidth - 1,
  );
  const dilations = [info.dilationHeight, info.dilationWidth];
  return tf
    .engine()
    .runKernel(
      kernel,
      { x: padded, filter },
      { strides: [1, 1], pad: 'valid', dataFormat: 'NHWC', dilations },
    ) as tf.Tensor;
}

/** True where no input pixel feeds two output pixels, as in the 2×2 up-convolution and the 1×1 shortcut of stride 2. */
const patchesDoNotOverlap = (info: ConvInfo): boolean =>
  info.strideHeight * info.strideWidth > 1 &&
  info.effectiveFilterHeight <= info.strideHeight &&
  info.effectiveFilterWidth <= info.strideWidth;

/** One matrix product gives the input patch of every output pixel; the patches are then laid side by side. */
function scatterPatches(dy: tf.Tensor4D, filter: tf.Tensor4D, info: ConvInfo): tf.Tensor {
  const {
    batchSize: n,
    outHeight,
    outWidth,
    outChannels,
    inChannels,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
  } = info;
  const back = tf.transpose(tf.reshape(filter, [-1, outChannels]));
  const patches = tf.matMul(tf.reshape(dy, [-1, outChannels]) as tf.Tensor2D, back as tf.Tensor2D);
  const rows = tf.transpose(
    tf.reshape(patches, [n * outHeight, outWidth, filterHeight, filterWidth * inChannels]),
    [0, 2, 1, 3],
  );
  const padded = tf.pad(rows, [
    [0, 0],
    [0, strideHeight - filterHeight],
    [0, 0],
    [0, (strideWidth - filterWidth) * inChannels],
  ]);
  const image = tf.reshape(padded, [n, outHeight * strideHeight, outWidth * strideWidth, inChannels]) as tf.Tensor4D;
  return shiftedWindow(image, info.padInfo.top, info.padInfo.left, info.inHeight, info.inWidth);
}
