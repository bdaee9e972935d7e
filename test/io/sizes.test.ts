/** Files that ask for far more time or memory than they honestly hold. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gunzipRange } from '../../lib/io/gzip.ts';
import { readNifti } from '../../lib/io/nifti.ts';
import { decodeNpy } from '../../lib/io/npy.ts';
import { readNrrd } from '../../lib/scan/nrrd.ts';
import { nrrd } from '../scan/makeNrrd.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-sizes-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, bytes: Uint8Array): string => {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
};
const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
};

const npy = (shape: string): Buffer => {
  const text = `{'descr': '<f4', 'fortran_order': True, 'shape': ${shape}, }`;
  const head = Buffer.from([...Buffer.from('\x93NUMPY', 'latin1'), 2, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(text.length, 8);
  return Buffer.concat([head, Buffer.from(text), Buffer.alloc(4)]);
};

describe('sizes', () => {
  it('an NPY with a million axes is refused at once; one of three numbers without commas is none', () => {
    const started = performance.now();
    expect(() => decodeNpy(npy(`(${'1, '.repeat(1e6)})`), 'a.npy')).toThrow(
      'Expected at most 64 axes, found 1000000 in a.npy',
    );
    expect(performance.now() - started).toBeLessThan(5000);
    for (const shape of ['(3 4,)', '(1 1)', '(1,,1)', '(1)', '(,)'])
      expect(() => decodeNpy(npy(shape), 'a.npy')).toThrow('with fortran_order and shape');
    expect(decodeNpy(npy('(1, 1L)'), 'a.npy').shape).toEqual([1, 1]);
    expect(decodeNpy(npy('()'), 'a.npy').shape).toEqual([]);
  });

  it('an NRRD text of one long token, or of far too many, is read in a time that grows with its length', async () => {
    const long = put('long.nrrd', nrrd(Buffer.alloc(2e7, '1'), { encoding: 'text', sizes: '1 1 1' }));
    const many = put('many.nrrd', nrrd(Buffer.alloc(4e6, '1 '), { encoding: 'text', sizes: '1 1 1' }));
    const dots = put('dots.nrrd', nrrd(Buffer.alloc(2e6, '1'.repeat(900) + '. '), { encoding: 'text' }));
    const seconds = await secondsOf(async () => {
      await expect(readNrrd(long)).rejects.toThrow(/^Expected int16 numbers, found "1{40}" in .*long\.nrrd$/);
      await expect(readNrrd(many)).rejects.toThrow('Expected 1 numbers, found 2000000 in');
      await expect(readNrrd(dots)).rejects.toThrow('Expected int16 numbers');
    });
    expect(seconds).toBeLessThan(20);
  });

  it('a stream that unpacks to far more than its header describes is given up before its end', async () => {
    // 256 MB of zeros in 256 kB: a gzip header, raw deflate, and no trailer, which is never reached.
    const bomb = Buffer.concat([Buffer.from([31, 139, 8, 0, 0, 0, 0, 0, 0, 3]), deflateRawSync(Buffer.alloc(2 ** 28))]);
    for (const last of [true, false])
      await expect(
        gunzipRange((from) => [bomb.subarray(from)], { offset: 0, length: 100, what: 'voxels', last }, 'a.gz'),
      ).rejects.toThrow(/^Expected 100 bytes \(voxels\), found more than \d+ unpacked bytes in a\.gz$/);
  });

  it('a gzip header of any length costs a megabyte', async () => {
    const name = Buffer.alloc(2 ** 24, 'a');
    const packed = gzipSync(Buffer.alloc(1000));
    const header = Buffer.from(packed.subarray(0, 10));
    header[3] = 8; // a file name follows, up to a zero
    const file = put('long.nii.gz', Buffer.concat([header, name, Buffer.of(0), packed.subarray(10)]));
    await expect(readNifti(file)).rejects.toThrow(/^Expected 540 bytes unpacked from the first 1048576, found 0 in/);
  });
});
