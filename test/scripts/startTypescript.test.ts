import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { lowLimits } from '../../scripts/limits.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-limits-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const starter = projectPath('lib/cli/axunet.mjs');
/** `axunet phantom` under a limit of the shell. */
function phantomUnder(limit: string) {
  const script = `ulimit ${limit}; "$0" "${starter}" phantom --profile tiny --patients 1 --out "${folder}/cohort"`;
  const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath], { encoding: 'utf8' });
  return { status, stderr };
}

describe.skipIf(process.platform !== 'linux')('axunet under a limit of the shell', { timeout: 60_000 }, () => {
  it.each(['-v 2000000', '-v 12000000', '-n 22', '-n 26', '-n 30'])(
    'that is too low to begin (ulimit %s) says so in one sentence and makes nothing',
    (limit) => {
      const { status, stderr } = phantomUnder(limit);
      expect(status).toBeGreaterThan(0);
      expect(stderr).toMatch(/^axunet phantom: [^\n]*ulimit [^\n]*raise the limit[^\n]*\n$/);
      expect(readdirSync(folder)).toEqual([]);
    },
  );
  it('of the size of files names the file and leaves no half of it', () => {
    const { status, stderr } = phantomUnder('-f 1');
    expect(status).toBe(1);
    const said =
      /^axunet phantom: Expected room to write .*\.nii\.gz, found that files may not become so large here .*\n$/;
    expect(stderr).toMatch(said);
    const left = readdirSync(path.join(folder, 'cohort'), { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => /\.(gz|tmp)$/.test(name))).toEqual([]);
  });
  it.each(['-n 200', '-s 4096', '-t 600'])('that is low but not too low (ulimit %s) works', (limit) => {
    expect(phantomUnder(limit)).toEqual({ status: 0, stderr: '' });
  });
});

describe('low limits', () => {
  const line = (name: string, soft: string): string =>
    `${name.padEnd(26)}${soft.padEnd(21)}unlimited            units\n`;
  it('are named as they are typed, in the units of ulimit', () => {
    const text = line('Max address space', '2048000000') + line('Max open files', '20') + line('Max cpu time', '60');
    expect(lowLimits(text)).toEqual(['ulimit -v 2000000', 'ulimit -n 20', 'ulimit -t 60']);
  });
  it('are none where all is usual, and where the system does not tell', () => {
    const text =
      line('Max address space', 'unlimited') + line('Max open files', '1024') + line('Max processes', '95000');
    expect(lowLimits(text)).toEqual([]);
    expect(lowLimits('')).toEqual([]);
  });
});
