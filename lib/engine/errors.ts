/** Characters that move a terminal's cursor, colour, erase or turn its text: C0, DEL, C1 and the marks of direction. */
const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The code of a character as JSON writes it, such as `\u001b`. */
const codeOf = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A text that may come from a file on one line of a terminal: line ends as spaces, the unprintable as codes. */
export const cleanText = (text: string): string => text.replace(/[\r\n\t]+/g, ' ').replace(unprintable, codeOf);

/** The same of a text that keeps its lines and tabs. */
export const cleanLines = (text: string): string =>
  text.replace(unprintable, (character) => (character === '\t' ? character : codeOf(character)));

/** The longest name of a patient, a case or a set that is taken: file systems have 255 bytes. */
const longestName = 500;

/** Whether a text can be the name of something: one line, not endless, and nothing in it steers a terminal. */
export const isName = (text: string): boolean => text.length <= longestName && cleanText(text) === text;

/** What a text that is no name should have been, for sentences. */
export const aName = `one line of at most ${longestName} characters without control characters`;

/** A text with `…` behind its first `most` characters where it is longer. */
const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…` : text;

/** A text from a file as a sentence quotes it: clean, and cut where it is long. */
export const shownText = (text: string): string => `"${cut(cleanText(cut(text, 80)), 200)}"`;

/** The most characters of what was found that a sentence repeats; a file may hold megabytes. */
const longestFound = 1000;
/** Systems open no longer path. */
const longestPath = 4096;

/**
 * An error that the user can mend: bad input, a missing file, a configuration that cannot work.
 * A command line prints its one sentence without a stack trace, so nothing in it may steer a terminal.
 */
export class UserError extends Error {
  override name = 'UserError';

  constructor(message: string, options?: ErrorOptions) {
    super(message.replace(unprintable, codeOf), options);
  }
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
  const said = cleanText(cut(found, longestFound));
  const place = file ? ` in ${cleanText(cut(file, longestPath))}` : '';
  return new UserError(`Expected ${cleanText(cut(what, longestFound))}, found ${said}${place}`);
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
