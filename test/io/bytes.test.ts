/** Byte sources over plain and packed files with the same bytes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { assertFitsMemory, swapToNative, withByteSource, withPlainSource } from '../../lib/io/bytes.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-bytes-'));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, content: Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

const bytes = Buffer.from('0123456789');
const plain = put('a.bin', bytes);
const packed = put('a.bin.gz', gzipSync(bytes));

describe('swapToNative', () => {
  it('reverses each number of 2, 4 or 8 bytes and leaves single bytes', () => {
    const swapped = (size: number): string => {
      const copy = Buffer.from('abcdefgh');
      swapToNative(copy, size);
      return copy.toString();
    };
    expect([1, 2, 4, 8].map(swapped)).toEqual(['abcdefgh', 'badcfehg', 'dcbahgfe', 'hgfedcba']);
  });
  it('done twice changes nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(1, 2, 4, 8), (values, size) => {
        const whole = Buffer.from(values.subarray(0, values.length - (values.length % size)));
        const copy = Buffer.from(whole);
        swapToNative(copy, size);
        swapToNative(copy, size);
        expect(copy).toEqual(whole);
      }),
    );
  });
});

describe('assertFitsMemory', () => {
  it('lets pass what memory holds and refuses what none does', () => {
    expect(() => assertFitsMemory(1000, 'a.nii')).not.toThrow();
    for (const [count, size] of [
      [8.8e13, '88 TB'],
      [2 ** 60, '1.15 EB'],
      [1e21, '1000 EB'],
    ] as const) {
      expect(() => assertFitsMemory(count, 'a.nii')).toThrow(
        new RegExp(`^Expected at most .*which is what memory holds, found a header that promises ${size} in a\\.nii$`),
      );
    }
  });
});

describe('withByteSource', () => {
  it.each([plain, packed])('gives the head and any range of %s', async (file) => {
    const found = await withByteSource(file, 'numbers', async (source) => [
      (await source.head(3)).toString(),
      (await source.head(99)).toString(),
      (await source.read(4, 5, 'digits')).toString(),
      (await source.read(10, 0, 'nothing')).toString(),
    ]);
    expect(found).toEqual(['012', '0123456789', '45678', '']);
  });
  it.each([plain, packed])('refuses to read beyond the end of %s', async (file) => {
    const read = withByteSource(file, 'numbers', (source) => source.read(4, 7, 'digits'));
    await expect(read).rejects.toThrow(/^Expected 11 bytes \(digits\), found 10 .*in .*a\.bin/);
  });
  it('knows before it reads what a file cannot hold: more than its size, or 1032 times that if packed', async () => {
    const holds = (file: string, count: number): Promise<void> =>
      withByteSource(file, 'numbers', async (source) => source.assertHolds(count, 'digits'));
    await expect(holds(plain, 10)).resolves.toBeUndefined();
    await expect(holds(plain, 11)).rejects.toThrow('Expected 11 bytes (digits), found 10 in');
    const most = 1032 * gzipSync(bytes).length;
    await expect(holds(packed, most)).resolves.toBeUndefined();
    await expect(holds(packed, most + 1)).rejects.toThrow('which cannot hold them');
  });
  it('refuses a name that says gzip, or does not, where the bytes say otherwise', async () => {
    const open = (file: string): Promise<void> => withByteSource(file, 'numbers', async () => {});
    await expect(open(put('plain.gz', bytes))).rejects.toThrow(
      'Expected gzip data, as the name says, found no gzip magic',
    );
    await expect(open(put('packed.bin', gzipSync(bytes)))).rejects.toThrow('Expected plain data, as the name says');
  });
});

describe('withPlainSource', () => {
  it('takes packed bytes as they are, and says how many there are', async () => {
    const [size, head] = await withPlainSource(packed, 'numbers', async (source) => [
      source.size,
      await source.head(2),
    ]);
    expect([size, head]).toEqual([gzipSync(bytes).length, Buffer.of(0x1f, 0x8b)]);
  });
  it('refuses an absent file, a folder and an empty file, by what was wanted', async () => {
    mkdirSync(path.join(folder, 'deep'));
    const open = (file: string): Promise<void> => withPlainSource(file, 'numbers', async () => {});
    await expect(open(path.join(folder, 'none'))).rejects.toThrow(/^Expected numbers, found no such file in .*none$/);
    await expect(open(path.join(folder, 'deep'))).rejects.toThrow(/^Expected numbers, found a folder in .*deep$/);
    await expect(open(put('empty', Buffer.alloc(0)))).rejects.toThrow(/^Expected numbers, found an empty file in /);
  });
});
