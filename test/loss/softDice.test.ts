/** Soft Dice against examples by hand. */
import { expect } from 'vitest';
import { diceLoss, softDice, softDicePerSample } from '../../lib/loss/softDice.ts';
import { column, type Example, exampleOf, masks, square, sureOf, valueOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

onEveryKernelSet('soft Dice', (test) => {
  test('is 1 − (2 Σ p y + 1) / (Σ p + Σ y + 1)', () => {
    // Σ p y = 3/4, Σ p = 1.7, Σ y = 1: 1 − 2.5 / 3.7.
    expect(valueOf(softDice, square)).toBeCloseTo(12 / 37, 5);
    // Σ p y = 9/4, Σ p = 15/4, Σ y = 3: 1 − (22/4) / (31/4).
    expect(valueOf(softDice, column)).toBeCloseTo(9 / 31, 5);
  });

  test('has squares below, or is a Jaccard index, if told so', () => {
    // Σ p² = 0.915: 1 − 1.5 / 1.915. Jaccard: 1 − 0.75 / (2.7 − 0.75).
    expect(valueOf(diceLoss({ squared: true, smoothing: 0 }), square)).toBeCloseTo(1 - 1.5 / 1.915, 5);
    expect(valueOf(diceLoss({ jaccard: true, smoothing: 0 }), square)).toBeCloseTo(1 - 0.75 / 1.95, 5);
    // Σ p² = 33/16: 1 − (72/16) / (33/16 + 48/16). Jaccard: 1 − (9/4) / (27/4 − 9/4).
    expect(valueOf(diceLoss({ squared: true, smoothing: 0 }), column)).toBeCloseTo(1 - 72 / 81, 5);
    expect(valueOf(diceLoss({ jaccard: true, smoothing: 0 }), column)).toBeCloseTo(1 / 2, 5);
  });

  test('takes smoothings above and below apart', () => {
    // Without one above: 1 − (18/4) / (27/4 + 9/4).
    expect(valueOf(diceLoss({ smoothing: [0, 9 / 4] }), column)).toBeCloseTo(1 / 2, 5);
  });

  test('per sample, each image counts the same; over the batch, all pixels are one image', () => {
    const both: Example = {
      logits: Float32Array.from([...square.logits, ...square.logits]),
      labels: Int32Array.from([1, 0, 0, 0, 1, 1, 1, 1]),
      shape: [2, 2, 2, 2],
    };
    const full = 1 - (2 * 1.7 + 1) / (1.7 + 4 + 1);
    expect(valueOf(softDicePerSample, both)).toBeCloseTo((12 / 37 + full) / 2, 6);
    expect(valueOf(softDice, both)).toBeCloseTo(1 - (2 * (0.75 + 1.7) + 1) / (3.4 + 5 + 1), 6);
  });

  test('is 0 for a sure and right prediction, also of an empty and of a full mask', () => {
    for (const mask of Object.values(masks)) expect(valueOf(softDice, sureOf(mask, mask))).toBeCloseTo(0, 6);
  });

  test('is one smoothing short of 1 for the opposite of the truth', () => {
    // Nothing overlaps, and Σ p + Σ y are all nine pixels: 1 − 1 / (9 + 1).
    for (const mask of Object.values(masks)) {
      const opposite = mask.map((y) => 1 - y);
      expect(valueOf(softDice, sureOf(opposite, mask))).toBeCloseTo(9 / 10, 6);
    }
  });

  test('costs 1 − 1 / (Σ p + 1) where the truth is empty', () => {
    expect(valueOf(softDice, exampleOf([3 / 4, 1 / 5, 1 / 2, 1 / 4], [0, 0, 0, 0], 2))).toBeCloseTo(1 - 1 / 2.7, 6);
  });
});
