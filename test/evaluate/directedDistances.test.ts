/** What the metrics of surface distances share. */
import { describe, expect, it } from 'vitest';
import { sizeWithin, totalSize, whereBoth } from '../../lib/evaluate/directedDistances.ts';
import { bothEmpty, byHand, oneEmpty } from './distances.ts';

describe('sizes of a surface', () => {
  it('are added over all places, or over those within a distance, its end included', () => {
    expect([totalSize(byHand.toReference), totalSize(byHand.toPrediction)]).toEqual([3, 100]);
    expect([0.5, 1, 2.9, 3].map((mm) => sizeWithin(byHand.toReference, mm))).toEqual([0, 1, 2, 3]);
    expect(totalSize(bothEmpty.toReference)).toBe(0);
  });
});

describe('whereBoth', () => {
  it('measures where both masks have a surface', () => {
    expect(whereBoth(byHand, ([first, second]) => first.mm.length + second.mm.length)).toBe(5);
  });
  it('is 0 for two empty masks and infinite for one, without measuring', () => {
    const never = (): number => {
      throw new Error('measured');
    };
    expect(whereBoth(bothEmpty, never)).toBe(0);
    for (const distances of oneEmpty) expect(whereBoth(distances, never)).toBe(Infinity);
  });
});
