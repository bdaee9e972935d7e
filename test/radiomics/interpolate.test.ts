/** Sampling between voxels: by hand, and as SimpleITK does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisTaps, sampleGrid, splineCoefficients } from '../../lib/radiomics/interpolate.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';

/** Samples one line along x at the given positions. */
function sampleLine(line: number[], positions: number[], kind: 'nearest' | 'linear' | 'bspline'): number[] {
  const [at, zero] = [Float64Array.from(positions), Float64Array.of(0)];
  const shape: Vec3 = [line.length, 1, 1];
  return [
    ...sampleGrid(Float64Array.from(line), shape, [
      axisTaps(at, line.length, kind),
      axisTaps(zero, 1, kind),
      axisTaps(zero, 1, kind),
    ]),
  ];
}

describe('interpolation', () => {
  it('by B-spline equals SimpleITK 2.5 (sitkBSpline of the line 0 10 0 −10 0 7 3 −7 at −0.3, 0.1, …, 7.3)', () => {
    const printed = [
      1.903476812092064, 0.24335383029886362, 4.491025420817586, 9.390184472689796, 9.464646856750258,
      4.8107396083820015, -1.6089546547578175, -7.170517004465821, -9.953817588457575, -8.436389900377876,
      -3.8531222947440726, 1.1482810030917265, 4.746736516660941, 6.749369288904156, 7.123894537959461,
      5.607548265200961, 1.8288886980419043, -3.3751717622810027, -6.8190123668842295, -5.533086568189629,
    ];
    const positions = printed.map((_, k) => -0.3 + 0.4 * k);
    const found = sampleLine([0, 10, 0, -10, 0, 7, 3, -7], positions, 'bspline');
    printed.forEach((value, k) => expect(found[k]).toBeCloseTo(value, 9));
  });

  it('by B-spline leaves a constant as it is, also along an axis of two voxels, which mirror each other', () => {
    for (const n of [1, 2, 3]) {
      const positions = [-0.4, -0.1, 0.3, n - 0.6];
      for (const value of sampleLine(new Array<number>(n).fill(7), positions, 'bspline'))
        expect(value).toBeCloseTo(7, 9);
    }
  });

  it('goes through the voxels, takes the nearer one, and is 0 outside the outer faces', () => {
    for (const kind of ['nearest', 'linear', 'bspline'] as const) {
      sampleLine([3, 1, 4, 1, 5], [0, 1, 2, 3, 4], kind).forEach((value, k) =>
        expect(value).toBeCloseTo([3, 1, 4, 1, 5][k]!, 9),
      );
      expect(sampleLine([3, 1, 4], [-0.6, 2.6], kind)).toEqual([0, 0]);
    }
    expect(sampleLine([3, 1], [0.49, 0.5, -0.4], 'nearest')).toEqual([3, 1, 3]);
    expect(sampleLine([3, 1], [0.25, 1.25], 'linear')).toEqual([2.5, 1]);
  });

  it('by B-spline leaves a constant alone in any shape', () => {
    fc.assert(
      fc.property(fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 1, max: 30 }))), ([x, y, z]) => {
        const coefficients = splineCoefficients(new Float64Array(x! * y! * z!).fill(7), [x!, y!, z!]);
        expect(Math.max(...coefficients.map((value) => Math.abs(value - 7)))).toBeLessThan(1e-8);
      }),
      { numRuns: 20 },
    );
  });
});

describe('axisTaps', () => {
  it('has weights that add up to 1, whatever the position', () => {
    const position = fc.double({ min: -0.5, max: 6.49, noNaN: true });
    fc.assert(
      fc.property(position, fc.constantFrom('nearest', 'linear', 'bspline'), (at, kind) => {
        const { weights, indices, inside } = axisTaps(Float64Array.of(at), 7, kind as 'linear');
        expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
        expect([...indices].every((k) => k >= 0 && k < 7)).toBe(true);
        expect(inside[0]).toBe(1);
      }),
    );
  });
  it('mirrors voxels beyond the ends for B-splines and repeats the end for the linear one', () => {
    expect([...axisTaps(Float64Array.of(0.5), 3, 'bspline').indices]).toEqual([1, 0, 1, 2]);
    expect([...axisTaps(Float64Array.of(2.25), 3, 'linear').indices]).toEqual([2, 2]);
  });
});

describe('sampleGrid', () => {
  it('is linear in each axis: of the value x + 10 y + 100 z between voxels', () => {
    const data = Float64Array.from(
      { length: 27 },
      (_, i) => (i % 3) + 10 * (Math.floor(i / 3) % 3) + 100 * Math.floor(i / 9),
    );
    const taps = [[0.25, 2], [1.5], [0, 1.75]].map((at) => axisTaps(Float64Array.from(at), 3, 'linear'));
    const found = sampleGrid(data, [3, 3, 3], taps as unknown as Parameters<typeof sampleGrid>[2]);
    expect([...found]).toEqual([15.25, 17, 190.25, 192]);
  });
});
