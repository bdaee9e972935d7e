import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { lockRun } from '../../lib/train/lock.ts';
import { flags } from '../../scripts/flags.mjs';

/** The start of a program for another process. */
const importLock = `import { lockRun } from ${JSON.stringify(projectPath('lib/train/lock.ts'))};`;

describe('lockRun', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-lock-'));
  });
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

  it.skipIf(process.platform === 'win32')('refuses a note that is a pipe instead of waiting for a writer', () => {
    spawnSync('mkfifo', [note()]);
    expect(() => lockRun(folder)).toThrow('found something that is not a regular file in');
  });

  it('lets one of two that start at once train, on a fresh folder and on one that a killed run left', async () => {
    const child = (at: number): string => `${importLock}
      while (Date.now() < ${at});
      try { lockRun(${JSON.stringify(folder)}); console.log('locked'); } catch (error) { console.log(error.message); }
      setTimeout(() => {}, 30_000);`;
    for (const left of [undefined, '999999999 5\n']) {
      if (left) writeFileSync(note(), left);
      const soon = Date.now() + 1500; // both have started by then
      const starters = [0, 1].map(() =>
        spawn(process.execPath, [...flags, '--input-type=module', '-e', child(soon)], { cwd: projectPath('.') }),
      );
      try {
        const said = await Promise.all(starters.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])));
        expect(said.sort()).toEqual([
          expect.stringMatching(/^Expected a run folder in which nobody else trains/),
          'locked\n',
        ]);
      } finally {
        for (const starter of starters) starter.kill('SIGKILL');
      }
      rmSync(note(), { force: true });
    }
  });

  it('does not take away the note of another one that has replaced its own', () => {
    const release = lockRun(folder);
    writeFileSync(note(), '1 2\n');
    release();
    expect(readFileSync(note(), 'utf8')).toBe('1 2\n');
  });

  it('takes over the note of a process that is gone, and one that is torn', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    for (const text of [`${pid}\n`, '']) {
      writeFileSync(note(), text);
      lockRun(folder)();
      expect(existsSync(note())).toBe(false);
    }
  });

  const withProc = it.skipIf(!existsSync('/proc/self/stat')); // else numbers are all there is to go by
  withProc(
    'refuses a folder that another process has locked, and takes it over once that one has ended, though uncollected',
    async () => {
      // The shell starts the process that locks and then becomes a sleep, which never asks how its child ended.
      const child = `${importLock}
        lockRun(${JSON.stringify(folder)});
        console.log('locked');
        setTimeout(() => {}, 30_000);`;
      const parent = spawn(
        'sh',
        ['-c', '"$@" & exec sleep 60', 'sh', process.execPath, ...flags, '--input-type=module', '-e', child],
        { cwd: projectPath('.') },
      );
      try {
        await once(parent.stdout, 'data');
        expect(() => lockRun(folder)).toThrow('Expected a run folder in which nobody else trains');
        const pid = Number(readFileSync(note(), 'utf8').split(' ')[0]);
        process.kill(pid, 'SIGKILL');
        await vi.waitUntil(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '), { timeout: 10_000 });
        lockRun(folder)();
        expect(existsSync(note())).toBe(false);
      } finally {
        parent.kill('SIGKILL');
      }
    },
  );

  withProc('takes over the note of an ended process whose number another one has by now', () => {
    writeFileSync(note(), `${process.ppid} 1\n`);
    lockRun(folder)();
    expect(existsSync(note())).toBe(false);
  });
});
