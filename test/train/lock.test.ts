import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockRun } from '../../lib/train/lock.ts';

describe('lockRun', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-lock-')); });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const note = (): string => path.join(folder, 'training.pid');

  it('notes the process while it trains and takes the note away afterwards', () => {
    const release = lockRun(path.join(folder, 'new'));
    expect(existsSync(path.join(folder, 'new', 'training.pid'))).toBe(true);
    release();
    expect(existsSync(path.join(folder, 'new', 'training.pid'))).toBe(false);
  });

  it('refuses a folder in which a living process trains', () => {
    writeFileSync(note(), `${process.ppid}\n`);
    expect(() => lockRun(folder)).toThrow(`found process ${process.ppid} at work`);
    expect(existsSync(note())).toBe(true);
  });

  it('takes over the note of a process that is gone, and one that is torn', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    for (const text of [`${pid}\n`, '']) {
      writeFileSync(note(), text);
      lockRun(folder)();
      expect(existsSync(note())).toBe(false);
    }
  });
});
