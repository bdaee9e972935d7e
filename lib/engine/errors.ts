/**
 * An error that the user can mend: bad input, a missing file, a configuration that cannot work.
 * A command line prints its one sentence without a stack trace.
 */
export class UserError extends Error {
  override name = 'UserError';
}

/**
 * Why some code cannot become a graph, or a graph cannot be loaded or run: a refusal of ours or of TensorFlow's.
 * Whoever asked for a graph may go on operation by operation.
 *
 *     throw new CannotCompile('Multinomial', 'its random numbers would be frozen')
 *     // Cannot compile Multinomial: its random numbers would be frozen
 */
export class CannotCompile extends UserError {
  constructor(what: string, reason: string, options?: ErrorOptions) {
    super(`Cannot compile ${what}: ${reason}`, options);
  }
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
