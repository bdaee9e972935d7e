import { expect, it } from 'vitest';
import { emptyBetween, measureMask } from '../../lib/report/measure.ts';
import type { Volume } from '../../lib/volume/volume.ts';

const grid = { shape: [4, 1, 2], spacingMm: [2, 1, 10], affine: [-2, 0, 0, 0, 0, -1, 0, 0, 0, 0, 10, 0, 0, 0, 0, 1] };
const volumeOf = <T extends Int16Array | Uint8Array>(data: T): Volume<T> => ({ ...grid, data }) as unknown as Volume<T>;

const image = volumeOf(Int16Array.of(10, 30, 20, 40, 50, 60, 70, 80));

it('measures the whole mask and each class: ml, mean and SD of the HU, parts', () => {
  // class 1 at 10 and, in the other slice, 80; class 2 at 30; a voxel has 0.02 ml
  const mask = volumeOf(Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 1));
  const classes = [
    { name: 'pancreas', values: [1] },
    { name: 'tumour', values: [2] },
  ];
  const { whole, classes: apart = {} } = measureMask(image, mask, classes);
  expect(whole).toMatchObject({ voxels: 3, huMean: 40, parts: 2, longestInSliceMm: 4, longestSlice: 0 });
  expect(whole.volumeMl).toBeCloseTo(0.06, 12);
  // (30² + 10² + 40²) / 3
  expect(whole.huSd).toBeCloseTo(Math.sqrt(2600 / 3), 12);
  expect(apart.tumour).toMatchObject({ voxels: 1, huMean: 30, huSd: 0, parts: 1, longestInSliceMm: 2 });
  expect(apart.pancreas).toMatchObject({ voxels: 2, huMean: 45, huSd: 35, parts: 2, longestInSliceMm: 2 });
});

it('counts the empty slices between the first and the last of a mask', () => {
  const stack = (...filled: number[]): Volume<Uint8Array> => ({
    ...volumeOf(Uint8Array.from(filled.flatMap((v) => [0, v]))),
    shape: [2, 1, filled.length],
  });
  expect([[0, 1, 0, 0, 2, 0, 1, 0], [0, 1, 1, 0], [1], [0, 0]].map((one) => emptyBetween(stack(...one)))).toEqual([
    3, 0, 0, 0,
  ]);
});

it('has no class beside the whole where there is one', () => {
  const mask = volumeOf(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0));
  expect(measureMask(image, mask, [{ name: 'pancreas', values: [1] }]).classes).toBeUndefined();
});

it('gives an empty mask 0 ml and no HU', () => {
  const { whole } = measureMask(image, volumeOf(new Uint8Array(8)));
  expect(whole).toMatchObject({ voxels: 0, volumeMl: 0, huMean: null, huSd: null, parts: 0, largest3dMm: null });
});
