import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { decodeNpy, encodeNpy, readNpy } from '../../lib/io/npy.ts';

/** An .npy file as NumPy writes it, with any header text. */
function npy(dict: string, data: Uint8Array, version = 1): Buffer {
  const text = Buffer.from(`${dict}\n`, 'latin1');
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]), length, text, data]);
}
const dict = (descr: string, shape: string, fortran = 'False'): string =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

describe('.npy', () => {
  it('is byte for byte what numpy.save writes', () => {
    // np.save(f, np.arange(3, dtype='<i2')) of NumPy 2.4: 128 bytes of header padded with spaces, then the numbers.
    const wanted = Buffer.concat([
      Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 0x76, 0]),
      Buffer.from(`${"{'descr': '<i2', 'fortran_order': False, 'shape': (3,), }".padEnd(117)}\n`),
      Buffer.from([0, 0, 1, 0, 2, 0]),
    ]);
    expect(Buffer.from(encodeNpy({ data: new Int16Array([0, 1, 2]), shape: [3] })).equals(wanted)).toBe(true);
  });

  const types = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array];
  it.each(types)('%o comes back in its own type through a file', async (type) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-npy-'));
    const array = { data: new type([1, 2, 3, 4, 5, 6]), shape: [1, 2, 3] };
    await writeFile(path.join(folder, 'a.npy'), encodeNpy(array));
    expect(await readNpy(path.join(folder, 'a.npy'))).toEqual(array);
    await rm(folder, { recursive: true });
  });
  it('holds 64-bit integers, single numbers and nothing at all', () => {
    for (const array of [
      { data: new BigInt64Array([-(2n ** 63n)]), shape: [1] },
      { data: new BigUint64Array([2n ** 64n - 1n]), shape: [] },
      { data: new Float32Array(0), shape: [0, 3] },
    ]) {
      expect(decodeNpy(encodeNpy(array))).toEqual(array);
    }
  });

  it('reads shapes as Python writes tuples, and refuses others and keys that stand twice', () => {
    // What ast.literal_eval of Python 3.12 makes of them: (6,), (2, 3), (2, 3); the others are no tuples of numbers.
    const read = (shape: string): readonly number[] => decodeNpy(npy(dict('|u1', shape), Buffer.alloc(6))).shape;
    expect(read('(6,)')).toEqual([6]);
    for (const shape of ['(2, 3)', '(2,3,)', '( 2 , 3L )']) expect(read(shape)).toEqual([2, 3]);
    for (const shape of ['(2 3,)', '(6)', '(2,,3)', '(,6)', '(6 ,,)', '(2, 3 1)'])
      expect(() => read(shape), shape).toThrow(UserError);
    const twice = "{'descr': '|u1', 'fortran_order': False, 'shape': (6,), 'shape': (2, 3), }";
    expect(() => decodeNpy(npy(twice, Buffer.alloc(6)))).toThrow("Expected one 'shape' in the .npy header");
  });

  it('big-endian numbers are turned round', () => {
    expect(decodeNpy(npy(dict('>i2', '(2,)'), Buffer.from([1, 0, 0xff, 0xff]))).data).toEqual(
      new Int16Array([256, -1]),
    );
    expect(decodeNpy(npy(dict('>f8', '()'), Buffer.from([0x3f, 0xf0, 0, 0, 0, 0, 0, 0]))).data).toEqual(
      new Float64Array([1]),
    );
  });
  it('Fortran order is rearranged to C order', () => {
    // np.arange(6).reshape(1, 2, 3) stored with the first axis fastest: 0 3 1 4 2 5
    const bytes = npy(dict('|u1', '(1, 2, 3)', 'True'), Buffer.from([0, 3, 1, 4, 2, 5]));
    expect(decodeNpy(bytes)).toEqual({ data: new Uint8Array([0, 1, 2, 3, 4, 5]), shape: [1, 2, 3] });
  });
  it('booleans and format versions 2 and 3 are read', () => {
    for (const version of [1, 2, 3])
      expect(decodeNpy(npy(dict('|b1', '(2,)'), Buffer.from([1, 0]), version)).data).toEqual(new Uint8Array([1, 0]));
  });

  it.each([
    ['complex numbers', npy(dict('<c8', '(1,)'), Buffer.alloc(8))],
    ['half precision', npy(dict('<f2', '(1,)'), Buffer.alloc(2))],
    ['objects', npy(dict('|O', '(1,)'), Buffer.alloc(8))],
    ['a structure', npy("{'descr': [('a', '<i2')], 'fortran_order': False, 'shape': (1,), }", Buffer.alloc(2))],
    ['too few bytes', npy(dict('<i2', '(2,)'), Buffer.alloc(3))],
    ['too many bytes', npy(dict('<i2', '(2,)'), Buffer.alloc(5))],
    ['a future version', npy(dict('|u1', '(1,)'), Buffer.alloc(1), 4)],
    ['no shape', npy("{'descr': '|u1', 'fortran_order': False}", Buffer.alloc(1))],
    ['an empty file', Buffer.alloc(0)],
    ['another file', Buffer.from('PK\x03\x04 is the start of an .npz')],
  ])('%s is refused with the name of the file', (_, bytes) => {
    expect(() => decodeNpy(bytes, 'x.npy')).toThrow(/^Expected .*, found [^]* in x\.npy$/);
  });
  it("shares the memory of the file only where asked, and where the numbers are aligned and in the machine's order", () => {
    const plain = encodeNpy({ data: Float32Array.of(1, 2), shape: [2] });
    expect(decodeNpy(plain).data.buffer).not.toBe(plain.buffer);
    expect(decodeNpy(plain, 'x.npy', { shared: true })).toEqual({ data: Float32Array.of(1, 2), shape: [2] });
    expect(decodeNpy(plain, 'x.npy', { shared: true }).data.buffer).toBe(plain.buffer);
    const moved = new Uint8Array(plain.length + 1);
    moved.set(plain, 1);
    const swapped = npy(dict('>f4', '(2,)'), Buffer.from([0x3f, 0x80, 0, 0, 0x40, 0, 0, 0]));
    for (const bytes of [moved.subarray(1), swapped]) {
      const { data } = decodeNpy(bytes, 'x.npy', { shared: true });
      expect(data).toEqual(Float32Array.of(1, 2));
      expect(data.buffer).not.toBe(bytes.buffer);
    }
  });

  it('data and shape that do not agree are not written', () => {
    expect(() => encodeNpy({ data: new Uint8Array(5), shape: [2, 3] })).toThrow(
      'Expected 6 values for shape (2, 3), found 5',
    );
  });

  it('changed at random is refused or read, and cut anywhere refused', () => {
    const good = Buffer.from(encodeNpy({ data: new Float32Array(8), shape: [2, 4] }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: good.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const bytes = Buffer.from(good);
        bytes[at] = value;
        try {
          decodeNpy(bytes, 'x.npy');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
        expect(() => decodeNpy(good.subarray(0, at), 'x.npy')).toThrow(UserError);
      }),
      { numRuns: 500 },
    );
  });
});
