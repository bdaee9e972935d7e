import { type Command, defineCommand } from '../command.ts';
import { shells } from '../completion/shells.ts';

/** The command is one of those that it completes, so it is told of them when it runs. */
export const completionOf = (commands: () => readonly Command[]): Command =>
  defineCommand({
    name: 'completion',
    summary: 'print what makes the Tab key complete commands and options',
    usage: [shells.join('|')],
    about: 'Prints a script that makes the Tab key of a shell complete commands, options and their values.',
    operands: [{ name: 'SHELL', text: shells.join(', '), offers: async () => shells }],
    options: {},
    notes: [
      'Put the line of your shell into its start file. The first makes `axunet` callable everywhere below the project:',
      [
        '  bash, zsh   axunet() { npx axunet "$@"; }',
        '  bash        source <(axunet completion bash)     # ~/.bashrc',
        '  zsh         source <(axunet completion zsh)      # ~/.zshrc, after compinit',
        '  fish        function axunet; npx axunet $argv; end',
        '              axunet completion fish | source      # ~/.config/fish/config.fish',
      ].join('\n'),
    ],
    example: 'completion bash > ~/.local/share/bash-completion/completions/axunet',
    load: async () => (await import('../run/completion.ts')).runFor(commands()),
  });
