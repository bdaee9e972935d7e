/** Values and gradients of losses as plain numbers, and what finite differences make of them. */
import { tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';
import type { LossFunction } from '../../lib/loss/loss.ts';
import { Random } from '../../lib/random.ts';

export type Shape = readonly [n: number, height: number, width: number, classes: number];
export interface Example {
  readonly logits: Float32Array;
  readonly labels: Int32Array;
  readonly shape: Shape;
}

/** Logits of a normal distribution, and labels of which a fourth or so are foreground. */
export function randomExample(shape: Shape, seed = 1): Example {
  const random = Random.stream(seed, 'loss');
  const [n, height, width, classes] = shape;
  const pixels = n * height * width;
  return {
    shape,
    logits: Float32Array.from({ length: pixels * classes }, () => 1.5 * random.normal()),
    labels: Int32Array.from({ length: pixels }, () => (random.integer(4) ? 0 : 1 + random.integer(classes - 1))),
  };
}

/** Two classes whose foreground has the given probabilities; one image of `height` rows. */
export function exampleOf(probabilities: readonly number[], labels: readonly number[], height = 1): Example {
  const logits = Float32Array.from(probabilities.flatMap((p) => [0, Math.log(p / (1 - p))]));
  return { logits, labels: Int32Array.from(labels), shape: [1, height, labels.length / height, 2] };
}

/** The example of docs/losses.md: probabilities 3/4 1/5 | 1/2 1/4, of which the first pixel is foreground. */
export const square = exampleOf([3 / 4, 1 / 5, 1 / 2, 1 / 4], [1, 0, 0, 0], 2);

/**
 * 3 × 3 pixels whose left column is foreground, each pixel right with probability 3/4:
 *
 *     p = 3/4 1/4 1/4     y = 1 0 0     Σ p = 9/4 + 6/4 = 15/4   Σ y = 3   Σ p y = 9/4
 *         3/4 1/4 1/4         1 0 0     Σ p² = 27/16 + 6/16 = 33/16
 *         3/4 1/4 1/4         1 0 0
 */
export const column = exampleOf(
  [0, 1, 2].flatMap(() => [3 / 4, 1 / 4, 1 / 4]),
  [0, 1, 2].flatMap(() => [1, 0, 0]),
  3,
);

/** Masks of 3 × 3 pixels for the limits of a loss. */
export const masks = {
  empty: [0, 0, 0, 0, 0, 0, 0, 0, 0],
  corner: [1, 1, 0, 1, 0, 0, 0, 0, 0],
  full: [1, 1, 1, 1, 1, 1, 1, 1, 1],
};

/** The network is sure of the mask `predicted`: its logits are ∓`size` and ±`size`. One image of 3 rows. */
export function sureOf(predicted: readonly number[], labels: readonly number[], size = 60): Example {
  const logits = Float32Array.from(predicted.flatMap((p) => (p ? [-size, size] : [size, -size])));
  return { logits, labels: Int32Array.from(labels), shape: [1, 3, labels.length / 3, 2] };
}

const labelsOf = ({ labels, shape: [n, height, width] }: Example): tf.Tensor3D =>
  tf.tensor3d(labels, [n, height, width], 'int32');

export const valueOf = (loss: LossFunction, example: Example, progress?: number): number =>
  tf.tidy(
    () =>
      loss(
        tf.tensor4d(example.logits, [...example.shape]),
        labelsOf(example),
        progress === undefined ? undefined : tf.scalar(progress),
      ).dataSync()[0],
  );

/** The gradient by all logits; zeros where none flows. */
export function gradientOf(loss: LossFunction, example: Example): Float32Array {
  const x = tf.variable(tf.tensor4d(example.logits, [...example.shape]));
  const y = labelsOf(example);
  const {
    value,
    gradients: [gradient],
  } = valueAndGradients(() => loss(x as tf.Tensor4D, y), [x]);
  const found = gradient
    ? (gradient.dataSync<'float32'>().slice() as Float32Array)
    : new Float32Array(example.logits.length);
  tf.dispose([x, y, value, gradient ?? []]);
  return found;
}

/** The derivative by logit `i` from four values around it: its error falls with the fourth power of the distance. */
export function differenceAt(loss: LossFunction, example: Example, i: number, distance = 0.1): number {
  const at = (steps: number): number =>
    valueOf(loss, { ...example, logits: example.logits.map((v, k) => (k === i ? v + steps * distance : v)) });
  return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * distance);
}
