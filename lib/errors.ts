/** Errors that a user can mend, as one sentence each. */
export { cleanText, expected, messageOf, shownText, UserError } from 'axunet-engine/errors';

/** What the operating system refused, as one sentence; undefined for any other error. */
export function systemErrorMessage(error: unknown): string | undefined {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || !code || !syscall) return undefined;
  const reason = error.message.replace(/^\w+: /, '').replace(/, .*$/s, '');
  return `Expected to ${syscall} ${path ?? 'a file'}, found that the system refuses: ${reason} (${code})`;
}
