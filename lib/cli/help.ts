/** How help looks. */
import type { Command as Parser } from 'commander';
import type { CommandDefinition, OptionDefinition } from './definition.ts';

/** Texts are wrapped at this many columns, or at the terminal's edge. */
const widest = 100;
const columns = (): number => Math.min(process.stdout.columns ?? widest, widest);

/** What an option is for, with its values, its default and its other name in brackets. */
export function describeOption({ text, choices, default: fallback, usually, alias }: OptionDefinition): string {
  const standard = usually ?? fallback;
  const details = [
    ...(choices ? [choices.join(', ')] : []),
    ...(standard === undefined ? [] : [`default: ${standard}`]),
    ...(alias === undefined ? [] : [`also --${alias}`]),
  ];
  return details.length > 0 ? `${text} (${details.join('; ')})` : text;
}

/** Wraps a paragraph; lines that begin with a space stay as they are. */
function wrapped(paragraph: string): string {
  const lines: string[] = [];
  for (const word of paragraph.split(/ (?! )/)) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= columns()) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join('\n');
}

/** Notes and example. */
export const textAfterOptions = ({ notes = [], example }: Pick<CommandDefinition, 'notes' | 'example'>): string =>
  ['', ...notes.map((note) => (/^ /.test(note) ? note : wrapped(note))), `Example: axunet ${example}`]
    .join('\n\n')
    .slice(1);

/** Gives a parser this project's layout: usage in several forms, values as DIR instead of <DIR>, no word twice. */
export const layOut = (parser: Parser): Parser =>
  parser.configureOutput({ getOutHelpWidth: columns }).configureHelp({
    commandUsage: (command) =>
      command
        .usage()
        .split('\n')
        .map((form) => `${command.name()} ${form}`)
        .join('\n       '),
    optionTerm: ({ flags }) => flags.replace(/[<>]/g, ''),
    optionDescription: ({ description }) => description,
    argumentTerm: (argument) => argument.name(),
    subcommandTerm: (command) => command.name(),
  });
