import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGreyPng } from '../../../lib/io/greyPng.ts';
import { makeRecord } from '../../../lib/radiomics/record.ts';
import { radiomicsSettings } from '../../../lib/radiomics/settings.ts';
import { Random } from '../../../lib/random.ts';
import { settings } from '../../../lib/settings.ts';
import { readCrop, readCrops } from '../../../notebooks/lessons/realTumours/crops.ts';
import { fatNoiseHu } from '../../../notebooks/lessons/realTumours/fatNoise.ts';
import { acquisitionColumns, measureCrop, openRealTumours } from '../../../notebooks/lessons/realTumours/table.ts';
import { writeCrops } from './crops.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-crops-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => writeCrops(folder, { patients: { MSD: 3, NIH: 2 }, slices: 2, masked: 1 }));

/** The list with a change, in a folder of its own beside the same pictures. */
function changed(change: (rows: any[]) => void): string {
  const rows = JSON.parse(readFileSync(path.join(folder, 'slices.json'), 'utf8'));
  change(rows);
  const other = mkdtempSync(path.join(folder, 'other-'));
  writeFileSync(path.join(other, 'slices.json'), JSON.stringify(rows));
  return other;
}

describe('readCrops', () => {
  it('has a crop a slice, with what is known of it', async () => {
    const crops = await readCrops(folder);
    expect(crops).toHaveLength(10);
    expect(crops[0]).toEqual({
      ...{ file: 'MSD_0_slice_0.png', patient: 'MSD_0', source: 'MSD', tumour: true, slice: 10 },
      ...{ width: 20, height: 16, spacingMm: 0.8, sliceSpacingMm: 2.5 },
      image: path.join(folder, 'images', 'MSD_0_slice_0.png'),
      mask: path.join(folder, 'masks', 'MSD_0_slice_0.png'),
    });
    expect(crops[9]).not.toHaveProperty('mask');
    expect(crops[9]).toMatchObject({ source: 'NIH', tumour: false });
  });

  it('refuses a slice twice, a patient who is ill and well, a path out of the folder, and another shape', async () => {
    const refused = (change: (rows: any[]) => void, sentence: RegExp | string) =>
      expect(readCrops(changed(change))).rejects.toThrow(sentence);
    await refused((rows) => rows.push(rows[0]), 'Expected each slice once, found MSD_0_slice_0.png twice in');
    await refused((rows) => {
      rows[1].tumour = 0;
    }, /^Expected patient MSD_0 to be one of MSD, with a tumour, found MSD, without a tumour in .*slices\.json$/);
    await refused((rows) => {
      rows[0].file = '../slices.json';
    }, /^Expected a path inside /);
    await refused((rows) => {
      rows[2].w = 0;
    }, 'whose [2].w is a whole number of 1 or more');
    await refused((rows) => {
      rows[0].spacing_xy = [0.8, 0.7];
    }, 'Expected square pixels of MSD_0_slice_0.png, found 0.8 × 0.7 mm');
    await refused((rows) => rows.splice(0), 'Expected at least one slice, found none');
  });

  it('refuses a picture of another size than the list says', async () => {
    const [crop] = await readCrops(folder);
    await expect(readCrop({ ...crop!, width: 21 })).rejects.toThrow(
      /^Expected a picture of 21×16 pixels, found 20×16 in .*MSD_0_slice_0\.png$/,
    );
  });
});

