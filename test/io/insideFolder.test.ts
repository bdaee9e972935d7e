import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertFileEach, insideFolder, ownPlace, wouldTouch } from '../../lib/io/insideFolder.ts';

let root: string;
let folder: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'axunet-inside-')));
  folder = path.join(root, 'set');
  for (const name of ['set', 'set/data', 'victim', 'set-2']) mkdirSync(path.join(root, name));
  writeFileSync(path.join(root, 'victim', 'thesis.txt'), 'years of work');
  symlinkSync(path.join(root, 'victim'), path.join(folder, 'out'));
  symlinkSync(path.join(root, 'victim', 'thesis.txt'), path.join(folder, 'data', 'link.npy'));
  symlinkSync(path.join(folder, 'data'), path.join(folder, 'within'));
  symlinkSync(folder, path.join(root, 'alias'));
  symlinkSync(path.join(root, 'victim', 'new.txt'), path.join(folder, 'data', 'nowhere.npy'));
  symlinkSync(path.join(root, 'none'), path.join(folder, 'gone'));
  symlinkSync('circle.npy', path.join(folder, 'data', 'circle.npy'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('wouldTouch', () => {
  const at = (...names: string[]): string => path.join(root, ...names);
  it('finds a file in the place of a source, also by another way to it', () => {
    expect(wouldTouch(at('victim', 'thesis.txt'), at('victim', 'thesis.txt'))).toBe(true);
    expect(wouldTouch(at('set', 'data', 'link.npy'), at('victim', 'thesis.txt'))).toBe(true);
    expect(wouldTouch(at('victim', 'other.txt'), at('victim', 'thesis.txt'))).toBe(false);
  });
  it('finds a file that would lie in a folder, also where neither is there yet, but not one beside it', () => {
    expect(wouldTouch(at('alias', 'new', 'mask.dcm'), at('set'))).toBe(true);
    expect(wouldTouch(at('set-2', 'mask.dcm'), at('set'))).toBe(false);
    expect(wouldTouch(at('none', 'mask.dcm'), at('none'))).toBe(true);
    expect(wouldTouch(at('set'), at('set', 'data'))).toBe(false);
  });
});

describe('ownPlace', () => {
  it('gives a place below the folder, and refuses one that somebody has linked elsewhere', () => {
    expect(ownPlace(folder, 'cases')).toBe(path.join(folder, 'cases'));
    expect(() => ownPlace(folder, 'out')).toThrow(
      `Expected a path inside ${folder}, found "out", a link that leads out of it in ${folder}`,
    );
    expect(() => ownPlace(folder, 'gone')).toThrow('found "gone", a link that leads nowhere in');
  });
});

describe('insideFolder', () => {
  it.each([
    ['a file of the folder', 'a.npy', 'a.npy'],
    ['one further below that does not exist yet', 'new/deep/a.npy', 'new/deep/a.npy'],
    ['a way there and back', 'data/../a.npy', 'a.npy'],
    ['a name that only begins with dots', '..a.npy', '..a.npy'],
    ['a link that stays inside', 'within/a.npy', 'within/a.npy'],
  ])('gives the place of %s', (_, name, place) => {
    expect(insideFolder(folder, name, 'm.json')).toBe(path.join(folder, place));
  });
  it('takes an absolute path that lies inside, and a folder that is a link itself', () => {
    expect(insideFolder(folder, path.join(folder, 'a.npy'), 'm.json')).toBe(path.join(folder, 'a.npy'));
    expect(insideFolder(path.join(root, 'alias'), 'data/a.npy', 'm.json')).toBe(path.join(root, 'alias/data/a.npy'));
  });
  it.each([
    ['a file of the folder above', '../victim/thesis.txt'],
    ['one further up', 'data/../../victim/thesis.txt'],
    ['an absolute path', '/etc/passwd'],
    ['a neighbour whose name begins alike', '../set-2/a.npy'],
    ['the folder itself', '.'],
    ['the folder above', '..'],
    ['nothing', ''],
    ['a name with a zero byte', 'a\0.npy'],
    ['a linked folder', 'out/thesis.txt'],
    ['a file of a linked folder that does not exist', 'out/new/a.npy'],
    ['a linked file', 'data/link.npy'],
    ['a link to what does not exist, which writing would follow', 'data/nowhere.npy'],
    ['a place below such a link', 'gone/a.npy'],
    ['a link to itself', 'data/circle.npy'],
    ['a name longer than systems open', 'x'.repeat(60_000)],
    ['many ways up', '../'.repeat(40)],
  ])('refuses %s, naming the file that said so', (_, name) => {
    expect(() => insideFolder(folder, name, 'm.json')).toThrow(
      new RegExp(`^Expected a path inside ${folder}, found .* in m\\.json$`),
    );
  });
  it('shows no character that steers a terminal', () => {
    expect(() => insideFolder(folder, '../\u001b[2Ja\nb', 'm.json')).toThrow('found "../\\u001b[2Ja b" in m.json');
  });
});

it('names that differ in capital letters, or in how letters with marks are written, are one file', () => {
  expect(() => assertFileEach(['Case1', 'b', 'case1'], 'ids', 't.csv')).toThrow(
    'Expected ids that differ in more than capital letters (macOS and Windows take them for one file), ' +
      'found "Case1" and "case1" in t.csv',
  );
  expect(() => assertFileEach(['\u00e9', 'e\u0301'], 'ids')).toThrow('more than capital letters');
  expect(() => assertFileEach(['a', 'a', 'b'], 'ids')).not.toThrow();
});
