/** Cross-entropy plus soft Dice against examples by hand. */
import { expect } from 'vitest';
import { crossEntropyDice } from '../../lib/loss/crossEntropyDice.ts';
import { column, masks, square, sureOf, valueOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

const { log } = Math;

onEveryKernelSet('crossEntropyDice', (test) => {
  test('is the sum of both', () => {
    // Cross-entropy (2 ln 4/3 + ln 5/4 + ln 2) / 4, Dice 1 − 2.5 / 3.7.
    expect(valueOf(crossEntropyDice, square)).toBeCloseTo((2 * log(4 / 3) + log(5 / 4) + log(2)) / 4 + 12 / 37, 5);
    // Cross-entropy ln 4/3, Dice 1 − (22/4) / (31/4).
    expect(valueOf(crossEntropyDice, column)).toBeCloseTo(log(4 / 3) + 9 / 31, 5);
  });

  test('is 0 for a sure and right prediction, also of an empty and of a full mask', () => {
    for (const mask of Object.values(masks)) expect(valueOf(crossEntropyDice, sureOf(mask, mask))).toBeCloseTo(0, 6);
  });

  test('is the margin plus 9/10 for the opposite of the truth', () => {
    // Each pixel costs the margin of its logits, 2 · 60; Dice of no overlap is 1 − 1 / (9 + 1).
    for (const mask of Object.values(masks)) {
      const opposite = mask.map((y) => 1 - y);
      expect(valueOf(crossEntropyDice, sureOf(opposite, mask))).toBeCloseTo(120.9, 4);
    }
  });
});
