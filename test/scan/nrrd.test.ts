import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNrrd } from '../../lib/scan/nrrd.ts';
import type { VoxelArray } from '../../lib/volume/volume.ts';
import { bytesOf, encoders, type NrrdFields, nrrd, nrrdHeader } from './makeNrrd.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-nrrd-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function put(name: string, bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
}

const values = Int16Array.from({ length: 24 }, (_, i) => 7 * i - 80);
const voxels = bytesOf(values, false);
const load = async (
  fields: NrrdFields = {},
  bytes: Uint8Array = voxels,
  options: Parameters<typeof nrrdHeader>[1] = {},
) => readNrrd(await put('a.nrrd', nrrd(bytes, fields, options)));

describe('voxel types', () => {
  const cases: [string, string[], VoxelArray | BigInt64Array | BigUint64Array][] = [
    ['int8', ['signed char', 'int8', 'int8_t'], new Int8Array([-128, 127])],
    ['uint8', ['uchar', 'unsigned char', 'uint8', 'uint8_t'], new Uint8Array([0, 255])],
    [
      'int16',
      ['short', 'short int', 'signed short', 'signed short int', 'int16', 'int16_t'],
      new Int16Array([-32768, 32767]),
    ],
    ['uint16', ['ushort', 'unsigned short', 'unsigned short int', 'uint16', 'uint16_t'], new Uint16Array([0, 65535])],
    ['int32', ['int', 'signed int', 'int32', 'int32_t'], new Int32Array([-(2 ** 31), 2 ** 31 - 1])],
    ['uint32', ['uint', 'unsigned int', 'uint32', 'uint32_t'], new Uint32Array([1, 2 ** 32 - 1])],
    [
      'int64',
      ['longlong', 'long long', 'long long int', 'signed long long', 'signed long long int', 'int64', 'int64_t'],
      new BigInt64Array([-3n, 2n ** 62n]),
    ],
    [
      'uint64',
      ['ulonglong', 'unsigned long long', 'unsigned long long int', 'uint64', 'uint64_t'],
      new BigUint64Array([5n, 2n ** 63n]),
    ],
    ['float32', ['float'], new Float32Array([-1.5, NaN])],
    ['float64', ['double'], new Float64Array([Math.PI, -Infinity])],
  ];
  it.each(cases)('%s is read by all its names, in both byte orders and all encodings', async (name, names, numbers) => {
    for (const type of names) {
      for (const [encoding, encode] of Object.entries(encoders)) {
        for (const endian of ['little', 'big']) {
          const image = await load(
            { type, endian, encoding, sizes: '2 1 1' },
            encode(bytesOf(numbers, endian === 'big'), numbers),
          );
          expect([type, encoding, Array.from(image.data)]).toEqual([type, encoding, Array.from(numbers, Number)]);
          expect(image.header).toMatchObject({ datatype: name, encoding, littleEndian: endian === 'little' });
        }
      }
    }
  });
  it('that are floats count what is not finite', async () => {
    expect(
      (await load({ type: 'float', sizes: '3 1 1' }, bytesOf(new Float32Array([NaN, 1, Infinity]), false))).header
        .nonFinite,
    ).toBe(2);
  });
});

describe('headers', () => {
  it.each(['NRRD0001', 'NRRD00.01', 'NRRD0002', 'NRRD0003', 'NRRD0004', 'NRRD0005'])(
    'of version %s are read',
    async (magic) => {
      expect((await load({}, voxels, { magic })).data).toEqual(values);
    },
  );
  it('may have comments, key/value pairs, capitals, fields in any order and Windows line ends', async () => {
    const more =
      '# a comment: with a colon\r\nkey with space:=value := more\\nlines\r\n__proto__:=x\r\nContent: anything';
    const image = await load({ type: undefined, Type: 'SHORT', 'Space Directions': undefined }, voxels, {
      more,
      lineEnd: '\r\n',
    });
    expect(image.data).toEqual(values);
    expect(Object.entries(image.header.keyValues)).toEqual([
      ['key with space', 'value := more\nlines'],
      ['__proto__', 'x'],
    ]);
  });
  it('may be longer than one read', async () => {
    const more = Array.from({ length: 3000 }, (_, i) => `Segment${i}_Name:=a rather long name for a segment`).join(
      '\n',
    );
    expect((await load({}, voxels, { more })).data).toEqual(values);
  });
  it('without voxels behind them are refused', async () => {
    await expect(readNrrd(await put('bare.nrrd', Buffer.from(nrrdHeader())))).rejects.toThrow(
      'Expected a blank line behind the header and then the voxels, found the end of the file',
    );
  });
});

