/**
 * An error that the user can mend: bad input, a missing file, a configuration that cannot work.
 * A command line prints its one sentence without a stack trace.
 */
export class UserError extends Error {
  override name = 'UserError';
}

/** Why some code cannot become a graph; whoever asked for one may go on operation by operation. */
export class CannotCompile extends UserError {}

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
