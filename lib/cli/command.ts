/** A subcommand of `axunet`: what is to be said of it, and how it is run. */
import type { Call, CommandDefinition, Options } from './definition.ts';
import { parseCall } from './parse.ts';

export interface Command extends CommandDefinition {
  /**
   * Runs with the arguments after the command's name; resolves to the exit code. Throws a UsageError for arguments that
   * cannot be read, and what the work throws.
   */
  run(args: readonly string[]): Promise<number>;
}

/** Joins a definition and its work, which is loaded when the command runs. */
export const toCommand = <O extends Options>(
  form: CommandDefinition<O>,
  load: () => Promise<(call: Call<O>) => Promise<number>>,
): Command => ({
  ...form,
  async run(args) {
    const call = parseCall(form, args);
    return call ? (await load())(call) : 0;
  },
});
