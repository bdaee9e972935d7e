/** The values of regions in a mask, as they are typed. */
import { expected } from '../../errors.ts';

/** One label, or several with commas between, such as 7 or 1,7,11. */
export function labelsOf(text: string): number[] {
  const labels = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const isGood = labels.every((label) => Number.isFinite(label) && label > 0) && new Set(labels).size === labels.length;
  if (isGood) return labels;
  throw expected('--label to be a positive number, or several different ones with commas between', `"${text}"`);
}
