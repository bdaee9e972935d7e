import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkShape,
  choice,
  dictionary,
  either,
  exactly,
  list,
  natural,
  nullable,
  object,
  readJsonAs,
  readJsonIfGood,
  realNumber,
  text,
  tuple,
} from '../../lib/io/schema.ts';

const slice = object({
  image: text,
  box: nullable(tuple([realNumber, realNumber])),
  keep: either([exactly('all'), object({ least: natural })]),
});
const schema = object({ version: exactly(1), mode: choice(['a', 'b']), slices: list(slice), sums: dictionary(text) });
const good = { version: 1, mode: 'a', slices: [{ image: 'x', box: null, keep: 'all' }], sums: { file: '00' }, more: 1 };
const withSlice = (change: object): object => ({ ...good, slices: [good.slices[0], { ...good.slices[0], ...change }] });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-schema-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, content: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
};

describe('checkShape', () => {
  it('gives the very value back, with its unknown keys and their order', () => {
    expect(checkShape(good, schema)).toBe(good);
  });
  it.each<[unknown, string]>([
    [null, 'Expected an object, found null in f.json'],
    [[], 'Expected an object, found an empty list in f.json'],
    [{ ...good, version: 2 }, 'Expected version to be 1, found 2 in f.json'],
    [{ ...good, slices: [null] }, 'Expected slices[0] to be an object, found null in f.json'],
    [{ ...good, slices: {} }, 'Expected slices to be a list, found an object in f.json'],
    [{ version: 1, mode: 'a', sums: {} }, 'Expected slices, found nothing in f.json'],
    [{ ...good, mode: 'z' }, 'Expected mode to be "a" or "b", found "z" in f.json'],
    [withSlice({ image: 5 }), 'Expected slices[1].image to be a text, found 5 in f.json'],
    [withSlice({ box: [1, Infinity] }), 'Expected slices[1].box[1] to be a finite number, found Infinity in f.json'],
    [withSlice({ keep: { least: -1 } }), 'Expected slices[1].keep.least to be a whole number of 0 or more, found -1'],
    [withSlice({ keep: 3 }), 'Expected slices[1].keep to be "all" or an object, found 3 in f.json'],
    [{ ...good, sums: [] }, 'Expected sums to be an object, found an empty list in f.json'],
    [{ ...good, sums: JSON.parse('{"__proto__": "x"}') }, 'found an object with the key __proto__'],
    [{ ...good, sums: JSON.parse('{"constructor": "x"}') }, 'found an object with the key __proto__, constructor'],
  ])('names the place, what belongs there and what is there: %j', (value, sentence) => {
    expect(() => checkShape(value, schema, 'f.json')).toThrow(sentence);
  });
  it('says what the whole was to be where it has a name', () => {
    const error = (value: unknown) => () => checkShape(value, schema, 'f.json', 'a manifest');
    expect(error(null)).toThrow('Expected a manifest, found null in f.json');
    expect(error({})).toThrow('Expected a manifest with version, found nothing in f.json');
    expect(error(withSlice({ image: 5 }))).toThrow('Expected a manifest whose slices[1].image is a text, found 5');
  });
});

describe('JSON files', () => {
  it('are read with and without a byte order mark', async () => {
    expect(await readJsonAs(put('bom.json', `\ufeff${JSON.stringify(good)}`), schema)).toEqual(good);
    expect(await readJsonAs(put('plain.json', JSON.stringify(good)), schema)).toEqual(good);
  });
  it('that nest deeper than any of ours are refused, wherever and whatever brackets their texts hold', async () => {
    const deep = (n: number): string => `{"a": "\\"[[[", "b": ${'['.repeat(n - 1)}${']'.repeat(n - 1)}}`;
    const open = (n: number) => readJsonAs(put('deep.json', deep(n)), object({}));
    await expect(open(200)).resolves.toBeDefined();
    for (const n of [201, 100_000])
      await expect(open(n)).rejects.toThrow(`Expected JSON that nests at most 200 levels deep, found ${n} in`);
    const texts = JSON.stringify({ a: '{'.repeat(1000), b: '\\"'.repeat(1000) });
    await expect(readJsonAs(put('texts.json', texts), object({}))).resolves.toEqual(JSON.parse(texts));
  });
  it('that are damaged, absent or of another shape are refused by name, or are none for who can go on without', async () => {
    for (const content of ['', '{', '[1', 'nul', '{"version": 1}', '\u0000']) {
      const file = put('bad.json', content);
      await expect(readJsonAs(file, schema)).rejects.toThrow(/^Expected .* in .*bad\.json$/);
      expect(await readJsonIfGood(file, schema)).toBeUndefined();
    }
    await expect(readJsonAs(path.join(folder, 'none.json'), schema)).rejects.toThrow(/no such file in .*none\.json$/);
    await expect(readJsonAs(folder, schema)).rejects.toThrow('Expected a JSON file, found a folder in');
  });
});
