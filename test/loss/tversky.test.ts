/** Tversky loss against examples by hand. */
import { expect } from 'vitest';
import { tf } from '../../lib/engine/engine.ts';
import { tversky, tverskyDistances } from '../../lib/loss/tversky.ts';
import { column, exampleOf, masks, square, sureOf, valueOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

onEveryKernelSet('Tversky', (test) => {
  test('weighs false positives by 0.3 and missed pixels by 0.7', () => {
    // Σ p y = 3/4, Σ p (1 − y) = 0.95, Σ (1 − p) y = 1/4: 1 − 1.75 / (1.75 + 0.285 + 0.175).
    expect(valueOf(tversky(), square)).toBeCloseTo(46 / 221, 5);
    // Σ p y = 9/4, Σ p (1 − y) = 3/2, Σ (1 − p) y = 3/4: 1 − 3.25 / (3.25 + 0.45 + 0.525) = 1 − 10/13.
    expect(valueOf(tversky(), column)).toBeCloseTo(3 / 13, 5);
  });

  test('is Dice with 1/2 and 1/2, and Jaccard with 1 and 1', () => {
    const half = tversky({ falsePositives: 0.5, falseNegatives: 0.5, smoothing: 0 });
    expect(valueOf(half, square)).toBeCloseTo(1 - 1.5 / 2.7, 5);
    expect(valueOf(half, column)).toBeCloseTo(1 - 18 / 27, 5);
    const whole = tversky({ falsePositives: 1, falseNegatives: 1, smoothing: 0 });
    expect(valueOf(whole, column)).toBeCloseTo(1 - 9 / 18, 5);
  });

  test('is 0 for a sure and right prediction, also of an empty and of a full mask', () => {
    for (const mask of Object.values(masks)) expect(valueOf(tversky(), sureOf(mask, mask))).toBeCloseTo(0, 6);
  });

  test('costs 1 − 1 / (1 + the weight of the wrong pixels) for the opposite of the truth', () => {
    // Nine missed pixels, nine false ones, three missed and six false.
    expect(valueOf(tversky(), sureOf(masks.empty, masks.full))).toBeCloseTo(1 - 1 / (1 + 0.7 * 9), 6);
    expect(valueOf(tversky(), sureOf(masks.full, masks.empty))).toBeCloseTo(1 - 1 / (1 + 0.3 * 9), 6);
    const opposite = masks.corner.map((y) => 1 - y);
    expect(valueOf(tversky(), sureOf(opposite, masks.corner))).toBeCloseTo(1 - 1 / (1 + 0.7 * 3 + 0.3 * 6), 6);
  });

  test('costs 1 − 1 / (0.3 Σ p + 1) where the truth is empty', () => {
    const empty = exampleOf([3 / 4, 1 / 5, 1 / 2, 1 / 4], [0, 0, 0, 0], 2);
    expect(valueOf(tversky(), empty)).toBeCloseTo(1 - 1 / (0.3 * 1.7 + 1), 6);
  });

  test('has one distance for the batch, or one of each image', () => {
    // Two images of one pixel with p = 3/4, one foreground, one not, without smoothing: TI = 3/4 / (3/4 + 0.7/4), 0.
    const logits = tf.tensor4d([0, Math.log(3), 0, Math.log(3)], [2, 1, 1, 2]);
    const labels = tf.tensor3d([1, 0], [2, 1, 1], 'int32');
    const distances = (over: 'batch' | 'sample'): number[] =>
      tf.tidy(() => [...tverskyDistances(logits, labels, { over, smoothing: 0 })[0].dataSync()]);
    const [first, second, ...more] = distances('sample');
    expect(more).toEqual([]);
    expect(first).toBeCloseTo(1 - 0.75 / 0.925, 6);
    expect(second).toBeCloseTo(1, 6);
    // As one image: Σ p (1 − y) = 3/4 comes in.
    expect(distances('batch')).toEqual([expect.closeTo(1 - 0.75 / (0.925 + 0.225), 6)]);
    tf.dispose([logits, labels]);
  });
});
