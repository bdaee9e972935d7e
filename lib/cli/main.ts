/** The process of `axunet`, the command-line twin of every long notebook cell; axunet.mjs starts it. */
import { cleanLines } from '../errors.ts';
import { runLine } from './runLine.ts';

/** A starter (axunet.mjs) killed outright leaves no process behind that writes into a run while it is resumed. */
function endWithStarter(): void {
  if (!process.channel) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref();
}

/**
 * A reader that goes away, as `head` does, ends the process with the code of other programs: 128 + SIGPIPE's number.
 */
function endWithReader(): void {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 141 : 1));
}

/** Whatever a text from a file holds by the time it is printed, it does not steer the terminal. */
function printPlainly(): void {
  for (const method of ['log', 'warn', 'error'] as const) {
    const print = console[method].bind(console);
    console[method] = (...parts: unknown[]) =>
      print(...parts.map((part) => (typeof part === 'string' ? cleanLines(part) : part)));
  }
}

endWithStarter();
endWithReader();
printPlainly();
void runLine(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
