import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laplacianOfGaussian, logImageName } from '../../../lib/radiomics/filters/laplacianOfGaussian.ts';
import { cropVolume } from '../../../lib/volume/crop.ts';
import { type Vec3, type Volume, voxelToMm } from '../../../lib/volume/volume.ts';
import { formulaVolume, kept, oracle, sample, volumeOf } from './oracle.ts';

const whole = (n: number): fc.Arbitrary<number> => fc.integer({ min: 4, max: n });
const spacingMm = fc.tuple(
  ...([0, 0, 0].map(() => fc.double({ min: 0.5, max: 5, noNaN: true })) as [
    fc.Arbitrary<number>,
    fc.Arbitrary<number>,
    fc.Arbitrary<number>,
  ]),
);

describe('laplacianOfGaussian', () => {
  it.each(oracle.log)('is bit for bit the $name of PyRadiomics for $size $dtype voxels of $spacing mm', (wanted) => {
    const filtered = laplacianOfGaussian(formulaVolume(wanted.size, wanted.dtype, wanted.spacing), wanted.sigma);
    const sigma = Number.isInteger(wanted.sigma) ? wanted.sigma.toFixed(1) : wanted.sigma;
    expect(sample(logImageName(sigma), filtered.data, wanted.step)).toEqual(kept(wanted));
  });

  it.each<[Vec3]>([[[1, 1, 1]], [[0.8, 1.2, 1.5]]])(
    'of a Gaussian blob is the formula to 1 %% of its peak, for spacing %j',
    (spacing) => {
      // A blob of width s smoothed with σ is (s²/(s²+σ²))^1.5 · exp(-r²/2(s²+σ²)), whose Laplacian times σ² follows.
      const [s, sigma, shape] = [3, 2, spacing.map((d) => 2 * Math.round(15 / d) + 1) as unknown as Vec3];
      const blob = volumeOf(new Float64Array(shape[0] * shape[1] * shape[2]), shape, spacing);
      const centre = voxelToMm(blob.affine, shape.map((n) => (n - 1) / 2) as unknown as Vec3);
      const squaredRadius = (i: number): number => {
        const at = voxelToMm(blob.affine, [
          i % shape[0],
          Math.floor(i / shape[0]) % shape[1],
          Math.floor(i / shape[0] / shape[1]),
        ]);
        return at.reduce((sum, v, axis) => sum + (v - centre[axis]!) ** 2, 0);
      };
      blob.data.forEach((_, i) => {
        blob.data[i] = Math.exp(-squaredRadius(i) / (2 * s * s));
      });
      const width = s * s + sigma * sigma;
      const peak = ((s * s) / width) ** 1.5;
      const filtered = laplacianOfGaussian(blob, sigma).data;
      const worst = filtered.reduce((most, value, i) => {
        const r2 = squaredRadius(i);
        const exact = (sigma * sigma * peak * Math.exp(-r2 / (2 * width)) * (r2 / width - 3)) / width;
        return r2 < 100 ? Math.max(most, Math.abs(value - exact)) : most;
      }, 0);
      expect(worst).toBeLessThan((0.01 * 3 * sigma * sigma * peak) / width);
    },
  );

  it('of a constant is 0 and of a sum the sum', () => {
    fc.assert(
      fc.property(
        fc.tuple(whole(9), whole(9), whole(9)),
        spacingMm,
        fc.double({ min: 0.5, max: 4, noNaN: true }),
        fc.integer({ min: -1024, max: 3000 }),
        (shape, spacing, sigma, level) => {
          fc.pre(shape.every((n, i) => n >= Math.ceil(sigma / spacing[i]!) + 1));
          const image = formulaVolume(shape, 'float64', spacing);
          const flat = { ...image, data: new Float64Array(image.data.length).fill(level) };
          const both = { ...image, data: Float64Array.from(image.data, (v) => v + level) };
          const [a, b] = [laplacianOfGaussian(image, sigma).data, laplacianOfGaussian(both, sigma).data];
          expect(Math.max(...laplacianOfGaussian(flat, sigma).data.map(Math.abs))).toBeLessThan(3000 * 1e-5);
          expect(Math.max(...a.map((v, i) => Math.abs(v - b[i]!)))).toBeLessThan(4000 * 1e-5);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('inside a box is the same as there in the whole, in its place in the patient', () => {
    const image = formulaVolume([90, 60, 40], 'int16', [0.7, 1, 2.5]);
    const all = new Map([0.5, 1.5].map((sigma) => [sigma, laplacianOfGaussian(image, sigma)]));
    const range = (n: number): fc.Arbitrary<[number, number]> =>
      fc.tuple(fc.nat(n - 1), fc.nat(n - 1)).map(([a, b]) => [Math.min(a, b), Math.abs(a - b) + 1]);
    fc.assert(
      fc.property(fc.constantFrom(0.5, 1.5), range(90), range(60), range(40), (sigma, x, y, z) => {
        const box = { start: [x[0], y[0], z[0]], shape: [x[1], y[1], z[1]] } as const;
        const part = laplacianOfGaussian(image, sigma, { box });
        const wanted = cropVolume(all.get(sigma)!, box.start, box.shape) as Volume<Float32Array>;
        expect([part.shape, part.affine, part.spacingMm]).toEqual([wanted.shape, wanted.affine, wanted.spacingMm]);
        // What lies more than 32 sigmas away is left out: it could move the last bit of a double,
        // hence hardly ever that of a float.
        const apart = part.data.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted.data[i]!)), 0);
        expect(apart).toBeLessThan(1e-4);
        expect(part.data.filter((value, i) => value !== wanted.data[i]).length).toBeLessThanOrEqual(
          part.data.length * 1e-4,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('leaves its input alone', () => {
    const image = formulaVolume([6, 5, 4], 'float32');
    const before = image.data.slice();
    laplacianOfGaussian(image, 1);
    expect(image.data).toEqual(before);
  });

  it('refuses what PyRadiomics leaves out', () => {
    expect(() => laplacianOfGaussian(formulaVolume([9, 9, 3], 'int16'), 1)).toThrow(
      'Expected at least 4×4×4 voxels for a Laplacian of Gaussian with sigma 1 mm, found 9×9×3',
    );
    expect(() => laplacianOfGaussian(formulaVolume([9, 5, 9], 'int16', [1, 0.5, 1]), 3)).toThrow(
      'Expected at least 4×7×4 voxels',
    );
    for (const sigma of [0, -1, NaN, Infinity])
      expect(() => laplacianOfGaussian(formulaVolume([4, 4, 4], 'int16'), sigma)).toThrow(
        `Expected a positive sigma in mm, found ${sigma}`,
      );
    expect(() => laplacianOfGaussian(formulaVolume([4, 4, 4], 'int16', [1, 0, 1]), 1)).toThrow(
      'Expected a positive spacing in mm',
    );
    expect(() =>
      laplacianOfGaussian(formulaVolume([4, 4, 4], 'int16'), 1, { box: { start: [0, 0, 1], shape: [4, 4, 4] } }),
    ).toThrow('Expected a box inside the volume of shape 4×4×4');
  });

  it('is named as PyRadiomics 3.0.1 names it for the sigmas 2, 2.0, 1.5, 3e0 and 0.5 in Python', () => {
    expect([2, '2.0', 1.5, '3e0', 0.5].map(logImageName)).toEqual([
      'log-sigma-2-mm-3D',
      'log-sigma-2-0-mm-3D',
      'log-sigma-1-5-mm-3D',
      'log-sigma-3-0-mm-3D',
      'log-sigma-0-5-mm-3D',
    ]);
  });
});
