/** Volumes by the ending of their names, and the checksums of their files. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readVolume, volumeChecksums } from '../../lib/scan/readVolume.ts';
import { header, single } from '../io/makeNifti.ts';
import { nrrd, nrrdHeader } from '../io/makeNrrd.ts';

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
  it('refuses other names as NIfTI does', async () => {
    await expect(readVolume(path.join(folder, 'a.mha'))).rejects.toThrow('Expected a name that ends in .nii');
  });
});

describe('volumeChecksums', () => {
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
