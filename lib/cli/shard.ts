import { expected } from '../errors.ts';

/** One of `count` parts of a list: every count-th item from the index-th (from 0). */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Reads `--shard I/N`, I from 1 to N; undefined without it. */
export function parseShard(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count) return { index: index - 1, count };
  throw expected('--shard I/N with I from 1 to N', `"${text}"`);
}

/** The items of the shard that `text` names; all of them without it. */
export function shardOf<T>(items: readonly T[], text: string | undefined): T[] {
  const { index, count } = parseShard(text) ?? { index: 0, count: 1 };
  return items.filter((_, i) => i % count === index);
}
