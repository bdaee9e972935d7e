/** Normalised surface distance by hand. */
import { describe, expect, it } from 'vitest';
import { surfaceDice } from '../../lib/evaluate/nsd.ts';
import { bothEmpty, byHand, oneEmpty } from './distances.ts';

describe('surfaceDice', () => {
  it('is the share of both surfaces within the tolerance, its end included', () => {
    // Of 103: 98 at 0, then 1 each at 1, 2 and 3 mm, 2 at 10 mm.
    expect([0, 1, 2.5, 3, 10].map((mm) => surfaceDice(byHand, mm) * 103)).toEqual(
      [98, 99, 100, 101, 103].map((size) => expect.closeTo(size, 10)),
    );
  });
  it('of two empty masks is 1; where one is empty, what the other has within the tolerance of nothing is 0', () => {
    expect(surfaceDice(bothEmpty, 1)).toBe(1);
    const infinite = oneEmpty.map(({ toReference, toPrediction }) => ({
      toReference: { ...toReference, mm: toReference.mm.map(() => Infinity) },
      toPrediction: { ...toPrediction, mm: toPrediction.mm.map(() => Infinity) },
    }));
    for (const distances of infinite) expect(surfaceDice(distances, 3)).toBe(0);
  });
  it('refuses a tolerance below 0', () => {
    for (const bad of [-1, NaN])
      expect(() => surfaceDice(byHand, bad)).toThrow(`Expected a tolerance of 0 mm or more, found ${bad}`);
  });
});
