import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisTaps, sampleGrid, splineCoefficients } from '../../lib/radiomics/interpolate.ts';
import { normaliseImage } from '../../lib/radiomics/normalise.ts';
import { resampleForRadiomics } from '../../lib/radiomics/resample.ts';
import { findLabel } from '../../lib/radiomics/roi.ts';
import { pyradiomicsSettings } from '../../lib/radiomics/settings.ts';
import type { Vec3, Volume } from '../../lib/volume/volume.ts';
import { volumeOf } from './example.ts';

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

describe('resampling image and mask', () => {
  const geometry = {
    shape: [4, 4, 4] as Vec3,
    spacingMm: [1, 1, 3] as Vec3,
    affine: [1, 0, 0, 10, 0, 1, 0, 20, 0, 0, 3, 30, 0, 0, 0, 1],
  };
  const image: Volume = { ...geometry, data: Float64Array.from({ length: 64 }, (_, i) => i % 4) };
  const mask: Volume = { ...geometry, data: new Uint8Array(64).fill(2) };
  const resample = (changes: object, source = image) =>
    resampleForRadiomics(source, mask, findLabel(mask, 2)!, { ...pyradiomicsSettings, label: 2, ...changes });

  it('aligned at the corner puts the first voxel half a voxel inside it', () => {
    const { image: out } = resample({ resampledSpacingMm: [2, 2, 0], interpolation: 'linear' });
    expect([out.shape, out.spacingMm]).toEqual([
      [2, 2, 4],
      [2, 2, 3],
    ]);
    expect(out.affine.slice(0, 4)).toEqual([2, 0, 0, 10.5]);
    expect([...out.data.slice(0, 2)]).toEqual([0.5, 2.5]);
  });

  it('aligned at the centre keeps the centre where it is', () => {
    const { image: out } = resample({
      resampledSpacingMm: [3, 1, 3],
      interpolation: 'linear',
      gridAlignment: 'centre',
    });
    expect(out.shape).toEqual([2, 4, 4]);
    // The centre lies at 1.5 voxels, the new voxels 1.5 mm to both sides.
    expect(out.affine.slice(0, 4)).toEqual([3, 0, 0, 10]);
    expect([...out.data.slice(0, 2)]).toEqual([0, 3]);
  });

  it('keeps integers: cut off as ITK does at the corner, rounded at the centre', () => {
    const whole: Volume = { ...geometry, data: Int16Array.from({ length: 64 }, (_, i) => -(i % 4)) };
    const corner = resample({ resampledSpacingMm: [2, 2, 0], interpolation: 'linear' }, whole).image.data;
    expect(corner).toBeInstanceOf(Int16Array);
    expect([...corner.slice(0, 2)]).toEqual([0, -2]);
    const centre = resample({ resampledSpacingMm: [2, 2, 3], interpolation: 'linear', gridAlignment: 'centre' }, whole)
      .image.data;
    expect([...centre.slice(0, 2)].map((value) => value + 0)).toEqual([0, -2]);
  });

  it('does nothing where none is asked for, and with the spacing that is there cuts to a margin of 5 at the corner', () => {
    expect(resample({ resampledSpacingMm: null }).mask).toBe(mask);
    expect(resample({ resampledSpacingMm: [1, 1, 3], gridAlignment: 'centre' }).image).toBe(image);
    const long = { ...geometry, shape: [30, 2, 1] as Vec3 };
    const [ramp, dot] = [
      { ...long, data: new Int16Array(60).map((_, i) => i % 30) },
      { ...long, data: new Uint8Array(60) },
    ];
    dot.data[10] = dot.data[11] = 1;
    const out = resampleForRadiomics(ramp, dot, findLabel(dot, 1)!, {
      ...pyradiomicsSettings,
      resampledSpacingMm: [1, 1, 3],
    });
    expect([out.image.shape, out.image.data[0], out.image.affine[3]]).toEqual([[12, 2, 1], 5, 15]);
  });

  it('takes images that were read from 64-bit integers for images of integers', () => {
    const wide = { ...image, header: { datatype: 'int64' } };
    const asked = { resampledSpacingMm: [2, 2, 0], interpolation: 'linear' };
    expect([...resample(asked, wide).image.data.slice(0, 2)]).toEqual([0, 2]);
    expect([...resample(asked, { ...wide, header: { datatype: 'float64' } } as Volume).image.data.slice(0, 2)]).toEqual(
      [0.5, 2.5],
    );
    // What was done to the values since they were read made halves of them.
    const halves = { ...wide, data: image.data.map((value) => value / 2) } as Volume;
    expect([...resample(asked, halves).image.data.slice(0, 2)]).toEqual([0.25, 1.25]);
  });
});

it('normalising gives mean 0 and the scale as standard deviation, within the limit of outliers', () => {
  const image = volumeOf([1, 2, 3, 4, 10], [5, 1, 1]);
  const out = normaliseImage(image, 100, null).data;
  expect(out.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 9);
  expect(Math.sqrt(out.reduce((sum, x) => sum + x * x, 0) / 4)).toBeCloseTo(100, 9);
  expect(Math.max(...normaliseImage(image, 100, 1).data)).toBe(100);
  expect([...normaliseImage(volumeOf([5, 5], [2, 1, 1]), 1, null).data]).toEqual([0, 0]);
});

it.each([
  ['NaN', NaN, '1 NaN and 0 infinite ones'],
  ['an infinite value', -Infinity, '0 NaN and 1 infinite ones'],
])('normalising refuses %s anywhere in the image', (_, value, found) => {
  const image = volumeOf([1, 2, value, 4], [4, 1, 1]);
  expect(() => normaliseImage(image, 1, null)).toThrow(
    `Expected finite grey values in the whole image, of which "normalise" takes mean and spread, found ${found}`,
  );
});
