import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNifti, writeNifti } from '../../lib/io/nifti.ts';
import type { Affine, Vec3, Volume, VoxelArray } from '../../lib/volume/volume.ts';
import { type Fields, header, single } from './makeNifti.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-nifti-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function put(name: string, bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
}

const bytes24 = Uint8Array.from({ length: 24 }, (_, i) => i);
const load = async (fields: Fields, voxels: Uint8Array = bytes24, name = 'a.nii') =>
  readNifti(await put(name, single(voxels, fields)));

describe('voxel types', () => {
  const cases: [string, number, VoxelArray | BigInt64Array | BigUint64Array][] = [
    ['uint8', 2, new Uint8Array([0, 255])],
    ['int8', 256, new Int8Array([-128, 127])],
    ['int16', 4, new Int16Array([-32768, 32767])],
    ['uint16', 512, new Uint16Array([0, 65535])],
    ['int32', 8, new Int32Array([-(2 ** 31), 2 ** 31 - 1])],
    ['uint32', 768, new Uint32Array([1, 2 ** 32 - 1])],
    ['float32', 16, new Float32Array([-1.5, 3.25])],
    ['float64', 64, new Float64Array([Math.PI, -1e300])],
    ['int64', 1024, new BigInt64Array([-3n, 2n ** 62n + 1n])],
    ['uint64', 1280, new BigUint64Array([5n, 2n ** 63n + 2049n])],
  ];
  it.each(cases)('%s is read in both byte orders and both versions', async (name, datatype, values) => {
    const little = Buffer.from(values.buffer);
    const size = values.BYTES_PER_ELEMENT;
    const big = Buffer.concat(
      Array.from({ length: values.length }, (_, i) => Buffer.from(little.subarray(i * size, (i + 1) * size)).reverse()),
    );
    for (const version of [1, 2] as const) {
      for (const bigEndian of [false, true]) {
        const image = await load({ version, bigEndian, datatype, dim: [3, 2, 1, 1] }, bigEndian ? big : little);
        expect(Array.from(image.data)).toEqual(Array.from(values, Number));
        expect(image.header).toMatchObject({ version, datatype: name, littleEndian: !bigEndian });
      }
    }
  });
});

describe('scaling', () => {
  it.each([
    [0, 7],
    [NaN, 7],
    [Infinity, 7],
    [1, 0],
  ])('slope %d with intercept %d changes nothing', async (slope, intercept) => {
    const image = await load({ slope, intercept });
    expect(image.data).toEqual(bytes24);
    expect(image.header).toMatchObject({ slope: 1, intercept: 0 });
  });
  it('is applied in double precision', async () => {
    const image = await load({ version: 2, slope: 0.1, intercept: -3 });
    expect(image.data).toBeInstanceOf(Float64Array);
    expect(Array.from(image.data)).toEqual(Array.from(bytes24, (v) => v * 0.1 - 3));
  });
  it('by integers stays exact in single precision', async () => {
    const image = await load({ slope: 1, intercept: -1024 });
    expect(image.data).toEqual(Float32Array.from(bytes24, (v) => v - 1024));
  });
  it('with an intercept that is not finite is refused', async () => {
    await expect(load({ slope: 2, intercept: NaN })).rejects.toThrow(
      'Expected a finite intercept scl_inter, found NaN',
    );
  });
});

describe('headers', () => {
  it('with extensions are skipped over', async () => {
    const head = Buffer.concat([header({ offset: 384 }), Buffer.from([1, 0, 0, 0]), Buffer.alloc(32, 99)]);
    expect((await readNifti(await put('ext.nii', Buffer.concat([head, bytes24])))).data).toEqual(bytes24);
  });
  it('with a wrong size field are read, as the magic decides', async () => {
    expect((await load({ sizeofHeader: 7 })).data).toEqual(bytes24);
  });
});

describe('pairs', () => {
  it.each(['', '.gz'])('of .hdr%s and .img%s are read from either name', async (gz) => {
    const maybe = (bytes: Uint8Array): Uint8Array => (gz ? gzipSync(bytes) : bytes);
    await put(`pair.hdr${gz}`, maybe(header({ magic: 'ni1\0', offset: 16 })));
    await put(`pair.img${gz}`, maybe(Buffer.concat([Buffer.alloc(16), bytes24])));
    for (const suffix of ['hdr', 'img'])
      expect((await readNifti(path.join(folder, `pair.${suffix}${gz}`))).data).toEqual(bytes24);
  });
  it('in capitals keep their case', async () => {
    await put('BIG.HDR', header({ magic: 'ni1\0', offset: 0 }));
    await put('BIG.IMG', bytes24);
    expect((await readNifti(path.join(folder, 'BIG.IMG'))).data).toEqual(bytes24);
  });
  it('without one half are refused by the name of the missing file', async () => {
    const file = await put('half.hdr', header({ magic: 'ni1\0', offset: 0 }));
    await expect(readNifti(file)).rejects.toThrow(/found no such file in .*half\.img$/);
    await put('other.img', bytes24);
    await expect(readNifti(path.join(folder, 'other.img'))).rejects.toThrow(/found no such file in .*other\.hdr$/);
  });
});

