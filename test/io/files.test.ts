import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  keepText,
  readBytes,
  readBytesSync,
  readText,
  readTextSync,
  sha256,
  sha256File,
  writeAll,
  writeFileAtomic,
  writeJson,
  writeThenRename,
} from '../../lib/io/files.ts';
import { anything, readJsonAs } from '../../lib/io/schema.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-files-'));
});
afterAll(() => rm(folder, { recursive: true }));
const at = (...names: string[]): string => path.join(folder, ...names);

describe('reading', () => {
  it('gives bytes as they are and text without its byte order mark, at once or later', async () => {
    await writeFile(at('marked'), '\ufeffä');
    expect([...(await readBytes(at('marked'), 'x'))]).toEqual([0xef, 0xbb, 0xbf, 0xc3, 0xa4]);
    expect(readBytesSync(at('marked'), 'x')).toEqual(await readBytes(at('marked'), 'x'));
    expect([await readText(at('marked'), 'x'), readTextSync(at('marked'), 'x')]).toEqual(['ä', 'ä']);
  });
  it('understands UTF-16 with its mark, as PowerShell writes it, and refuses bytes that are no text', async () => {
    const little = Buffer.from('\ufeff{"ä": 1}', 'utf16le');
    for (const bytes of [little, Buffer.from(little).swap16()]) {
      await writeFile(at('wide'), bytes);
      expect([await readText(at('wide'), 'x'), readTextSync(at('wide'), 'x')]).toEqual(['{"ä": 1}', '{"ä": 1}']);
    }
    await writeFile(at('wide'), little.subarray(2));
    await expect(readText(at('wide'), 'a table')).rejects.toThrow(
      /^Expected a table, found bytes that are no text in /,
    );
    await writeFile(at('packed'), gzipSync('{}'));
    await expect(readText(at('packed'), 'a table')).rejects.toThrow(/^Expected a table, found gzip data in .*packed$/);
  });
  it.skipIf(process.platform === 'win32')(
    'refuses pipes, devices behind a link, links in a circle, folders and what is absent, and waits for none',
    async () => {
      execFileSync('mkfifo', [at('pipe')]);
      await symlink('/dev/zero', at('zero'));
      await symlink('circle', at('circle'));
      const found = {
        pipe: 'something that is not a regular file',
        zero: 'something that is not a regular file',
        circle: 'links that lead in a circle',
        '.': 'a folder',
        none: 'no such file',
      };
      for (const [name, words] of Object.entries(found)) {
        const sentence = `Expected a table, found ${words} in ${at(name)}`;
        await expect(readText(at(name), 'a table')).rejects.toThrow(sentence);
        expect(() => readTextSync(at(name), 'a table')).toThrow(sentence);
      }
    },
  );
  it('refuses what is longer than any such file before a byte of it is read', async () => {
    await writeFile(at('hole'), '');
    await truncate(at('hole'), 2 ** 40); // takes no room on the disk
    const sentence = `Expected a table of at most 268435456 bytes, found one of 1099511627776 bytes in ${at('hole')}`;
    await expect(readText(at('hole'), 'a table')).rejects.toThrow(sentence);
    expect(() => readTextSync(at('hole'), 'a table')).toThrow(sentence);
    await expect(readBytes(at('hole'), 'a slice', 5)).rejects.toThrow('Expected a slice of at most 5 bytes');
  });
});

