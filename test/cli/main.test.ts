import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { writeDecathlon } from '../dataset/fixtures.ts';

const axunet = (...args: string[]) =>
  spawnSync(process.execPath, [projectPath('lib/cli/axunet.mjs'), ...args], { encoding: 'utf8' });

it('says in one sentence what the system refuses, without a stack trace', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-main-'));
  try {
    await writeDecathlon(folder, { ids: ['a'], json: {} });
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    const { status, stderr } = axunet('preprocess', folder, '--out', file);
    expect([status, stderr]).toEqual([
      1,
      `axunet preprocess: Expected to mkdir ${path.join(file, 'data')}, found that the system refuses: not a directory (ENOTDIR)\n`,
    ]);
    expect(readdirSync(folder).sort()).toContain('file');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('refuses an unknown command with exit code 2', () => {
  expect(axunet('segment')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^axunet: there is no command "segment"; the commands are info, /),
  });
});

it('ends when its starter is killed outright', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-main-'));
  try {
    const out = path.join(folder, 'cohort');
    const starter = spawn(process.execPath, [
      projectPath('lib/cli/axunet.mjs'),
      'phantom',
      '--profile',
      'tiny',
      '--patients',
      '300',
      '--out',
      out,
    ]);
    await once(starter.stdout, 'data');
    starter.kill('SIGKILL');
    await once(starter.stdout, 'close'); // the real process holds it open as long as it lives
    const { length } = readdirSync(path.join(out, 'imagesTr'));
    expect(length).toBeLessThan(300);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(readdirSync(path.join(out, 'imagesTr')).length).toBe(length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 30_000);
