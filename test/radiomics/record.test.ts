/** Features with what they were made from. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256File } from '../../lib/io/files.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { extractFeatures } from '../../lib/radiomics/extract.ts';
import { featureVersion, makeRecord, readCompleteRecord, sourcesOf } from '../../lib/radiomics/record.ts';
import { radiomicsSettings } from '../../lib/radiomics/settings.ts';
import { volumeOf } from './example.ts';

const settings = radiomicsSettings({ families: ['firstorder', 'glcm'] });
const grey = volumeOf(
  Array.from({ length: 27 }, (_, i) => (i * 40) % 270),
  [3, 3, 3],
);
const cube = volumeOf(new Array(27).fill(1), [3, 3, 3]);
const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-record-'));
const [image, mask] = ['image.nii', 'mask.nii'].map((name) => path.join(folder, name));
beforeAll(async () => {
  await writeNifti(image, grey);
  await writeNifti(mask, cube);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('makeRecord', () => {
  it('has the features of the files and the checksums of both', async () => {
    const record = await makeRecord(image, mask, settings);
    expect(record.made).toEqual({
      featureVersion,
      image: { 'image.nii': await sha256File(image) },
      mask: { 'mask.nii': await sha256File(mask) },
      settings,
    });
    expect(record).toMatchObject({ voxels: 27, shape: [3, 3, 3], spacingMm: [1, 1, 1] });
    expect(record.features).toEqual(extractFeatures(grey, cube, settings).features);
  });

  it('has null where a feature is not finite, which JSON has no number for', async () => {
    const corners = path.join(folder, 'corners.nii');
    await writeNifti(
      corners,
      volumeOf(
        Array.from({ length: 27 }, (_, i) => Number(i === 0 || i === 26)),
        [3, 3, 3],
      ),
    );
    const { features } = await makeRecord(image, corners, settings);
    expect(features.original_glcm_Contrast).toBeNull(); // no two voxels are neighbours
    expect(features.original_firstorder_Mean).toBe((0 + ((26 * 40) % 270)) / 2);
  });

  it('says that fractions, as of a probability map, are in no region', async () => {
    const soft = path.join(folder, 'soft.nii');
    await writeNifti(soft, { ...cube, data: Float32Array.from({ length: 27 }, (_, i) => (i < 9 ? 0.75 : 1)) });
    const { voxels, warnings } = await makeRecord(image, soft, settings);
    expect(voxels).toBe(18);
    expect(warnings).toContainEqual(
      expect.stringContaining('soft.nii: values that are no whole numbers (such as 0.75) are in no region'),
    );
  });

  it('names the mask where that cannot be used, the image where its values cannot', async () => {
    await expect(makeRecord(image, mask, radiomicsSettings({ label: 4 }))).rejects.toThrow(
      /^Expected label 4 .*mask\.nii$/,
    );
    const broken = path.join(folder, 'broken.nii');
    await writeNifti(broken, { ...grey, data: grey.data.map((v, i) => (i === 3 ? NaN : v)) });
    await expect(makeRecord(broken, mask, settings)).rejects.toThrow(/broken\.nii$/);
    await expect(makeRecord(path.join(folder, 'none.nii'), mask, settings)).rejects.toThrow('no such file');
  });
});

describe('readCompleteRecord', () => {
  it('gives a record back that was made from just this, and nothing else', async () => {
    const file = path.join(folder, 'a.json');
    const record = await makeRecord(image, mask, settings);
    writeFileSync(file, JSON.stringify(record));
    expect(await readCompleteRecord(file, await sourcesOf(image, mask, settings))).toEqual(record);
    const other = await sourcesOf(image, mask, radiomicsSettings());
    expect(await readCompleteRecord(file, other)).toBeUndefined();
    writeFileSync(file, JSON.stringify(record).slice(0, 100));
    expect(await readCompleteRecord(file, record.made)).toBeUndefined();
    expect(await readCompleteRecord(path.join(folder, 'none.json'), record.made)).toBeUndefined();
  });
});
