import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { fileKind, textKind } from '../../lib/io/fileKind.ts';
import { readGreyImage } from '../../lib/io/image.ts';
import { readNpy } from '../../lib/io/npy.ts';
import { anything, readJsonAs } from '../../lib/io/schema.ts';
import { readRadiomicsSettings } from '../../lib/radiomics/readSettings.ts';
import { readCohort } from '../../lib/radiomics/table.ts';
import { readVolume } from '../../lib/scan/readVolume.ts';
import { single } from './makeNifti.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-kind-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => path.join(folder, name);

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d'.repeat(32)}\nsize 12345\n`;
/** Bytes from hexadecimal digits, then so many zeros; signatures are those of the formats' own documents. */
const hex = (digits: string, zeros = 600): Buffer => Buffer.concat([Buffer.from(digits, 'hex'), Buffer.alloc(zeros)]);
const nifti = single(new Uint8Array(24));

const kinds: [kind: RegExp, bytes: Buffer][] = [
  [/^an HTML page/, Buffer.from('\ufeff\r\n <!DOCTYPE html><html><body>Sign in</body></html>')],
  [/^an HTML page/, Buffer.from('<html>')],
  [/^a Git LFS pointer/, Buffer.from(pointer)],
  [/^a git-annex pointer/, Buffer.from('/annex/objects/MD5E-s100--d41d8cd98f00b204e9800998ecf8427e.nii.gz\n')],
  [/^an XML text/, Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
  [/^JSON/, Buffer.from('{"message": "not found"}')],
  [/^a zip archive/, hex('504b0304')],
  [/^a 7z archive/, hex('377abcaf271c')],
  [/^xz data/, hex('fd377a585a00')],
  [/^bzip2 data/, hex('425a6839')],
  [/^Zstandard data/, hex('28b52ffd')],
  [/^a DICOM file/, Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.alloc(400)])],
  [/^a NumPy array/, hex('934e554d5059')],
  [/^an HDF5 file/, hex('894844460d0a1a0a')],
  [/^a TIFF picture/, hex('49492a00')],
  [/^nothing but zeros/, Buffer.alloc(1000)],
];

describe('a file of another kind', () => {
  it.each(kinds)('is known as %s', (kind, bytes) => {
    expect(fileKind(bytes)).toMatch(kind);
  });

  it.each(kinds)('is called %s by the readers of volumes, also inside gzip', async (kind, bytes) => {
    const doors = [
      ['ct.nii', bytes],
      ['ct.nii.gz', bytes],
      ['packed.nii.gz', gzipSync(bytes)],
      ['ct.hdr', bytes],
      ['ct.nrrd', bytes],
    ] as const;
    for (const [name, content] of doors) {
      writeFileSync(at(name), content);
      const error = await readVolume(at(name)).catch((thrown: Error) => thrown);
      expect((error as Error).message).toMatch(/^Expected [^\n]*, found [^\n]* in [^\n]*$/);
      expect((error as Error).message.split(', found ')[1], name).toMatch(kind);
    }
  });

  it.each(kinds)('is called %s by the readers of pictures, arrays and JSON', async (kind, bytes) => {
    writeFileSync(at('a.png'), bytes);
    const isRead = kind.source.includes('TIFF'); // whatever the file is called
    await expect(readGreyImage(at('a.png'))).rejects.toThrow(isRead ? 'a TIFF of one page' : kind.source.slice(1));
    if (!kind.source.includes('NumPy')) {
      writeFileSync(at('a.npy'), bytes);
      await expect(readNpy(at('a.npy'))).rejects.toThrow(kind.source.slice(1));
    }
  });

  it.each(['<html>Sign in</html>', pointer])('is told by the readers of texts: %j', async (text) => {
    const kind = /found (an HTML page|a Git LFS pointer)/;
    writeFileSync(at('text'), text);
    await expect(readJsonAs(at('text'), anything)).rejects.toThrow(kind);
    await expect(readCohort(at('text'))).rejects.toThrow(kind);
    await expect(readRadiomicsSettings(at('text'))).rejects.toThrow(kind);
  });

  it('that is a spreadsheet is no table of cases', async () => {
    // How an .xlsx begins: a zip archive whose first member names the types of the others.
    const workbook = hex('504b0304', 700);
    workbook.write('[Content_Types].xml', 30, 'latin1');
    writeFileSync(at('cases.csv'), workbook);
    await expect(readCohort(at('cases.csv'))).rejects.toThrow(
      /^Expected a cohort table, found an Office document \(save a table as CSV\) in /,
    );
  });

  it('that is a volume under the name of another format is called by its own', async () => {
    writeFileSync(at('plain.nii.gz'), nifti);
    writeFileSync(at('volume.nrrd'), nifti);
    writeFileSync(at('packed.nrrd'), gzipSync(nifti));
    writeFileSync(at('picture.png'), nifti);
    await expect(readVolume(at('plain.nii.gz'))).rejects.toThrow(
      'a NIfTI file that is not packed (rename it to end in',
    );
    await expect(readVolume(at('volume.nrrd'))).rejects.toThrow('found a NIfTI file in');
    await expect(readVolume(at('packed.nrrd'))).rejects.toThrow('found gzip data in');
    await expect(readGreyImage(at('picture.png'))).rejects.toThrow('found a NIfTI file in');
  });

  it.each([
    ['a Git LFS pointer', Buffer.from(pointer)],
    ['an HTML page', Buffer.from('<!DOCTYPE html><html>Sign in</html>')],
    ['a zip archive', hex('504b0304')],
  ])('that lies in the place of bare voxels is called so: %s', async (kind, bytes) => {
    const header = Buffer.from(nifti.subarray(0, 348));
    header.write('ni1\0', 344, 'latin1');
    writeFileSync(at('pair.hdr'), header);
    writeFileSync(at('pair.img'), bytes);
    writeFileSync(at('voxels.raw'), bytes);
    const sentence = (voxels: string, of: string) =>
      new RegExp(`^Expected the voxels .*${of}, found ${kind}.*${voxels}$`);
    await expect(readVolume(at('pair.hdr'))).rejects.toThrow(sentence('pair.img', 'pair.hdr'));
    for (const encoding of ['raw', 'gzip', 'text', 'hex']) {
      const lines = ['NRRD0004', 'type: short', 'dimension: 3', 'sizes: 9 9 9', 'spacings: 1 1 1', 'endian: little'];
      writeFileSync(at('a.nhdr'), [...lines, `encoding: ${encoding}`, 'data file: voxels.raw', ''].join('\n'));
      await expect(readVolume(at('a.nhdr'))).rejects.toThrow(sentence('voxels.raw', 'a.nhdr'));
    }
  });

  it.skipIf(process.platform === 'win32')('that tar made is called so, packed or not', async () => {
    writeFileSync(at('member.nii'), nifti);
    execFileSync('tar', ['-cf', at('archive.nii'), '-C', folder, 'member.nii']);
    writeFileSync(at('archive.nii.gz'), gzipSync(readFileSync(at('archive.nii'))));
    for (const name of ['archive.nii', 'archive.nii.gz'])
      await expect(readVolume(at(name))).rejects.toThrow('found a tar archive (unpack it first) in');
  });
});

it('bytes that tell nothing have no kind, nor have texts that are read as such', () => {
  expect(fileKind(Buffer.from('some words'))).toBeUndefined();
  expect(fileKind(Buffer.from('BMI,id,image,mask'))).toBeUndefined();
  expect([textKind('{"a": 1}'), textKind(''), textKind('id,image,mask')]).toEqual([undefined, undefined, undefined]);
});
