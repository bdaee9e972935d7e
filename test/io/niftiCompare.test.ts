import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { expected } from '../../lib/errors.ts';
import { readNifti } from '../../lib/io/nifti.ts';
import { volumeInfo } from '../../lib/scan/volumeInfo.ts';
import { settings } from '../../lib/settings.ts';
import { geometryDifference, toCanonical } from '../../lib/volume/orientation.ts';

/** What nibabel 5.0 reads from one file; null where a statistic is not finite. */
interface Expected {
  expect: 'load' | 'refuse';
  endian: string;
  shape: number[];
  zooms: number[];
  affine: number[][];
  orientation: string;
  sum: number | null;
  min: number | null;
  max: number | null;
  mean: number | null;
  std: number | null;
  center_index: number[];
  center_value: number | null;
}

const folder =
  process.env.AXUNET_NIFTI || (settings.sharedFolder && path.join(settings.sharedFolder, 'data', 'nifti-io'));
const list = folder && path.join(folder, 'expected-nibabel.json');
if (process.env.AXUNET_NIFTI && !existsSync(list!))
  throw expected('expected-nibabel.json in the folder AXUNET_NIFTI', 'no such file', folder);
const table: Record<string, Expected> = list && existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : {};

/** The list names files from the folder's parent; a copied folder may have another name. */
function locate(name: string): string {
  const places = [
    path.join(folder!, '..', name),
    path.join(folder!, ...name.split('/').slice(1)),
    path.join(folder!, name),
  ];
  return places.find(existsSync) ?? places[0]!;
}

const close = (found: number, wanted: number | null): boolean =>
  wanted === null ? !Number.isFinite(found) : Math.abs(found - wanted) <= 1e-7 * Math.max(1, Math.abs(wanted));

const of = (what: Expected['expect']): [string, Expected][] =>
  Object.entries(table).filter(([, entry]) => entry.expect === what);

describe.skipIf(of('load').length === 0)(
  'NIfTI files against nibabel 5.0 (needs ../shared/data/nifti-io or AXUNET_NIFTI)',
  () => {
    it.each(of('load'))('%s has the geometry and values that nibabel reads', async (name, wanted) => {
      const info = await volumeInfo(locate(name));
      const three = (numbers: number[]): number[] => [...numbers, 1, 1].slice(0, 3);
      expect(info.shape).toEqual(three(wanted.shape));
      expect(info.orientation).toBe(wanted.orientation);
      expect(info.byteOrder).toBe(wanted.endian);
      const zooms = wanted.zooms.slice(0, 3);
      expect(zooms.filter((zoom, i) => !close(info.spacingMm[i]!, zoom))).toEqual([]);
      expect(wanted.affine.flat().filter((value, i) => !close(info.affine.flat()[i]!, value))).toEqual([]);
      for (const key of ['sum', 'min', 'max', 'mean', 'std'] as const)
        expect([key, close(info[key], wanted[key])]).toEqual([key, true]);
      const { data, shape } = await readNifti(locate(name));
      const [x, y, z] = [...wanted.center_index, 0, 0] as [number, number, number];
      expect(close(data[x + shape[0] * (y + shape[1] * z)]!, wanted.center_value)).toBe(true);
    });

    it.each(of('refuse'))('%s is refused with a sentence that names the file', async (name) => {
      const file = locate(name);
      const stem = path.basename(file).replace(/\.(img|hdr)$/, '');
      await expect(readNifti(file)).rejects.toThrow(new RegExp(`^Expected .*, found .*${stem.replaceAll('.', '\\.')}`));
    });

    // The body of a group that is skipped runs all the same, without a folder.
    const codes = folder ? ['RAS', 'LAS', 'LPS', 'SPL', 'IRA'] : [];
    const spaces = codes.map((code) => locate(`nifti-io/niivue/space_${code}.nii.gz`));
    it.skipIf(spaces.length === 0 || !spaces.every(existsSync))(
      'five files of one head in five orientations are one head in the canonical frame',
      async () => {
        const [first, ...others] = await Promise.all(spaces.map(async (file) => toCanonical(await readNifti(file))));
        for (const other of others) {
          expect(geometryDifference(first!, other)).toBeUndefined();
          expect(Buffer.compare(Buffer.from(first!.data.buffer), Buffer.from(other.data.buffer))).toBe(0);
        }
      },
    );
  },
);
