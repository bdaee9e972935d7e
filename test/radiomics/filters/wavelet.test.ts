import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AxisIndex } from '../../../lib/radiomics/aggregation.ts';
import { type WaveletOptions, waveletTransform } from '../../../lib/radiomics/filters/wavelet.ts';
import { cropVolume } from '../../../lib/volume/crop.ts';
import type { Vec3, Volume } from '../../../lib/volume/volume.ts';
import { formulaVolume, kept, oracle, sample, type WaveletCase } from './oracle.ts';

/** PyRadiomics counts numpy's axes z, y, x. */
const optionsOf = ({
  force2D,
  force2Ddimension = 0,
  level,
  start_level: startLevel,
}: WaveletCase['options']): WaveletOptions => ({
  ...(force2D && { axes: ([0, 1, 2] as const).filter((axis) => axis !== 2 - force2Ddimension) }),
  ...(level && { level }),
  ...(startLevel && { startLevel }),
});

describe('waveletTransform', () => {
  it.each(oracle.wavelet)(
    'is bit for bit what PyRadiomics makes of $size $dtype voxels with $options, in its order',
    ({ size, dtype, options, bands }) => {
      const found = [...waveletTransform(formulaVolume(size, dtype), optionsOf(options))];
      expect(found.map(({ name, volume }, i) => sample(name, volume.data, bands[i]!.step))).toEqual(bands.map(kept));
    },
  );

  const sides = fc.tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
  );
  const someAxes = fc.constantFrom<AxisIndex[]>([0, 1, 2], [0, 1], [1, 2], [0, 2], [1]);

  it('doubles the energy along every filtered axis of even length', () => {
    fc.assert(
      fc.property(
        sides.map((shape) => shape.map((n) => 2 * n) as unknown as Vec3),
        someAxes,
        (shape, axes) => {
          const image = formulaVolume(shape, 'float64');
          const energy = (data: ArrayLike<number>): number => Array.from(data).reduce((sum, v) => sum + v * v, 0);
          const sum = [...waveletTransform(image, { axes })].reduce(
            (total, { volume }) => total + energy(volume.data),
            0,
          );
          expect(sum / energy(image.data) / 2 ** axes.length).toBeCloseTo(1, 9);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('of a constant is √2 per low-pass and 0 elsewhere', () => {
    const flat = { ...formulaVolume([5, 4, 3], 'float64'), data: new Float64Array(60).fill(-1024) };
    for (const { name, volume } of waveletTransform(flat)) {
      for (const value of volume.data)
        expect(value).toBeCloseTo(name === 'wavelet-LLL' ? -1024 * Math.SQRT2 ** 3 : 0, 9);
    }
  });

  it('puts x first in the name', () => {
    const stripes = {
      ...formulaVolume([8, 8, 8], 'float64'),
      data: Float64Array.from({ length: 512 }, (_, i) => (i % 2 === 0 ? 1 : -1)),
    };
    const strongest = [...waveletTransform(stripes)]
      .map(({ name, volume }) => [Math.abs(volume.data[100]!), name] as const)
      .sort((a, b) => b[0] - a[0]);
    expect(strongest[0]![1]).toBe('wavelet-HLL');
  });

  it('inside a box is exactly the same as there in the whole, in its place in the patient', () => {
    const range = (n: number): fc.Arbitrary<[number, number]> =>
      fc.tuple(fc.nat(n - 1), fc.nat(n - 1)).map(([a, b]) => [Math.min(a, b), Math.abs(a - b) + 1]);
    const boxed = sides.chain((shape) =>
      fc.tuple(
        fc.constant(shape as Vec3),
        ...(shape.map(range) as [
          fc.Arbitrary<[number, number]>,
          fc.Arbitrary<[number, number]>,
          fc.Arbitrary<[number, number]>,
        ]),
      ),
    );
    fc.assert(
      fc.property(
        boxed,
        someAxes,
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 0, max: 1 }),
        fc.constantFrom('int16', 'float32'),
        ([shape, x, y, z], axes, level, startLevel, dtype) => {
          const image = formulaVolume(shape, dtype as 'int16' | 'float32');
          const box = { start: [x[0], y[0], z[0]], shape: [x[1], y[1], z[1]] } as const;
          const whole = [...waveletTransform(image, { axes, level, startLevel })];
          const parts = [...waveletTransform(image, { axes, level, startLevel, box })];
          expect(parts).toEqual(
            whole.map(({ name, volume }) => ({ name, volume: cropVolume(volume as Volume, box.start, box.shape) })),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leaves its input alone', () => {
    const image = formulaVolume([6, 5, 4], 'float64');
    const before = image.data.slice();
    expect([...waveletTransform(image)].every(({ volume }) => volume.data.buffer !== image.data.buffer)).toBe(true);
    expect(image.data).toEqual(before);
  });

  it.each<[WaveletOptions, string]>([
    [{ axes: [] }, 'axes out of 0, 1, 2 in rising order, found []'],
    [{ axes: [1, 0] }, 'axes out of 0, 1, 2 in rising order, found [1, 0]'],
    [{ level: 0 }, 'a number of wavelet levels of 1 or more, found 0'],
    [{ startLevel: -1 }, 'a first wavelet level of 0 or more, found -1'],
    [{ box: { start: [0, 0, 0], shape: [5, 4, 4] } }, 'a box inside the volume of shape 4×4×4'],
  ])('refuses %j', (options, message) => {
    expect(() => [...waveletTransform(formulaVolume([4, 4, 4], 'int16'), options)]).toThrow(`Expected ${message}`);
  });
});
