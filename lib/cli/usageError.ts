/** What is wrong with the words of a command line, as one sentence that suggests what may have been meant. */
import type { CommanderError, Command as Parser } from 'commander';
import { UserError } from '../errors.ts';

/** A command line that cannot be read; `axunet` ends with 2 then, as Unix programs do. */
export class UsageError extends UserError {
  override name = 'UsageError';
}

/** What commander suggests, in brackets; empty where it has no suggestion. */
function suggestionIn({ message }: CommanderError): string {
  const [, names] = /\(Did you mean (?:one of )?(.+)\?\)/.exec(message) ?? [];
  return names === undefined ? '' : ` (did you mean ${names.split(', ').join(' or ')}?)`;
}

/** The option that a message of commander names, without its value. */
const optionIn = ({ message }: CommanderError): string => /'(\S+?)[ ']/.exec(message)?.[1] ?? '';

/** An option that lacks its value. */
export const missingValue = (option: string, found: string): UsageError =>
  new UsageError(`Expected a value for ${option}, found ${found}`);

/** A refusal of commander in this project's words. */
export function usageError(error: CommanderError, parser: Parser): UsageError {
  const help = `\`${parser.name()} --help\` lists the options`;
  if (error.code === 'commander.unknownOption')
    return new UsageError(`there is no option ${optionIn(error)}${suggestionIn(error)}; ${help}`);
  if (error.code === 'commander.optionMissingArgument') return missingValue(optionIn(error), 'nothing');
  if (error.code === 'commander.excessArguments')
    return new UsageError(`Expected nothing but options, found ${parser.args.join(' ')}; ${help}`);
  return new UsageError(`${error.message.replace(/^error: /, '')}; ${help}`);
}

/** A command that does not exist. */
export const unknownCommand = (name: string, error: CommanderError, names: readonly string[]): UsageError =>
  new UsageError(`there is no command "${name}"${suggestionIn(error)}; the commands are ${names.join(', ')}`);
