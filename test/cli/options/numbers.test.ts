import { describe, expect, it } from 'vitest';
import { integer, wholeNumberOption } from '../../../lib/cli/options/numbers.ts';

describe('numbers of options', () => {
  it('are whole and have no gaps', () => {
    expect(integer('--seed')('-3')).toBe(-3);
    for (const text of ['1e99', '9007199254740993', '1.5', '', 'abc', 'Infinity'])
      expect(() => integer('--seed with a whole number')(text), text).toThrow('Expected --seed with a whole number');
    expect(wholeNumberOption('a number', 1)('12')).toBe(12);
    for (const text of ['0', '-1', '1e3', '9'.repeat(10)])
      expect(() => wholeNumberOption('a number', 1)(text), text).toThrow('Expected a number');
  });
});
