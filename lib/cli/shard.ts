import { expected } from '../errors.ts';

/** Every count-th item from the index-th, as `--shard I/N` (I from 1 to N) asks; all items without it. */
export function shardOf<T>(items: readonly T[], text: string | undefined): T[] {
  if (text === undefined) return [...items];
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number) as [number, number, number];
  if (index >= 1 && index <= count) return items.filter((_, i) => i % count === index - 1);
  throw expected('--shard I/N with I from 1 to N', `"${text}"`);
}
