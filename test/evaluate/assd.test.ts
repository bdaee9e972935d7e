/** Average surface distances by hand. */
import { describe, expect, it } from 'vitest';
import { assd, directedMean, masd } from '../../lib/evaluate/assd.ts';
import { bothEmpty, byHand, oneEmpty } from './distances.ts';

describe('average surface distances', () => {
  it('over both surfaces together are weighed by size', () => {
    // (1 + 2 + 3 + 98 · 0 + 2 · 10) over 3 + 100.
    expect(assd(byHand)).toBeCloseTo(26 / 103, 12);
  });
  it('in one direction are those of one surface, and their mean is the mean of two means', () => {
    expect(directedMean(byHand, 'toReference')).toBeCloseTo(2, 12);
    expect(directedMean(byHand, 'toPrediction')).toBeCloseTo(20 / 100, 12);
    expect(masd(byHand)).toBeCloseTo((2 + 0.2) / 2, 12);
  });
  it('of two empty masks are 0 mm, of one infinite', () => {
    for (const mean of [assd, masd, (d: typeof byHand) => directedMean(d, 'toReference')]) {
      expect(mean(bothEmpty)).toBe(0);
      for (const distances of oneEmpty) expect(mean(distances)).toBe(Infinity);
    }
  });
});
