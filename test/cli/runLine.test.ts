import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommands } from '../../lib/cli/commands.ts';
import { runLine } from '../../lib/cli/runLine.ts';
import { sentenceFor } from '../../lib/errors.ts';
import { projectPath } from '../../lib/settings.ts';

const commands = await loadCommands();

let printed: string;
let complaint: string;
beforeEach(() => {
  [printed, complaint] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  vi.spyOn(console, 'error').mockImplementation((text) => {
    complaint += text;
  });
});
afterEach(() => vi.restoreAllMocks());

describe('axunet', () => {
  it('without a word, and when asked, lists all commands with what they do', async () => {
    expect(await runLine(['--help'])).toBe(0);
    const overview = printed;
    for (const { name, summary } of commands) expect(overview).toMatch(new RegExp(`^ {2}${name} +${summary}$`, 'm'));
    for (const [words, code] of [
      [[], 2],
      [['help'], 0],
      [['-h'], 0],
    ] as const) {
      printed = '';
      expect(await runLine(words)).toBe(code);
      expect(printed).toBe(overview);
    }
    expect(complaint).toBe('');
  });

  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(projectPath('lib/package.json'), 'utf8'));
    expect(await runLine(['--version'])).toBe(0);
    expect(printed).toBe(`${version}\n`);
  });

  it('explains a command in both ways of asking', async () => {
    expect(await runLine(['info', '--help'])).toBe(0);
    expect(printed).toMatch(/^Usage: axunet info FILE/);
    const explained = printed;
    printed = '';
    expect(await runLine(['help', 'info'])).toBe(0);
    expect(printed).toBe(explained);
  });

  it.each([
    [['segment'], /^axunet: there is no command "segment"; the commands are info, /],
    [['constructor'], /^axunet: there is no command "constructor"; the commands are info, /],
    [['toString'], /^axunet: there is no command "toString"; the commands are info, /],
    [['trian', '--help'], /^axunet: there is no command "trian" \(did you mean train\?\); the commands are info, /],
    [['help', 'trian'], /^axunet: there is no command "trian" \(did you mean train\?\); the commands are info, /],
    [['--versoin'], /^axunet: there is no option --versoin \(did you mean --version\?\); `axunet --help` lists /],
    [['train', '--resum'], /^axunet train: there is no option --resum \(did you mean --resume\?\); `axunet train /],
  ])('refuses %j with exit code 2 in one sentence', async (words, sentence) => {
    expect(await runLine(words)).toBe(2);
    expect(complaint).toMatch(sentence);
    expect(complaint).not.toContain('\n');
    expect(printed).toBe('');
  });

  it('knows the errors of a program that asks for more than Node can hold', () => {
    const attempts = [() => new Uint8Array(8e18), () => new Array(-1)];
    const [tooLong, negative] = attempts.map((attempt) => {
      try {
        return attempt();
      } catch (error) {
        return sentenceFor(error);
      }
    });
    expect(tooLong).toMatch(/^Expected enough memory for the work, found none left \(Invalid typed array length: 8/);
    expect(negative).toBeUndefined(); // a programmer's mistake
  });

  it('ends with 1 where a value is wrong', async () => {
    expect(await runLine(['preprocess', 'phantom', '--out', 'x', '--mode', 'best'])).toBe(1);
    expect(complaint).toBe('axunet preprocess: Expected --mode default or paper, found "best"');
  });
});
