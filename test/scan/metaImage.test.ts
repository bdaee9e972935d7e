import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readMetaImage } from '../../lib/scan/metaImage.ts';
import { metaImage } from './makeMetaImage.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-meta-'));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}
const values = Int16Array.from({ length: 24 }, (_, i) => 100 * i - 1000);
const voxels = Buffer.from(values.buffer);

describe('a MetaImage', () => {
  it('has its voxels behind the header or in another file, plain, zlib or gzip', async () => {
    const packed = { CompressedData: 'True' };
    put('b.raw', voxels);
    put('c.zraw', deflateSync(voxels));
    put('e.raw', Buffer.concat([Buffer.from('skipped'), voxels]));
    const files = [
      put('a.mha', metaImage(voxels)),
      put('a-crlf.mha', metaImage(voxels, {}, '\r\n')),
      put('a-z.mha', metaImage(deflateSync(voxels), packed)),
      put('a-gz.mha', metaImage(gzipSync(voxels), packed)),
      put('b.mhd', metaImage(Buffer.alloc(0), { ElementDataFile: 'b.raw' })),
      put('c.mhd', metaImage(Buffer.alloc(0), { ...packed, ElementDataFile: 'c.zraw' })),
      put('e.mhd', metaImage(Buffer.alloc(0), { HeaderSize: '7', ElementDataFile: 'e.raw' })),
      put('f.mhd', metaImage(Buffer.alloc(0), { HeaderSize: '-1', ElementDataFile: 'e.raw' })),
      put('g.mha', metaImage(Buffer.from(voxels).swap16(), { BinaryDataByteOrderMSB: 'True' })),
      put(
        'h.mha',
        metaImage(Buffer.from(voxels).swap16(), { BinaryDataByteOrderMSB: undefined, ElementByteOrderMSB: 'True' }),
      ),
    ];
    for (const file of files) {
      const { data, shape, header } = await readMetaImage(file);
      expect([[...data], shape, header.datatype], file).toEqual([[...values], [2, 3, 4], 'int16']);
    }
  });
  it.each<[string, string, ArrayBufferView]>([
    ['MET_CHAR', 'int8', Int8Array.from(values, (v) => v / 100)],
    ['MET_UCHAR', 'uint8', Uint8Array.from(values, (_, i) => 10 * i)],
    ['MET_USHORT', 'uint16', Uint16Array.from(values, (_, i) => 2700 * i)],
    ['MET_INT', 'int32', Int32Array.from(values, (v) => 100_000 * v)],
    ['MET_UINT', 'uint32', Uint32Array.from(values, (_, i) => 170_000_000 * i)],
    ['MET_LONG', 'int32', Int32Array.from(values)],
    ['MET_ULONG', 'uint32', Uint32Array.from(values, (_, i) => i)],
    ['MET_LONG_LONG', 'int64', BigInt64Array.from([...values].map(BigInt))],
    ['MET_ULONG_LONG', 'uint64', BigUint64Array.from([...values].map((_, i) => BigInt(i) << 40n))],
    ['MET_FLOAT', 'float32', Float32Array.from(values, (v) => v / 7)],
    ['MET_DOUBLE', 'float64', Float64Array.from(values, (v) => v / 7)],
  ])('of type %s holds %s', async (ElementType, datatype, array) => {
    const bytes = new Uint8Array(array.buffer);
    const { data, header } = await readMetaImage(put('type.mha', metaImage(bytes, { ElementType })));
    expect(header.datatype).toBe(datatype);
    expect(Array.from(data)).toEqual(Array.from(array as unknown as ArrayLike<number>, Number));
  });
  it('lies where spacing, directions and offset put it, turned from LPS to RAS', async () => {
    // SimpleITK 2.5.7 writes the direction (0,1,0; -1,0,0; 0,0,1) as 0 -1 0 1 0 0 0 0 1: the columns one after the other.
    const file = put(
      'place.mha',
      metaImage(voxels, { TransformMatrix: '0 -1 0 1 0 0 0 0 1', Offset: '5 6 7', ElementSpacing: '0.5 0.75 2' }),
    );
    const { affine, spacingMm } = await readMetaImage(file);
    expect(affine).toEqual([0, -0.75, 0, -5, 0.5, 0, 0, -6, 0, 0, 2, 7, 0, 0, 0, 1]);
    expect(spacingMm).toEqual([0.5, 0.75, 2]);
    const synonyms = { Offset: undefined, Position: '5 6 7', TransformMatrix: undefined, ElementSpacing: undefined };
    expect((await readMetaImage(put('s.mha', metaImage(voxels, synonyms)))).affine).toEqual([
      -1, 0, 0, -5, 0, -1, 0, -6, 0, 0, 1, 7, 0, 0, 0, 1,
    ]);
  });
  it('may have keys that SimpleITK hands on from a NIfTI, with brackets, without a value or twice', async () => {
    const keys = { 'dim[0]': '3', 'pixdim[1]': '3', qform_code_name: 'NIFTI_XFORM_UNKNOWN', ITK_FileNotes: '' };
    const bytes = metaImage(voxels, keys);
    const twice = Buffer.concat([Buffer.from('ObjectType = Image\ndim[0] = 4\n'), bytes.subarray(19)]);
    for (const file of [put('nifti.mha', bytes), put('nifti-twice.mha', twice)])
      expect([...(await readMetaImage(file)).data], file).toEqual([...values]);
  });
});

