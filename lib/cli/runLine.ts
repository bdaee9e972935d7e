/** One command line of `axunet`, from its words to the exit code. */
import { CommanderError, type Command as Parser } from 'commander';
import { sentenceFor } from '../errors.ts';
import { packageVersion } from '../io/packageVersion.ts';
import { commandNames, isCommand, loadCommand, loadCommands } from './commands.ts';
import { newParser } from './parse.ts';
import { UsageError, unknownCommand, usageError } from './usageError.ts';

/** The parser of what comes without a command: a question for help or for the version. */
async function overview(): Promise<Parser> {
  const parser = newParser('axunet')
    .description('Pancreas CT segmentation with AX-Unet.')
    .usage('COMMAND [options]')
    .helpCommand(false)
    .version(packageVersion(), '--version', 'the version of this package')
    .addHelpText('after', '\naxunet COMMAND --help explains one command.');
  for (const { name, summary } of await loadCommands()) parser.addCommand(newParser(name).summary(summary));
  return parser;
}

/** Answers words that begin with an option, and refuses one that is no command. */
async function answerOrRefuse(words: readonly string[]): Promise<void> {
  const parser = await overview();
  try {
    parser.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return; // help and version are printed
    if (error.code !== 'commander.unknownCommand') throw usageError(error, parser);
    throw unknownCommand(parser.args[0], error, commandNames);
  }
}

/** Runs one command line; resolves to the exit code. Without any word it is the overview, and 2. */
async function perform(words: readonly string[]): Promise<number> {
  const [name, ...args] = words;
  if (name === undefined) {
    await answerOrRefuse(['--help']);
    return 2;
  }
  if (name === 'help') return perform([...args.slice(0, 1), '--help']);
  if (isCommand(name)) return (await loadCommand(name)).run(args);
  await answerOrRefuse(name.startsWith('-') ? words : [name]);
  return 0;
}

/** How a command line begins: `axunet train`, or `axunet` where no command is named. */
export const calledAs = ([name = '']: readonly string[]): string => `axunet${isCommand(name) ? ` ${name}` : ''}`;

/** Runs one command line; resolves to the exit code. What a user can mend is said in one sentence on stderr. */
export async function runLine(words: readonly string[]): Promise<number> {
  try {
    return await perform(words);
  } catch (error) {
    const sentence = sentenceFor(error);
    if (sentence === undefined) throw error;
    console.error(`${calledAs(words)}: ${sentence}`);
    return error instanceof UsageError ? 2 : 1;
  }
}
