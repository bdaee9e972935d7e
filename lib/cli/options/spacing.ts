/** The size of a pixel, which pictures do not tell. */
import { expected } from '../../errors.ts';

/** Reads the mm of a pixel, such as `0.8`. */
export function parseSpacing(text: string): number {
  const mm = Number(text);
  if (text.trim() !== '' && mm > 0 && mm < 100) return mm;
  throw expected('--spacing with the mm of a pixel, such as 0.8', `"${text}"`);
}
