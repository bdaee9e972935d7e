/** What losses see on one slice: the loss and the gradient of every pixel, for a guess that is half right. */

import { cropSlice, cutWindow, windowAround } from 'axunet/figures/slicePicture';
import { boundary } from 'axunet/loss/boundary';
import { boundaryAware, boundaryAwareMap, boundaryWeights, sobelMagnitude } from 'axunet/loss/boundaryAware';
import { crossEntropy } from 'axunet/loss/crossEntropy';
import { focal, focalMap } from 'axunet/loss/focal';
import { generalizedDice } from 'axunet/loss/generalizedDice';
import { hausdorffLoss } from 'axunet/loss/hausdorff';
import type { LossFunction } from 'axunet/loss/loss';
import { sobelGradients } from 'axunet/loss/sobel';
import { softDice } from 'axunet/loss/softDice';
import { foregroundBox } from 'axunet/preprocess/manifest';
import { distanceTransform } from 'axunet/volume/distance';
import { tf } from 'axunet-engine/engine';
import { softmaxCrossEntropy } from 'axunet-engine/ops/softmaxCrossEntropy';
import type { BoundaryMap } from '../figures/boundaryMaps.ts';
import type { GradientShare } from '../figures/gradientShares.ts';
import type { LossMap, LossMapSlice } from '../figures/lossMaps.ts';
import { intendedEdge, publishedBox, publishedEdge, publishedEdgeLabel } from '../published/edgeInLabel.ts';

type PixelLoss = (logits: tf.Tensor4D, labels: tf.Tensor3D) => tf.Tensor3D;

/** A loss with a name; `map` where it is a mean of pixels. */
export interface ShownLoss {
  readonly name: string;
  readonly loss: LossFunction;
  readonly map?: PixelLoss;
}

/** The losses that the notebook draws. */
export const shownLosses: readonly ShownLoss[] = [
  {
    name: 'Cross-entropy',
    loss: crossEntropy,
    map: (logits, labels) => tf.reshape(softmaxCrossEntropy(logits, labels), labels.shape) as tf.Tensor3D,
  },
  { name: 'Focal', loss: focal(), map: focalMap() },
  { name: 'Boundary-aware', loss: boundaryAware(), map: boundaryAwareMap },
  { name: 'Soft Dice', loss: softDice },
  { name: 'Generalized Dice', loss: generalizedDice() },
  { name: 'Boundary distance', loss: (logits, labels) => boundary(logits, labels) },
  { name: 'Hausdorff distance', loss: hausdorffLoss() },
];

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** One pass of a Gaussian along rows or columns; outside the image is 0. */
function blurAlong(values: Float64Array, { height, width }: Size, sigma: number, isVertical: boolean): Float64Array {
  const radius = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, k) => Math.exp(-0.5 * ((k - radius) / sigma) ** 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.from(values, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    return (
      weights.reduce((sum, weight, k) => {
        const [r, c] = isVertical ? [y + k - radius, x] : [y, x + k - radius];
        return r < 0 || r >= height || c < 0 || c >= width ? sum : sum + weight * values[r * width + c]!;
      }, 0) / total
    );
  });
}

/**
 * A made-up guess of a network in the middle of its training: the label moved to the right and down by a tenth of its
 * size, blurred, and a false island to the lower left of it. Probability of the foreground, between 0.01 and 0.95. Made
 * by rule, so that every loss judges the same.
 */
export function halfRightGuess(label: ArrayLike<number>, { height, width }: Size): Float32Array {
  let [area, sumY, sumX] = [0, 0, 0];
  for (let i = 0; i < label.length; i++)
    if (label[i]) [area, sumY, sumX] = [area + 1, sumY + Math.floor(i / width), sumX + (i % width)];
  const size = Math.sqrt(Math.max(area, 1));
  const shift = Math.max(1, Math.round(0.1 * size));
  const [islandY, islandX, radius] = [
    (area ? sumY / area : height / 2) + 1.2 * size,
    (area ? sumX / area : width / 2) - 1.2 * size,
    0.22 * size,
  ];
  const moved = Float64Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    const isIsland = (y - islandY) ** 2 + (x - islandX) ** 2 <= radius ** 2;
    return isIsland || (y >= shift && x >= shift && label[(y - shift) * width + x - shift]) ? 1 : 0;
  });
  const sigma = Math.max(0.7, 0.09 * size);
  const blurred = blurAlong(blurAlong(moved, { height, width }, sigma, false), { height, width }, sigma, true);
  return Float32Array.from(blurred, (value) => 0.01 + 0.94 * value);
}

/** Runs `measure` on one image whose foreground has the given probabilities. */
export function withImage<T>(
  label: ArrayLike<number>,
  probability: ArrayLike<number>,
  { height, width }: Size,
  measure: (logits: tf.Tensor4D, labels: tf.Tensor3D) => T,
): T {
  const logits = new Float32Array(2 * height * width);
  for (let i = 0; i < height * width; i++) logits[2 * i + 1] = Math.log(probability[i]! / (1 - probability[i]!));
  const mask = Int32Array.from(label, (v) => (v ? 1 : 0));
  const x = tf.tensor4d(logits, [1, height, width, 2]);
  const y = tf.tensor3d(mask, [1, height, width], 'int32');
  try {
    return measure(x, y);
  } finally {
    tf.dispose([x, y]);
  }
}

