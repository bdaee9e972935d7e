/** A subcommand of `axunet`: what is to be said of it, and how it is run. */
import type { CommandDefinition, CommandForm, Options } from './definition.ts';
import { parseCall } from './parse.ts';

export interface Command extends CommandForm {
  /**
   * Runs with the arguments after the command's name; resolves to the exit code. Throws a UsageError for arguments that cannot
   * be read, and what the work throws.
   */
  run(args: readonly string[]): Promise<number>;
}

export const defineCommand = <const O extends Options>({ load, ...form }: CommandDefinition<O>): Command => ({
  ...form,
  async run(args) {
    const call = parseCall(form, args);
    return call ? (await load())(call) : 0;
  },
});
