/** Boundary-aware loss against examples by hand; sobel.test.ts derives the edges. */
import { expect } from 'vitest';
import { tf } from '../../lib/engine/engine.ts';
import { boundaryAware, boundaryAwareMap, boundaryWeights } from '../../lib/loss/boundaryAware.ts';
import { crossEntropy } from '../../lib/loss/crossEntropy.ts';
import { column, exampleOf, masks, randomExample, square, sureOf, valueOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

const { log } = Math;
const weightsOf = (labels: readonly number[], k?: number): number[] =>
  tf.tidy(() => [...boundaryWeights(tf.tensor3d([...labels], [1, 3, labels.length / 3], 'int32'), k).dataSync()]);

onEveryKernelSet('boundary-aware', (test) => {
  test('weighs each pixel by 1 + 5 times its Sobel edge', () => {
    const centre = 3 * Math.SQRT2;
    const edges = [0, 4, 0, 4, centre, 2, 0, 2, 0];
    expect(weightsOf(masks.corner)).toEqual(edges.map((edge) => expect.closeTo(1 + 5 * edge, 4)));
    expect(weightsOf(masks.corner, 0.5)).toEqual(edges.map((edge) => expect.closeTo(1 + edge / 2, 4)));
  });

  test('weighs a contour between two classes as it does any other', () => {
    // y = 0 0 1 1 2 2 in each row: class 1 has the edges 0 4 4 4 4 0, class 2 has 0 0 0 4 4 0.
    const rows = [0, 1, 2].flatMap(() => [0, 0, 1, 1, 2, 2]);
    const weights = tf.tidy(() => [...boundaryWeights(tf.tensor3d(rows, [1, 3, 6], 'int32'), 5, [1, 2]).dataSync()]);
    expect(weights).toEqual([0, 1, 2].flatMap(() => [1, 21, 21, 21, 21, 1]));
  });

  test('is the mean of weight times cross-entropy', () => {
    // The rows y = 1 0 0 have the edges 0 4 0 (4 (y(x + 1) − y(x − 1)), mirrored 0 |1 0 0| 0), so the weights 1 21 1;
    // every pixel has cross-entropy ln 4/3: (1 + 21 + 1) / 3 · ln 4/3.
    expect(valueOf(boundaryAware(), column)).toBeCloseTo((23 / 3) * log(4 / 3), 4);
    // Two rows y = 1 1 0 0 have the weights 1 21 21 1: 11 ln 4/3.
    const strip = exampleOf([3 / 4, 3 / 4, 1 / 4, 1 / 4, 3 / 4, 3 / 4, 1 / 4, 1 / 4], [1, 1, 0, 0, 1, 1, 0, 0], 2);
    expect(valueOf(boundaryAware(), strip)).toBeCloseTo(11 * log(4 / 3), 5);
    // A corner of 3 × 3 pixels, its weights above: Σ w = 9 + 5 (12 + 3 √2).
    const corner = exampleOf(
      masks.corner.map((y) => (y ? 3 / 4 : 1 / 4)),
      masks.corner,
      3,
    );
    expect(valueOf(boundaryAware(), corner)).toBeCloseTo(((9 + 5 * (12 + 3 * Math.SQRT2)) / 9) * log(4 / 3), 4);
  });

  test('is a mean again when divided by its weights', () => {
    expect(valueOf(boundaryAware({ dividedBy: 'weights' }), column)).toBeCloseTo(log(4 / 3), 5);
    // Weights 1 21 1 and 1 − p_y of 1/4 everywhere but 1/2 at the edge: (2 ln 4/3 + 21 ln 2) / 23.
    const unsure = exampleOf([3 / 4, 1 / 2, 1 / 4, 3 / 4, 1 / 2, 1 / 4], [1, 0, 0, 1, 0, 0], 2);
    expect(valueOf(boundaryAware({ dividedBy: 'weights' }), unsure)).toBeCloseTo(
      (2 * log(4 / 3) + 21 * log(2)) / 23,
      5,
    );
  });

  test('is cross-entropy where the mask has no edge: empty, full, and of 2 × 2 pixels, which mirror', () => {
    const entropy = (2 * log(4 / 3) + log(5 / 4) + log(2)) / 4;
    expect(valueOf(boundaryAware(), square)).toBeCloseTo(entropy, 5);
    for (const mask of [masks.empty, masks.full]) {
      const unsure = exampleOf([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], mask, 3);
      expect(valueOf(boundaryAware(), unsure)).toBeCloseTo(valueOf(crossEntropy, unsure), 6);
    }
  });

  test('is 0 for a sure and right prediction, and the weighted margin for its opposite', () => {
    for (const mask of Object.values(masks)) expect(valueOf(boundaryAware(), sureOf(mask, mask))).toBeCloseTo(0, 6);
    // Margins of 2 · 60 in every pixel, times the mean weight.
    const opposite = masks.corner.map((y) => 1 - y);
    const wanted = (120 * (9 + 5 * (12 + 3 * Math.SQRT2))) / 9;
    expect(valueOf(boundaryAware(), sureOf(opposite, masks.corner))).toBeCloseTo(wanted, 2);
    expect(valueOf(boundaryAware(), sureOf(masks.empty, masks.full, 1000))).toBeCloseTo(2000, 2); // no edge
  });

  test('has a map whose mean it is, also over the mean of its weights', () => {
    const { logits, labels, shape } = randomExample([2, 5, 7, 2]);
    const [loss, weight] = tf.tidy(() => {
      const [z, y] = [tf.tensor4d(logits, [...shape]), tf.tensor3d(labels, [2, 5, 7], 'int32')];
      const maps = [boundaryAwareMap(z, y), boundaryWeights(y)];
      for (const map of maps) expect(map.shape).toEqual([2, 5, 7]);
      return maps.map((map) => map.mean().dataSync()[0]);
    });
    const example = { logits, labels, shape };
    expect(loss).toBeCloseTo(valueOf(boundaryAware(), example), 5);
    expect(loss / weight).toBeCloseTo(valueOf(boundaryAware({ dividedBy: 'weights' }), example), 5);
  });
});