describe('skips', () => {
  const packed = gzipSync(Buffer.concat([Buffer.from('abc'), voxels]));
  it.each<[NrrdFields, Buffer]>([
    [{ 'byte skip': '3' }, Buffer.concat([Buffer.from('abc'), voxels])],
    [{ 'line skip': '2' }, Buffer.concat([Buffer.from('one\ntwo\n'), voxels])],
    [{ 'line skip': '1', 'byte skip': '2' }, Buffer.concat([Buffer.from('one\nxy'), voxels])],
    [{ 'byte skip': '-1' }, Buffer.concat([Buffer.from('whatever'), voxels])],
    [{ encoding: 'gzip', 'byte skip': '3' }, packed],
    [{ encoding: 'gz', 'line skip': '1', 'byte skip': '3' }, Buffer.concat([Buffer.from('junk\n'), packed])],
  ])('%j are followed', async (fields, bytes) => {
    expect((await load(fields, bytes)).data).toEqual(values);
    await put('apart.raw', bytes);
    const file = await put('apart.nhdr', Buffer.from(nrrdHeader({ ...fields, 'data file': 'apart.raw' })));
    expect((await readNrrd(file)).data).toEqual(values);
  });
  it('of more lines than there are is refused', async () => {
    await expect(load({ 'line skip': '30' }, Buffer.from('one\ntwo\n'.padEnd(60, 'x')))).rejects.toThrow(
      'Expected 30 lines to skip before the voxels, found 2',
    );
  });
});

describe('detached voxels', () => {
  it('are found beside the header, by an absolute name too, with or without a blank line at its end', async () => {
    await put('voxels.raw.gz', gzipSync(voxels));
    for (const name of ['voxels.raw.gz', './voxels.raw.gz', path.join(folder, 'voxels.raw.gz')]) {
      for (const end of ['', '\n']) {
        const file = await put('b.nhdr', Buffer.from(nrrdHeader({ encoding: 'gzip', 'data file': name }) + end));
        expect((await readNrrd(file)).data).toEqual(values);
      }
    }
  });
  it('outside of the folder of the header are refused, whether by a way up, an absolute path or a link', async () => {
    const inner = path.join(folder, 'inner');
    await mkdir(inner, { recursive: true });
    await writeFile(path.join(folder, 'secret.raw'), voxels);
    await symlink(path.join(folder, 'secret.raw'), path.join(inner, 'link.raw'));
    for (const name of ['../secret.raw', path.join(folder, 'secret.raw'), 'link.raw']) {
      const file = path.join(inner, 'd.nhdr');
      await writeFile(file, nrrdHeader({ 'data file': name }));
      await expect(readNrrd(file)).rejects.toThrow(/^Expected a path inside .*inner, found ".*\.raw".* in .*d\.nhdr$/);
    }
  });
  it('that are absent, too few or too many are refused by the name of their file', async () => {
    const file = await put('c.nhdr', Buffer.from(nrrdHeader({ datafile: 'c.raw' })));
    await expect(readNrrd(file)).rejects.toThrow(
      /^Expected the voxels that belong to .*c\.nhdr, found no such file in .*c\.raw$/,
    );
    for (const change of [-1, 1]) {
      await put('c.raw', Buffer.concat([voxels, Buffer.alloc(1)]).subarray(0, 49 - (change < 0 ? 2 : 0)));
      await expect(readNrrd(file)).rejects.toThrow(
        new RegExp(`^Expected 48 bytes \\(2×3×4 int16 voxels\\), found ${48 + change} in .*c\\.raw$`),
      );
    }
  });
});

it('whatever a writer stores comes back', async () => {
  const size = fc.integer({ min: 1, max: 5 });
  const kinds = {
    'signed char': Int8Array,
    ushort: Uint16Array,
    int: Int32Array,
    float: Float32Array,
    double: Float64Array,
  } as const;
  const vector = fc.tuple(
    // micrometres as millimetres: a double near 0 would have a square of 0
    ...([1, 2, 3].map(() => fc.integer({ min: -500_000, max: 500_000 }).map((micrometres) => micrometres / 1000)) as [
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
    ]),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        shape: fc.tuple(size, size, size),
        type: fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])),
        encoding: fc.constantFrom(...Object.keys(encoders)),
        bigEndian: fc.boolean(),
        space: fc.constantFrom('RAS', 'LPS'),
      }),
      fc.record({ origin: vector, axes: fc.tuple(vector, vector, vector) }),
      fc.infiniteStream(fc.double({ noNaN: false })),
      async ({ shape, type, encoding, bigEndian, space }, { origin, axes }, numbers) => {
        const [[a, b, c], [d, e, f], [g, h, i]] = axes;
        const volume = Math.abs(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g));
        fc.pre(volume > 1e-3 * Math.hypot(...axes[0]) * Math.hypot(...axes[1]) * Math.hypot(...axes[2]));
        const data = new kinds[type](shape[0] * shape[1] * shape[2]).map(() => numbers.next().value);
        const fields = {
          type,
          sizes: shape.join(' '),
          encoding,
          endian: bigEndian ? 'big' : 'little',
          space,
          'space origin': `(${origin.join(',')})`,
          'space directions': axes.map((axis) => `(${axis.join(',')})`).join(' '),
          kinds: 'domain domain domain',
        };
        const image = await load(fields, encoders[encoding]!(bytesOf(data, bigEndian), data));
        const sign = space === 'RAS' ? 1 : -1;
        const affine = [0, 1, 2]
          .flatMap((r) => [...axes, origin].map((v) => v[r]! * (r === 2 ? 1 : sign) + 0))
          .concat([0, 0, 0, 1]);
        expect(image).toMatchObject({ shape, data, affine });
      },
    ),
    { numRuns: 80 },
  );
});
