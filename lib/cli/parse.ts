/** From a definition to commander, which reads the words of the command line, and back to the values to work with. */
import { Argument, CommanderError, Option, Command as Parser } from 'commander';
import { expected } from '../errors.ts';
import { type Call, type CommandDefinition, camelCase, type OptionDefinition, type Options } from './definition.ts';
import { describeOption, layOut, textAfterOptions } from './help.ts';
import { missingValue, usageError } from './usageError.ts';

/** What commander notes for an option: true, a text, the texts of one that may be repeated, or nothing. */
type Typed = string | string[] | true | undefined;

function toOption(name: string, definition: OptionDefinition): Option {
  const { value, multiple, group } = definition;
  const option = new Option(value ? `--${name} <${value}>` : `--${name}`, describeOption(definition));
  if (multiple) option.argParser((text: string, before: string[] = []) => [...before, text]);
  return group ? option.helpGroup(`${group}:`) : option;
}

/** A parser that throws what it refuses and prints help as this project lays it out. */
export const newParser = (name: string): Parser =>
  layOut(new Parser(name))
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .helpOption('-h, --help', 'this text');

/** The parser of one command. */
function parserOf({ operands = [], options, ...definition }: CommandDefinition): Parser {
  const parser = newParser(`axunet ${definition.name}`)
    .description(definition.about)
    .usage(definition.usage.join('\n'))
    .allowExcessArguments(operands.length > 0)
    .addHelpText('after', textAfterOptions(definition));
  for (const { name, text } of operands) parser.addArgument(new Argument(`[${name}]`, text));
  for (const [name, option] of Object.entries(options)) {
    parser.addOption(toOption(name, option));
    if (option.alias) parser.addOption(toOption(option.alias, option).hideHelp());
  }
  return parser;
}

/** Commander takes any word after `--out` for its value, also another option whose place it is not. */
function checkValues(parser: Parser, args: readonly string[]): void {
  const takesValue = (arg: string): boolean => parser.options.some(({ long, required }) => required && long === arg);
  for (let i = 0; i < args.length - 1 && args[i] !== '--'; i++) {
    if (!takesValue(args[i])) continue;
    if (/^-\D/.test(args[i + 1])) throw missingValue(args[i], args[i + 1]);
    i++; // the value
  }
}

/** What was typed for an option, under either of its names. */
function typedFor(name: string, { alias, multiple }: OptionDefinition, typed: Record<string, Typed>): Typed {
  const [own, other] = [typed[camelCase(name)], alias === undefined ? undefined : typed[camelCase(alias)]];
  return multiple ? [own, other].flatMap((texts) => (texts as string[] | undefined) ?? []) : (own ?? other);
}

const isBlank = (text: string): boolean => text.trim() === '';

/**
 * The value that a text stands for: what the definition makes of it, or one of the choices. An empty text is refused,
 * by the definition where it has a sentence for it.
 */
function parseText(name: string, { value, parse, choices }: OptionDefinition, text: string): unknown {
  const parsed = parse?.(text);
  if (isBlank(text) && !choices) throw expected(`--${name} ${value} with some text`, `"${text}"`);
  if (parse) return parsed;
  if (!choices || choices.includes(text)) return text;
  const wanted = choices.length === 2 ? choices.join(' or ') : `to be one of ${choices.join(', ')}`;
  throw expected(`--${name} ${wanted}`, `"${text}"`);
}

function valueOf(name: string, definition: OptionDefinition, typed: Record<string, Typed>): unknown {
  const given = typedFor(name, definition, typed);
  if (definition.value === undefined) return given === true;
  if (Array.isArray(given)) return given.map((text) => parseText(name, definition, text));
  const text = (given as string | undefined) ?? definition.default;
  return text === undefined ? undefined : parseText(name, definition, text);
}

/**
 * Reads the words after a command's name; undefined where they ask for help, which is printed then.
 * Throws a UsageError for words that cannot be read, and a UserError for values that cannot be.
 */
export function parseCall<O extends Options>(
  definition: CommandDefinition<O>,
  args: readonly string[],
): Call<O> | undefined {
  const parser = parserOf(definition);
  try {
    checkValues(parser, args);
    parser.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return undefined;
    throw usageError(error, parser);
  }
  const { operands = [] } = definition;
  const blank = parser.args.findIndex(isBlank);
  const operand = operands[Math.min(blank, operands.length - 1)];
  if (operand) throw expected(`${operand.name} with some text`, `"${parser.args[blank]}"`);
  const typed = parser.opts<Record<string, Typed>>();
  const values = Object.entries(definition.options).map(([name, each]) => [
    camelCase(name),
    valueOf(name, each, typed),
  ]);
  return { values: Object.fromEntries(values) as Call<O>['values'], operands: parser.args };
}
