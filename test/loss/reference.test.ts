/**
 * The losses as they were meant, and the reference code's as published with their defects, against what PaddlePaddle
 * gives for both.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { softmaxCrossEntropy } from '../../lib/engine/ops/softmaxCrossEntropy.ts';
import { boundaryAware, sobelMagnitude } from '../../lib/loss/boundaryAware.ts';
import { crossEntropy } from '../../lib/loss/crossEntropy.ts';
import { focal } from '../../lib/loss/focal.ts';
import { generalizedDice } from '../../lib/loss/generalizedDice.ts';
import type { LossFunction } from '../../lib/loss/loss.ts';
import { paperLoss } from '../../lib/loss/paperLoss.ts';
import { diceLoss } from '../../lib/loss/softDice.ts';
import { weightedSum } from '../../lib/loss/weightedSum.ts';
import {
  publishedDeepSupervision,
  publishedFocal,
  publishedHybrid,
} from '../../notebooks/lessons/published/argmaxFocal.ts';
import { publishedCrossEntropy, publishedDice, publishedLoss } from '../../notebooks/lessons/published/createLoss.ts';
import {
  intendedEdge,
  publishedBoundaryLoss,
  publishedBox,
  publishedEdge,
  publishedEdgeLabel,
} from '../../notebooks/lessons/published/edgeInLabel.ts';
import {
  publishedDiceScore,
  publishedLogarithmScore,
  publishedMeanIou,
} from '../../notebooks/lessons/published/metrics.ts';
import { publishedOutput } from '../../notebooks/lessons/published/sigmoids.ts';
import { type Example, gradientOf, valueOf } from './measure.ts';
import { lossReferences, type Measured, type ReferenceCase } from './referenceFiles.ts';

/** The mask of a case, by the formulas of its file. */
function maskAt({ mask, H, W }: ReferenceCase, n: number, i: number, j: number): boolean {
  const distance = (i - (Math.floor(H / 2) + n)) ** 2 + (j - (Math.floor(W / 2) - n)) ** 2;
  const isDisc = 9 * distance <= H * H;
  const isBand = Math.floor(H / 4) <= i && i < Math.floor(H / 2) + n;
  const masks: Record<string, boolean> = {
    disc: isDisc,
    ring: isDisc && 36 * distance > H * H,
    corner: i + j < Math.floor(H / 2) + n,
    rect: isBand && j >= 2 && j < W - 3,
    band: isBand,
    empty: false,
    full: true,
    mixed: n > 0 && isDisc,
  };
  return masks[mask];
}

/** Labels and logits [n, h, w, 2] of a case. */
function exampleFrom(it: ReferenceCase): Example {
  const { N, H, W, scale, perfect } = it;
  const labels = Int32Array.from({ length: N * H * W }, (_, p) =>
    Number(maskAt(it, Math.floor(p / (H * W)), Math.floor(p / W) % H, p % W)),
  );
  const logits = Float32Array.from({ length: 2 * N * H * W }, (_, k) => {
    const [c, p] = [k % 2, k >> 1];
    const [n, i, j] = [Math.floor(p / (H * W)), Math.floor(p / W) % H, p % W];
    if (perfect) return (labels[p] ? 4 : -4) * (c ? 1 : -1);
    return scale * (2.5 * Math.sin(0.7 * i + 1.9 * c + 0.4 * n) * Math.cos(0.45 * j - 0.8 * c) + 0.5 * c - 0.2 * n);
  });
  return { logits, labels, shape: [N, H, W, 2] };
}

/** Where the file's five values of an image stand. */
const positions = (size: number): number[] => [0, 1, 2, 3, 4].map((q) => (7919 * q + 13) % size);

/** Norm and five values of a gradient [n, h, w, c], at the places of the file's order [n, c, h, w]. */
function gradientFacts(gradient: Float32Array, { N, H, W }: ReferenceCase): number[] {
  const values = positions(gradient.length).map((at) => {
    const [pixel, c, n] = [at % (H * W), Math.floor(at / (H * W)) % 2, Math.floor(at / (2 * H * W))];
    return gradient[2 * (n * H * W + pixel) + c];
  });
  expect(gradient.length).toBe(2 * N * H * W);
  return [Math.hypot(...gradient), ...values];
}

