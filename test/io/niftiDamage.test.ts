import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { type NiftiImage, readNifti } from '../../lib/io/nifti.ts';
import { header, single } from './makeNifti.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-damage-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function put(name: string, bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
}

const shape = [6, 5, 4] as const;
const voxels = Buffer.from(Int16Array.from({ length: 120 }, (_, i) => 31 * i - 1500).buffer);
const image = single(voxels, {
  datatype: 4,
  dim: [3, ...shape],
  sformCode: 1,
  srow: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
});
const packed = gzipSync(image);
/** The ten bytes of RFC 1952 before the payload: magic, method, flags, time, system. */
const gzipHeaderBytes = 10;

describe('damaged files', () => {
  it.each([0, 1, 100, 347, 348, 352, image.length - 1])(
    'a .nii cut to %i bytes is refused with both numbers',
    async (length) => {
      await expect(readNifti(await put('cut.nii', image.subarray(0, length)))).rejects.toThrow(
        /^Expected .*, found .* in .*cut\.nii$/,
      );
      if (length >= 348)
        await expect(readNifti(path.join(folder, 'cut.nii'))).rejects.toThrow(
          `Expected ${image.length} bytes (6×5×4 int16 voxels from byte 352), found ${length} in`,
        );
    },
  );

  it('a .nii.gz cut anywhere is refused', async () => {
    for (let length = 0; length < packed.length; length += 7) {
      await expect(readNifti(await put('cut.nii.gz', packed.subarray(0, length)))).rejects.toThrow(
        /^Expected .*, found .* in .*cut\.nii\.gz$/,
      );
    }
    await expect(readNifti(await put('cut.nii.gz', packed.subarray(0, -1)))).rejects.toThrow('intact gzip data');
  });

  it('any flipped bit in the checksum and length at the end of a gzip is refused', async () => {
    for (let bit = 0; bit < 64; bit++) {
      const bytes = Buffer.from(packed);
      bytes[bytes.length - 8 + (bit >> 3)]! ^= 1 << (bit & 7);
      await expect(readNifti(await put('trailer.nii.gz', bytes))).rejects.toThrow(/incorrect (data|length) check/);
    }
  });

  it('garbage after a gzip is refused, zero padding is not', async () => {
    for (const garbage of [[1], [0x1f], [0x1f, 0x8b], [0, 0, 7], Array.from({ length: 50 }, (_, i) => i + 1)]) {
      await expect(readNifti(await put('tail.nii.gz', Buffer.concat([packed, Buffer.from(garbage)])))).rejects.toThrow(
        UserError,
      );
    }
    expect((await readNifti(await put('tail.nii.gz', Buffer.concat([packed, Buffer.alloc(512)])))).shape).toEqual(
      shape,
    );
  });

  it('a gzip of many members is read whole, and refused when one is damaged', async () => {
    const members = Array.from({ length: 9 }, (_, i) => gzipSync(image.subarray(i * 70, (i + 1) * 70)));
    const whole = await readNifti(await put('members.nii.gz', Buffer.concat([gzipSync(Buffer.alloc(0)), ...members])));
    expect(Buffer.from(whole.data.buffer)).toEqual(voxels);
    members[4]![members[4]!.length - 6]! ^= 4;
    await expect(readNifti(await put('members.nii.gz', Buffer.concat(members)))).rejects.toThrow(
      'incorrect data check',
    );
  });

  it('a name that promises gzip, or does not, must be right', async () => {
    await expect(readNifti(await put('plain.nii.gz', image))).rejects.toThrow(
      'Expected gzip data, as the name says, found a NIfTI file that is not packed (rename it to end in .nii) in ',
    );
    await expect(readNifti(await put('packed.nii', packed))).rejects.toThrow(
      'Expected plain data, as the name says, found gzip data',
    );
  });

  it('absent files and folders are refused', async () => {
    await expect(readNifti(path.join(folder, 'absent.nii'))).rejects.toThrow(/found no such file in .*absent\.nii/);
    await mkdir(path.join(folder, 'folder.nii'));
    await expect(readNifti(path.join(folder, 'folder.nii'))).rejects.toThrow('found a folder in');
    await expect(readNifti(path.join(folder, 'picture.mha'))).rejects.toThrow('found the suffix .mha');
  });
});

it.skipIf(process.platform === 'win32')(
  'a named pipe is refused instead of waited for (skipped on Windows)',
  async () => {
    const file = path.join(folder, 'pipe.nii');
    execFileSync('mkfifo', [file]);
    await expect(readNifti(file)).rejects.toThrow('found something that is not a regular file');
  },
);