describe('openRealTumours', () => {
  it('has features of box and mask as the command takes them, and the acquisition', async () => {
    const { rows } = await openRealTumours(folder);
    expect(rows.map(({ file }) => file)).toEqual((await readCrops(folder)).map(({ file }) => file));
    const [first] = rows;
    const [image, mask] = ['images', 'masks'].map((kind) => path.join(folder, kind, first!.file)) as [string, string];
    const scale = { windowHu: [-150, 250] as const, spacingMm: 0.8 };
    const ofMask = await makeRecord(image, mask, radiomicsSettings(), undefined, scale);
    expect(first!.mask).toEqual(ofMask.features);
    const everything = path.join(folder, 'all.png');
    writeFileSync(everything, encodeGreyPng({ data: new Uint8Array(320).fill(255), width: 20, height: 16 }));
    const ofBox = await makeRecord(image, everything, radiomicsSettings(), undefined, { windowHu: scale.windowHu });
    expect(Object.keys(first!.box)).toHaveLength(92);
    for (const [name, value] of Object.entries(first!.box)) expect(value, name).toBe(ofBox.features[name]);
    expect(Object.keys(first!.acquisition)).toEqual([...acquisitionColumns]);
    expect(first!.acquisition).toMatchObject({
      ...{ boxWidthPx: 20, boxHeightPx: 16, boxAreaPx: 320, boxWidthMm: 16, boxAreaMm2: expect.closeTo(204.8, 9) },
      ...{ pixelSpacingMm: 0.8, sliceSpacingMm: 2.5, sliceNumber: 10 },
    });
    expect(rows[9]!.acquisition).toMatchObject({ boxWidthMm: null, pixelSpacingMm: null, boxAreaPx: 560 });
    expect(rows[9]).not.toHaveProperty('mask');
  });

  it('reads the same rows from the table that the first run kept', async () => {
    const measured = await Promise.all((await readCrops(folder)).map(measureCrop));
    expect((await openRealTumours(folder)).rows).toEqual(measured);
  });
});

describe('fatNoiseHu', () => {
  const [width, height] = [60, 50];
  const fat = (sd: number, slope = 0, seed = 3): Float64Array => {
    const random = Random.stream(seed, 'fat');
    return Float64Array.from({ length: width * height }, (_, i) => -95 + slope * (i % width) + random.normal(0, sd));
  };

  it('finds the standard deviation of white noise in fat within 3 %, on a slope too', () => {
    expect(Math.abs(fatNoiseHu(fat(8), width, height)! / 8 - 1)).toBeLessThan(0.03);
    expect(Math.abs(fatNoiseHu(fat(8, 0.3), width, height)! / 8 - 1)).toBeLessThan(0.03);
  });

  it('does not look at organs, and says nothing where there is hardly any fat', () => {
    const half = fat(8).map((value, i) => (i % width < width / 2 ? value : value + 180));
    expect(Math.abs(fatNoiseHu(half, width, height)! / 8 - 1)).toBeLessThan(0.05);
    expect(
      fatNoiseHu(
        fat(8).map((value) => value + 180),
        width,
        height,
      ),
    ).toBeNull();
    expect(fatNoiseHu(fat(8).subarray(0, 3 * 5), 5, 3)).toBeNull();
  });
});

const real = settings.sharedFolder && path.join(settings.sharedFolder, 'data', 'pancreas-crops');
describe.skipIf(!real || !existsSync(real))('the real crops (needs ../shared/data/pancreas-crops)', () => {
  it('are 1,900 slices of 230 patients, class equals source, and can be measured', async () => {
    const crops = await readCrops(real!);
    const patients = (source: string): number =>
      new Set(crops.filter((crop) => crop.source === source).map(({ patient }) => patient)).size;
    expect([crops.length, patients('MSD'), patients('NIH')]).toEqual([1900, 187, 43]);
    expect(crops.filter(({ source, tumour }) => tumour !== (source === 'MSD'))).toEqual([]);
    const masked = crops.filter(({ mask }) => mask !== undefined);
    expect([masked.length, new Set(masked.map(({ patient }) => patient)).size]).toEqual([331, 44]);
    for (const crop of Random.stream(1, 'crops').shuffle(masked).slice(0, 5)) {
      const { box, mask } = await measureCrop(crop);
      expect([...Object.values(box), ...Object.values(mask!)].every(Number.isFinite)).toBe(true);
      expect(mask!.original_shape2D_PixelSurface).toBeLessThan(crop.width * crop.height * crop.spacingMm! ** 2);
    }
  });
});
