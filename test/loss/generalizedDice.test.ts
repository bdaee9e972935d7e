/** Generalized Dice against examples by hand. */
import { expect } from 'vitest';
import { generalizedDice } from '../../lib/loss/generalizedDice.ts';
import { column, type Example, exampleOf, masks, square, sureOf, valueOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

onEveryKernelSet('generalized Dice', (test) => {
  test('weighs each class by one over the square of its pixels', () => {
    // Foreground: N = 1, Σ r p = 3/4, Σ r + p = 2.7. Background: N = 3, Σ r p = 2.05, Σ r + p = 5.3; weights 1 and 1/9.
    expect(valueOf(generalizedDice(), square)).toBeCloseTo(1 - (2 * (3 / 4 + 2.05 / 9)) / (2.7 + 5.3 / 9), 5);
    expect(valueOf(generalizedDice(), square)).toBeCloseTo(15 / 37, 5);
    // Foreground: N = 3, Σ r p = 9/4, Σ r + p = 27/4. Background: N = 6, 18/4 and 45/4; weights 1/9 and 1/36.
    // 2 (1/4 + 1/8) = 3/4 above, 3/4 + 5/16 = 17/16 below: 1 − 12/17.
    expect(valueOf(generalizedDice(), column)).toBeCloseTo(5 / 17, 5);
  });

  test('weighs by one over the pixels, or not at all, if told so', () => {
    // Simple: weights 1 and 1/3. Uniform: 1 − 2 (3/4 + 2.05) / 8.
    expect(valueOf(generalizedDice({ weights: 'simple' }), square)).toBeCloseTo(1 - 8.6 / 13.4, 5);
    expect(valueOf(generalizedDice({ weights: 'uniform' }), square)).toBeCloseTo(0.3, 5);
    // Weights 1/3 and 1/6: 2 (3/4 + 3/4) = 3 above, 9/4 + 15/8 = 33/8 below. Uniform: 1 − 2 (27/4) / 18.
    expect(valueOf(generalizedDice({ weights: 'simple' }), column)).toBeCloseTo(1 - 24 / 33, 5);
    expect(valueOf(generalizedDice({ weights: 'uniform' }), column)).toBeCloseTo(1 / 4, 5);
  });

  test('adds a smoothing in the unit of the weighted sums', () => {
    // Without weights 27/2 above and 18 below: 1 − 14.5 / 19.
    expect(valueOf(generalizedDice({ weights: 'uniform', smoothing: 1 }), column)).toBeCloseTo(4.5 / 19, 5);
    // With squares 3/4 and 17/16: 1 − (3/4 + 1/16) / (17/16 + 1/8) = 1 − 13/19.
    expect(valueOf(generalizedDice({ smoothing: [1 / 16, 1 / 8] }), column)).toBeCloseTo(6 / 19, 5);
  });

  test('per sample, is the mean of the images', () => {
    const both: Example = {
      logits: Float32Array.from([...square.logits, ...square.logits]),
      labels: Int32Array.from([1, 0, 0, 0, 1, 1, 1, 1]),
      shape: [2, 2, 2, 2],
    };
    // A full mask has no background: its class takes the weight of the foreground, 1/16 both.
    const full = 1 - (2 * 1.7) / (1.7 + 4 + 2.3);
    expect(valueOf(generalizedDice({ over: 'sample' }), both)).toBeCloseTo((15 / 37 + full) / 2, 6);
  });

  test('costs the mean probability of the foreground where the truth is empty', () => {
    const empty = exampleOf([3 / 4, 1 / 5, 1 / 2, 1 / 4], [0, 0, 0, 0], 2);
    expect(valueOf(generalizedDice(), empty)).toBeCloseTo(1.7 / 4, 6);
  });

  test('is 0 for a sure and right prediction and 1 for its opposite, also of an empty and of a full mask', () => {
    for (const mask of Object.values(masks)) {
      const opposite = mask.map((y) => 1 - y);
      expect(valueOf(generalizedDice(), sureOf(mask, mask))).toBeCloseTo(0, 6);
      expect(valueOf(generalizedDice(), sureOf(opposite, mask))).toBeCloseTo(1, 6);
    }
  });
});
