/** The paper's loss and its parts against examples by hand. */
import { expect } from 'vitest';
import { focalGeneralizedDice, paperLoss, paperLossRising } from '../../lib/loss/paperLoss.ts';
import { column, masks, square, sureOf, valueOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

const { log } = Math;
/** Of the 3 × 3 example: focal.test.ts, generalizedDice.test.ts and boundaryAware.test.ts derive them. */
const [focal, dice, boundary] = [(5 / 192) * log(4 / 3), 5 / 17, (23 / 3) * log(4 / 3)];

onEveryKernelSet('paperLoss', (test) => {
  test('is focal + generalized Dice + boundary-aware', () => {
    expect(valueOf(focalGeneralizedDice, column)).toBeCloseTo(focal + dice, 5);
    expect(valueOf(paperLoss, column)).toBeCloseTo(focal + dice + boundary, 4);
    // The example of docs/losses.md has no edge: its boundary-aware loss is cross-entropy.
    const entropy = (2 * log(4 / 3) + log(5 / 4) + log(2)) / 4;
    const right = 0.75 * (1 / 4) ** 2 * log(4 / 3);
    const other = 0.25 * ((1 / 5) ** 2 * log(5 / 4) + (1 / 2) ** 2 * log(2) + (1 / 4) ** 2 * log(4 / 3));
    expect(valueOf(paperLoss, square)).toBeCloseTo((right + other) / 4 + 15 / 37 + entropy, 5);
  });

  test('may let the boundary term come in over the first half of the run', () => {
    for (const [progress, weight] of [
      [undefined, 0],
      [0, 0],
      [0.25, 0.5],
      [0.5, 1],
      [1, 1],
    ] as const) {
      const wanted = focal + dice + weight * boundary;
      expect(valueOf(paperLossRising, column, progress), `at ${progress}`).toBeCloseTo(wanted, 4);
    }
  });

  test('is 0 for a sure and right prediction, also of an empty and of a full mask', () => {
    for (const mask of Object.values(masks)) expect(valueOf(paperLoss, sureOf(mask, mask))).toBeCloseTo(0, 5);
  });

  test('adds the margins of the opposite of the truth: α times them, 1, and all of them', () => {
    // Logits of ±60: focal 90 of missed pixels, 30 of false ones; generalized Dice 1; no edge, so 120.
    expect(valueOf(paperLoss, sureOf(masks.empty, masks.full))).toBeCloseTo(211, 3);
    expect(valueOf(paperLoss, sureOf(masks.full, masks.empty))).toBeCloseTo(151, 3);
  });
});
