import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../../lib/io/files.ts';
import { assertWritableFile, assertWritableFolder, explainWriteError, makeFolder } from '../../lib/io/writable.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-writable-'));
  await writeFile(at('file'), 'a file');
});
afterAll(() => rm(folder, { recursive: true }));
const at = (...names: string[]): string => path.join(folder, ...names);

describe('a folder to write into', () => {
  it('may be there or not, and is not made by looking', async () => {
    await assertWritableFolder(folder);
    await assertWritableFolder(at('new', 'deep'));
    expect(await readdir(folder)).toEqual(['file']);
  });
  it.each([['file'], ['file', 'below'], ['file', 'far', 'below']])(
    'cannot be a file or lie below one (%j %j)',
    async (...place) => {
      const sentence = `Expected a folder to write into, found a file in ${at('file')}`;
      await expect(assertWritableFolder(at(...place))).rejects.toThrow(new RegExp(`^${sentence}$`));
      await expect(makeFolder(at(...place))).rejects.toThrow(new RegExp(`^${sentence}$`));
      await expect(writeFileAtomic(at(...place, 'x.json'), '')).rejects.toThrow(new RegExp(`^${sentence}$`));
    },
  );
  it.skipIf(process.platform === 'win32')('cannot be a link that leads nowhere', async () => {
    await symlink(at('nowhere'), at('link'));
    await expect(assertWritableFolder(at('link'))).rejects.toThrow('found a link that leads nowhere in');
    await rm(at('link'));
  });
  it.skipIf(process.platform !== 'linux')('cannot lie where the system lets nobody write', async () => {
    // /proc is nobody's to write, also root's; which words come depends on who asks.
    await expect(makeFolder('/proc/axunet/out')).rejects.toThrow(
      /^Expected (permission to write \/proc\/axunet\/out, found none|a place to write to, found .* nothing in .*)$/,
    );
  });
});

describe('a file to write', () => {
  it('may replace a file but no folder', async () => {
    await assertWritableFile(at('file'));
    await assertWritableFile(at('new'));
    await mkdir(at('taken'));
    const sentence = /^Expected a file to write, found a folder in .*taken$/;
    await expect(assertWritableFile(at('taken'))).rejects.toThrow(sentence);
    await expect(writeFileAtomic(at('taken'), '')).rejects.toThrow(sentence);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
  it.skipIf(process.platform === 'win32')('never replaces a device, as renaming over it would', async () => {
    await symlink('/dev/null', at('null'));
    for (const place of ['/dev/full', '/dev/stdout', at('null')]) {
      await expect(writeFileAtomic(place, 'x')).rejects.toThrow(
        `Expected a file to write, found something that is not a regular file in ${place}`,
      );
    }
    expect((await stat('/dev/full')).isCharacterDevice()).toBe(true);
  });
});

describe('what the system refuses', () => {
  it.each([
    ['ENOSPC', 'Expected room on the disk to write out.png, found the disk full'],
    ['EDQUOT', 'Expected room on the disk to write out.png, found the disk full'],
    ['EACCES', 'Expected permission to write out.png, found none'],
    ['EROFS', 'Expected permission to write out.png, found a read-only file system'],
    [
      'EFBIG',
      'Expected room to write out.png, found that files may not become so large here (raise the limit: ulimit -f)',
    ],
    ['ENAMETOOLONG', 'Expected a place to write to, found a name that is too long in out.png'],
  ])('%s is one sentence with the file', (code, sentence) => {
    const error = explainWriteError(Object.assign(new Error(`${code}: refused, write`), { code }), 'out.png');
    expect((error as Error).message).toBe(sentence);
  });
  it('is passed on where it is anything else', () => {
    const error = new Error('odd');
    expect(explainWriteError(error, 'out.png')).toBe(error);
  });
});
