import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resampleVolume } from '../../lib/volume/resample.ts';
import { type Vec3, type Volume, voxelToMm } from '../../lib/volume/volume.ts';

const line = (data: number[], spacing = 1): Volume<Float64Array> => ({
  data: Float64Array.from(data),
  shape: [data.length, 1, 1],
  spacingMm: [spacing, 1, 1],
  affine: [spacing, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
});

describe('resampleVolume', () => {
  it('halves the spacing about the same centre, by hand', () => {
    // Centres 0, 1, 2 become −0.25, 0.25, 0.75, 1.25, 1.75, 2.25; outside the edge is repeated.
    const out = resampleVolume(line([0, 10, 40]), [0.5, 1, 1], { interpolation: 'linear' });
    expect(Array.from(out.data)).toEqual([0, 2.5, 7.5, 17.5, 32.5, 40]);
    expect([out.shape, out.spacingMm, out.affine[0], out.affine[3]]).toEqual([[6, 1, 1], [0.5, 1, 1], 0.5, -0.25]);
    expect(Array.from(resampleVolume(line([0, 10, 40]), [0.5, 1, 1], { interpolation: 'nearest' }).data)).toEqual([
      0, 0, 10, 10, 40, 40,
    ]);
  });
  it('doubles it', () => {
    const out = resampleVolume(line([0, 10, 20, 30]), [2, 1, 1], { interpolation: 'linear' });
    expect([Array.from(out.data), out.affine[3]]).toEqual([[5, 25], 0.5]);
  });
  it('to the same spacing changes nothing', () => {
    const volume = line([3, 1, 4, 1, 5], 0.7);
    for (const interpolation of ['linear', 'nearest'] as const)
      expect(resampleVolume(volume, volume.spacingMm, { interpolation })).toEqual(volume);
  });
  it('keeps at least one voxel and rounds for integer types', () => {
    const bytes = { ...line([0, 0, 0, 0]), data: new Uint8Array([1, 2, 2, 2]) };
    expect(resampleVolume(bytes, [100, 1, 1], { interpolation: 'linear' })).toMatchObject({
      data: new Uint8Array([2]),
      shape: [1, 1, 1],
    });
  });
  it('reproduces a linear function of position inside a rotated, anisotropic volume', () => {
    const shape: Vec3 = [6, 7, 5];
    const affine = [0, -2, 0, 10, 0.7, 0, 0, 20, 0, 0, 5, -30, 0, 0, 0, 1];
    const valueAt = ([x, y, z]: Vec3): number => 3 * x - 2 * y + 0.5 * z + 1;
    const data = new Float64Array(210);
    for (let i = 0; i < 210; i++)
      data[i] = valueAt(voxelToMm(affine, [i % 6, Math.floor(i / 6) % 7, Math.floor(i / 42)]));
    const spacing = fc.double({ min: 0.6, max: 3, noNaN: true });
    fc.assert(
      fc.property(spacing, spacing, spacing, (a, b, c) => {
        const out = resampleVolume({ data, shape, spacingMm: [0.7, 2, 5], affine }, [a, b, c], {
          interpolation: 'linear',
        });
        const [w, h, d] = out.shape;
        const isInside = ([x, y, z]: Vec3): boolean =>
          [
            [x, w, a / 0.7, 6],
            [y, h, b / 2, 7],
            [z, d, c / 5, 5],
          ].every(([i, n, ratio, from]) => Math.abs((i! - (n! - 1) / 2) * ratio!) <= (from! - 1) / 2);
        for (let z = 0; z < d; z++)
          for (let y = 0; y < h; y++)
            for (let x = 0; x < w; x++) {
              if (isInside([x, y, z]))
                expect(out.data[x + w * (y + h * z)]).toBeCloseTo(valueAt(voxelToMm(out.affine, [x, y, z])), 6);
            }
      }),
      { numRuns: 15 },
    );
  });
  it('makes no new labels with nearest', () => {
    const labels = {
      ...line([]),
      data: Uint8Array.from({ length: 64 }, (_, i) => (i % 5 === 0 ? 7 : 0)),
      shape: [4, 4, 4] as const,
    };
    fc.assert(
      fc.property(fc.double({ min: 0.3, max: 4, noNaN: true }), (s) => {
        expect(
          [...new Set(resampleVolume(labels, [s, s, s], { interpolation: 'nearest' }).data)].every(
            (v) => v === 0 || v === 7,
          ),
        ).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
  it('refuses a spacing that is not positive', () => {
    expect(() => resampleVolume(line([1]), [0, 1, 1], { interpolation: 'linear' })).toThrow(
      'Expected a positive spacing in mm, found 0, 1, 1',
    );
  });
});
