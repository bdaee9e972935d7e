/** Normalised surface distance by hand. */
import { describe, expect, it } from 'vitest';
import { scoreMasks } from '../../lib/evaluate/metrics.ts';
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
  it.each([0, 1, 2])('takes in what lies at the tolerance exactly, as SciPy measures it, along axis %i', (axis) => {
    // distance_transform_edt(sampling=s) of SciPy 1.13.1 gives 3.0 for all of these
    for (const [step, count] of [
      [0.1, 30],
      [0.2, 15],
      [0.05, 60],
      [0.025, 120],
    ] as const) {
      const shape = [3, 3, 3].map((n, i) => (i === axis ? count + 1 : n)) as unknown as [number, number, number];
      const stride = [1, shape[0], shape[0] * shape[1]][axis]!;
      const [first, second] = [0, count].map((at) => {
        const mask = new Uint8Array(shape[0] * shape[1] * shape[2]);
        mask[at * stride] = 1;
        return mask;
      });
      const { values } = scoreMasks(first!, second!, shape, [step, step, step]);
      expect([values.nsd3, values.nsd3Voxels, values.hausdorffMm]).toEqual([1, 1, 3]);
    }
  });
  it('refuses a tolerance below 0', () => {
    for (const bad of [-1, NaN])
      expect(() => surfaceDice(byHand, bad)).toThrow(`Expected a tolerance of 0 mm or more, found ${bad}`);
  });
});
