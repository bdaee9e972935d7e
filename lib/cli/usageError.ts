/** What is wrong with the words of a command line, as one sentence that suggests what may have been meant. */
import type { CommanderError } from 'commander';
import { UserError } from '../errors.ts';

/** A command line that cannot be read; `axunet` ends with 2 then, as Unix programs do. */
export class UsageError extends UserError {
  override name = 'UsageError';
}

/** What follows "Did you mean" in a message of commander, with or without "one of"; empty where it has no suggestion. */
function suggestionIn(message: string): string {
  const [, names] = /\(Did you mean (?:one of )?(.+)\?\)/.exec(message) ?? [];
  return names === undefined ? '' : `; did you mean ${names.split(', ').join(' or ')}?`;
}

/** The part of a message between single quotes. */
const quotedIn = (message: string): string => /'(.+?)'/.exec(message)?.[1] ?? '';

/** A refusal of commander in this project's words; `help` is the call that lists what there is. */
export function usageError({ code, message }: CommanderError, help: string): UsageError {
  const [word] = quotedIn(message).split(' ');
  const lists = `\`${help}\` lists the options`;
  if (code === 'commander.unknownOption')
    return new UsageError(`there is no option ${word}${suggestionIn(message) || ';'} ${lists}`);
  if (code === 'commander.optionMissingArgument') return missingValue(word, 'nothing');
  return new UsageError(`${message.replace(/^error: /, '')}; ${lists}`);
}

/** An option that lacks its value. */
export const missingValue = (option: string, found: string): UsageError =>
  new UsageError(`Expected a value for ${option}, found ${found}`);

/** A command that does not exist. */
export const unknownCommand = (name: string, { message }: CommanderError, names: readonly string[]): UsageError =>
  new UsageError(`there is no command "${name}"${suggestionIn(message) || ';'} the commands are ${names.join(', ')}`);
