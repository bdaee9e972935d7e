/** Readers of numbers for options. Each refuses in a sentence that begins "Expected <what>". */
import { expected } from '../../errors.ts';

/** A whole number from `least`, of digits alone. */
export const wholeNumberOption =
  (what: string, least = 0) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d{1,9}$/.test(text) && number >= least) return number;
    throw expected(what, `"${text}"`);
  };

/** A number above 0, such as 1.5. */
export const positiveNumber =
  (what: string) =>
  (text: string): number => {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(number) && number > 0) return number;
    throw expected(what, `"${text}"`);
  };

/** A whole number that may be negative, up to where whole numbers have no gaps (2^53). */
export const integer =
  (what: string) =>
  (text: string): number => {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isSafeInteger(number)) return number;
    throw expected(what, `"${text}"`);
  };
