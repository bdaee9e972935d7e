/** A subcommand of `axunet`: what is to be said of it, and how it is run. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { assertWritableFile, assertWritableFolder } from '../io/writable.ts';
import { type Call, type CommandDefinition, camelCase, type Options } from './definition.ts';
import { parseCall } from './parse.ts';

export interface Command extends CommandDefinition {
  /**
   * Runs with the arguments after the command's name; resolves to the exit code. Throws a UsageError for arguments that
   * cannot be read, and what the work throws.
   */
  run(args: readonly string[]): Promise<number>;
}

const isEmptyOrNone = async (folder: string): Promise<boolean> => (await readdir(folder).catch(() => [])).length === 0;

/** Refuses a place that cannot be written to before work is done for it. Throws a UserError that names the place. */
async function checkOutputs(options: Options, values: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, { output }] of Object.entries(options)) {
    const place = values[camelCase(name)];
    if (output === undefined || typeof place !== 'string') continue;
    if (output === 'continued' && !(await isEmptyOrNone(place))) continue;
    if (output === 'file') await assertWritableFile(place);
    await assertWritableFolder(output === 'file' ? path.dirname(place) : place);
  }
}

/** Joins a definition and its work, which is loaded when the command runs. */
export const toCommand = <O extends Options>(
  form: CommandDefinition<O>,
  load: () => Promise<(call: Call<O>) => Promise<number>>,
): Command => ({
  ...form,
  async run(args) {
    const call = parseCall(form, args);
    if (!call) return 0;
    await checkOutputs(form.options, call.values);
    return (await load())(call);
  },
});
