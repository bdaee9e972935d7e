/** The options of the commands as tables in Markdown, for docs/settings.md. */
import { expected } from '../errors.ts';
import type { CommandDefinition, OptionDefinition, Options } from './definition.ts';

const code = (text: string): string => `\`${text}\``;

/** A cell: `|` would part it. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

function nameCell(name: string, { value, alias }: OptionDefinition): string {
  const names = alias === undefined ? [name] : [name, alias];
  return names.map((each) => code(value === undefined ? `--${each}` : `--${each} ${value}`)).join(', ');
}

/** `best` (default), `last`; a default that is none of the choices stands behind them. */
function valuesCell({ choices = [], default: fallback, usually = fallback }: OptionDefinition): string {
  const listed = choices.map((choice) => (choice === usually ? `${code(choice)} (default)` : code(choice))).join(', ');
  const isListed = usually === undefined || choices.includes(usually);
  return [listed, isListed ? '' : `default: ${usually}`].filter((part) => part !== '').join('; ');
}

const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`.replaceAll('|  |', '| |');

function optionTable(options: Options): string {
  const rows = Object.entries(options).map(([name, option]) => [
    nameCell(name, option),
    valuesCell(option),
    option.text.replaceAll('<', '&lt;'),
  ]);
  return [row(['option', 'values, default', 'what it does']), '|---|---|---|', ...rows.map(row)].join('\n');
}

const section = ({ name, summary, usage, options }: CommandDefinition): string =>
  [
    `### axunet ${name}`,
    `${summary[0].toUpperCase()}${summary.slice(1)}:`,
    usage.map((form) => `    axunet ${name} ${form}`).join('\n'),
    ...(Object.keys(options).length > 0 ? [optionTable(options)] : []),
  ].join('\n\n');

const [start, end] = ['<!-- npm run tables writes from here -->', '<!-- to here -->'];

/** The text with the tables between its two marks; throws a UserError for one without marks. */
export function withOptionTables(text: string, commands: readonly CommandDefinition[]): string {
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw expected(`the marks "${start}" and "${end}"`, 'none');
  const tables = commands.map(section).join('\n\n');
  return `${text.slice(0, from + start.length)}\n\n${tables}\n\n${text.slice(to)}`;
}
