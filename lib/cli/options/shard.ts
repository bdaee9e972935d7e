/** The option `--shard`, which parts a long list among several machines. */
import { expected } from '../../errors.ts';
import type { OptionDefinition } from '../definition.ts';

/** One of `count` parts of a list: every count-th item from the index-th (from 0). */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Reads `I/N`, I from 1 to N. */
export function parseShard(text: string): Shard {
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count) return { index: index - 1, count };
  throw expected('--shard I/N with I from 1 to N', `"${text}"`);
}

/** The items of a shard; all of them without one. */
export const shardOf = <T>(items: readonly T[], { index, count }: Shard = { index: 0, count: 1 }): T[] =>
  items.filter((_, i) => i % count === index);

/** `one` is what is parted, such as "case". */
export const shardOption = (one: string) =>
  ({
    value: 'I/N',
    text:
      `only every N-th ${one} from the I-th (1 to N), for several machines on one folder; ` +
      'noted in shards/I-of-N.json; `axunet merge` puts them together. SIGTERM ends with 75, to be started again',
    parse: parseShard,
  }) as const satisfies OptionDefinition;
