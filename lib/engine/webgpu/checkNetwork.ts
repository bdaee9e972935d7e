/**
 * A network of a few numbers made of tfjs' own operations, all that the operations of this package (../ops) and an
 * optimizer are made of on an engine without kernels of ours: what the self-check computes on two engines.
 */
import * as tf from '@tensorflow/tfjs';

const [images, side, channels, classes] = [2, 8, 4, 3];

/** The weights by name, with their shapes. */
const shapes = {
  first: [3, 3, 3, channels],
  gamma: [channels],
  beta: [channels],
  depthwise: [3, 3, channels, 1],
  dilated: [3, 3, channels, channels],
  grouped: [3, 3, channels / 2, channels],
  up: [2, 2, channels, channels],
  upBias: [channels],
  strided: [1, 1, channels, channels],
  last: [1, 1, 3 * channels, classes],
};
type Weights = Record<keyof typeof shapes, tf.Tensor4D & tf.Tensor1D>;

/** Numbers without a pattern that a wrong operation could hide behind. */
const values = (shape: readonly number[], start: number): Float32Array =>
  Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) => 0.5 * Math.sin(1.7 * i + 0.3 * i * start));

/** Batch norm over the images, and ReLU. */
function normalised(z: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D): tf.Tensor4D {
  const centred = tf.sub(z, tf.mean(z, [0, 1, 2]));
  const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centred), [0, 1, 2]), 1e-5));
  return tf.relu(tf.add(tf.mul(tf.mul(centred, scale), gamma), beta)) as tf.Tensor4D;
}

/** A convolution of dilation 2, on every second pixel. */
function dilated(image: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const margins: [number, number][] = [
    [2, 2],
    [2, 2],
  ];
  const parts = tf.conv2d(tf.spaceToBatchND(image, [2, 2], margins) as tf.Tensor4D, kernel, 1, 'valid');
  const uncut = margins.map((): [number, number] => [0, 0]);
  return tf.batchToSpaceND(parts, [2, 2], uncut) as tf.Tensor4D;
}

/** The maxima of the quarters of an image, each laid over its quarter by a product with a constant matrix. */
function quarters(image: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width, depth] = image.shape;
  const half = height / 2;
  const maximum = (y: number, x: number): tf.Tensor =>
    tf.max(tf.slice(image, [0, y * half, x * half, 0], [-1, half, half, -1]), [1, 2], true);
  const maxima = tf.concat(
    [0, 1].map((y) => tf.concat([maximum(y, 0), maximum(y, 1)], 2)),
    1,
  );
  const repeat = tf.tensor3d(
    Float32Array.from({ length: 2 * height }, (_, i) => Number(i < height === (i % 2 === 0))),
    [1, height, 2],
  );
  const rows = tf.matMul(repeat, tf.reshape(maxima, [n, 2, 2 * depth]));
  return tf.reshape(tf.matMul(repeat, tf.reshape(rows, [n * height, 2, depth])), [n, height, width, depth]);
}

function logitsOf(image: tf.Tensor4D, w: Weights): tf.Tensor4D {
  const skip = normalised(tf.conv2d(image, w.first, 1, 'same'), w.gamma, w.beta);
  const small = tf.depthwiseConv2d(tf.maxPool(skip, 2, 2, 'valid'), w.depthwise, 1, 'same');
  const kernels = tf.split(w.grouped as tf.Tensor4D, 2, 3) as tf.Tensor4D[];
  const groups = tf
    .split(quarters(small), 2, 3)
    .map((part, g) => tf.conv2d(part as tf.Tensor4D, kernels[g]!, 1, 'same'));
  const context = tf.add(dilated(small, w.dilated), tf.concat(groups, 3)) as tf.Tensor4D;
  const strided = tf.conv2d(skip, w.strided, 2, 'same');
  const large = [context, strided].map((each) =>
    tf.add(tf.conv2dTranspose(each, w.up, [images, side, side, channels], 2, 'valid'), w.upBias),
  );
  return tf.conv2d(tf.concat([...large, skip], 3) as tf.Tensor4D, w.last, 1, 'same');
}

/** Cross-entropy that fades out sure pixels, a Dice of softmax and one of the logistic function. */
function lossOf(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Scalar {
  const truth = tf.oneHot(tf.reshape(labels, [-1]), classes);
  const entropy = tf.neg(tf.sum(tf.mul(truth, tf.logSoftmax(tf.reshape(logits, [-1, classes]))), -1));
  const isForeground = tf.cast(tf.greater(tf.reshape(labels, [-1]), 0), 'float32');
  const faded = tf.mul(tf.mul(tf.square(tf.neg(tf.expm1(tf.neg(entropy)))), entropy), tf.add(isForeground, 1));
  const [p, r] = [tf.softmax(logits), tf.reshape(tf.cast(truth, 'float32'), logits.shape)];
  const [sums, overlaps] = [tf.add(p, r), tf.mul(p, r)].map((image) => tf.sum(tf.sum(image, 2), 1));
  const dice = tf.div(tf.mul(2, overlaps), tf.add(sums, 1));
  const [background, ...others] = tf.unstack(logits, 3);
  const probability = tf.sigmoid(tf.sub(tf.logSumExp(tf.stack(others), 0), background!));
  const wrong = tf.squaredDifference(probability, tf.cast(tf.equal(labels, 1), 'float32'));
  return tf.addN([tf.mean(faded), tf.neg(tf.mean(dice)), tf.mean(wrong)]) as tf.Scalar;
}

/** A step of RMSProp from nothing, of all weights as one vector. */
function updated(weights: readonly tf.Tensor[], gradients: readonly tf.Tensor[]): tf.Tensor {
  const [weight, gradient] = [weights, gradients].map((all) => tf.concat(all.map((each) => tf.reshape(each, [-1]))));
  const length = tf.sqrt(tf.add(tf.mul(0.1, tf.square(gradient!)), 1e-7));
  return tf.sub(weight!, tf.mul(0.01, tf.div(gradient!, length)));
}

/** The loss, all gradients and all weights after an update, as tensors that belong to the caller. */
export function checkedTensors(): Map<string, tf.Tensor> {
  let found: [string, tf.Tensor][] = [];
  tf.tidy(() => {
    const image = tf.tensor4d(values([images, side, side, 3], 1), [images, side, side, 3]);
    const classNumbers = Int32Array.from({ length: images * side * side }, (_, i) => (i * 7 + (i >> 2)) % classes);
    const labels = tf.tensor3d(classNumbers, [images, side, side], 'int32');
    const names = Object.keys(shapes) as (keyof typeof shapes)[];
    const weights = names.map((name, i) => tf.tensor(values(shapes[name], i + 2), shapes[name]));
    const loss = (...all: tf.Tensor[]): tf.Scalar =>
      lossOf(logitsOf(image, Object.fromEntries(names.map((name, i) => [name, all[i]])) as never), labels);
    const { value, grads } = tf.valueAndGrads(loss)(weights);
    found = [
      ['the loss', value],
      ...names.map((name, i): [string, tf.Tensor] => [`the gradient of ${name}`, grads[i]!]),
      ['an update', updated(weights, grads)],
    ];
    return found.map(([, tensor]) => tensor);
  });
  return new Map(found);
}

/** What the engine that runs makes of the network, as numbers. */
export async function checkedNumbers(): Promise<Map<string, Float32Array>> {
  const tensors = checkedTensors();
  try {
    const numbers = new Map<string, Float32Array>();
    for (const [name, tensor] of tensors) numbers.set(name, ((await tensor.data()) as Float32Array).slice());
    return numbers;
  } finally {
    tf.dispose([...tensors.values()]);
  }
}
