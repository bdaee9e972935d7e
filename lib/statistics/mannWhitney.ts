/**
 * Mann-Whitney U test (Wilcoxon rank-sum) of two independent samples: U = R₁ − n1(n1 + 1)/2, R₁ the sum of the ranks of
 * the first sample among all values; U counts the pairs in which the first is larger, ties half. E(U) = n1·n2/2,
 * Var(U) = n1·n2·(n + 1 − T/(n(n − 1)))/12 with n = n1 + n2 and T the sum of t³ − t over ties. Source: Mann & Whitney
 * 1947, doi:10.1214/aoms/1177730491.
 */
import { expected } from '../errors.ts';
import { normalCdf, normalUpperTail } from './distributions/normal.ts';
import { rankTogether, sumOfRanks } from './ranks.ts';
import { type Alternative, checkAlternative, checkTwoSamples, checkWord, pOfTails, type Sample } from './sample.ts';

/** The alternative, and whether p is exact or from the normal approximation. */
export interface RankTestOptions {
  readonly alternative?: Alternative;
  /** How p is computed; `auto` chooses as SciPy does. */
  readonly method?: 'auto' | 'exact' | 'normal';
}

/** U of the first group, p, and how it was found. */
export interface MannWhitney {
  /** U of the first sample: pairs in which it is larger, ties count half. Between 0 and n1·n2. */
  readonly u: number;
  readonly p: number;
  readonly method: 'exact' | 'normal';
}

/**
 * In how many arrangements U is at most `last`: the sum of the first coefficients of the Gaussian binomial (Mann &
 * Whitney 1947, doi 10.1214/aoms/1177730491). As BigInt, because doubles lose whole numbers above 2^53.
 */
function countUpTo(last: number, small: number, large: number): bigint {
  const counts: bigint[] = Array.from({ length: last + 1 }, (_, u) => (u === 0 ? 1n : 0n));
  for (let i = 1; i <= small; i++) {
    for (let u = last; u >= large + i; u--) counts[u]! -= counts[u - large - i]!;
    for (let u = i; u <= last; u++) counts[u]! += counts[u - i]!;
  }
  return counts.reduce((sum, count) => sum + count, 0n);
}

/** The same in doubles, much faster, for at most 2^52 arrangements. */
function fewUpTo(last: number, small: number, large: number): number {
  const counts = new Float64Array(last + 1);
  counts[0] = 1;
  for (let i = 1; i <= small; i++) {
    for (let u = last; u >= large + i; u--) counts[u]! -= counts[u - large - i]!;
    for (let u = i; u <= last; u++) counts[u]! += counts[u - i]!;
  }
  return counts.reduce((sum, count) => sum + count, 0);
}

/** part / whole of two whole numbers of any size, to the last digit of a double. */
function ratioOf(part: bigint, whole: bigint): number {
  const shift = whole.toString(2).length - part.toString(2).length + 64;
  return shift > 1000
    ? Number((part << BigInt(shift)) / whole) * 2 ** -1000 * 2 ** (1000 - shift)
    : Number((part << BigInt(shift)) / whole) * 2 ** -shift;
}

/** P(U ≥ u) when every arrangement of the n1 + n2 distinct values is equally likely. */
function exactUpperTail(u: number, n1: number, n2: number): number {
  if (u <= 0) return 1;
  // U is symmetric about n1·n2/2: P(U ≥ u) = P(U ≤ n1·n2 − u), and only the shorter half is counted
  const mirrored = n1 * n2 - u;
  if (mirrored > u - 1) return 1 - exactUpperTail(mirrored + 1, n1, n2);
  let whole = 1n;
  const small = Math.min(n1, n2);
  for (let i = 1; i <= small; i++) whole = (whole * BigInt(n1 + n2 - small + i)) / BigInt(i);
  const large = Math.max(n1, n2);
  return whole <= 2n ** 52n
    ? fewUpTo(mirrored, small, large) / Number(whole)
    : ratioOf(countUpTo(mirrored, small, large), whole);
}

/** P(≥ u) and P(≤ u) by the normal approximation with tie-corrected variance and continuity correction. */
function normalTails(u: number, n1: number, n2: number, tieTerm: number): { lower: number; upper: number } {
  const n = n1 + n2;
  const mean = (n1 * n2) / 2;
  const sd = Math.sqrt(((n1 * n2) / 12) * (n + 1 - tieTerm / (n * (n - 1))));
  if (sd === 0) return { lower: 1, upper: 1 };
  return { lower: normalCdf((u - mean + 0.5) / sd), upper: normalUpperTail((u - mean - 0.5) / sd) };
}

/**
 * Mann-Whitney U test: is a value of the first sample as likely the larger as the smaller one of a pair? SciPy's
 * `mannwhitneyu`. `auto`: exact without ties when a sample has at most 8 values, else normal. It holds its level when
 * both distributions are equal; with equal medians but unequal spreads it does not (use `brunnerMunzel`). All values
 * equal: p = 1. Refuses an empty sample, NaN, ±∞, and `exact` with ties (use `permutationTest`).
 */
export function mannWhitney(
  a: Sample,
  b: Sample,
  { alternative = 'two-sided', method = 'auto' }: RankTestOptions = {},
): MannWhitney {
  checkTwoSamples(a, b, 1);
  checkAlternative(alternative);
  checkWord(method, ['auto', 'exact', 'normal'], 'the method');
  const [n1, n2] = [a.length, b.length];
  const { first, tieTerm } = rankTogether(a, b);
  const u = sumOfRanks(first) - (n1 * (n1 + 1)) / 2;
  if (method === 'exact' && tieTerm > 0) throw expected('no equal values for the exact Mann-Whitney test', 'ties');
  const exact = method === 'exact' || (method === 'auto' && tieTerm === 0 && Math.min(n1, n2) <= 8);
  const tails = exact
    ? { lower: exactUpperTail(n1 * n2 - u, n1, n2), upper: exactUpperTail(u, n1, n2) }
    : normalTails(u, n1, n2, tieTerm);
  return { u, p: pOfTails(tails, alternative), method: exact ? 'exact' : 'normal' };
}