describe('headers that promise too much', () => {
  const huge = { datatype: 64, dim: [3, 32767, 32767, 32767] };
  it('are refused when the file is too short for them', async () => {
    await expect(readNifti(await put('huge.nii', single(voxels, huge)))).rejects.toThrow(
      /^Expected 281449207693656 bytes .*, found 592 in/,
    );
  });
  it('are refused when no gzip of that size can hold them', async () => {
    await expect(readNifti(await put('huge.nii.gz', gzipSync(single(voxels, huge))))).rejects.toThrow(
      /cannot hold them/,
    );
  });
  it('are refused when a file of holes has the bytes but memory has not', async () => {
    const file = await put('holes.nii', single(voxels, { datatype: 64, dim: [3, 32767, 32767, 1024] }));
    await truncate(file, 352 + 8 * 32767 ** 2 * 1024);
    await expect(readNifti(file)).rejects.toThrow(/what memory holds, found a header that promises 8\.8 TB in/);
  });
  it('are refused with 64-bit dimensions that overflow', async () => {
    const bytes = header({ version: 2, datatype: 64 });
    for (let i = 1; i <= 3; i++) bytes.writeBigInt64LE(2n ** 62n, 16 + 8 * i);
    await expect(readNifti(await put('overflow.nii', Buffer.concat([bytes, voxels])))).rejects.toThrow(UserError);
  });
});

/** What NIfTI-1 bytes encode, decoded a second time from the offsets in nifti1.h. */
function valuesIn(bytes: Buffer, count: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const le = view.getInt16(40, true) >= 1 && view.getInt16(40, true) <= 7;
  const readers: Record<number, [number, (at: number) => number]> = {
    2: [1, (at) => view.getUint8(at)],
    256: [1, (at) => view.getInt8(at)],
    4: [2, (at) => view.getInt16(at, le)],
    512: [2, (at) => view.getUint16(at, le)],
    8: [4, (at) => view.getInt32(at, le)],
    768: [4, (at) => view.getUint32(at, le)],
    16: [4, (at) => view.getFloat32(at, le)],
    64: [8, (at) => view.getFloat64(at, le)],
    1024: [8, (at) => Number(view.getBigInt64(at, le))],
    1280: [8, (at) => Number(view.getBigUint64(at, le))],
  };
  const [size, read] = readers[view.getInt16(70, le)]!;
  const slope = view.getFloat32(112, le);
  const scaled = Number.isFinite(slope) && slope !== 0;
  const offset = Math.trunc(view.getFloat32(108, le));
  return Array.from(
    { length: count },
    (_, i) => read(offset + size * i) * (scaled ? slope : 1) + (scaled ? view.getFloat32(116, le) : 0),
  );
}

/** Undefined when refused; anything but a refusal is a failure of the test. */
async function readOrRefuse(file: string): Promise<NiftiImage | undefined> {
  try {
    return await readNifti(file);
  } catch (error) {
    if (!(error instanceof UserError) || !error.message.includes(path.basename(file))) throw error;
    return undefined;
  }
}

describe('files changed at random', () => {
  const change = (length: number, from = 0) =>
    fc.array(fc.tuple(fc.integer({ min: from, max: length - 1 }), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 6,
    });
  const apply = (bytes: Buffer, changes: [number, number][]): Buffer => {
    const out = Buffer.from(bytes);
    for (const [at, flip] of changes) out[at]! ^= flip;
    return out;
  };

  it('a .nii is refused or read as exactly what its bytes encode', async () => {
    const inHeader = change(352).map((changes) => changes as [number, number][]);
    await fc.assert(
      fc.asyncProperty(fc.oneof(inHeader, change(image.length)), async (changes) => {
        const bytes = apply(image, changes as [number, number][]);
        const found = await readOrRefuse(await put('mutant.nii', bytes));
        if (found) expect(Array.from(found.data)).toEqual(valuesIn(bytes, found.data.length));
      }),
      { numRuns: 300 },
    );
  });

  it('a .nii.gz is refused whenever payload or trailer differ', async () => {
    await fc.assert(
      fc.asyncProperty(change(packed.length, gzipHeaderBytes), async (changes) => {
        const bytes = apply(packed, changes as [number, number][]);
        fc.pre(!bytes.equals(packed));
        const found = await readOrRefuse(await put('mutant.nii.gz', bytes));
        // Deflate leaves up to seven bits unused before the trailer; a change there alone encodes the very same bytes.
        if (found) expect(gunzipSync(bytes).equals(image)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('bytes that never were a NIfTI file are refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 700 }),
        fc.constantFrom('noise.nii', 'noise.nii.gz', 'noise.hdr'),
        async (bytes, name) => {
          expect(await readOrRefuse(await put(name, bytes))).toBeUndefined();
        },
      ),
      { numRuns: 150 },
    );
  });
});
