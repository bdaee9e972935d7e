// How a starter ends when the process that it started has ended.
import os from 'node:os';

const crash =
  'crashed, most likely in a TensorFlow library that is damaged or does not fit this processor: ' +
  '`npm run setup` sets it up anew';

/** What happened to a process that a signal ended, and what to do; only for signals that nobody sends on purpose. */
const explanations = {
  SIGKILL:
    'was killed, most likely because memory ran out: close other programs, or take smaller batches or fewer workers',
  SIGSEGV: crash,
  SIGBUS: crash,
  SIGILL: crash,
  SIGABRT: 'gave up, most likely because memory ran out: close other programs, or take less at once',
  SIGTRAP: 'gave up, most likely because memory ran out: close other programs, or take less at once',
  SIGXCPU: 'used all the processor time that it was allowed: raise the limit (ulimit -t)',
  SIGXFSZ: 'wrote a larger file than it was allowed: raise the limit (ulimit -f)',
};
/** Signals whose cause is most likely a limit where one is low. */
const perhapsLimited = ['SIGKILL', 'SIGSEGV', 'SIGBUS', 'SIGABRT', 'SIGTRAP'];

/** What to say where limits are low: `too little is allowed (ulimit -v 2000000): …`. */
export const blameLimits = (limits) => `too little is allowed (${limits.join(', ')}): raise the limit and start again`;

/**
 * `axunet train: the process crashed, … (SIGSEGV)`; undefined for a signal that needs no words, such as Ctrl-C's.
 * `limits` are those in force that are low (limits.mjs).
 */
export function explainSignal(signal, name, limits = []) {
  const explanation = explanations[signal];
  if (!explanation) return undefined;
  const isLimited = limits.length > 0 && perhapsLimited.includes(signal);
  const said = isLimited ? `was ended, most likely because ${blameLimits(limits)}` : explanation;
  return `${name}: the process ${said} (${signal})`;
}

/**
 * Ends this process as the started one ended: with its exit code or by the same signal, so that a shell sees no
 * difference. A crash is explained in one sentence and becomes the exit code 128 + the signal's number, as a shell
 * reports it; so does every signal on Windows, which has none.
 */
export function endAs(code, signal, name, limits = []) {
  if (!signal) process.exit(code ?? 1);
  process.exitCode = 128 + os.constants.signals[signal];
  const explanation = explainSignal(signal, name, limits);
  if (explanation) console.error(explanation);
  if (explanation || process.platform === 'win32') process.exit();
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  setTimeout(() => process.exit(), 1000); // where this process survives the signal
}
