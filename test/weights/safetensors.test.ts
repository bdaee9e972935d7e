import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeSafetensors, readSafetensors } from '../../lib/weights/safetensors.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-safetensors-'));
const at = (name: string): string => path.join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, pieces: readonly Uint8Array[]): string => {
  writeFileSync(at(name), Buffer.concat(pieces));
  return at(name);
};
/** A file with this header and so many bytes behind it. */
const withHeader = (name: string, header: unknown, bytes = 0): string => {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return write(name, [length, json, Buffer.alloc(bytes)]);
};

describe('readSafetensors', () => {
  it('reads what Python wrote (makeSafetensors.py beside this test)', async () => {
    const { arrays, metadata } = await readSafetensors(path.join(import.meta.dirname, 'made-by-python.safetensors'));
    expect(metadata).toEqual({ who: 'Python' });
    expect(arrays).toEqual({
      'c1/conv/kernel': { shape: [2, 2], data: new Float32Array([1, -2.5, 65504, 2 ** -24]) },
      'c1/conv/bias': { shape: [2], data: new Float32Array([0.1, -1e-30]) },
      empty: { shape: [0, 3], data: new Float32Array() },
    });
  });

  it('refuses each file that is cut short or longer, in one sentence', async () => {
    const whole = readFileSync(path.join(import.meta.dirname, 'made-by-python.safetensors'));
    for (let length = 0; length < whole.length; length++) {
      const file = write('cut', [whole.subarray(0, length)]);
      await expect(readSafetensors(file), `${length} bytes`).rejects.toThrow(/^Expected .*, found .*cut$/);
    }
    await expect(readSafetensors(write('long', [whole, Buffer.alloc(1)]))).rejects.toThrow(/found .* in .*long$/);
  });

  it.each([
    ['no object', 'null', 'a safetensors header'],
    ['a type that it does not know', { a: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, 'dtype'],
    ['a shape of another size', { a: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }, '3 numbers of a'],
    ['a negative side', { a: { dtype: 'F32', shape: [-2], data_offsets: [0, 8] } }, 'shape'],
    ['a hole', { a: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }, 'from byte 0 on'],
    ['bytes that nothing names', { a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 'bytes'],
    [
      'two arrays in one place',
      Object.fromEntries(['a', 'b'].map((name) => [name, { dtype: 'F32', shape: [2], data_offsets: [0, 8] }])),
      'from byte 8 on',
    ],
    ['texts that are none', { __metadata__: { a: 1 } }, 'text'],
    ['a key of JavaScript', '{"__proto__": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}', 'header'],
  ])('refuses %s', async (_, header, said) => {
    await expect(readSafetensors(withHeader('odd', header, 8))).rejects.toThrow(said);
    await expect(readSafetensors(withHeader('odd', header, 8))).rejects.toThrow(/^Expected .*odd$/);
  });
});

describe('encodeSafetensors', () => {
  it('gives back every number of 32 bits', async () => {
    const floats = fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.stringMatching(/^[a-z/]+$/), floats), async (named) => {
        const arrays = Object.fromEntries(
          Object.entries(named).map(([name, data]) => [name, { shape: [data.length], data }]),
        );
        const file = write('again', encodeSafetensors({ arrays, metadata: {} }));
        expect((await readSafetensors(file)).arrays).toEqual(arrays);
      }),
      { numRuns: 50 },
    );
  });

  it('rounds kernels to the nearest number of 16 bits, and leaves what there is once a channel', async () => {
    const kernel = { shape: [1, 4], data: new Float32Array([1 + 2 ** -11, 1 + 3 * 2 ** -11, -(2 ** -25), 0.1]) };
    const bias = { shape: [1], data: new Float32Array([0.1]) };
    const pieces = encodeSafetensors({ arrays: { kernel, bias }, metadata: {} }, { isHalf: true });
    const { arrays } = await readSafetensors(write('half', pieces));
    // By hand: ties go to the even neighbour, 0.1 is 1638 / 16384 there.
    expect([...arrays['kernel']!.data]).toEqual([1, 1 + 2 ** -9, -0, 1638 / 16384]);
    expect(arrays['bias']).toEqual(bias);
  });

  it.each([
    ['NaN', Number.NaN, false, '32 bits'],
    ['infinity', Number.POSITIVE_INFINITY, false, '32 bits'],
    ['what 16 bits would make infinite', 65_520, true, '16 bits'],
  ])('refuses %s', (_, value, isHalf, said) => {
    const arrays = { kernel: { shape: [1, 1], data: new Float32Array([value]) } };
    expect(() => encodeSafetensors({ arrays, metadata: {} }, { isHalf })).toThrow(said);
  });

  it('begins each array at a multiple of the size of its numbers', async () => {
    const arrays = {
      kernel: { shape: [1, 3], data: new Float32Array(3) },
      bias: { shape: [1], data: new Float32Array(1) },
    };
    const [head] = encodeSafetensors({ arrays, metadata: {} }, { isHalf: true });
    expect(head!.length % 8).toBe(0);
    const header = JSON.parse(Buffer.from(head!.subarray(8)).toString()) as Record<string, { data_offsets: number[] }>;
    expect(header['bias']!.data_offsets).toEqual([0, 4]);
    expect(header['kernel']!.data_offsets).toEqual([4, 10]);
  });
});
