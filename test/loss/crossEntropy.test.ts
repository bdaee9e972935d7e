/** Cross-entropy against examples by hand. */
import { expect } from 'vitest';
import { crossEntropy } from '../../lib/loss/crossEntropy.ts';
import { column, type Example, masks, square, sureOf, valueOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

const { log } = Math;

onEveryKernelSet('crossEntropy', (test) => {
  test('is the mean of −log p of the true class', () => {
    // The true classes have 3/4, 4/5, 1/2 and 3/4: (ln 4/3 + ln 5/4 + ln 2 + ln 4/3) / 4.
    expect(valueOf(crossEntropy, square)).toBeCloseTo((2 * log(4 / 3) + log(5 / 4) + log(2)) / 4, 5);
    // All nine have 3/4: 9 ln 4/3 / 9.
    expect(valueOf(crossEntropy, column)).toBeCloseTo(log(4 / 3), 5);
  });

  test('knows any number of classes', () => {
    // Logits 0, ln 2, ln 5 are probabilities 1/8, 2/8, 5/8; the labels 0 and 2 cost ln 8 and ln 8/5.
    const pixel = [0, log(2), log(5)];
    const example: Example = {
      logits: Float32Array.from([...pixel, ...pixel]),
      labels: Int32Array.of(0, 2),
      shape: [1, 1, 2, 3],
    };
    expect(valueOf(crossEntropy, example)).toBeCloseTo((log(8) + log(8 / 5)) / 2, 5);
  });

  test('is 0 for a sure and right prediction, also of an empty and of a full mask', () => {
    for (const mask of Object.values(masks)) expect(valueOf(crossEntropy, sureOf(mask, mask))).toBeCloseTo(0, 6);
  });

  test('is the margin of the logits for a sure mistake in every pixel', () => {
    // −log(e⁻¹⁰⁰⁰ / (e⁻¹⁰⁰⁰ + e¹⁰⁰⁰)) = 2000, which a logarithm of a rounded softmax would make infinite.
    expect(valueOf(crossEntropy, sureOf(masks.full, masks.empty, 1000))).toBeCloseTo(2000, 2);
    expect(valueOf(crossEntropy, sureOf(masks.empty, masks.full, 1000))).toBeCloseTo(2000, 2);
  });
});
