import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../lib/random.ts';

describe('a block of random numbers', () => {
  it('holds what single draws give, and leaves the stream where they leave it', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 300 }), (seed, count) => {
        const [block, single] = [Random.stream(seed, 'block'), Random.stream(seed, 'block')];
        const numbers = new Uint32Array(count);
        block.fillUint32(numbers);
        expect([...numbers]).toEqual(Array.from({ length: count }, () => single.uint32()));
        expect(block.state).toEqual(single.state);
      }),
    );
  });
});
