/** A file that PaddlePaddle 2.6.2 saved (pdparams.py), and pickles of other things. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { PickleValue } from '../../lib/dataset/pickle.ts';
import { UserError } from '../../lib/errors.ts';
import { arraysOf, readPdparams } from '../../lib/export/paddleFile.ts';
import { projectPath } from '../../lib/settings.ts';

const saved = projectPath('test/export/residual-1.pdparams');
const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-pdparams-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const array = (type: string, bytes: Buffer, shape = [2], order = '<', isFortran = false): PickleValue => {
  const of = (name: string) => ({ kind: 'class', module: 'numpy', name }) as const;
  const dtype: PickleValue = { kind: 'object', of: of('dtype'), args: [type], state: [3, order] };
  return { kind: 'object', of: of('_reconstruct'), args: [], state: [1, shape, dtype, isFortran, bytes] };
};

describe('a .pdparams file', () => {
  it('holds arrays by the names of their layers', async () => {
    const arrays = await readPdparams(saved);
    expect(Object.keys(arrays)).toHaveLength(186); // as many as the reference network has, those never used included
    expect(arrays['c1.layers.0.weight']!.shape).toEqual([1, 3, 3, 3]);
    expect(arrays['c10.bias']!.shape).toEqual([2]);
    const all = Object.values(arrays).flatMap(({ data }) => [...data]);
    expect(all.every(Number.isFinite)).toBe(true);
  });

  it('may hold numbers of 64 bits', () => {
    const bytes = Buffer.from(Float64Array.of(0.5, -2).buffer);
    expect(arraysOf(new Map([['a', array('f8', bytes)]]), 'f')).toEqual({
      a: { shape: [2], data: Float32Array.of(0.5, -2) },
    });
  });

  it('is refused where its numbers are others, by the name of the array', () => {
    const four = Buffer.alloc(4);
    expect(() => arraysOf(new Map([['a', array('f2', four)]]), 'f')).toThrow(
      'Expected float32 numbers in C order as "a", found f2 in f',
    );
    expect(() => arraysOf(new Map([['a', array('f4', Buffer.alloc(8), [2], '>')]]), 'f')).toThrow(/^Expected float32/);
    expect(() => arraysOf(new Map([['a', array('f4', Buffer.alloc(16), [2, 2], '<', true)]]), 'f')).toThrow(
      'found f4 in Fortran order in f',
    );
  });

  it('is refused where it holds something else', async () => {
    expect(() => arraysOf([1], 'f')).toThrow(
      'Expected a dictionary of arrays, as paddle.save writes it, found none in f',
    );
    expect(() => arraysOf(new Map([['model', new Map()]]), 'f')).toThrow(
      'Expected a dictionary with arrays, found only "model" in f',
    );
    expect(() => arraysOf(new Map(), 'f')).toThrow('Expected a dictionary with arrays, found an empty one in f');
    await expect(readPdparams(path.join(folder, 'none'))).rejects.toThrow(
      /^Expected a .pdparams file, found no such file/,
    );
    await expect(readPdparams(folder)).rejects.toThrow(/^Expected a .pdparams file, found a folder/);
  });

  it('is read or refused in a sentence when bytes change or are missing', async () => {
    const bytes = readFileSync(saved);
    const file = path.join(folder, 'damaged.pdparams');
    const damage = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255), length: fc.nat(bytes.length) });
    await fc.assert(
      fc.asyncProperty(damage, fc.boolean(), async ({ at, to, length }, isCut) => {
        const copy = Buffer.from(isCut ? bytes.subarray(0, length) : bytes);
        if (!isCut) copy[at] = to;
        writeFileSync(file, copy);
        await readPdparams(file).catch((error) => {
          if (!(error instanceof UserError)) throw error;
        });
      }),
      { numRuns: 200 },
    );
  });
});
