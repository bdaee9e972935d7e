/** The process of `axunet`, the command-line twin of every long notebook cell; axunet.mjs starts it. */
import { cleanLines, messageOf, sentenceFor } from '../errors.ts';
import { explainWriteError } from '../io/writable.ts';
import { calledAs, runLine } from './runLine.ts';

/** A starter (axunet.mjs) killed outright leaves no process behind that writes into a run while it is resumed. */
function endWithStarter(): void {
  if (!process.channel) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref();
}

const words = process.argv.slice(2);

/**
 * A reader that goes away, as `head` does, ends the process with the code of other programs: 128 + SIGPIPE's number.
 * Any other reason that what is printed gets lost, such as a full disk, is told.
 */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(141);
    console.error(`${calledAs(words)}: ${messageOf(explainWriteError(error, 'the standard output'))}`);
    process.exit(1);
  });
}

/** Whatever a text from a file holds by the time it is printed, it does not steer the terminal. */
function printPlainly(): void {
  for (const method of ['log', 'warn', 'error'] as const) {
    const print = console[method].bind(console);
    console[method] = (...parts: unknown[]) =>
      print(...parts.map((part) => (typeof part === 'string' ? cleanLines(part) : part)));
  }
}

/** Errors that no caller awaits, such as of a helper process that cannot be started, are told as all others are. */
function tellUncaught(): void {
  process.on('uncaughtException', (error) => {
    const sentence = sentenceFor(error);
    console.error(sentence === undefined ? error : `${calledAs(words)}: ${sentence}`);
    process.exit(1);
  });
}

process.send?.('begun'); // scripts/start-typescript.mjs waits for it
endWithStarter();
endWithReader();
printPlainly();
tellUncaught();
void runLine(words).then((code) => {
  process.exitCode = code;
});
