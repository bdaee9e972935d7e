import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LeaseOptions, occupantOf, takeLease } from '../../lib/io/lease.ts';
import { projectPath } from '../../lib/settings.ts';
import { flags } from '../../scripts/flags.mjs';

/** The start of a program for another process. */
const importLease = `import { takeLease } from ${JSON.stringify(projectPath('lib/io/lease.ts'))};`;
const wanted = 'a folder in which nobody else is at work';
const times = { renewMs: 50, patienceMs: 1500 }; // thirty renewals, so that a busy machine does not look silent

let folder: string;
let note: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-lease-'));
  note = path.join(folder, 'note.pid');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const take = (options: Partial<LeaseOptions> = {}) => takeLease(note, { wanted, times, ...options });

/** Another process that takes the lease and stays; `env` may make it one of another machine. */
function startOther(env: Record<string, string> = {}, wrapped: readonly string[] = []) {
  const program = `${importLease}
    takeLease(${JSON.stringify(note)}, { wanted: '', times: ${JSON.stringify(times)} }).then(() => console.log('held'));
    setTimeout(() => {}, 60_000);`;
  const [command, ...args] = [...wrapped, process.execPath, ...flags, '--input-type=module', '-e', program];
  return spawn(command!, args, { cwd: projectPath('.'), env: { ...process.env, ...env } });
}

