/**
 * The boundary loss against the authors' method with SciPy, cases worked out by hand and finite differences, on every
 * engine.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { boundary, boundaryMap, crossEntropyDiceBoundary } from '../../lib/loss/boundary.ts';
import { crossEntropyDice } from '../../lib/loss/crossEntropyDice.ts';
import { engines } from '../engine/engines.ts';
import { evaluate, expectFiniteDifferences, expectPeer, logitsOf } from './distanceFixture.ts';

describe.each(engines)('the boundary loss on $title', ({ engine, available }) => {
  beforeAll(async () => {
    if (available) await startEngine(engine);
  });
  const test = it.skipIf(!available);

  test('has a map of 0 at the outermost pixels of the mask, negative inside and positive outside', () => {
    const map = tf.tidy(() => [...boundaryMap(tf.tensor3d([0, 0, 1, 1, 1, 1, 1, 0], [1, 1, 8])).dataSync()]);
    expect(map).toEqual([2, 1, 0, -1, -2, -1, 0, 1]);
  });

  test('is the mean of probability times map', () => {
    // Labels 0 0 1 1 1: map 2, 1, 0, −1, −2. A mask of one image: the other image is empty and costs nothing.
    const logits = logitsOf([0.1, 0.2, 0.3, 0.4, 0.5, 0.9, 0.9, 0.9, 0.9, 0.9]);
    expect(evaluate(boundary, logits, [0, 0, 1, 1, 1, 0, 0, 0, 0, 0], [2, 1, 5, 2]).value).toBeCloseTo(
      (0.2 + 0.2 - 0.4 - 1) / 10,
      6,
    );
  });

  test('is 0 with a gradient of 0 for an empty and for a full mask', () => {
    for (const label of [0, 1]) {
      const { value, gradient } = evaluate(boundary, logitsOf([0.3, 0.6, 0.9]), [label, label, label], [1, 1, 3, 2]);
      expect(value).toBe(0);
      expect(gradient.every((g) => g === 0)).toBe(true);
    }
  });

  test("has the value and the gradient of the authors' method", () => expectPeer('boundary', boundary));
  test('has the gradient that finite differences show', () => expectFiniteDifferences(boundary, 0.05, 5e-3));

  test('is the mean over the classes but 0', () => {
    // Class 2 has probabilities 1/2 and 1/3 and, of labels 2 and 0, the map 0 and 1; class 1 is empty and says nothing.
    const logits = [0, 0, Math.log(2), 0, 0, 0];
    expect(evaluate(boundary, logits, [2, 0], [1, 1, 2, 3]).value).toBeCloseTo(1 / 3 / 2 / 2, 6);
  });

  test('stays finite for extreme logits', () => {
    const { value, gradient } = evaluate(boundary, [1000, -1000, -1000, 1000], [1, 0], [1, 1, 2, 2]);
    expect(value).toBeCloseTo(0.5, 6);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  test('joins cross-entropy and Dice with a weight of 0.01', () => {
    const args = [logitsOf([0.1, 0.7, 0.4, 0.8]), [0, 1, 1, 1], [1, 2, 2, 2]] as const;
    const parts = [crossEntropyDice, boundary].map((loss) => evaluate(loss, args[0], args[1], [...args[2]]).value);
    expect(evaluate(crossEntropyDiceBoundary, args[0], args[1], [...args[2]]).value).toBeCloseTo(
      parts[0] + 0.01 * parts[1],
      6,
    );
  });
});
