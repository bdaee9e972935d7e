/** Unpacking gzip: against what zlib packed, and damage against RFC 1952. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gunzipHead, gunzipRange, largestUnpacked } from '../../lib/io/gzip.ts';

const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * i) % 251));
const packed = gzipSync(bytes);
const range = (data: Buffer, offset: number, length: number, last = false): Promise<Buffer> =>
  gunzipRange((from) => [data.subarray(from)], { offset, length, what: 'voxels', last }, 'a.gz');

describe('gunzipHead', () => {
  it('gives the first bytes, fewer where there are no more', () => {
    expect(gunzipHead(packed, 4, 'a.gz')).toEqual(bytes.subarray(0, 4));
    expect(gunzipHead(packed, 2000, 'a.gz')).toEqual(bytes);
  });
  it('gives what is there of data that are cut off, as checksums come at the end', () => {
    const noise = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 2654435761) >>> 13));
    const cut = gzipSync(noise).subarray(0, 5000);
    expect(gunzipHead(cut, 100, 'a.gz')).toEqual(noise.subarray(0, 100));
  });
  it('refuses what is no gzip', () => {
    expect(() => gunzipHead(Buffer.from('plain text'), 4, 'a.gz')).toThrow(
      /^Expected intact gzip data, found damage \(incorrect header check\) in a\.gz$/,
    );
  });
});

describe('gunzipRange', () => {
  it('gives any range of any data in one member or several', async () => {
    const part = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), fc.nat(), fc.nat(), async (parts, a, b) => {
        const whole = Buffer.concat(parts);
        const [from, to] = [a, b].map((n) => n % (whole.length + 1)).sort((p, q) => p - q);
        const members = Buffer.concat(parts.map((each) => gzipSync(each)));
        expect(await range(members, from, to - from)).toEqual(whole.subarray(from, to));
      }),
      { numRuns: 60 },
    );
  });
  it('lets only zeros follow the last member', async () => {
    expect(await range(Buffer.concat([packed, Buffer.alloc(512)]), 0, 1000)).toEqual(bytes);
    await expect(range(Buffer.concat([packed, Buffer.of(0, 0, 7)]), 0, 1000)).rejects.toThrow(
      'Expected the end of the gzip data, found 1 more bytes that are not gzip data in a.gz',
    );
    await expect(range(Buffer.concat([packed, Buffer.of(7, 0, 0)]), 0, 1000)).rejects.toThrow('intact gzip data');
  });
  it('refuses a stream that ends before the range, or goes on behind a last one', async () => {
    await expect(range(packed, 900, 101)).rejects.toThrow('Expected 1001 bytes (voxels), found 1000 unpacked bytes');
    await expect(range(packed, 0, 999, true)).rejects.toThrow('Expected 999 bytes (voxels), found 1000 unpacked bytes');
    expect(await range(packed, 1, 999, true)).toEqual(bytes.subarray(1));
  });
  it('refuses a wrong checksum or length, outside of the range too', async () => {
    // The last eight bytes are the CRC-32 and the length (RFC 1952, 2.3.1).
    for (let at = packed.length - 8; at < packed.length; at++) {
      const damaged = Buffer.from(packed);
      damaged[at] ^= 1;
      await expect(range(damaged, 0, 1)).rejects.toThrow(/incorrect (data|length) check/);
    }
    await expect(range(packed.subarray(0, -1), 0, 1)).rejects.toThrow('Expected intact gzip data');
  });
});

it('largestUnpacked bounds what zlib makes of the data that pack best', () => {
  const zeros = gzipSync(Buffer.alloc(1_000_000), { level: 9 });
  expect(largestUnpacked(zeros.length)).toBeGreaterThanOrEqual(1_000_000);
  expect(largestUnpacked(zeros.length)).toBeLessThan(1_100_000); // and tightly: deflate comes near 1032
});