describe('a lease on one machine', () => {
  it('refuses a place that a living process holds, which an earlier version noted', async () => {
    writeFileSync(note, `${process.ppid}\n`);
    await expect(take()).rejects.toThrow(`Expected ${wanted}, found process ${process.ppid} at work`);
    expect(existsSync(note)).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('refuses a note that is a pipe instead of waiting for a writer', async () => {
    spawnSync('mkfifo', [note]);
    await expect(take()).rejects.toThrow('found something that is not a regular file in');
  });

  it('goes to one of two that start at once, in a fresh folder and in one that a killed process left', async () => {
    const child = (at: number): string => `${importLease}
      while (Date.now() < ${at});
      takeLease(${JSON.stringify(note)}, { wanted: 'it' }).then(
        () => console.log('held'), (error) => console.log(error.message));
      setTimeout(() => {}, 30_000);`;
    for (const left of [undefined, '999999999 5\n']) {
      if (left) writeFileSync(note, left);
      const soon = Date.now() + 1500; // both have started by then
      const starters = [0, 1].map(() =>
        spawn(process.execPath, [...flags, '--input-type=module', '-e', child(soon)], { cwd: projectPath('.') }),
      );
      try {
        const said = await Promise.all(starters.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])));
        expect(said.sort()).toEqual([expect.stringMatching(/^Expected it, found process \d+ on/), 'held\n']);
      } finally {
        for (const starter of starters) starter.kill('SIGKILL');
      }
      rmSync(note, { force: true });
    }
  });

  it('does not take away the note of another one that has replaced its own, and says so', async () => {
    const lease = await take();
    lease.assertHeld();
    writeFileSync(note, '7 2 kernel other 2026-01-01T00:00:00.000Z\n');
    const others = `found that process 7 on other since 2026-01-01T00:00:00.000Z has taken over in ${note}`;
    expect(() => lease.assertHeld()).toThrow(`Expected ${wanted}, this one, ${others}`);
    lease.release();
    expect(readFileSync(note, 'utf8')).toContain('7 2 kernel other');
    rmSync(note);
    expect(() => lease.assertHeld()).toThrow('found that its note is gone');
  });

  it('takes over the note of a process that is gone, and one that is torn', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    for (const text of [`${pid}\n`, '', `${pid}`]) {
      writeFileSync(note, text);
      (await take()).release();
      expect(existsSync(note)).toBe(false);
    }
  });

  const withProc = it.skipIf(!existsSync('/proc/self/stat')); // else numbers are all there is to go by
  withProc('is refused while its holder is stopped, and free once it has ended, though uncollected', async () => {
    // The shell starts the process that holds and then becomes a sleep, which never asks how its child ended.
    const parent = startOther({}, ['sh', '-c', '"$@" & exec sleep 60', 'sh']);
    try {
      await once(parent.stdout, 'data');
      const pid = Number(readFileSync(note, 'utf8').split(' ')[0]);
      process.kill(pid, 'SIGSTOP');
      await sleep(4 * times.renewMs);
      await expect(take({ takeOver: true })).rejects.toThrow(`found process ${pid} on`);
      process.kill(pid, 'SIGKILL');
      await vi.waitUntil(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '), { timeout: 10_000 });
      const before = performance.now();
      (await take()).release();
      expect(performance.now() - before).toBeLessThan(times.patienceMs); // the kernel was asked, nothing was watched
      expect(existsSync(note)).toBe(false);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  withProc('takes over the note of an ended process whose number another one has by now', async () => {
    writeFileSync(note, `${process.ppid} 1\n`);
    (await take()).release();
    expect(existsSync(note)).toBe(false);
  });
});

describe('a lease on a folder that two machines share', () => {
  it('is refused while the other machine renews it, told by the change and not by a clock', async () => {
    const other = startOther({ AXUNET_MACHINE: 'node-b' });
    try {
      await once(other.stdout, 'data');
      const waits: string[] = [];
      const attempt = take({ takeOver: true, onWait: (line) => waits.push(line) });
      await expect(attempt).rejects.toThrow(/found process \d+ on node-b since 20\S+Z at work: it renewed its note in/);
      expect(waits).toEqual([expect.stringMatching(/^found the note of process \d+ on node-b .* for 1.5 s whether/)]);
      expect(await occupantOf(note, times)).toMatchObject({ state: 'alive', who: expect.stringContaining('node-b') });
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('is refused where the other machine is silent, and taken over where that is said', async () => {
    // its clock is years ahead, and its process number is that of a living process here
    const left = `${process.ppid} 12 other-kernel node-b 2099-01-01T00:00:00.000Z\nrenewed 0000000007\n`;
    writeFileSync(note, left);
    const fast = { renewMs: 50, patienceMs: 200 };
    await expect(take({ times: fast })).rejects.toThrow(
      `Expected ${wanted}, found the note of process ${process.ppid} on node-b since 2099-01-01T00:00:00.000Z, not ` +
        `renewed for 0.2 s, in ${note}: whether it has ended cannot be known here; if it has, take over with --take-over`,
    );
    expect(readFileSync(note, 'utf8')).toBe(left);
    expect(await occupantOf(note, fast)).toMatchObject({ state: 'silent' });
    const lease = await take({ times: fast, takeOver: true });
    lease.assertHeld();
    expect(readFileSync(note, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    lease.release();
  });

  it('goes on by itself on a machine of the same name that has started anew since', async () => {
    writeFileSync(note, `${process.ppid} 12 other-kernel ${os.hostname()} 2026-01-01T00:00:00.000Z\nrenewed 01\n`);
    (await take({ times: { renewMs: 50, patienceMs: 200 } })).release();
    expect(existsSync(note)).toBe(false);
  });

  it('is renewed while the main thread works without a pause, and ends for a holder that was replaced', async () => {
    const lease = await take();
    const renewals = (): number => Number(readFileSync(note, 'utf8').split('renewed ')[1]);
    await vi.waitUntil(() => renewals() > 0, { timeout: 10_000 });
    const before = renewals();
    for (const end = Date.now() + 600; Date.now() < end; ); // a long step
    expect(renewals()).toBeGreaterThan(before);
    const others = '7 2 kernel other 2026-01-01T00:00:00.000Z\nrenewed 0000000001\n';
    writeFileSync(note, others);
    await sleep(6 * times.renewMs);
    expect(readFileSync(note, 'utf8')).toBe(others);
    lease.release();
  });
});
