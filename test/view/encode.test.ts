import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../lib/random.ts';
import { packVolume } from '../../lib/view/encode.ts';
import type { Volume } from '../../lib/volume/volume.ts';
import { label, scan } from './makeScan.ts';
import { huOf } from './unpack.ts';

const affine = [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const row = (data: Int16Array | Float32Array): Volume => ({
  data,
  shape: [data.length, 1, 1],
  spacingMm: [1, 1, 1],
  affine,
});
const boxOf = ({ shape }: Volume) => ({ start: [0, 0, 0], shape }) as const;

describe('voxels on a page', () => {
  it('are those of the volume, whatever whole HU they are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 1, maxLength: 40 }), (values) => {
        const image = row(Int16Array.from(values));
        const { levels, voxels } = packVolume(image, [], boxOf(image), 1e5);
        expect(huOf(voxels, levels)).toEqual(values);
        expect(levels).toMatchObject({ step: 1, clipped: false, rounding: 0 });
        expect(levels.bits).toBe(Math.max(...values) - Math.min(...values) < 256 ? 8 : 16);
      }),
    );
  });

  it('are rounded to whole HU where they are not, and it is said by how much', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -2000, max: 5000, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (values) => {
          const image = row(Float32Array.from(values));
          const { levels, voxels } = packVolume(image, [], boxOf(image), 1e5);
          huOf(voxels, levels).forEach((hu, i) => expect(Math.abs(hu - image.data[i]!)).toBeLessThanOrEqual(0.5));
          expect(levels.rounding).toBe(image.data.every(Number.isInteger) ? 0 : 0.5);
        },
      ),
    );
  });

  // Any of 1,000 HU takes ten bits, in steps of 2 within 512 HU less than eight.
  const random = Random.stream(1, 'noise');
  const noise = row(Int16Array.from({ length: 8000 }, () => random.integer(1000) - 300));

  it('are in steps of 2 HU from −200 to 310 where all HU are too many bytes', () => {
    const { levels, voxels, factor } = packVolume(noise, [], boxOf(noise), 12_000);
    expect(levels).toEqual({ low: -200, step: 2, last: 255, bits: 8, clipped: true, rounding: 1 });
    expect(factor).toEqual([1, 1, 1]);
    expect(voxels.length).toBeLessThanOrEqual(12_000);
    huOf(voxels, levels).forEach((hu, i) => {
      const true_ = Math.min(310, Math.max(-200, noise.data[i]!));
      expect(Math.abs(hu - true_)).toBeLessThanOrEqual(1);
    });
  });

  it('are means of blocks where that is too much as well', () => {
    const { shape, factor, voxels, levels, spacingMm } = packVolume(noise, [], boxOf(noise), 5000);
    expect(voxels.length).toBeLessThanOrEqual(5000);
    expect(factor[0]).toBeGreaterThan(1);
    expect(shape[0]).toBe(Math.ceil(8000 / factor[0]));
    expect(spacingMm[0]).toBe(factor[0]);
    const first = [...noise.data.subarray(0, factor[0])].reduce((sum, v) => sum + v, 0) / factor[0];
    expect(Math.abs(huOf(voxels, levels)[0]! - first)).toBeLessThanOrEqual(levels.rounding);
  });

  it('make blocks coarser along the finest axes first, and masks with them', () => {
    const { factor, shape, masks } = packVolume(scan, [label], boxOf(scan), 400);
    expect(factor).toEqual([2, 2, 1]); // 2 × 2 × 5 mm
    expect(shape).toEqual([12, 10, 10]);
    expect(masks).toHaveLength(1);
  });

  it.each([2, 20, 200, 2000, 20_000])('never take more bytes than allowed, if these hold anything: %i', (most) => {
    const { voxels, masks, shape } = packVolume(scan, [label], boxOf(scan), most);
    const isOneVoxel = shape.every((n) => n === 1);
    if (!isOneVoxel) expect(voxels.length + masks[0]!.length).toBeLessThanOrEqual(most + 4); // of base64's padding
  });
});
