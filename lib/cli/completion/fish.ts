import type { CompletedCommand, CompletedOption } from './words.ts';

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const first = 'complete -c axunet -n __fish_use_subcommand';
const after = (command: string): string => `complete -c axunet -n '__fish_seen_subcommand_from ${command}'`;

function optionLine(command: string, { name, text, value, words }: CompletedOption): string {
  const takes = value === undefined ? '' : ' -r';
  const offers = words.length > 0 ? ` -f -a ${quoted(words.join(' '))}` : '';
  return `${after(command)} -l ${name}${takes}${offers} -d ${quoted(text)}`;
}

function commandLines({ name, summary, options, words }: CompletedCommand): string[] {
  return [
    `${first} -f -a ${name} -d ${quoted(summary)}`,
    ...options.map((option) => optionLine(name, option)),
    ...(words.length > 0 ? [`${after(name)} -a ${quoted(words.join(' '))}`] : []),
  ];
}

/** The script that fish sources. */
export const fishCompletion = (commands: readonly CompletedCommand[]): string =>
  [
    '# fish completion for axunet, made by: axunet completion fish',
    `${first} -l version -d 'the version'`,
    `${first} -l help -d 'the commands'`,
    ...commands.flatMap(commandLines),
  ].join('\n');
