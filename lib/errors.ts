/**
 * An error that the user can mend: bad input, a missing file, a configuration that cannot work.
 * The command line prints its one sentence without a stack trace and exits with code 1.
 */
export class UserError extends Error {
  override name = 'UserError';
}

/**
 * Builds the one sentence every refusal uses: what was expected, what was found, in which file.
 *
 *     throw expected('352 bytes of NIfTI-1 header', '100 bytes', 'liver.nii')
 *     // Expected 352 bytes of NIfTI-1 header, found 100 bytes in liver.nii
 */
export function expected(what: string, found: string, file?: string): UserError {
  return new UserError(`Expected ${what}, found ${found}${file ? ` in ${file}` : ''}`);
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What the operating system refused, as one sentence; undefined for any other error. */
export function systemErrorMessage(error: unknown): string | undefined {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || !code || !syscall) return undefined;
  const reason = error.message.replace(/^\w+: /, '').replace(/, .*$/s, '');
  return `Expected to ${syscall} ${path ?? 'a file'}, found that the system refuses: ${reason} (${code})`;
}
