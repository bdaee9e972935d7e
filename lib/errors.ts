/** Errors that a user can mend, as one sentence each. */
import { messageOf, UserError } from 'axunet-engine/errors';

export { aName, cleanLines, cleanText, expected, isName, messageOf, shownText, UserError } from 'axunet-engine/errors';

/** Checks what a file holds; a UserError without the file's name gets it behind. */
export function checkInFile<T>(file: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof UserError && !error.message.includes(file)
      ? new UserError(`${error.message} in ${file}`)
      : error;
  }
}

/** What ran out and what to do, by the system's code. */
const limits: Readonly<Record<string, string>> = {
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine; close other programs',
  EAGAIN: 'no more processes or threads may be started; raise the limit (ulimit -u)',
  EFBIG: 'files may not become so large; raise the limit (ulimit -f)',
  ENOMEM: 'memory ran out; close other programs or raise the limit (ulimit -v)',
  ENOSPC: 'the disk is full',
};

/** What ran out, in words and with what to do about it; undefined where nothing did. */
export const systemReason = (error: unknown): string | undefined =>
  limits[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];

/** What the operating system refused, as one sentence; undefined for any other error. */
function systemErrorMessage(error: unknown): string | undefined {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || !code || !syscall) return undefined;
  const reason = systemReason(error) ?? error.message.replace(/^\w+: /, '').replace(/, .*$/s, '');
  const [verb] = syscall.split(' '); // `spawn` names its program behind it
  return `Expected to ${verb} ${path ?? 'a file'}, found that the system refuses: ${reason} (${code})`;
}

/** Whether memory ran out: that of the process, or the addresses that it may use. */
const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error &&
  ((error instanceof RangeError &&
    /out of memory|allocation failed|array length: \d|maximum size exceeded/i.test(error.message)) ||
    (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY');

/** The sentence for an error that a user can mend; undefined for one that only a programmer can. */
export function sentenceFor(error: unknown): string | undefined {
  if (error instanceof UserError) return error.message;
  if (!isOutOfMemory(error)) return systemErrorMessage(error);
  const advice = 'close other programs, take less at once or raise the limit (ulimit -v)';
  return `Expected enough memory for the work, found none left (${messageOf(error)}): ${advice}`;
}
