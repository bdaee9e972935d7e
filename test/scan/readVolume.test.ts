/** Volumes by the ending of their names, and the checksums of their files. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readVolume, volumeChecksums } from '../../lib/scan/readVolume.ts';
import { ctSlice } from '../dicom/makeDicom.ts';
import { header, single } from '../io/makeNifti.ts';
import { metaImage } from './makeMetaImage.ts';
import { nrrd, nrrdHeader } from './makeNrrd.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-volume-'));
afterAll(() => rmSync(folder, { recursive: true }));
const voxels = Uint8Array.from({ length: 24 }, (_, i) => i);

function put(name: string, content: Uint8Array | string): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

describe('readVolume', () => {
  it('reads .nrrd and .nhdr as NRRD, all else as NIfTI, in small and capital letters', async () => {
    const bytes = { type: 'uchar', endian: undefined };
    put('b.raw', voxels);
    const files = [
      put('a.nii', single(voxels)),
      put('a.nrrd', nrrd(voxels, bytes)),
      put('A.NRRD', nrrd(voxels, bytes)),
      put('b.nhdr', nrrdHeader({ ...bytes, 'data file': 'b.raw' })),
    ];
    for (const file of files) {
      const { data, shape } = await readVolume(file);
      expect([data, shape]).toEqual([voxels, [2, 3, 4]]);
    }
  });
  it('reads .mha and .mhd as MetaImage, a folder as DICOM and a file of another name by its first bytes', async () => {
    const meta = { ElementType: 'MET_UCHAR' };
    put('m.raw', voxels);
    for (const file of [
      put('m.mha', metaImage(voxels, meta)),
      put('M.MHD', metaImage(Buffer.alloc(0), { ...meta, ElementDataFile: 'm.raw' })),
    ])
      expect((await readVolume(file)).header.format).toBe('MetaImage');
    mkdirSync(path.join(folder, 'scan'));
    for (const file of [put('scan/0001', ctSlice(0)), path.join(folder, 'scan')])
      expect((await readVolume(file)).header.format).toBe('DICOM');
  });
  it('refuses names and files of other kinds', async () => {
    await expect(readVolume(put('a.txt', 'x'))).rejects.toThrow(
      /^Expected a name that ends in \.nii.*, or DICOM, found the suffix \.txt in/,
    );
    await expect(readVolume(path.join(folder, 'none'))).rejects.toThrow(/^Expected a volume, found no such file in/);
    await expect(readVolume(put('a.nii', single(voxels)), { series: '1' })).rejects.toThrow('a DICOM folder to choose');
  });
});

describe('volumeChecksums', () => {
  it('has one sum for a DICOM folder, whatever its files are called, with the series that was chosen', async () => {
    const sums: string[] = [];
    for (const names of [
      ['a', 'b'],
      ['c', 'B'],
    ]) {
      const place = mkdtempSync(path.join(folder, 'sums-'));
      for (const [z, name] of names.entries()) writeFileSync(path.join(place, name), ctSlice(z));
      const own = await volumeChecksums(place, { series: '1' });
      expect(Object.keys(own)).toEqual([`${path.basename(place)}, series 1`]);
      sums.push(...Object.values(own));
    }
    expect(sums[0]).toBe(sums[1]);
  });
  const digest = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');

  it('has the one file of a volume in one file', async () => {
    const file = put('one.nii', single(voxels));
    put('one.txt', 'not of the volume');
    expect(await volumeChecksums(file)).toEqual({ 'one.nii': digest(single(voxels)) });
  });
  it('has the header and what lies beside it with the same stem', async () => {
    const pair = header({ magic: 'ni1\0', offset: 0 });
    put('two.img', voxels);
    put('twofold.img', 'another stem');
    expect(await volumeChecksums(put('two.hdr', pair))).toEqual({ 'two.hdr': digest(pair), 'two.img': digest(voxels) });
    put('three.raw.gz', voxels);
    expect(await volumeChecksums(put('three.nhdr', 'NRRD'))).toEqual({
      'three.nhdr': digest('NRRD'),
      'three.raw.gz': digest(voxels),
    });
  });
  it('tells a missing header by its name', async () => {
    await expect(volumeChecksums(path.join(folder, 'none.hdr'))).rejects.toThrow(/no such file in .*none\.hdr$/);
  });
});
