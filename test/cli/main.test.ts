import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { writeDecathlon } from '../dataset/fixtures.ts';

const starter = projectPath('lib/cli/axunet.mjs');
const axunet = (...args: string[]) => spawnSync(process.execPath, [starter, ...args], { encoding: 'utf8' });

const longWork = ['phantom', '--profile', 'tiny', '--patients', '300'];
const env = { ...process.env, AXUNET_PROGRESS: 'live' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-main-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('axunet', { timeout: 30_000 }, () => {
  it('refuses an unknown command with exit code 2', () => {
    expect(axunet('segment')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^axunet: there is no command "segment"; the commands are info, /),
    });
  });

  it.skipIf(process.platform === 'win32')(
    'prints no character that steers a terminal, whoever named a folder',
    async () => {
      const named = path.join(folder, 'a\u001b[2J\u009b\u202eb');
      await writeDecathlon(named, { ids: ['a'], json: {} });
      const { stdout, stderr } = axunet('verify', named);
      expect(stdout).toContain('a\\u001b[2J\\u009b\\u202eb: 1 case');
      expect(stdout + stderr).not.toMatch(/[\x1b\x80-\x9f\u202e]/);
    },
  );

  it('says in one sentence where nothing can be written, without a stack trace', async () => {
    await writeDecathlon(folder, { ids: ['a'], json: {} });
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    const { status, stderr } = axunet('preprocess', folder, '--out', file);
    expect([status, stderr]).toEqual([
      1,
      `axunet preprocess: Expected a folder to write into, found a file in ${file}\n`,
    ]);
  });
});

/** Starts work that takes long, and waits until it is under way: it tells of every patient. */
async function startLongWork() {
  const out = path.join(folder, 'cohort');
  const child = spawn(process.execPath, [starter, ...longWork, '--out', out], { env });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint += text;
  });
  await once(child.stdout, 'data');
  return { child, complaint: () => complaint, made: () => readdirSync(path.join(out, 'imagesTr')).length };
}

describe.skipIf(process.platform === 'win32')('A signal', { timeout: 30_000 }, () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s ends the work, and axunet as if it were the work',
    async (signal) => {
      const { child, complaint, made } = await startLongWork();
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([null, signal]);
      expect(complaint()).toBe('');
      expect(made()).toBeLessThan(300);
    },
  );

  it('is seen by a shell as the exit code 128 + its number', () => {
    const work = `"$0" "${starter}" ${longWork.join(' ')} --out "${folder}/cohort" > "${folder}/log" & p=$!`;
    const script = `${work}; until [ -s "${folder}/log" ]; do sleep 0.1; done; kill -TERM $p; wait $p; echo "code $?"`;
    const { stdout } = spawnSync('bash', ['-c', script, process.execPath], { encoding: 'utf8', env });
    expect(stdout).toBe('code 143\n');
  });

  it('is not needed where the reader goes away, as head does: the work ends without a stack trace', () => {
    const work = `"$0" "${starter}" ${longWork.join(' ')} --out "${folder}/cohort"`;
    const script = `${work} | head -c 1; echo " code \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath], { encoding: 'utf8', env });
    expect([stdout.slice(-9), stderr]).toEqual(['code 141\n', '']);
  });

  it('that kills the starter outright ends the work too', async () => {
    const { child, made } = await startLongWork();
    child.kill('SIGKILL');
    await once(child.stdout, 'close'); // the work holds it open as long as it lives
    const count = made();
    expect(count).toBeLessThan(300);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(made()).toBe(count);
  });
});
