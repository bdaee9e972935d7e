/** Hausdorff distances and their 95th percentiles by hand; metrics.test.ts compares them with other programs. */
import { describe, expect, it } from 'vitest';
import { hausdorffDistance, hd95ByArea, hd95Directed, hd95Pooled } from '../../lib/evaluate/hausdorff.ts';
import { bothEmpty, byHand, oneEmpty } from './distances.ts';

describe('the Hausdorff distance', () => {
  it('is the largest of all distances', () => expect(hausdorffDistance(byHand)).toBe(10));
});

describe('the 95th percentile', () => {
  it('of both directions together lies on the line between two distances', () => {
    // 0, 1, 2, 3, 10 at places 0 to 4: place 0.95 · 4 = 3.8, between 3 and 10.
    expect(hd95Pooled(byHand)).toBeCloseTo(3 + 0.8 * 7, 12);
  });
  it('of each direction is taken first and then the larger', () => {
    // 1, 2, 3: place 1.9, so 2.9. 0, 10: place 0.95, so 9.5.
    expect(hd95Directed(byHand)).toBeCloseTo(9.5, 12);
  });
  it('by area is where 95 % of a surface lie within', () => {
    // 2.85 of three pieces of size 1 need all three, up to 3 mm; 95 of 100 lie at 0.
    expect(hd95ByArea(byHand)).toBe(3);
  });
});

it('two empty masks have 0 mm, one empty mask an infinite distance', () => {
  for (const distance of [hausdorffDistance, hd95Pooled, hd95Directed, hd95ByArea]) {
    expect(distance(bothEmpty)).toBe(0);
    for (const distances of oneEmpty) expect(distance(distances)).toBe(Infinity);
  }
});
