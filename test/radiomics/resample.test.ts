import { describe, expect, it } from 'vitest';
import { resampleForRadiomics } from '../../lib/radiomics/resample.ts';
import { findLabel } from '../../lib/radiomics/roi.ts';
import { pyradiomicsSettings } from '../../lib/radiomics/settings.ts';
import type { Vec3, Volume } from '../../lib/volume/volume.ts';

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

  it.each(['corner', 'centre'])(
    'refuses a spacing that makes too many voxels before it makes one (%s)',
    (gridAlignment) => {
      // Along one axis alone, which no array would hold, and only along all three.
      for (const resampledSpacingMm of [
        [1e-9, 0, 0],
        [0.002, 0.002, 0.002],
      ])
        expect(() => resample({ resampledSpacingMm, gridAlignment })).toThrow(
          /^Expected a spacing at which the image has at most 536870912 voxels, found (1e-9|0.002 × 0.002 × 0.002) mm$/,
        );
    },
  );

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
    // A B-spline swings below 0 beside a step; unsigned numbers end there.
    const step = { ...wide, data: image.data.map((value) => (value > 1 ? 100 : 0)) };
    const least = (datatype: string): number =>
      Math.min(
        ...resample({ resampledSpacingMm: [0.5, 0, 0] }, { ...step, header: { datatype } } as Volume).image.data,
      );
    expect([least('int64') < -5, least('uint64')]).toEqual([true, 0]);
    // What was done to the values since they were read made halves of them.
    const halves = { ...wide, data: image.data.map((value) => value / 2) } as Volume;
    expect([...resample(asked, halves).image.data.slice(0, 2)]).toEqual([0.25, 1.25]);
  });
});