describe('writing', () => {
  it('makes missing folders, replaces what was there and leaves no temporary file', async () => {
    await writeFileAtomic(at('deep', 'er', 'a.txt'), 'first');
    await writeFileAtomic(at('deep', 'er', 'a.txt'), Buffer.from('second'));
    expect(await readFile(at('deep', 'er', 'a.txt'), 'utf8')).toBe('second');
    expect(await readdir(at('deep', 'er'))).toEqual(['a.txt']);
  });
  it('joins several pieces and writes empty files', async () => {
    await writeFileAtomic(at('pieces'), [Buffer.from('ab'), new Uint8Array(0), Buffer.from('c')]);
    await writeFileAtomic(at('empty'), '');
    expect([await readFile(at('pieces'), 'utf8'), await readFile(at('empty'), 'utf8')]).toEqual(['abc', '']);
  });
  it.skipIf(process.platform === 'win32')('replaces what a killed run left, and follows no link there', async () => {
    await writeFile(at('thesis.txt'), 'years of work');
    for (const lie of [at('thesis.txt'), at('new.txt')]) {
      await symlink(lie, at('slice.npy.partial'));
      await writeThenRename(at('slice.npy.partial'), at('slice.npy'), [Buffer.from('slice')]);
      expect(await readFile(at('slice.npy'), 'utf8')).toBe('slice');
    }
    await writeFile(at('slice.npy.partial'), 'half of an older, longer one');
    await writeThenRename(at('slice.npy.partial'), at('slice.npy'), [Buffer.from('whole')]);
    expect(await readFile(at('slice.npy'), 'utf8')).toBe('whole');
    expect(await readFile(at('thesis.txt'), 'utf8')).toBe('years of work');
    expect(await readdir(at('.'))).not.toContain('new.txt');
  });
  it('many at once to one name leaves one of them whole', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(1000));
    await Promise.all(texts.map((text) => writeFileAtomic(at('race'), text)));
    expect(texts).toContain(await readFile(at('race'), 'utf8'));
  });
  it('that fails keeps the old file and removes its own', async () => {
    await writeFileAtomic(at('kept', 'folder', 'x'), 'old');
    await expect(writeFileAtomic(at('kept', 'folder'), 'cannot replace a folder')).rejects.toThrow();
    expect(await readdir(at('kept'))).toEqual(['folder']);
  });
  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'without permission says so (skipped for root, who may do all)',
    async () => {
      await writeFileAtomic(at('locked', 'x'), '');
      await chmod(at('locked'), 0o500);
      await expect(writeFileAtomic(at('locked', 'y'), '')).rejects.toThrow(
        /^Expected permission to write .*y, found none$/,
      );
      await chmod(at('locked'), 0o700);
    },
  );
});

it('what a file holds already is not written again, as it may lie in a folder that is read-only', async () => {
  await keepText(at('same'), 'ü');
  const first = await stat(at('same'));
  await keepText(at('same'), 'ü');
  expect((await stat(at('same'))).ino).toBe(first.ino);
  for (const text of ['ö', 'longer', '']) {
    await keepText(at('same'), text);
    expect(await readFile(at('same'), 'utf8')).toBe(text);
  }
  await mkdir(at('same.d'));
  await expect(keepText(at('same.d'), '')).rejects.toThrow('found a folder');
});

describe('JSON', () => {
  it('comes back as it was written, indented, with a newline at the end', async () => {
    await writeJson(at('a.json'), { b: [1, null, 'ü'] });
    expect(await readJsonAs(at('a.json'), anything)).toEqual({ b: [1, null, 'ü'] });
    expect(await readFile(at('a.json'), 'utf8')).toBe('{\n  "b": [\n    1,\n    null,\n    "ü"\n  ]\n}\n');
  });
  it('that is absent or torn is refused by name', async () => {
    await expect(readJsonAs(at('none.json'), anything)).rejects.toThrow(
      /^Expected a JSON file, found no such file in .*none\.json$/,
    );
    await writeFile(at('torn.json'), '{"a": 1');
    await expect(readJsonAs(at('torn.json'), anything)).rejects.toThrow(
      /^Expected JSON, found text that is not .* in .*torn\.json$/,
    );
  });
});

it('SHA-256 of "abc" is the value in FIPS 180-2, from memory and from a file', async () => {
  const wanted = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  await writeFile(at('abc'), 'abc');
  expect([sha256('abc'), sha256(Buffer.from('abc')), await sha256File(at('abc'))]).toEqual([wanted, wanted, wanted]);
  await expect(sha256File(at('nothing'))).rejects.toThrow('found no such file');
});

describe('writeAll', () => {
  it('writes every piece to its end, however little a call takes, and nothing for empty ones', async () => {
    const written: number[] = [];
    const write = async (bytes: Uint8Array, from: number, length: number, place: number) => {
      const bytesWritten = Math.min(2, length);
      for (let i = 0; i < bytesWritten; i++) written[place + i] = bytes[from + i];
      return { bytesWritten };
    };
    const pieces = [[1, 2, 3], [], [4], [5, 6]].map((piece) => Uint8Array.from(piece));
    await writeAll({ write } as unknown as Parameters<typeof writeAll>[0], pieces, 1);
    expect(written).toEqual([undefined, 1, 2, 3, 4, 5, 6]);
  });
});
