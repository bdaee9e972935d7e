/** Features of grey level × size by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesOf, sizeMatrixFeatures } from '../../lib/radiomics/sizeMatrix.ts';

describe('entriesOf', () => {
  it('lists what is not 0 by level and size, both from 1', () => {
    expect(entriesOf([0, 2, 0, 1, 0, 5], 3)).toEqual({ levels: [1, 2, 2], sizes: [2, 1, 3], counts: [2, 1, 5] });
    expect(entriesOf([0, 0], 2)).toEqual({ levels: [], sizes: [], counts: [] });
  });
});

describe('sizeMatrixFeatures', () => {
  it('are sums over the entries', () => {
    // Level 1: two of size 1. Level 2: one of size 1, one of size 3. N = 4 over 2 + 1 + 3 = 6 voxels.
    const f = sizeMatrixFeatures(entriesOf([2, 0, 0, 1, 0, 1], 3));
    expect(f).toMatchObject({
      smallSize: (3 + 1 / 9) / 4,
      largeSize: (3 + 9) / 4,
      lowLevel: (2 + 2 / 4) / 4,
      highLevel: (2 + 2 * 4) / 4,
      smallLow: (2 + 1 / 4 + 1 / 36) / 4,
      largeHigh: (2 + 4 + 36) / 4,
      levelNonUniformity: (2 ** 2 + 2 ** 2) / 4,
      sizeNonUniformity: (3 ** 2 + 1) / 4,
      percentage: 4 / 6,
      levelVariance: 1 / 4,
      entropy: 1.5, // shares 1/2, 1/4, 1/4
      energy: 1 / 4 + 2 / 16,
    });
    expect(f.sizeVariance).toBeCloseTo((3 * 0.25 + 2.25) / 4, 12); // mean size 6/4
  });

  it('a size matrix of nothing has NaN, one of a single entry no variance', () => {
    expect(sizeMatrixFeatures(entriesOf([0, 0], 2)).smallSize).toBeNaN();
    // Three runs of level 1 and length 2.
    expect(sizeMatrixFeatures(entriesOf([0, 3], 2))).toMatchObject({
      smallSize: 1 / 4,
      largeSize: 4,
      levelNonUniformity: 3,
      percentage: 0.5,
      sizeVariance: 0,
      entropy: 0,
      energy: 1,
    });
  });

  it('do not change when all counts double, but for the non-uniformities, which double', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 6, maxLength: 6 }), (dense) => {
        fc.pre(dense.some((n) => n > 0));
        const [once, twice] = [1, 2].map((k) =>
          sizeMatrixFeatures(
            entriesOf(
              dense.map((n) => k * n),
              3,
            ),
          ),
        );
        for (const name of ['smallSize', 'highLevel', 'percentage', 'entropy', 'sizeVariance'] as const)
          expect(twice[name]).toBeCloseTo(once[name], 12);
        expect(twice.levelNonUniformity).toBeCloseTo(2 * once.levelNonUniformity, 12);
      }),
    );
  });
});
