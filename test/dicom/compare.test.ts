/** Public DICOM files as pydicom 3.0.2 reads them, and their volume as dcm2niix has it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDicom } from '../../lib/dicom/readDicom.ts';
import { openImage, openMask } from '../../lib/scan/openVolume.ts';
import { settings } from '../../lib/settings.ts';
import { geometryDifference, inOrderOf } from '../../lib/volume/orientation.ts';

const folder = settings.sharedFolder && path.join(settings.sharedFolder, 'data');
const table = folder && path.join(folder, 'dicom', 'expected-pydicom.json');
const exists = table !== undefined && existsSync(table);

interface Expected {
  readonly RescaleSlope: number;
  readonly RescaleIntercept: number;
  readonly PixelSpacing: [number, number];
  readonly ImagePositionPatient: [number, number, number];
  readonly ImageOrientationPatient: number[];
  readonly stored_min: number;
  readonly stored_max: number;
  readonly stored_sum: number;
  readonly stored_center: number;
  readonly Rows: number;
  readonly Columns: number;
}
const files = exists ? Object.entries(JSON.parse(readFileSync(table, 'utf8')) as Record<string, Expected>) : [];
const dicomFiles = files.filter(([, { stored_sum: sum }]) => sum !== undefined);

describe.skipIf(!exists)('DICOM files against pydicom (needs ../shared/data/dicom)', () => {
  it.each(dicomFiles)('%s has its values and its place', async (name, wanted) => {
    const { data, shape, affine } = await readDicom(path.join(folder!, name));
    const stored = Array.from(data, (v) => (v - wanted.RescaleIntercept) / wanted.RescaleSlope);
    const [low, high] = [stored.reduce((a, b) => Math.min(a, b)), stored.reduce((a, b) => Math.max(a, b))];
    const centre = stored[Math.floor(wanted.Rows / 2) * wanted.Columns + Math.floor(wanted.Columns / 2)];
    expect([low, high, stored.reduce((a, b) => a + b), centre]).toEqual([
      wanted.stored_min,
      wanted.stored_max,
      wanted.stored_sum,
      wanted.stored_center,
    ]);
    expect(shape).toEqual([wanted.Columns, wanted.Rows, 1]);
    const [x, y, z] = wanted.ImagePositionPatient;
    expect([affine[3], affine[7], affine[11]]).toEqual([-x, -y, z]);
    expect([affine[0], affine[5]]).toEqual([-wanted.PixelSpacing[1], -wanted.PixelSpacing[0]]);
  });
});

const series = folder && path.join(folder, 'totalsegmentator', 'example_ct_dicom');

describe.skipIf(!series || !existsSync(series))(
  'a series of JPEG 2000 files (needs ../shared/data/totalsegmentator)',
  () => {
    it('lies where dcm2niix 1.0.20260724 puts it, and its label lies on the same anatomy', async () => {
      const image = await openImage(series!);
      // dcm2niix turns the rows: its y axis begins at the last one, 437.51171875 - 511 · 0.9765625 = -61.51171875.
      expect(image.affine).toEqual([
        -0.9765625, 0, 0, 249.51171875, 0, -0.9765625, 0, 437.51171875, 0, 0, 2, -804.5, 0, 0, 0, 1,
      ]);
      expect(image.warnings).toEqual([]);
      const label = await openMask(path.join(folder!, 'totalsegmentator', 'example_seg_dicom.nii.gz'));
      expect(geometryDifference(image, label)).toMatch(/^affine row 2/);
      const turned = inOrderOf(label, image);
      expect(geometryDifference(image, turned)).toBeUndefined();
      // Organs are soft tissue; turned the wrong way a part of them would be air or lung.
      const hu = Array.from(image.data).filter((_, i) => turned.data[i]! > 0);
      const soft = hu.filter((v) => v > -150 && v < 400).length / hu.length;
      const unturned = Array.from(image.data).filter((_, i) => label.data[i]! > 0);
      expect(soft).toBeGreaterThan(0.9);
      expect(unturned.filter((v) => v > -150 && v < 400).length / unturned.length).toBeLessThan(0.8);
    });
  },
);
