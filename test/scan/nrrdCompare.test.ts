import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNrrd } from '../../lib/scan/nrrd.ts';
import { settings } from '../../lib/settings.ts';
import { summariseValues } from '../../lib/volume/values.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';

const folder = settings.sharedFolder && path.join(settings.sharedFolder, 'data', 'pyradiomics');
const exists = folder !== undefined && existsSync(path.join(folder, 'brain1_image.nrrd'));

/**
 * What SimpleITK 2.5.7 reads: type, size, sum, sum of squares, sum of a[i]·(i mod 97) for `a =
 * GetArrayFromImage(image).ravel()`, maximum and
 * the first voxel (x, y, z) that holds it, then direction·spacing and origin, turned from LPS to RAS.
 */
const brain = [
  -0.7812499999999999, 0, 0, 99.60937499999999, 0, 0.7812499999999999, 0, -99.60937499999999, 0, 0, 6.499999999999998,
  -77.99999999999996,
];
const breast = [-0.664062, 0, 0, 116.54304, 0, -0.664062, 0, 48.14465400000001, 0, 0, 2.1, 9.45000000000003];
const table: [string, string, Vec3, number[], number, Vec3, number[]][] = [
  ['brain1_image', 'int16', [256, 256, 25], [631859459, 509197345255, 30332293381], 3057, [131, 7, 14], brain],
  ['brain1_label', 'int32', [256, 256, 25], [4137, 4137, 197058], 1, [179, 125, 11], brain],
  ['breast1_image', 'int16', [45, 120, 21], [7187342, 497361576, 344906599], 248, [18, 2, 8], breast],
  ['breast1_label', 'int16', [45, 120, 21], [143, 143, 7077], 1, [24, 65, 8], breast],
];

describe.skipIf(!exists)('NRRD files of PyRadiomics against SimpleITK (needs ../shared/data/pyradiomics)', () => {
  it.each(table)('%s has the geometry and values that SimpleITK reads', async (...row) => {
    const [name, datatype, shape, sums, max, [x, y, z], affine] = row;
    const image = await readNrrd(path.join(folder!, `${name}.nrrd`));
    expect([image.header.datatype, image.shape, image.header.encoding, image.header.version]).toEqual([
      datatype,
      shape,
      'gzip',
      4,
    ]);
    let [sum, squares, weighted] = [0, 0, 0];
    image.data.forEach((value, i) => {
      sum += value;
      squares += value * value;
      weighted += value * (i % 97);
    });
    expect([sum, squares, weighted]).toEqual(sums);
    expect([summariseValues(image.data).max, image.data.findIndex((value) => value === max)]).toEqual([
      max,
      x + shape[0] * (y + shape[1] * z),
    ]);
    image.affine.slice(0, 12).forEach((value, i) => expect(value).toBeCloseTo(affine[i]!, 12));
    expect(image.spacingMm).toEqual([Math.abs(affine[0]!), Math.abs(affine[5]!), affine[10]]);
  });
});
