import type { CompletedCommand, CompletedOption } from './words.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A text inside brackets or between colons of `_arguments` and `_describe`. */
const escaped = (text: string): string => text.replace(/[\\[\]:]/g, '\\$&');

function specification({ name, text, value, words, isRepeatable }: CompletedOption): string {
  const start = `${isRepeatable ? '*' : ''}--${name}`;
  if (value === undefined) return quoted(`${start}[${escaped(text)}]`);
  const action = words.length > 0 ? `(${words.join(' ')})` : '_files';
  return quoted(`${start}=[${escaped(text)}]:${escaped(value)}:${action}`);
}

function commandBranch({ name, options, words }: CompletedCommand): string {
  const operands = words.length > 0 ? `*: :{ compadd -- ${words.join(' ')}; _files }` : '*: :_files';
  return `    ${name}) _arguments ${[...options.map(specification), quoted(operands)].join(' ')} ;;`;
}

/** The script that zsh sources, or finds as `_axunet` in a folder of fpath. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name, summary }) => quoted(`${name}:${escaped(summary)}`));
  return `#compdef axunet
# zsh completion for axunet, made by: axunet completion zsh
_axunet() {
  local -a commands=(${names.join(' ')})
  if ((CURRENT == 2)); then
    _describe command commands
    compadd -- --help --version
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${commands.map(commandBranch).join('\n')}
    help) _describe command commands ;;
  esac
}
if [[ $funcstack[1] == _axunet ]]; then _axunet "$@"; else compdef _axunet axunet; fi`;
}
