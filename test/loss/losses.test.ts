/** Losses against sums worked out by hand and finite differences, on every engine. */

import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { withoutOwnKernels } from '../../lib/engine/ops/ownKernels.ts';
import { boundaryAware, boundaryAwareMap, boundaryWeights } from '../../lib/loss/boundaryAware.ts';
import { crossEntropy } from '../../lib/loss/crossEntropy.ts';
import { crossEntropyDice } from '../../lib/loss/crossEntropyDice.ts';
import { focal, focalMap } from '../../lib/loss/focal.ts';
import { focalTversky } from '../../lib/loss/focalTversky.ts';
import { generalizedDice } from '../../lib/loss/generalizedDice.ts';
import type { LossFunction } from '../../lib/loss/loss.ts';
import { losses } from '../../lib/loss/losses.ts';
import { focalGeneralizedDice, paperLoss, paperLossRising } from '../../lib/loss/paperLoss.ts';
import { diceLoss, softDice } from '../../lib/loss/softDice.ts';
import { tversky } from '../../lib/loss/tversky.ts';
import { weightedSum } from '../../lib/loss/weightedSum.ts';
import { kernelSets } from '../engine/engines.ts';
import { differenceAt, type Example, exampleOf, gradientOf, randomExample, valueOf } from './measure.ts';

const { log, sqrt } = Math;
/** The example of docs/losses.md: probabilities of the foreground 3/4 1/5 | 1/2 1/4, of which the first pixel is foreground. */
const square = exampleOf([3 / 4, 1 / 5, 1 / 2, 1 / 4], [1, 0, 0, 0], 2);
/** Two rows of 3/4 3/4 1/4 1/4 with a straight edge in the middle. */
const strip = exampleOf([3 / 4, 3 / 4, 1 / 4, 1 / 4, 3 / 4, 3 / 4, 1 / 4, 1 / 4], [1, 1, 0, 0, 1, 1, 0, 0], 2);
const entropy = (2 * log(4 / 3) + log(5 / 4) + log(2)) / 4;
const focalValue =
  (0.75 * (1 / 4) ** 2 * log(4 / 3) +
    0.25 * ((1 / 5) ** 2 * log(5 / 4) + (1 / 2) ** 2 * log(2) + (1 / 4) ** 2 * log(4 / 3))) /
  4;

const worked: [string, LossFunction, Example, number][] = [
  ['cross-entropy is (2 ln 4/3 + ln 5/4 + ln 2) / 4', crossEntropy, square, entropy],
  ['soft Dice is 1 − (2·3/4 + 1) / (1.7 + 1 + 1)', softDice, square, 12 / 37],
  [
    'soft Dice with squares is 1 − 1.5 / (0.915 + 1)',
    diceLoss({ squared: true, smoothing: 0 }),
    square,
    1 - 1.5 / 1.915,
  ],
  ['soft Jaccard is 1 − 0.75 / (2.7 − 0.75)', diceLoss({ jaccard: true, smoothing: 0 }), square, 1 - 0.75 / 1.95],
  ['cross-entropy + Dice is their sum', crossEntropyDice, square, entropy + 12 / 37],
  ['generalized Dice is 1 − 2 (3/4 + 2.05/9) / (2.7 + 5.3/9)', generalizedDice(), square, 15 / 37],
  [
    'generalized Dice with simple weights is 1 − 2 (3/4 + 2.05/3) / (2.7 + 5.3/3)',
    generalizedDice({ weights: 'simple' }),
    square,
    1 - 8.6 / 13.4,
  ],
  ['generalized Dice without weights is 1 − 2 (3/4 + 2.05) / 8', generalizedDice({ weights: 'uniform' }), square, 0.3],
  ['focal is the mean of α_y (1 − p_y)² (−log p_y)', focal(), square, focalValue],
  ['focal with γ = 0 and no α is cross-entropy', focal({ gamma: 0, alpha: null }), square, entropy],
  [
    'focal with γ = 1/2 weighs by √(1 − p_y)',
    focal({ gamma: 0.5, alpha: null }),
    square,
    (sqrt(1 / 4) * log(4 / 3) * 2 + sqrt(1 / 5) * log(5 / 4) + sqrt(1 / 2) * log(2)) / 4,
  ],
  ['Tversky is 1 − (3/4 + 1) / (3/4 + 0.3·0.95 + 0.7·0.25 + 1)', tversky(), square, 46 / 221],
  [
    'Tversky with 1/2 and 1/2 is Dice',
    tversky({ falsePositives: 0.5, falseNegatives: 0.5, smoothing: 0 }),
    square,
    1 - 1.5 / 2.7,
  ],
  ['focal Tversky is (46/221)^(3/4)', focalTversky(), square, (46 / 221) ** 0.75],
  ['boundary-aware is cross-entropy where the mirrored mask has no edge', boundaryAware(), square, entropy],
  ['boundary-aware weighs both sides of a straight edge by 1 + 5·4', boundaryAware(), strip, 11 * log(4 / 3)],
  ['boundary-aware divided by its weights is a mean again', boundaryAware({ dividedBy: 'weights' }), strip, log(4 / 3)],
  ['focal + generalized Dice is their sum', focalGeneralizedDice, square, focalValue + 15 / 37],
  ["the paper's loss adds the boundary-aware one", paperLoss, square, focalValue + 15 / 37 + entropy],
  ['the rising one starts without it', paperLossRising, square, focalValue + 15 / 37],
];

