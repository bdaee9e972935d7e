/** The HU windows of `axunet preprocess`, `import` and `predict`. */
import { expected } from '../../errors.ts';
import type { WindowHu } from '../../preprocess/window.ts';

/** Reads `-160,240`: the lowest and the highest HU. */
export function parseWindow(text: string): WindowHu {
  const [low, high, ...rest] = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (Number.isFinite(low) && Number.isFinite(high) && rest.length === 0) return [low!, high!];
  throw expected('--window as two numbers, such as --window=-160,240', `"${text}"`);
}
