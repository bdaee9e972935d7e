/** Intersection over union of outlines by hand. */
import { describe, expect, it } from 'vitest';
import { boundaryIou } from '../../lib/evaluate/boundaryIou.ts';
import { maskPair } from '../../lib/evaluate/maskPair.ts';

/** A square of 3 × 3 pixels from column `left` on, in 5 × 6. */
const square = (left: number): Uint8Array =>
  Uint8Array.from({ length: 30 }, (_, p) => {
    const [row, column] = [Math.floor(p / 6), p % 6];
    return Number(row >= 1 && row < 4 && column >= left && column < left + 3);
  });
const iou = (a: Uint8Array, b: Uint8Array): number => boundaryIou(maskPair(a, b, [6, 5, 1], [1, 1, 1]));

describe('boundaryIou', () => {
  it('counts outlines only', () => {
    // Two rings of 8 pixels, one column apart: they share two pixels above and two below, but no middle. 4 / 12.
    expect(iou(square(1), square(2))).toBeCloseTo(1 / 3, 12);
    // Three columns apart they share nothing.
    expect(iou(square(0), square(3))).toBe(0);
  });
  it('is 1 for equal masks, two empty ones included, and 0 where one is empty', () => {
    const empty = new Uint8Array(30);
    expect(iou(square(2), square(2))).toBe(1);
    expect(iou(empty, empty)).toBe(1);
    expect([iou(square(2), empty), iou(empty, square(2))]).toEqual([0, 0]);
  });
});