function expectMeasured(loss: LossFunction, example: Example, wanted: Measured, it: ReferenceCase): void {
  const value = valueOf(loss, example);
  const gradient = gradientOf(loss, example);
  if (wanted.value === null || wanted.value === undefined) {
    // the formula is undefined there; ours must not be
    for (const found of [value, ...gradient]) expect(Number.isFinite(found)).toBe(true);
    return;
  }
  expect(Math.abs(value - wanted.value), `${value} instead of ${wanted.value}`).toBeLessThan(
    2e-6 + 1e-5 * Math.abs(wanted.value),
  );
  if (wanted.grad === undefined) return;
  const facts = wanted.grad ?? [0, 0, 0, 0, 0, 0]; // null: no gradient flows
  gradientFacts(gradient, it).forEach((found, i) =>
    expect(Math.abs(found - facts[i]), `gradient ${i}: ${found} instead of ${facts[i]}`).toBeLessThan(
      1e-7 + 5e-5 * facts[0],
    ),
  );
}

/** Cross-entropy weighted by an edge, the mean of w c or Σ w c / Σ w. */
const weightedBy =
  (edge: (labels: tf.Tensor3D) => tf.Tensor3D, dividedBy: 'pixels' | 'weights'): LossFunction =>
  (logits, labels) =>
    tf.tidy(() => {
      const weights = tf.add(1, tf.mul(5, edge(labels)));
      const mean = tf.mean(tf.mul(weights, tf.reshape(softmaxCrossEntropy(logits, labels), labels.shape)));
      return (dividedBy === 'pixels' ? mean : tf.div(mean, tf.mean(weights))) as tf.Scalar;
    });
const paddleDice = { smoothing: [0, 1e-5] } as const;
const ofBackground: LossFunction = (logits, labels) =>
  diceLoss(paddleDice)(tf.reverse(logits, -1), tf.sub(tf.scalar(1, 'int32'), labels) as tf.Tensor3D);
const asFile: LossFunction = (logits, labels) =>
  tf.tidy(() => tf.mean(tf.sub(1, tf.sum(tf.mul(tf.softmax(logits), tf.oneHot(labels, 2)), -1))) as tf.Scalar);

const intended: Record<string, LossFunction> = {
  ce: crossEntropy,
  dice_fg_batch: diceLoss(paddleDice),
  dice_fg_per_sample_mean: diceLoss({ ...paddleDice, over: 'sample' }),
  dice_both_classes_mean_batch: weightedSum([
    { loss: diceLoss(paddleDice), weight: 0.5 },
    { loss: ofBackground, weight: 0.5 },
  ]),
  ce_plus_dice_fg_batch: weightedSum([
    { loss: crossEntropy, weight: 1 },
    { loss: diceLoss(paddleDice), weight: 1 },
  ]),
  l1_mean_1_minus_py: asFile,
  gdl_batch: generalizedDice(),
  gdl_per_sample_mean: generalizedDice({ over: 'sample' }),
  bal_mag_mean: boundaryAware(),
  bal_mag_weighted_mean: boundaryAware({ dividedBy: 'weights' }),
  bal_abs_mean: weightedBy(intendedEdge, 'pixels'),
  bal_abs_weighted_mean: weightedBy(intendedEdge, 'weights'),
  bal_code_x_twice_mean: weightedBy(publishedEdge, 'pixels'),
  bal_code_x_twice_weighted_mean: weightedBy(publishedEdge, 'weights'),
  sum_bal_mag_mean_plus_focal_plus_gdl_batch: paperLoss,
  'paddle_sigmoid_focal_loss(z1-z0)': focal(),
};
/** `focal_a0.75_g2` tells its own parameters. */
function intendedLoss(name: string): LossFunction {
  const [, alpha, gamma] = /^focal_a([\d.]+)_g([\d.]+)$/.exec(name) ?? [];
  return alpha === undefined ? intended[name] : focal({ alpha: Number(alpha), gamma: Number(gamma) });
}

const ofOutput =
  (loss: LossFunction): LossFunction =>
  (logits, labels) =>
    tf.tidy(() => loss(publishedOutput(logits), labels));
const asCode: Record<string, LossFunction> = {
  'create_loss(num_classes=2)': publishedLoss,
  create_loss_notebook_B12: publishedLoss,
  create_loss_CE_part: publishedCrossEntropy,
  create_loss_dice_part: publishedDice,
  focal_loss: publishedFocal,
  hybird_loss: publishedHybrid,
  dice_mertic_P21: publishedDiceScore,
  dice_mertic_P27: publishedLogarithmScore,
};

