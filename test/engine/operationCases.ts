/**
 * Every operation on images of awkward sizes: sides of one pixel, odd sides, channels that do not fill a vector,
 * dilations larger than the image, several images at once.
 */
import { tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';
import { adaptiveMaxPool, resizeNearest } from '../../lib/engine/ops/adaptiveMaxPool.ts';
import { batchNormReluTraining } from '../../lib/engine/ops/batchNormRelu.ts';
import { convolution } from '../../lib/engine/ops/convolution.ts';
import { depthwiseConvolution } from '../../lib/engine/ops/depthwise.ts';
import { groupedConvolution } from '../../lib/engine/ops/groupedConvolution.ts';
import { maxPool } from '../../lib/engine/ops/maxPool.ts';
import { pointwiseConvolution } from '../../lib/engine/ops/pointwise.ts';
import { softmaxCrossEntropy } from '../../lib/engine/ops/softmaxCrossEntropy.ts';
import { upConvolution } from '../../lib/engine/ops/upConvolution.ts';
import { classProbability } from '../../lib/loss/probabilityMap.ts';
import { Random } from '../../lib/random.ts';

type Inputs = tf.Tensor[];
export interface Case {
  title: string;
  shapes: number[][];
  op: (inputs: Inputs) => tf.Tensor;
  spread?: number;
}
export interface Result {
  shape: number[];
  arrays: Float32Array[];
}

const image = (inputs: Inputs, i = 0): tf.Tensor4D => inputs[i] as tf.Tensor4D;
const vector = (inputs: Inputs, i: number): tf.Tensor1D => inputs[i] as tf.Tensor1D;

const convolutions: [x: number[], kernel: number, out: number, stride?: number, dilation?: number][] = [
  [[1, 1, 1, 3], 3, 5],
  [[2, 1, 7, 17], 3, 16],
  [[1, 16, 1, 16], 3, 17],
  [[2, 5, 7, 16], 3, 33],
  [[1, 9, 6, 31], 3, 20],
  [[3, 4, 4, 48], 3, 16],
  [[1, 7, 5, 16], 3, 16, 1, 2],
  [[2, 6, 5, 18], 3, 19, 1, 5],
  [[1, 4, 4, 16], 3, 16, 1, 12],
  [[1, 3, 6, 17], 3, 18, 1, 7],
  [[1, 3, 2, 4], 3, 5, 1, 9],
  [[1, 17, 13, 16], 3, 40],
  [[1, 40, 33, 16], 3, 32],
  [[2, 8, 8, 16], 3, 32, 1, 6],
  [[1, 8, 7, 144], 3, 128, 1, 5],
  [[3, 3, 9, 48], 3, 16, 1, 4],
  [[2, 5, 7, 6], 1, 4],
  [[1, 1, 1, 16], 1, 3],
  [[2, 6, 4, 3], 1, 5, 2],
  [[1, 8, 2, 17], 1, 2, 2],
  [[1, 5, 7, 3], 1, 2, 2],
  [[1, 5, 6, 18], 1, 16, 2],
];

const someLabels = ([n, h, w, classes]: readonly number[]): tf.Tensor3D =>
  tf.tensor3d(
    Int32Array.from({ length: n * h * w }, (_, i) => (i * 7 + (i >> 2)) % classes),
    [n, h, w],
    'int32',
  );

export const cases: Case[] = [
  ...convolutions.map(
    ([x, kernel, out, stride = 1, dilation = 1]): Case => ({
      title: `a ${kernel}×${kernel} convolution of [${x}] to ${out} channels, stride ${stride}, dilation ${dilation}`,
      shapes: [x, [kernel, kernel, x[3], out], [out]],
      op: (inputs) => convolution(image(inputs), image(inputs, 1), vector(inputs, 2), { stride, dilation }),
    }),
  ),
  ...[
    [[1, 1, 1, 2]],
    [[2, 3, 5, 17]],
    [
      [2, 3, 5, 4],
      [2, 3, 5, 7],
    ],
    [
      [1, 1, 9, 16],
      [1, 1, 9, 16],
      [1, 1, 9, 1],
    ],
  ].map((images): Case => {
    const channels = images.reduce((sum, shape) => sum + shape[3], 0);
    return {
      title: `a pointwise convolution of ${images.map((shape) => `[${shape}]`).join(' beside ')}`,
      shapes: [...images, [1, 1, channels, 6], [6]],
      op: (inputs) =>
        pointwiseConvolution(
          inputs.slice(0, images.length) as tf.Tensor4D[],
          image(inputs, images.length),
          vector(inputs, images.length + 1),
        ),
    };
  }),
  ...[
    [1, 1, 1, 3],
    [2, 5, 1, 17],
    [1, 6, 7, 20],
  ].map(
    (x): Case => ({
      title: `a depthwise convolution of [${x}]`,
      shapes: [x, [3, 3, x[3], 1]],
      op: (inputs) => depthwiseConvolution(image(inputs), image(inputs, 1)),
    }),
  ),
  ...[
    [1, 5, 3, 6],
    [2, 4, 4, 34],
  ].map(
    (x): Case => ({
      title: `a grouped convolution of [${x}]`,
      shapes: [x, [3, 3, x[3] / 2, 34], [34]],
      op: (inputs) => groupedConvolution(image(inputs), image(inputs, 1), vector(inputs, 2), 2),
    }),
  ),
  ...(
    [
      [[1, 1, 1, 3], 5],
      [[2, 3, 5, 17], 5],
      [[1, 1, 1, 16], 16],
      [[2, 3, 5, 32], 48],
      [[1, 70, 30, 16], 16],
      [[1, 4, 4, 128], 64],
      [[3, 9, 2, 48], 96],
    ] as const
  ).map(
    ([x, out]): Case => ({
      title: `an up-convolution of [${x}] to ${out} channels`,
      shapes: [[...x], [2, 2, out, x[3]], [out]],
      op: (inputs) => upConvolution(image(inputs), image(inputs, 1), vector(inputs, 2)),
    }),
  ),
  ...[
    [2, 3, 5, 2],
    [1, 7, 9, 3],
    [1, 1, 1, 5],
    [1, 40, 41, 2],
  ].flatMap((x): Case[] => [
    {
      title: `the foreground's probability of logits [${x}]`,
      shapes: [x],
      spread: 4,
      op: (inputs) => classProbability(image(inputs), 1),
    },
    {
      title: `cross-entropy of logits [${x}]`,
      shapes: [x],
      spread: 4,
      op: (inputs) => softmaxCrossEntropy(image(inputs), someLabels(x)),
    },
  ]),
  ...[
    [1, 2, 2, 1],
    [2, 5, 7, 3],
    [1, 4, 9, 17],
    [2, 6, 4, 16],
  ].map((x): Case => ({ title: `max pooling of [${x}]`, shapes: [x], op: (inputs) => maxPool(image(inputs)) })),
  ...[
    [1, 3, 3, 2],
    [2, 5, 4, 17],
    [1, 1, 2, 3],
  ].map(
    (x): Case => ({
      title: `adaptive max pooling of [${x}] to 3 × 3 and back`,
      shapes: [x],
      op: (inputs) => resizeNearest(adaptiveMaxPool(image(inputs), 3), x[1], x[2]),
    }),
  ),
  ...[
    [2, 1, 3, 3],
    [2, 5, 7, 17],
    [3, 4, 6, 64],
    [1, 13, 11, 80],
    [2, 40, 30, 5],
  ].map(
    (x): Case => ({
      title: `batch norm and ReLU of [${x}]`,
      shapes: [x, [x[3]], [x[3]]],
      spread: 3,
      op: (inputs) => batchNormReluTraining(image(inputs), vector(inputs, 1), vector(inputs, 2)),
    }),
  ),
];

/** Value and the gradients of Σ weights · value, from the same numbers on every engine, as tensors. */
function tensorsOf({ title, shapes, op, spread = 1 }: Case): tf.Tensor[] {
  const normals = (name: string, shape: readonly number[], scale = 1): tf.Tensor => {
    const random = Random.stream(3, `${title} ${name}`);
    return tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * random.normal()),
      [...shape],
    );
  };
  return tf.tidy(() => {
    const variables = shapes.map((shape, i) => tf.variable(normals(`input ${i}`, shape, i ? 1 : spread)));
    const value = op(variables);
    const weights = normals('weights', value.shape);
    const { gradients } = valueAndGradients(() => tf.sum(tf.mul(op(variables), weights)) as tf.Scalar, variables);
    tf.dispose(variables);
    return [value, ...gradients.map((gradient) => gradient!)];
  });
}

/** The same as numbers. `run` is where the operations run. */
export async function evaluate(each: Case, run = (compute: () => tf.Tensor[]) => compute()): Promise<Result> {
  const tensors = run(() => tensorsOf(each));
  const arrays: Float32Array[] = [];
  for (const tensor of tensors) arrays.push((await tensor.data<'float32'>()) as Float32Array);
  tf.dispose(tensors);
  return { shape: tensors[0].shape, arrays };
}

/** Largest difference relative to the largest number of the array. */
export function relativeDifference(actual: Float32Array, wanted: Float32Array): number {
  let [difference, largest] = [0, 1e-6];
  wanted.forEach((w, i) => {
    const d = Math.abs(actual[i] - w);
    difference = Number.isNaN(d) ? Infinity : Math.max(difference, d);
    largest = Math.max(largest, Math.abs(w));
  });
  return difference / largest;
}
