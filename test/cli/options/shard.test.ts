import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseShard, shardOf } from '../../../lib/cli/options/shard.ts';

describe('--shard', () => {
  it('counts from 1 outside and from 0 inside', () => {
    expect(parseShard('2/3')).toEqual({ index: 1, count: 3 });
  });

  it('gives every item to exactly one shard, and all of them without it', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(), { maxLength: 20 }), fc.integer({ min: 1, max: 6 }), (items, n) => {
        const shards = Array.from({ length: n }, (_, i) => shardOf(items, parseShard(`${i + 1}/${n}`)));
        const byNumber = (a: number, b: number): number => a - b;
        expect(shards.flat().sort(byNumber)).toEqual([...items].sort(byNumber));
        expect(
          Math.max(...shards.map(({ length }) => length)) - Math.min(...shards.map(({ length }) => length)),
        ).toBeLessThanOrEqual(1);
        expect(shardOf(items)).toEqual(items);
      }),
    );
  });

  it.each(['0/2', '3/2', '1', '1/0', '-1/2', '1/2/3', '1.5/2', ''])('refuses %j', (text) => {
    expect(() => parseShard(text)).toThrow(`Expected --shard I/N with I from 1 to N, found "${text}"`);
  });
});
