import type { CompletedCommand } from './words.ts';

/** A `case` of a shell: patterns joined by `|`, and what is done. */
const branch = (patterns: readonly string[], body: string): string => `    ${patterns.join('|')}) ${body} ;;`;

const quoted = (words: readonly string[]): string => `'${words.join(' ')}'`;

/** What follows an option that takes a value: `train --preset` → its words, or files. */
function valueBranches({ name, options }: CompletedCommand): string[] {
  const withValue = options.filter(({ value }) => value !== undefined);
  const files = withValue.filter(({ words }) => words.length === 0).map((option) => `'${name} --${option.name}'`);
  return [
    ...withValue
      .filter(({ words }) => words.length > 0)
      .map((option) => branch([`'${name} --${option.name}'`], `words=${quoted(option.words)}`)),
    ...(files.length > 0 ? [branch(files, 'return')] : []),
  ];
}

const optionBranch = ({ name, options }: CompletedCommand): string =>
  branch([name], `words=${quoted(options.map((option) => `--${option.name}`))}`);

/** The script that bash sources. Where it offers nothing, bash offers files. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = quoted([...commands.map(({ name }) => name), 'help', '--help', '--version']);
  const operands = commands.filter(({ words }) => words.length > 0);
  return `# bash completion for axunet, made by: axunet completion bash
_axunet() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} words=
  COMPREPLY=()
  # bash parts --preset=tiny into three words
  if [[ $word == = ]]; then word=; elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${names} -- "$word"))
    return
  fi
  case "$command $before" in
${commands.flatMap(valueBranches).join('\n')}
    *)
      if [[ $word == -* ]]; then
        case $command in
${commands.map((command) => `    ${optionBranch(command)}`).join('\n')}
        esac
      else
        case $command in
    ${branch(['help'], `words=${quoted(commands.map(({ name }) => name))}`)}
${operands.map(({ name, words }) => `    ${branch([name], `words=${quoted(words)}`)}`).join('\n')}
        esac
      fi ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o bashdefault -o default -F _axunet axunet`;
}
