import { expect, it } from 'vitest';
import { rankBiserial } from '../../lib/statistics/rankBiserial.ts';

it('the rank-biserial correlation of pairs equals an example worked out by hand, and 0 without any difference', () => {
  // differences -1, 2, 3 and a 0: ranks 1 against 2 + 3
  expect(rankBiserial([0, 2, 3, 7], [1, 0, 0, 7])).toBe(4 / 6);
  expect(rankBiserial([1], [1])).toBe(0);
});
