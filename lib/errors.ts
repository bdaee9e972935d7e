/** Errors that a user can mend, as one sentence each. */
import { UserError } from 'axunet-engine/errors';

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

/** What the operating system refused, as one sentence; undefined for any other error. */
export function systemErrorMessage(error: unknown): string | undefined {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || !code || !syscall) return undefined;
  const reason = error.message.replace(/^\w+: /, '').replace(/, .*$/s, '');
  return `Expected to ${syscall} ${path ?? 'a file'}, found that the system refuses: ${reason} (${code})`;
}
