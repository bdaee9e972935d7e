import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binaryPattern2d } from '../../../lib/radiomics/filters/binaryPattern2d.ts';
import { binaryPatterns3d } from '../../../lib/radiomics/filters/binaryPattern3d.ts';
import { gradientMagnitude } from '../../../lib/radiomics/filters/gradient.ts';
import { intensityImage, intensityImages } from '../../../lib/radiomics/filters/intensity.ts';
import { type Box, cropVolume } from '../../../lib/volume/crop.ts';
import type { Vec3, Volume } from '../../../lib/volume/volume.ts';
import { formulaVolume } from './oracle.ts';

const wholeOf = ({ shape }: Volume): Box => ({ start: [0, 0, 0], shape });
const circle = { radius: 1, samples: 8, method: 'uniform', sliceAxis: 2 } as const;
const sphere = { levels: 2, radius: 1, subdivisions: 0 };
/** Each filter in a box. */
const filters: [string, (image: Volume, box: Box) => Volume][] = [
  ...intensityImages.map((kind): [string, (image: Volume, box: Box) => Volume] => [
    kind,
    (image, box) => intensityImage(image, kind, box),
  ]),
  ['gradient', (image, box) => gradientMagnitude(image, box)],
  ['lbp-2D', (image, box) => binaryPattern2d(image, box, circle)],
  ['lbp-3D', (image, box) => binaryPatterns3d(image, box, sphere)[1]!.volume],
];

describe.each(filters)('%s', (_, filter) => {
  it('inside a box is the same as there in the whole, in its place in the patient', () => {
    const image = formulaVolume([9, 8, 7], 'int16', [1, 2, 3]);
    const whole = filter(image, wholeOf(image));
    const range = (n: number): fc.Arbitrary<[number, number]> =>
      fc.tuple(fc.nat(n - 1), fc.nat(n - 1)).map(([a, b]) => [Math.min(a, b), Math.abs(a - b) + 1]);
    fc.assert(
      fc.property(range(9), range(8), range(7), (x, y, z) => {
        const [start, shape]: [Vec3, Vec3] = [
          [x[0], y[0], z[0]],
          [x[1], y[1], z[1]],
        ];
        expect(filter(image, { start, shape })).toEqual(cropVolume(whole, start, shape));
      }),
      { numRuns: 15 },
    );
  });

  it('refuses a box outside the image', () => {
    const image = formulaVolume([4, 4, 4], 'int16');
    expect(() => filter(image, { start: [0, 0, 1], shape: [4, 4, 4] })).toThrow('Expected a box inside the volume');
  });
});

describe('images of functions of the value', () => {
  const image = { ...formulaVolume([4, 1, 1], 'float64'), data: Float64Array.of(-8, 0, 2, 8) };
  it.each([
    ['square', [8, 0, 0.5, 8]], // 2² / 8
    ['squareroot', [-8, 0, 4, 8]], // √(8 · 2) = 4
    ['logarithm', [-8, 0, 4, 8]], // ln 3 is half of ln 9
    ['exponential', [1 / 8, 1, 8 ** 0.25, 8]], // 8^(x/8)
  ] as const)('%s by hand', (kind, wanted) => {
    const found = intensityImage(image, kind, wholeOf(image)).data;
    wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 12));
  });

  it('are NaN where the image has NaN, or where it is 0 everywhere, but for the square root', () => {
    const zero = { ...image, data: new Float64Array(4) };
    expect(intensityImages.map((kind) => intensityImage(zero, kind, wholeOf(zero)).data[0])).toEqual([
      NaN,
      0,
      NaN,
      NaN,
    ]);
    const bad = { ...image, data: Float64Array.of(1, NaN, 2, 3) };
    for (const kind of intensityImages) expect(intensityImage(bad, kind, wholeOf(bad)).data[0]).toBeNaN();
  });
});

it('the gradient of a ramp is its slope per mm, or per voxel, and half of it at the ends', () => {
  const ramp = {
    ...formulaVolume([5, 4, 3], 'int16', [2, 1, 1]),
    data: Int16Array.from({ length: 60 }, (_, i) => 6 * (i % 5)),
  };
  expect([...gradientMagnitude(ramp, wholeOf(ramp)).data.slice(0, 5)]).toEqual([1.5, 3, 3, 3, 1.5]);
  expect([...gradientMagnitude(ramp, wholeOf(ramp), false).data.slice(0, 5)]).toEqual([3, 6, 6, 6, 3]);
});

describe('local binary patterns', () => {
  const dot = { ...formulaVolume([5, 5, 5], 'int16'), data: new Int16Array(125) };
  dot.data[62] = 100;

  it('within slices are samples at a voxel as bright as all around, 0 at the brightest', () => {
    const { data } = binaryPattern2d(dot, wholeOf(dot), circle);
    expect([data[62], data[12]]).toEqual([0, 8]);
  });

  it('in space are 0 at the brightest voxel, whose surroundings have no kurtosis where they are equal', () => {
    const found = binaryPatterns3d(dot, wholeOf(dot), sphere);
    expect(found.map(({ name }) => name)).toEqual(['lbp-3D-m1', 'lbp-3D-m2', 'lbp-3D-k']);
    expect(found[0]!.volume.data[62]).toBe(0);
    const flat = { ...dot, data: new Int16Array(125).fill(7) };
    const middle = binaryPatterns3d(flat, wholeOf(flat), { ...sphere, radius: 0.5 }, [62]).at(-1)!.volume.data[62];
    expect(middle).toBeNaN();
  });
});
