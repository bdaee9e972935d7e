/** The HU window of `axunet preprocess` and `axunet import`. */
import { expected } from '../../errors.ts';
import type { WindowHu } from '../../preprocess/window.ts';

export function parseWindow(text: string): WindowHu {
  const [low, high, ...rest] = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (Number.isFinite(low) && Number.isFinite(high) && rest.length === 0) return [low!, high!];
  throw expected('--window as two numbers, such as --window=-160,240', `"${text}"`);
}