/** Derivative of a loss by the foreground logit of every pixel. */
function gradientOf(loss: LossFunction, logits: tf.Tensor4D, labels: tf.Tensor3D): Float32Array {
  return tf.tidy(() => {
    const gradient = tf.grad((x) => loss(x as tf.Tensor4D, labels))(logits);
    return tf.slice(gradient, [0, 0, 0, 1], [-1, -1, -1, 1]).dataSync<'float32'>().slice();
  });
}

/**
 * Loss (where it is a mean of pixels) and gradient of every pixel for each loss; cut to a square of `sideMm` around the
 * label. The losses see the whole slice.
 */
export function lossMapsOf(
  { slice, label, probability }: LossMapSlice,
  sideMm: number,
  losses: readonly ShownLoss[] = shownLosses,
): { shown: LossMapSlice; maps: LossMap[] } {
  const window = windowAround(slice, [label], sideMm);
  const cut = (values: ArrayLike<number>): Float32Array => cutWindow(values, slice.height, slice.width, window);
  const maps = withImage(label, probability, slice, (logits, labels) =>
    losses.map(
      ({ name, loss, map }): LossMap => ({
        name,
        gradient: cut(gradientOf(loss, logits, labels)),
        ...(map && { loss: cut(tf.tidy(() => map(logits, labels).dataSync<'float32'>().slice())) }),
      }),
    ),
  );
  return { shown: { slice: cropSlice(slice, window), label: cut(label), probability: cut(probability) }, maps };
}

/** Pixels that count as beside the organ. */
const besidePixels = 5;

/**
 * For each loss the share of the gradient's size that lies in the organ, beside it and elsewhere. A gradient
 * of 0 everywhere counts as elsewhere.
 */
export function gradientSharesOf(
  label: ArrayLike<number>,
  probability: ArrayLike<number>,
  size: Size,
  losses: readonly ShownLoss[] = shownLosses,
): GradientShare[] {
  const mask = Uint8Array.from(label, (value) => (value ? 1 : 0));
  const distance = distanceTransform(mask, [size.width, size.height, 1], [1, 1, 1], 'foreground');
  return withImage(label, probability, size, (logits, labels) =>
    losses.map(({ name, loss }) => {
      let [foreground, around, background] = [0, 0, 0];
      gradientOf(loss, logits, labels).forEach((value, i) => {
        if (mask[i]) foreground += Math.abs(value);
        else if (distance[i]! <= besidePixels) around += Math.abs(value);
        else background += Math.abs(value);
      });
      const total = foreground + around + background;
      return total > 0
        ? { name, foreground: foreground / total, around: around / total, background: background / total }
        : { name, foreground: 0, around: 0, background: 1 };
    }),
  );
}

/** Edges and weights of a mask as they should be and as the published code has them, cut to a window around it. */
export function boundaryRows(
  label: Uint8Array,
  { height, width }: Size,
): { size: Size; rows: { title: string; maps: BoundaryMap[] }[] } {
  const slice = { values: label, height, width, spacingMm: [1, 1] as const, range: [0, 1] as const };
  const [top, left, bottom, right] = foregroundBox(label, width).box ?? [0, 0, height, width];
  const window = windowAround(slice, [label], Math.ceil(1.3 * Math.max(bottom - top, right - left)) + 8);
  const mask = Int32Array.from(cutWindow(label, height, width, window), (v) => (v ? 1 : 0));
  const labels = tf.tensor3d(mask, [1, window.height, window.width], 'int32');
  const signed = (title: string, values: tf.Tensor): BoundaryMap => ({
    title,
    values: values.dataSync<'float32'>().slice(),
    kind: 'signed',
  });
  const amount = (title: string, values: tf.Tensor): BoundaryMap => ({
    title,
    values: tf.cast(values, 'float32').dataSync<'float32'>().slice(),
    kind: 'amount',
  });
  const rows: { title: string; maps: BoundaryMap[] }[] = [];
  tf.tidy(() => {
    const { x, y } = sobelGradients(labels);
    // without padding it is four pixels smaller
    const box = tf.pad(publishedBox(labels), [0, 2, 2].map((width) => [width, width]) as [number, number][]);
    rows.push(
      {
        title: 'as meant',
        maps: [
          signed('Gx', x),
          signed('Gy', y),
          amount('E = √(Gx² + Gy²)', sobelMagnitude(labels)),
          amount('weight 1 + 5 E', boundaryWeights(labels)),
        ],
      },
      {
        title: 'published code',
        maps: [
          amount('as is: ½|Gx| + ½|Gx|', publishedEdge(labels)),
          amount('meant: ½|Gx| + ½|Gy|', intendedEdge(labels)),
          amount('“label” 0 to 21', publishedEdgeLabel(labels)),
          amount('5 × 5 box instead', box),
        ],
      },
    );
  });
  labels.dispose();
  return { size: { height: window.height, width: window.width }, rows };
}