/** Runs `f` on the labels (and logits) of an example and takes the numbers of what comes out. */
const numbers = (example: Example, f: (labels: tf.Tensor3D, logits: tf.Tensor4D) => tf.Tensor): number[] =>
  tf.tidy(() => {
    const [n, height, width] = example.shape;
    return Array.from(
      f(
        tf.tensor3d(example.labels, [n, height, width], 'int32'),
        tf.tensor4d(example.logits, [...example.shape]),
      ).dataSync(),
    );
  });
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
const facts = (values: number[]): number[] => [
  sum(values),
  Math.max(...values),
  ...positions(values.length).map((at) => values[at]),
];
const expectNear = (found: number[], wanted: number[]): void => {
  expect(found.length).toBe(wanted.length);
  found.forEach((value, i) =>
    expect(Math.abs(value - wanted[i]), `${i}: ${value} instead of ${wanted[i]}`).toBeLessThan(
      1e-6 + 2e-6 * Math.abs(wanted[i]),
    ),
  );
};

const { reference, why } = lossReferences();

describe
  .skipIf(reference.length === 0)
  .each(
    reference.length
      ? reference.flatMap(({ name, content }) =>
          content.cases.map((each) => ({ title: `${each.case} of ${name}`, each })),
        )
      : [{ title: `the reference's losses (skipped: ${why})`, each: {} as ReferenceCase }],
  )('$title', ({ each }) => {
  if (reference.length === 0) return void it('has no data', () => {});
  beforeAll(async () => void (await startEngine()));
  const example = exampleFrom(each);

  it('is made by the formulas of its file', () => {
    const { N, H, W } = each;
    expect(each.mask_pixels).toEqual(
      Array.from({ length: N }, (_, n) => sum(Array.from(example.labels.subarray(n * H * W, (n + 1) * H * W)))),
    );
    expect(sum(Array.from(example.logits))).toBeCloseTo(each.logits_check[0], 2);
  });

  for (const convention of ['softmax', 'normalised_sigmoids'] as const) {
    for (const [name, wanted] of Object.entries(each.intended[convention])) {
      it(`as meant, with ${convention}: ${name}`, () => {
        const loss = intendedLoss(name);
        expectMeasured(convention === 'softmax' ? loss : ofOutput(loss), example, wanted, each);
      });
    }
  }

  it('has the edges of its masks', () => {
    expectNear(facts(numbers(example, sobelMagnitude)), each.E.mag);
    expectNear(facts(numbers(example, intendedEdge)), each.E.abs);
    expectNear(facts(numbers(example, publishedEdge)), each.E.code_x_twice);
  });

  for (const [name, wanted] of Object.entries(each.as_code).filter(([key]) => key in asCode)) {
    it(`as published: ${name}`, () => expectMeasured(ofOutput(asCode[name]), example, wanted, each));
  }
  it('as published: deep_super_Fusion_loss of five outputs', () => {
    const outputs = (logits: tf.Tensor4D): tf.Tensor4D[] =>
      [0, 1, 2, 3, 4].map((k) => publishedOutput(tf.mul(logits, 1 - 0.45 * k)));
    const [found] = numbers(example, (labels, logits) => publishedDeepSupervision(outputs(logits), labels));
    expect(found).toBeCloseTo(each.as_code.deep_super_Fusion_loss.value!, 5);
  });
  it('as published: mean_iou', () => {
    const [found] = numbers(example, (labels, logits) => tf.scalar(publishedMeanIou(publishedOutput(logits), labels)));
    expect(found).toBeCloseTo(each.as_code.mean_iou.value!, 6);
  });
  it('as published: the edge in the label, and what comes of it', () => {
    const histogram: Record<string, number> = {};
    for (const label of numbers(example, publishedEdgeLabel)) histogram[label] = (histogram[label] ?? 0) + 1;
    expect(histogram).toEqual(each.as_code.SelfDefineLoss_label_histogram);
    const loss = ofOutput(publishedBoundaryLoss);
    const { raises, value } = each.as_code.SelfDefineLoss;
    if (raises)
      expect(() => valueOf(loss, example)).toThrow(
        /Expected labels below 2, the number of classes, found (5|1\d|2\d|6)/,
      );
    else expect(valueOf(loss, example)).toBeCloseTo(value!, 5);
  });
  it('as published: the box of 5 × 5', () => {
    const {
      max,
      sum: total,
      v,
    } = each.as_code.box5_of_mask_P41 as unknown as { max: number; sum: number; v: number[] };
    expectNear(facts(numbers(example, publishedBox)), [total, max, ...v]);
  });
});