it('NaN and infinities are kept and counted', async () => {
  const values = new Float32Array([1, NaN, Infinity, -Infinity]);
  const image = await load({ datatype: 16, dim: [3, 4, 1, 1] }, Buffer.from(values.buffer));
  expect(image.data).toEqual(values);
  expect(image.header.nonFinite).toBe(3);
});

describe('writing', () => {
  const rotated: Affine = [0, -2, 0, 5, 1.5, 0, 0, 6, 0, 0, -3, 7, 0, 0, 0, 1];
  const volumeOf = (data: VoxelArray, affine = rotated, spacingMm: Vec3 = [1.5, 2, 3]): Volume => ({
    data,
    shape: [data.length, 1, 1],
    spacingMm,
    affine,
  });
  const arrays = [Uint8Array, Int8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array];
  it.each(arrays)('%o comes back in its own type, plain and packed', async (type) => {
    const volume = volumeOf(new type([1, 2, 100]));
    for (const name of ['out.nii', 'out.nii.gz']) {
      await writeNifti(path.join(folder, name), volume, { description: 'a test' });
      const back = await readNifti(path.join(folder, name));
      expect(back).toMatchObject({
        data: volume.data,
        shape: volume.shape,
        spacingMm: volume.spacingMm,
        affine: rotated,
      });
      expect(back.header.description).toBe('a test');
    }
  });
  it('stores a qform that says the same as the sform', async () => {
    const file = path.join(folder, 'qform.nii');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        async (q, mirrored) => {
          const length = Math.hypot(...q) || 1;
          const [w, x, y, z] = (length < 0.1 ? [1, 0, 0, 0] : q.map((v) => v / length)) as [
            number,
            number,
            number,
            number,
          ];
          const r = [
            1 - 2 * (y * y + z * z),
            2 * (x * y - w * z),
            2 * (x * z + w * y),
            2 * (x * y + w * z),
            1 - 2 * (x * x + z * z),
            2 * (y * z - w * x),
            2 * (x * z - w * y),
            2 * (y * z + w * x),
            1 - 2 * (x * x + y * y),
          ];
          const scale = [0.7, 0.8, mirrored ? -5 : 5];
          const affine = [0, 1, 2]
            .flatMap((i) => [...[0, 1, 2].map((j) => r[3 * i + j]! * scale[j]!), 10 * i])
            .concat([0, 0, 0, 1]);
          await writeNifti(file, volumeOf(new Uint8Array(3), affine, [0.7, 0.8, 5]));
          const bytes = await readFile(file);
          expect([bytes.readInt16LE(252), bytes.readInt16LE(254)]).toEqual([1, 1]);
          bytes.writeInt16LE(0, 254);
          await writeFile(file, bytes);
          const back = (await readNifti(file)).affine;
          // Single-precision quaternions hold half a turn to about the root of their precision.
          expect(Math.max(...back.map((v, i) => Math.abs(v - affine[i]!)))).toBeLessThan(5e-3);
        },
      ),
      { numRuns: 100 },
    );
  });
  it('leaves out the qform of a sheared affine', async () => {
    const file = path.join(folder, 'shear.nii');
    await writeNifti(
      file,
      volumeOf(new Uint8Array(2), [1, 0.5, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], [1, 1.118034, 1]),
    );
    expect((await readFile(file)).readInt16LE(252)).toBe(0);
    expect((await readNifti(file)).affine[1]).toBe(0.5);
  });
  it('takes NIfTI-2 for an axis that NIfTI-1 cannot count', async () => {
    const file = path.join(folder, 'long.nii.gz');
    await writeNifti(file, volumeOf(new Uint8Array(40000)));
    expect(await readNifti(file)).toMatchObject({ shape: [40000, 1, 1], header: { version: 2 } });
  });
  it('cuts and cleans the description', async () => {
    const file = path.join(folder, 'text.nii');
    await writeNifti(file, volumeOf(new Uint8Array(1)), { description: `é${'x'.repeat(100)}` });
    expect((await readNifti(file)).header.description).toBe(`?${'x'.repeat(78)}`);
  });
  it('refuses what is no volume and leaves no file behind', async () => {
    const bad: [Partial<Volume>, string][] = [
      [{ shape: [2, 2, 2] }, 'one value for each voxel'],
      [{ spacingMm: [0, 1, 1] }, 'a positive spacing'],
      [{ affine: [1] }, 'an affine of 16'],
    ];
    for (const [change, message] of bad) {
      await expect(
        writeNifti(path.join(folder, 'never.nii'), { ...volumeOf(new Uint8Array(3)), ...change }),
      ).rejects.toThrow(`Expected ${message}`);
    }
    await expect(writeNifti(path.join(folder, 'never.mha'), volumeOf(new Uint8Array(3)))).rejects.toThrow(
      'found the suffix .mha',
    );
    expect((await readdir(folder)).filter((name) => name.includes('never'))).toEqual([]);
  });
});