const everyLoss: [string, LossFunction][] = [
  ...Object.entries(losses),
  ['soft Dice with squares', diceLoss({ squared: true, over: 'sample' })],
  ['soft Jaccard', diceLoss({ jaccard: true })],
  ['generalized Dice, simple', generalizedDice({ weights: 'simple' })],
  ['generalized Dice, uniform', generalizedDice({ weights: 'uniform', smoothing: 1e-3 })],
  ['focal with γ = 1/2', focal({ gamma: 0.5, alpha: null })],
  ['focal with γ = 0', focal({ gamma: 0 })],
  ['focal with γ = 3', focal({ gamma: 3, alpha: 0.25 })],
  ['boundary-aware divided by its weights', boundaryAware({ k: 2, dividedBy: 'weights' })],
];

/** Its value jumps where a probability crosses 1/2; hausdorff.test.ts keeps clear of that. */
const jumps = (name: string): boolean => name === 'ce-dice-hausdorff';

describe.each(kernelSets)('on $title', ({ engine, available, own }) => {
  beforeAll(async () => {
    if (available) await startEngine(engine);
  });
  const test = (name: string, f: () => void): void =>
    void it.skipIf(!available)(name, () => (own ? f() : withoutOwnKernels(f)));

  for (const [name, loss, example, value] of worked)
    test(name, () => expect(valueOf(loss, example)).toBeCloseTo(value, 5));

  test('per sample, each image counts the same', () => {
    const both: Example = {
      logits: Float32Array.from([...square.logits, ...square.logits]),
      labels: Int32Array.from([1, 0, 0, 0, 1, 1, 1, 1]),
      shape: [2, 2, 2, 2],
    };
    const full = 1 - (2 * 1.7 + 1) / (1.7 + 4 + 1);
    expect(valueOf(losses['dice-per-sample'], both)).toBeCloseTo((12 / 37 + full) / 2, 6);
    expect(valueOf(softDice, both)).toBeCloseTo(1 - (2 * (0.75 + 1.7) + 1) / (3.4 + 5 + 1), 6);
    // A full mask has no background: its class takes the weight of the foreground, 1/16 both.
    expect(valueOf(losses['gdl-per-sample'], both)).toBeCloseTo((15 / 37 + 1 - (2 * 1.7) / (1.7 + 4 + 2.3)) / 2, 6);
  });

  for (const [name, loss] of everyLoss) {
    for (const classes of jumps(name) ? [] : [2, 3]) {
      test(`${name} has the gradient that finite differences show, for ${classes} classes`, () => {
        const example = randomExample([2, 3, 5, classes]);
        const gradient = gradientOf(loss, example);
        const largest = Math.max(...gradient.map(Math.abs));
        expect(largest).toBeGreaterThan(1e-4);
        for (let i = 0; i < gradient.length; i += 7)
          expect(Math.abs(differenceAt(loss, example, i) - gradient[i]), `logit ${i}`).toBeLessThan(
            2e-3 * largest + 2e-5,
          );
      });
    }
    test(`${name} and its gradient are finite at logits of ±10,000, right and wrong, and on empty and full masks`, () => {
      for (const size of [1e4, 60, 0]) {
        for (const labels of [
          [1, 0, 1, 0, 1, 0],
          [0, 1, 0, 1, 0, 1],
          [0, 0, 0, 0, 0, 0],
          [1, 1, 1, 1, 1, 1],
        ]) {
          const logits = Float32Array.from([1, 0, 1, 0, 1, 0].flatMap((y) => (y ? [-size, size] : [size, -size])));
          const example: Example = { logits, labels: Int32Array.from(labels), shape: [1, 2, 3, 2] };
          expect(valueOf(loss, example)).toBeGreaterThanOrEqual(-1e-6);
          for (const found of [valueOf(loss, example), ...gradientOf(loss, example)])
            expect(Number.isFinite(found), `${found} at ${size}, ${labels}`).toBe(true);
        }
      }
    });
    if (name !== 'ce-dice-boundary')
      test(`${name} costs nothing for a sure and right prediction, also of an empty or a full mask`, () => {
        for (const labels of [
          [1, 0, 1, 1],
          [0, 0, 0, 0],
          [1, 1, 1, 1],
        ]) {
          const logits = Float32Array.from(labels.flatMap((y) => (y ? [-60, 60] : [60, -60])));
          expect(valueOf(loss, { logits, labels: Int32Array.from(labels), shape: [1, 2, 2, 2] })).toBeCloseTo(0, 4);
        }
      });
  }

  test('a sure mistake costs its margin in cross-entropy, focal and boundary-aware, and 1/2 in Dice of one pixel', () => {
    const wrong: Example = { logits: Float32Array.of(1000, -1000), labels: Int32Array.of(1), shape: [1, 1, 1, 2] };
    expect(valueOf(crossEntropy, wrong)).toBeCloseTo(2000, 2);
    expect(valueOf(focal({ alpha: null }), wrong)).toBeCloseTo(2000, 2);
    expect(valueOf(boundaryAware(), wrong)).toBeCloseTo(2000, 2);
    expect(valueOf(softDice, wrong)).toBeCloseTo(0.5, 6); // 1 − (0 + 1) / (0 + 1 + 1)
  });

  test('logits that are not numbers give a loss that is none, so that training stops', () => {
    for (const loss of [crossEntropy, focal({ gamma: 3 }), softDice, generalizedDice()]) {
      expect(
        valueOf(loss, { logits: Float32Array.of(0, 1, NaN, 2), labels: Int32Array.of(1, 0), shape: [1, 1, 2, 2] }),
      ).toBeNaN();
    }
  });

  test('an empty truth costs what the documentation says', () => {
    const empty = exampleOf([3 / 4, 1 / 5, 1 / 2, 1 / 4], [0, 0, 0, 0], 2);
    expect(valueOf(softDice, empty)).toBeCloseTo(1 - 1 / 2.7, 6);
    expect(valueOf(generalizedDice(), empty)).toBeCloseTo(1.7 / 4, 6);
    expect(valueOf(tversky(), empty)).toBeCloseTo(1 - 1 / (0.3 * 1.7 + 1), 6);
    expect(valueOf(boundaryAware(), empty)).toBeCloseTo(valueOf(crossEntropy, empty), 6);
  });

  test('the maps of losses have their losses as means', () => {
    const { logits, labels, shape } = randomExample([2, 5, 7, 2]);
    const [z, y] = [tf.tensor4d(logits, [...shape]), tf.tensor3d(labels, [2, 5, 7], 'int32')];
    const maps = [focalMap()(z, y), boundaryAwareMap(z, y), boundaryWeights(y)];
    for (const map of maps) expect(map.shape).toEqual([2, 5, 7]);
    const means = maps.map((map) => map.mean().dataSync()[0]);
    expect(means[0]).toBeCloseTo(valueOf(focal(), { logits, labels, shape }), 6);
    expect(means[1]).toBeCloseTo(valueOf(boundaryAware(), { logits, labels, shape }), 5);
    expect(means[1] / means[2]).toBeCloseTo(
      valueOf(boundaryAware({ dividedBy: 'weights' }), { logits, labels, shape }),
      5,
    );
    tf.dispose([z, y, maps]);
  });

  test('a ramp of a weighted sum goes from one weight to the other between its ends', () => {
    const loss = weightedSum([
      { loss: crossEntropy, weight: { from: 2, to: 0, begin: 0.2, end: 0.6 } },
      { loss: softDice, weight: 3 },
    ]);
    for (const [progress, weight] of [
      [undefined, 2],
      [0, 2],
      [0.2, 2],
      [0.3, 1.5],
      [0.5, 0.5],
      [0.6, 0],
      [1, 0],
    ] as const) {
      expect(valueOf(loss, square, progress), `at ${progress}`).toBeCloseTo(weight * entropy + 36 / 37, 5);
    }
    const nested = weightedSum([{ loss, weight: 10 }]);
    expect(valueOf(nested, square, 0.5)).toBeCloseTo(5 * entropy + 360 / 37, 4);
  });
});

describe('weightedSum', () => {
  it('refuses a sum of nothing and a ramp that ends before it begins', () => {
    expect(() => weightedSum([])).toThrow('Expected at least one loss to sum, found none');
    expect(() => weightedSum([{ loss: softDice, weight: { from: 0, to: 1, begin: 0.5, end: 0.5 } }])).toThrow(
      'Expected a ramp that ends after it begins, found 0.5 to 0.5',
    );
  });
});
