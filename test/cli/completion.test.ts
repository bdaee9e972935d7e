import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCommands } from '../../lib/cli/commands.ts';
import { bashCompletion } from '../../lib/cli/completion/bash.ts';
import { fishCompletion } from '../../lib/cli/completion/fish.ts';
import { type CompletedCommand, toCompletions } from '../../lib/cli/completion/words.ts';
import { zshCompletion } from '../../lib/cli/completion/zsh.ts';

const commands = await loadCommands();

const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

let completions: CompletedCommand[];
beforeAll(async () => {
  completions = await toCompletions(commands);
});

/** What bash offers at the end of the words, as its Tab key asks. */
function offeredByBash(...words: string[]): string[] {
  const script =
    `${bashCompletion(completions)}\nCOMP_WORDS=(axunet "$@"); COMP_CWORD=$#; _axunet; ` +
    'printf "%s\\n" "${COMPREPLY[@]}"; complete -p axunet >&2';
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script, 'bash', ...words], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, 'complete -o bashdefault -o default -F _axunet axunet\n']);
  return stdout.split('\n').filter((line) => line !== '');
}

describe.skipIf(!has('bash'))('the Tab key in bash', () => {
  it('offers the commands', () => {
    expect(offeredByBash('')).toEqual([...commands.map(({ name }) => name), 'help', '--help', '--version']);
    expect(offeredByBash('pre')).toEqual(['preprocess', 'predict']);
    expect(offeredByBash('help', 'cross')).toEqual(['crossval']);
  });

  it('offers all options of a command, and no others', () => {
    for (const { name, options } of commands)
      expect(offeredByBash(name, '--'), name).toEqual([...Object.keys(options), 'help'].map((each) => `--${each}`));
    expect(offeredByBash('train', '--slices', 'somewhere', '--f')).toEqual([
      '--fold',
      '--folds',
      '--folds-file',
      '--folds-seed',
      '--from',
    ]);
    expect(offeredByBash('info', '--sl')).toEqual([]);
  });

  it('offers the values of an option, also behind an equals sign', () => {
    expect(offeredByBash('train', '--preset', '')).toEqual(['tiny', 'demo', 'study', 'paper']);
    expect(offeredByBash('train', '--preset', '=')).toEqual(['tiny', 'demo', 'study', 'paper']);
    expect(offeredByBash('train', '--preset', '=', 'd')).toEqual(['demo']);
    expect(offeredByBash('crossval', '--metric', 'nsd1')).toEqual(['nsd1', 'nsd1Voxels']);
    expect(offeredByBash('train', '--dataset', 'nih')).toEqual(['nih-2d', 'nih-pancreas-ct']);
  });

  it('offers what stands without an option, and leaves files to bash', () => {
    expect(offeredByBash('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(offeredByBash('data', 'ph')).toEqual(['phantom']);
    expect(offeredByBash('train', '--slices', '')).toEqual([]);
    expect(offeredByBash('info', '')).toEqual([]);
    expect(offeredByBash('nonsense', '')).toEqual([]);
  });
});

describe.skipIf(!has('fish'))('the Tab key in fish', () => {
  const offered = (line: string): string[] => {
    const script = `${fishCompletion(completions)}\ncomplete -C ${JSON.stringify(line)}`;
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout.split('\n').flatMap((text) => text.split('\t')[0] || []);
  };

  it('offers commands, options and values', () => {
    expect(offered('axunet pre').sort()).toEqual(['predict', 'preprocess']);
    expect(offered('axunet train --fold').sort()).toEqual(['--fold', '--folds', '--folds-file', '--from']);
    expect(offered('axunet train --preset ').sort()).toEqual(['demo', 'paper', 'study', 'tiny']);
    expect(offered('axunet data ph')).toEqual(['phantom']);
  });
});

describe.skipIf(!has('zsh'))('the Tab key in zsh', () => {
  it('is a function that zsh can read and that completes axunet', () => {
    const script = 'autoload -Uz compinit; compinit -D -u; eval "$(cat)"; print -r -- $_comps[axunet]';
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], {
      input: zshCompletion(completions),
      encoding: 'utf8',
    });
    expect([stdout, stderr]).toEqual(['_axunet\n', '']);
  });
});