describe('refused are', () => {
  const packed = { CompressedData: 'True' };
  it.each<[string, Uint8Array, RegExp]>([
    ['voxels that are missing', metaImage(voxels.subarray(1)), /48 bytes \(2×3×4 int16 voxels\), found 47/],
    ['voxels that are left over', metaImage(Buffer.concat([voxels, voxels])), /48 bytes .*, found 96/],
    ['packed voxels that are too few', metaImage(deflateSync(voxels.subarray(2)), packed), /48 bytes .*, found 46/],
    [
      'packed voxels that are too many',
      metaImage(deflateSync(Buffer.alloc(99)), packed),
      /found more than 48 unpacked bytes/,
    ],
    [
      'packed voxels with something behind them',
      metaImage(Buffer.concat([deflateSync(voxels), Buffer.from('more')]), packed),
      /the end of the zlib data, found 4 more bytes that are not zlib data/,
    ],
    [
      'packed voxels that are fewer than the header says',
      metaImage(deflateSync(voxels), { ...packed, CompressedDataSize: '999' }),
      /999 packed bytes \(CompressedDataSize\), found \d+/,
    ],
    ['packed voxels that are damaged', metaImage(deflateSync(voxels).subarray(0, -3), packed), /intact zlib data/],
    [
      'more than the packed bytes can hold',
      metaImage(Buffer.alloc(9), { ...packed, DimSize: '999 999 9' }),
      /cannot hold them/,
    ],
    ['another kind of object', metaImage(voxels, { ObjectType: 'Tube' }), /ObjectType Image, found "Tube"/],
    ['four dimensions', metaImage(voxels, { NDims: '4' }), /one 3-D volume/],
    ['several numbers a voxel', metaImage(voxels, { ElementNumberOfChannels: '3' }), /one number a voxel/],
    ['a type that is none', metaImage(voxels, { ElementType: 'toString' }), /ElementType "toString"/],
    ['a key that counts twice', Buffer.concat([Buffer.from('NDims = 3\n'), metaImage(voxels)]), /one NDims, found two/],
    ['text', metaImage(voxels, { BinaryData: 'False' }), /binary voxels/],
    ['several files', metaImage(voxels, { ElementDataFile: 'LIST' }), /one data file, found several/],
    ['a file elsewhere', metaImage(voxels, { ElementDataFile: '../x.raw' }), /a path inside/],
    [
      'a file that is not there',
      metaImage(voxels, { ElementDataFile: 'x.raw' }),
      /the voxels that belong to .*no such file/,
    ],
    ['directions in a plane', metaImage(voxels, { TransformMatrix: '1 0 0 1 0 0 0 0 1' }), /three dimensions/],
    ['sizes that are none', metaImage(voxels, { DimSize: '2 0 4' }), /three sizes of 1 or more/],
    ['a spacing of 0', metaImage(voxels, { ElementSpacing: '1 0 1' }), /spacings that are not 0/],
    ['numbers that are none', metaImage(voxels, { Offset: '1 nan 1' }), /Offset of 3 finite numbers/],
    ['no header', Buffer.from('hello'), /a MetaImage header/],
  ])('%s', async (_, bytes, said) => {
    await expect(readMetaImage(put('bad.mha', bytes))).rejects.toThrow(said);
    await expect(readMetaImage(put('bad.mha', bytes))).rejects.toThrow(/bad\.mha/);
  });
});
