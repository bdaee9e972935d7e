import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { type NrrdImage, readNrrd } from '../../lib/scan/nrrd.ts';
import { encoders, nrrd, nrrdHeader } from './makeNrrd.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-nrrd-damage-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function put(name: string, bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
}

const numbers = Int16Array.from({ length: 120 }, (_, i) => 31 * i - 1500);
const voxels = Buffer.from(numbers.buffer);
const fields = {
  sizes: '6 5 4',
  space: 'left-posterior-superior',
  'space directions': '(0.7,0,0) (0,0.7,0) (0,0,2.5)',
  'space origin': '(1,2,3)',
  kinds: 'domain domain domain',
};
const imageOf = (encoding: string): Buffer => nrrd(encoders[encoding]!(voxels, numbers), { ...fields, encoding });
const headerLength = (encoding: string): number => nrrdHeader({ ...fields, encoding }).length + 1;
/** The ten bytes of RFC 1952 before the payload: magic, method, flags, time, system. */
const gzipHeaderBytes = 10;

/** Undefined when refused; anything but a refusal is a failure of the test. */
async function readOrRefuse(file: string): Promise<NrrdImage | undefined> {
  try {
    return await readNrrd(file);
  } catch (error) {
    if (!(error instanceof UserError) || !error.message.includes(folder) || !error.message.startsWith('Expected '))
      throw error;
    return undefined;
  }
}

describe('damaged files', () => {
  it.each(Object.keys(encoders))('with encoding %s cut anywhere are refused', async (encoding) => {
    const image = imageOf(encoding);
    for (let length = 0; length < image.length; length += length < headerLength(encoding) ? 23 : 13) {
      const found = await readOrRefuse(await put('cut.nrrd', image.subarray(0, length)));
      // Text may be cut inside its last number, which is then another number.
      if (encoding !== 'text' || length < image.length - 3) expect(found).toBeUndefined();
    }
  });
  it.each(Object.keys(encoders))('with encoding %s and one voxel too many or too few are refused', async (encoding) => {
    for (const count of [119, 121]) {
      const other = new Int16Array(count).fill(7);
      const bytes = nrrd(encoders[encoding]!(Buffer.from(other.buffer), other), { ...fields, encoding });
      await expect(readNrrd(await put('count.nrrd', bytes))).rejects.toThrow(
        /^Expected (240 bytes|120 numbers).*, found .* in .*count\.nrrd$/,
      );
    }
  });
  it('with a gzip stream whose payload or trailer changed are refused', async () => {
    const image = imageOf('gzip');
    const from = headerLength('gzip');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: from + gzipHeaderBytes, max: image.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const bytes = Buffer.from(image);
          bytes[at]! ^= flip;
          const found = await readOrRefuse(await put('flip.nrrd', bytes));
          // Deflate leaves up to seven bits unused before the trailer; a change there alone encodes the very same
          // bytes.
          if (found) expect(gunzipSync(bytes.subarray(from)).equals(voxels)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
  it('with text or digits that are none are refused', async () => {
    for (const token of ['x', '1e', '1.5', '40000', 'nan', '0x10', '1,2', '--1']) {
      const text = encoders.text!(voxels, numbers).toString().replace('-1500', token);
      await expect(readNrrd(await put('text.nrrd', nrrd(text, { ...fields, encoding: 'text' })))).rejects.toThrow(
        `Expected int16 numbers, found "${token}"`,
      );
    }
    const endless = `1${'0'.repeat(1100)}e-1100`; // which without its end would be another number
    const text = encoders.text!(voxels, numbers).toString().replace('-1500', endless);
    const floats = nrrd(text, { ...fields, type: 'float', encoding: 'text' });
    await expect(readNrrd(await put('text.nrrd', floats))).rejects.toThrow('Expected float32 numbers');
    await expect(
      readNrrd(await put('hex.nrrd', nrrd('zz'.repeat(240), { ...fields, encoding: 'hex' }))),
    ).rejects.toThrow('Expected hexadecimal digits');
  });
  it('that are absent, folders, empty or of another kind are refused', async () => {
    await mkdir(path.join(folder, 'folder.nrrd'));
    await put('nifti.nrrd', gzipSync(Buffer.alloc(400)));
    await put('empty.nrrd', Buffer.alloc(0));
    for (const [name, found] of [
      ['absent', 'no such file'],
      ['folder', 'a folder'],
      ['empty', 'an empty file'],
      ['nifti', 'gzip data in'],
    ]) {
      await expect(readNrrd(path.join(folder, `${name}.nrrd`))).rejects.toThrow(
        new RegExp(`^Expected an NRRD file.*, found ${found}.*${name}\\.nrrd$`),
      );
    }
  });
  it.skipIf(process.platform === 'win32')(
    'that are named pipes are refused instead of waited for (skipped on Windows)',
    async () => {
      const pipe = path.join(folder, 'pipe.nrrd');
      execFileSync('mkfifo', [pipe]);
      await expect(readNrrd(pipe)).rejects.toThrow('found something that is not a regular file');
      await expect(
        readNrrd(await put('pipe.nhdr', Buffer.from(nrrdHeader({ 'data file': 'pipe.nrrd' })))),
      ).rejects.toThrow('found something that is not a regular file');
    },
  );
});

describe('headers that promise too much', () => {
  it.each(Object.keys(encoders))('with encoding %s are refused', async (encoding) => {
    for (const sizes of ['32767 32767 32767', '999999999999999 999999999999999 999999999999999']) {
      const bytes = nrrd(encoders[encoding]!(voxels, numbers), { ...fields, encoding, sizes });
      await expect(readNrrd(await put('huge.nrrd', bytes))).rejects.toThrow(
        /^Expected \S+ bytes .*, found .* in .*huge\.nrrd$/,
      );
    }
  });
  it('are refused when a file of holes has the bytes but memory has not', async () => {
    const bytes = nrrd(voxels, { ...fields, sizes: '32767 32767 2048' });
    const file = await put('holes.nrrd', bytes);
    await truncate(file, bytes.length - voxels.length + 2 * 32767 ** 2 * 2048);
    await expect(readNrrd(file)).rejects.toThrow(/what memory holds, found a header that promises 4\.4 TB in/);
  });
});

describe('files changed at random', () => {
  it.each(Object.keys(encoders))(
    'with encoding %s are refused or read as the number of voxels they promise',
    async (encoding) => {
      const image = imageOf(encoding);
      const at = fc.oneof(
        fc.integer({ min: 0, max: headerLength(encoding) }),
        fc.integer({ min: 0, max: image.length - 1 }),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(at, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 5 }),
          async (changes) => {
            const bytes = Buffer.from(image);
            for (const [place, value] of changes) bytes[place] = value;
            const found = await readOrRefuse(await put('mutant.nrrd', bytes));
            if (!found) return;
            expect(found.data.length).toBe(found.shape[0] * found.shape[1] * found.shape[2]);
            expect(
              [...found.affine, ...found.spacingMm].every(Number.isFinite) && found.spacingMm.every((s) => s > 0),
            ).toBe(true);
          },
        ),
        { numRuns: 60 },
      );
    },
  );
  it('or that never were NRRD are refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, withMagic) => {
        const start = withMagic ? Buffer.from('NRRD0004\n') : Buffer.alloc(0);
        expect(await readOrRefuse(await put('noise.nrrd', Buffer.concat([start, bytes])))).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});
