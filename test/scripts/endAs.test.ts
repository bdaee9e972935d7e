import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { explainSignal } from '../../scripts/end-as.mjs';

const { href } = pathToFileURL(projectPath('scripts/end-as.mjs'));

/** Runs a starter whose work ends as `work` says. */
function startWork(work: string) {
  const starter = `
    import { spawn } from 'node:child_process';
    import { endAs } from ${JSON.stringify(href)};
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(work)}], { stdio: 'inherit' });
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('exit', (code, signal) => endAs(code, signal, 'axunet train'));`;
  const { status, signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', starter], {
    encoding: 'utf8',
  });
  return { status, signal, stderr };
}
const killedBy = (signal: string) => startWork(`process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000)`);

describe('A starter', () => {
  it.each([0, 1, 75])('ends with the exit code %d of its work', (code) => {
    expect(startWork(`process.exit(${code})`)).toEqual({ status: code, signal: null, stderr: '' });
  });

  describe.skipIf(process.platform === 'win32')('whose work a signal ends', () => {
    it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'])('ends by %s too, without a word', (signal) => {
      expect(killedBy(signal)).toEqual({ status: null, signal, stderr: '' });
    });

    it('names memory and what to do where the system killed it', () => {
      expect(killedBy('SIGKILL')).toEqual({
        status: 137,
        signal: null,
        stderr:
          'axunet train: the process was killed, most likely because memory ran out: ' +
          'close other programs, or take smaller batches or fewer workers (SIGKILL)\n',
      });
    });

    it('names memory where Node gave up', () => {
      expect(killedBy('SIGABRT')).toEqual({
        status: 134,
        signal: null,
        stderr:
          'axunet train: the process gave up, most likely because memory ran out: ' +
          'close other programs, or take less at once (SIGABRT)\n',
      });
    });

    it.each([
      ['SIGXCPU', 'used all the processor time that it was allowed: raise the limit (ulimit -t)'],
      ['SIGXFSZ', 'wrote a larger file than it was allowed: raise the limit (ulimit -f)'],
    ])('names the limit after %s', (signal, said) => {
      expect(explainSignal(signal, 'axunet train')).toBe(`axunet train: the process ${said} (${signal})`);
    });

    it('blames low limits before anything else', () => {
      expect(explainSignal('SIGSEGV', 'axunet train', ['ulimit -s 100'])).toBe(
        'axunet train: the process was ended, most likely because too little is allowed (ulimit -s 100): ' +
          'raise the limit and start again (SIGSEGV)',
      );
      expect(explainSignal('SIGTERM', 'axunet train', ['ulimit -s 100'])).toBeUndefined();
    });

    it.each([
      ['SIGSEGV', 139],
      ['SIGBUS', 135],
      ['SIGILL', 132],
    ])('names the library and its set-up after %s', (signal, status) => {
      expect(killedBy(signal)).toEqual({
        status,
        signal: null,
        stderr:
          'axunet train: the process crashed, most likely in a TensorFlow library that is damaged or does not fit ' +
          `this processor: \`npm run setup\` sets it up anew (${signal})\n`,
      });
    });
  });
});
