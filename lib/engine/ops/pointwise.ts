/**
 * 1×1 convolution: a matrix product over the pixels. Of several images side by side (an up-convolution and a skip) it
 * is the sum of one product each, so their concatenation never has to be made.
 */
import { isNative, tf } from '../engine.ts';
import { after, isTracingBfloat16, preparingTrace } from '../graph/tracing.ts';
import { nativeOp, ownOp } from '../native.ts';
import { keep } from '../recompute.ts';
import { addBias, biasGradient } from './bias.ts';
import { hasOwnKernels } from './ownKernels.ts';
import { mergedUpConvolution } from './upConvolution.ts';

/**
 * `images` [n, h, w, c₁], [n, h, w, c₂], …, `kernel` [1, 1, c₁ + c₂ + …, out], `bias` [out]
 * where given; output [n, h, w, out].
 */
export function pointwiseConvolution(
  images: readonly tf.Tensor4D[],
  kernel: tf.Tensor4D,
  bias?: tf.Tensor1D,
): tf.Tensor4D {
  if (!isNative()) return plainPointwise(images, kernel, bias);
  if (preparingTrace() && images.length > 1 && bias) return preparedProducts(images, kernel, bias);
  const parts = partsOfKernel(images, kernel);
  if (isOwnFaster(images[0], kernel))
    return parts.reduce<tf.Tensor | undefined>(
      (start, part, i) => ownProduct(images[i], part, start),
      bias,
    ) as tf.Tensor4D;
  const sum = parts.map((part, i) => product(images[i], part)).reduce((all, part) => tf.add(all, part));
  return bias ? addBias(sum, bias) : sum;
}

function plainPointwise(images: readonly tf.Tensor4D[], kernel: tf.Tensor4D, bias?: tf.Tensor1D): tf.Tensor4D {
  const sum = tf.conv2d(images.length > 1 ? tf.concat([...images], 3) : images[0], kernel, 1, 'same');
  return bias ? addBias(sum, bias) : sum;
}

/** Up to so many channels in times channels out, the kernels of cpp/pointwise.cc are faster than TensorFlow's. */
const fewChannels = 128 * 128;
/**
 * Up to so many multiplications as well: TensorFlow's way to a product takes longer than such a product. Not in
 * bfloat16, which ours do not have.
 */
const fewProducts = 2 ** 26;

/** Whether the kernels of cpp/pointwise.cc shall convolve images of this size. */
export function isOwnFaster(
  { shape: [n, height, width] }: tf.Tensor4D,
  { shape: [, , channelsIn, channelsOut] }: tf.Tensor4D,
): boolean {
  const channels = channelsIn * channelsOut;
  return (
    hasOwnKernels() &&
    (channels <= fewChannels || (n * height * width * channels <= fewProducts && !isTracingBfloat16()))
  );
}

/** `start` + image · kernel, `start` being nothing, a bias [out] or an image. */
function ownProduct(image: tf.Tensor4D, kernel: tf.Tensor4D, start?: tf.Tensor): tf.Tensor4D {
  const [{ shape }, outputShape, input] = [image, [...image.shape.slice(0, 3), kernel.shape[3]], keep(image)];
  const nothing = (): tf.Tensor => tf.tensor1d([], 'float32');
  return tf.customGrad((x, w, s, save) => {
    (save as unknown as tf.GradSaveFunc)([w as tf.Tensor, ...input.saved]);
    return {
      value: ownOp('AxunetPointwise', outputShape, [0, 0], [x, w, s] as tf.Tensor[]),
      gradFunc: (dy: tf.Tensor, [sw, ...saved]: tf.Tensor[]) => {
        const kernelGradient = ownOp('AxunetPointwiseKernelGradient', sw.shape, [], [input.restore(saved, dy), dy]);
        const imageGradient = after(kernelGradient, () => ownOp('AxunetPointwise', shape, [1, 0], [dy, sw, nothing()]));
        return [imageGradient, kernelGradient, start ? startGradient(start, dy) : nothing()];
      },
    };
  })(image, kernel, start ?? nothing()) as tf.Tensor4D;
}

const startGradient = (start: tf.Tensor, dy: tf.Tensor): tf.Tensor =>
  start.rank === 1 ? biasGradient(dy) : dy.clone();

/** With bias [out] and ReLU in one go, where `isOwnFaster`; without a gradient. */
export function pointwisePrediction(image: tf.Tensor4D, kernel: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  return ownOp('AxunetPointwise', [...image.shape.slice(0, 3), kernel.shape[3]], [0, 1], [image, kernel, bias]);
}

/** For prediction: an up-convolution among the images is merged with its product. */
function preparedProducts(images: readonly tf.Tensor4D[], kernel: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  const merged: tf.Tensor4D[] = [];
  let [direct, allBias]: [tf.Tensor4D | undefined, tf.Tensor1D] = [undefined, bias];
  let from = 0;
  for (const image of images) {
    const part = tf.slice(kernel, [0, 0, from, 0], [1, 1, image.shape[3], -1]);
    from += image.shape[3];
    const up = mergedUpConvolution(image, part);
    if (up) {
      merged.push(up.sum);
      allBias = tf.add(allBias, up.bias);
    } else if (direct) merged.push(product(image, part));
    else direct = product(image, part);
  }
  const first = direct ?? merged.shift()!;
  // the graph fuses product, bias and sum
  return merged.reduce<tf.Tensor4D>((sum, part) => tf.add(sum, part), addBias(first, allBias));
}

const attributes = { strides: { int: [1, 1, 1, 1] }, padding: 'SAME', data_format: 'NHWC', use_cudnn_on_gpu: true };

/** The rows of the kernel that belong to each image. */
function partsOfKernel(images: readonly tf.Tensor4D[], kernel: tf.Tensor4D): tf.Tensor4D[] {
  if (images.length === 1) return [kernel];
  let from = 0;
  return images.map(({ shape: [, , , channels] }) => {
    from += channels;
    return tf.slice(kernel, [0, 0, from - channels, 0], [1, 1, channels, -1]);
  });
}

const flat = (t: tf.Tensor): tf.Tensor2D => tf.reshape(t, [-1, t.shape.at(-1)!]);

function product(image: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width] = image.shape;
  const [, , channelsIn, channelsOut] = kernel.shape;
  const input = keep(image);
  return tf.customGrad((x, w, save) => {
    const [xs, ws] = [x as tf.Tensor4D, w as tf.Tensor4D];
    (save as unknown as tf.GradSaveFunc)([ws, ...input.saved]);
    return {
      value: nativeOp('Conv2D', attributes, [xs, ws]), // as a convolution, the graph fuses it with the bias and the sum
      gradFunc: (dy: tf.Tensor, [sw, ...saved]: tf.Tensor[]) => {
        const kernelGradient = tf.tidy(() =>
          tf.reshape(tf.matMul(flat(input.restore(saved, dy)), flat(dy), true), [1, 1, channelsIn, channelsOut]),
        );
        const imageGradient = (): tf.Tensor =>
          tf.matMul(flat(dy), tf.reshape(sw, [channelsIn, channelsOut]), false, true);
        return [
          after(kernelGradient, () => tf.tidy(() => tf.reshape(imageGradient(), [n, height, width, channelsIn]))),
          kernelGradient,
        ];
      },
    };
  })(image, kernel) as tf.Tensor4D;
}
