/**
 * How often each test says "p ≤ 0.05" although nothing differs, by simulation: within Monte-Carlo error of 5 % where
 * its description says so, and measurably not where it warns.
 */

import { describe, expect, it } from 'vitest';
import { Random } from '../../lib/random.ts';
import { brunnerMunzel } from '../../lib/statistics/brunnerMunzel.ts';
import { mannWhitney } from '../../lib/statistics/mannWhitney.ts';
import { permutationTest } from '../../lib/statistics/permutationTest.ts';
import { pairedPermutationTest, signFlipTest } from '../../lib/statistics/signFlipTest.ts';
import { studentTTest } from '../../lib/statistics/tTest.ts';
import { welchTTest } from '../../lib/statistics/welch.ts';

type Test = (a: number[], b: number[], seed: number) => { p: number };

/** Per cent of false alarms among `times` pairs of normal samples with mean 0. */
function alarms(test: Test, [n1, sd1]: [number, number], [n2, sd2]: [number, number], times: number): number {
  const random = Random.stream(1, 'false positives', n1, n2, sd1, sd2);
  const draw = (n: number, sd: number): number[] => Array.from({ length: n }, () => random.normal(0, sd));
  let count = 0;
  for (let seed = 0; seed < times; seed++) if (test(draw(n1, sd1), draw(n2, sd2), seed).p <= 0.05) count++;
  return (100 * count) / times;
}

/** Three standard errors of a rate of 5 % in `times` trials, in per cent. */
const error = (times: number): number => 300 * Math.sqrt((0.05 * 0.95) / times);
/** With 79 arrangements the level of exactly 5 % can be reached: 2·2/80. */
const small = { resamples: 79 };
const signFlip: Test = (a, b, seed) => signFlipTest(a, b, { ...small, seed });
const permutation: Test = (a, b, seed) => permutationTest(a, b, { ...small, seed });
const ranks: Test = (a, b) => mannWhitney(a, b);
const welch: Test = (a, b) => welchTTest(a, b);

describe('false positives at 5 %', () => {
  it('of Welch: 5 % with unequal variances and sizes', () => {
    for (const [first, second] of [
      [
        [15, 2],
        [25, 1],
      ],
      [
        [20, 1],
        [60, 3],
      ],
      [
        [60, 1],
        [20, 3],
      ],
    ] as [[number, number], [number, number]][])
      expect(Math.abs(alarms(welch, first, second, 4000) - 5), `${first} ${second}`).toBeLessThan(error(4000));
  });

  it('of the sign-flip test: 5 % with unequal variances and sizes', () => {
    for (const [first, second] of [
      [
        [10, 3],
        [30, 1],
      ],
      [
        [10, 1],
        [30, 3],
      ],
      [
        [15, 2],
        [25, 1],
      ],
    ] as [[number, number], [number, number]][])
      expect(Math.abs(alarms(signFlip, first, second, 1500) - 5), `${first} ${second}`).toBeLessThan(error(1500));
  });

  it('of the permutation tests and Mann-Whitney: 5 % where both distributions are equal, whatever the sizes', () => {
    for (const test of [permutation, ranks])
      expect(Math.abs(alarms(test, [12, 1], [40, 1], 1500) - 5)).toBeLessThan(error(1500));
    const paired: Test = (a, b, seed) => pairedPermutationTest(a, b, { ...small, seed });
    expect(Math.abs(alarms(paired, [20, 1], [20, 3], 1500) - 5)).toBeLessThan(error(1500));
  });

  it('of Brunner-Munzel: near 5 % with unequal variances, where Mann-Whitney, Student and permutation are not', () => {
    const [first, second] = [
      [20, 3],
      [60, 1],
    ] as [[number, number], [number, number]];
    expect(Math.abs(alarms((a, b) => brunnerMunzel(a, b), first, second, 2000) - 5)).toBeLessThan(error(2000) + 0.5);
    expect(alarms(ranks, first, second, 1000)).toBeGreaterThan(9);
    expect(alarms((a, b) => studentTTest(a, b), first, second, 1000)).toBeGreaterThan(15);
    const means: Test = (a, b, seed) => permutationTest(a, b, { ...small, seed, statistic: 'mean' });
    expect(alarms(means, first, second, 500)).toBeGreaterThan(12);
  });
});
