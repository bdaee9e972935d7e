import { projectPath } from '../../settings.ts';
import { shells } from '../completion/shells.ts';
import type { CommandDefinition } from '../definition.ts';

const starter = `node ${projectPath('lib', 'cli', 'axunet.mjs')}`;

export const completion = {
  name: 'completion',
  summary: 'print what makes the Tab key complete commands and options',
  usage: [shells.join('|')],
  about: 'Prints a script that makes the Tab key of a shell complete commands, options and their values.',
  operands: [{ name: 'SHELL', text: shells.join(', '), offers: async () => shells }],
  options: {},
  notes: [
    'The lines for the start file of your shell, of which the first makes `axunet` callable by name from any folder:',
    [
      `  bash (~/.bashrc)                 axunet() { ${starter} "$@"; }`,
      '                                   source <(axunet completion bash)',
      `  zsh (~/.zshrc, after compinit)   axunet() { ${starter} "$@"; }`,
      '                                   source <(axunet completion zsh)',
      `  fish (~/.config/fish/config.fish)  function axunet; ${starter} $argv; end`,
      '                                   axunet completion fish | source',
    ].join('\n'),
  ],
  example: 'completion bash > ~/.local/share/bash-completion/completions/axunet',
} as const satisfies CommandDefinition;
