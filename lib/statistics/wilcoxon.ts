/**
 * Wilcoxon signed-rank test of paired samples: W⁺ is the sum of the ranks of |d| over the positive differences
 * d = a − b, W⁻ that over the negative ones; under the null hypothesis every sign is as likely as the other, so that
 * E(W⁺) = n(n + 1)/4 and Var(W⁺) = n(n + 1)(2n + 1)/24 without ties. Source: Wilcoxon 1945, doi:10.2307/3001968; zeros:
 * Pratt 1959, doi:10.1080/01621459.1959.10501526.
 */
import { expected } from '../errors.ts';
import { normalCdf, normalUpperTail } from './distributions/normal.ts';
import type { RankTestOptions } from './mannWhitney.ts';
import { rank } from './ranks.ts';
import { checkAlternative, checkPairs, checkWord, pOfTails, type Sample, shownArgument } from './sample.ts';
import { differences } from './scale.ts';

/** Those of rank tests, what is done with zeros, and whether the normal approximation is corrected for continuity. */
export interface WilcoxonOptions extends RankTestOptions {
  /** Differences of 0: `wilcox` drops them before ranking, `pratt` ranks them and then drops their ranks. */
  readonly zeros?: 'wilcox' | 'pratt';
  /** Continuity correction of the normal approximation; off by default, as in SciPy. */
  readonly correction?: boolean;
}

/** The rank sums of positive and negative differences, p, and how it was found. */
export interface Wilcoxon {
  /** The smaller of the two rank sums, or the sum of the positive ranks for a one-sided test (SciPy's `statistic`). */
  readonly statistic: number;
  /** Sum of the ranks of positive and of negative differences. */
  readonly positive: number;
  readonly negative: number;
  readonly p: number;
  readonly method: 'exact' | 'normal';
}

interface SignedRanks {
  readonly ranks: Float64Array;
  readonly positive: number;
  readonly negative: number;
  readonly tieTerm: number;
  readonly zeros: number;
}

/** Ranks of the sizes of the differences that are not 0, the two sums of them, and the tie term of these ranks. */
export function signedRanks(d: Float64Array, treatment: 'wilcox' | 'pratt' = 'wilcox'): SignedRanks {
  const nonzero = d.filter((value) => value !== 0);
  const zeros = d.length - nonzero.length;
  const { ranks, tieTerm } = rank(nonzero.map(Math.abs));
  // zeros are the smallest of all, so ranking them too only lifts the others
  if (treatment === 'pratt') for (let i = 0; i < ranks.length; i++) ranks[i]! += zeros;
  let [positive, negative] = [0, 0];
  nonzero.forEach((value, i) => {
    if (value > 0) positive += ranks[i]!;
    else negative += ranks[i]!;
  });
  return { ranks, positive, negative, tieTerm, zeros };
}

/**
 * P(sum ≥ observed) and P(sum ≤ observed) over all 2^n signs of the ranks; exact with ties too,
 * since twice a rank is a whole number.
 */
function exactTails({ ranks, positive }: SignedRanks): { lower: number; upper: number } {
  const doubled = Array.from(ranks, (r) => Math.round(2 * r));
  const total = doubled.reduce((sum, r) => sum + r, 0);
  const chance = new Float64Array(total + 1);
  chance[0] = 1;
  for (const r of doubled)
    for (let s = total; s >= 0; s--) chance[s] = 0.5 * (chance[s]! + (s >= r ? chance[s - r]! : 0));
  const observed = Math.round(2 * positive);
  const sumOf = (part: Float64Array): number => {
    const sum = part.reduce((all, c) => all + c, 0);
    return Math.min(1, sum);
  };
  return { lower: sumOf(chance.subarray(0, observed + 1)), upper: sumOf(chance.subarray(observed)) };
}

function normalTails(
  { ranks, positive, tieTerm, zeros }: SignedRanks,
  pratt: boolean,
  correction: boolean,
): { lower: number; upper: number } {
  const rankedZeros = pratt ? zeros : 0;
  const n = ranks.length + rankedZeros;
  const upTo = (count: number, factor: number): number => count * (count + 1) * factor;
  const mean = (upTo(n, 1) - upTo(rankedZeros, 1)) / 4;
  const variance = (upTo(n, 2 * n + 1) - upTo(rankedZeros, 2 * rankedZeros + 1) - tieTerm / 2) / 24;
  const shift = correction ? 0.5 : 0;
  return {
    lower: normalCdf((positive - mean + shift) / Math.sqrt(variance)),
    upper: normalUpperTail((positive - mean - shift) / Math.sqrt(variance)),
  };
}

/**
 * Wilcoxon signed-rank test: are the differences a − b symmetric about 0? SciPy's `wilcoxon`. `auto`: exact for up to
 * 50 pairs without zeros or ties, or up to 13 pairs with them, else normal with tie-corrected variance. `exact` counts
 * all signs also with ties. All differences 0: p = 1. Refuses unequal lengths, no pairs, NaN and ±∞.
 */
export function wilcoxon(a: Sample, b: Sample, options: WilcoxonOptions = {}): Wilcoxon {
  const { alternative = 'two-sided', method = 'auto', zeros = 'wilcox', correction = false } = options;
  checkPairs(a, b, 1);
  checkAlternative(alternative);
  checkWord(method, ['auto', 'exact', 'normal'], 'the method');
  checkWord(zeros, ['wilcox', 'pratt'], 'the treatment of zeros');
  if (typeof correction !== 'boolean') throw expected('the correction to be true or false', shownArgument(correction));
  const signed = signedRanks(differences(a, b).values, zeros);
  const plain = signed.tieTerm === 0 && signed.zeros === 0;
  const exact = method === 'exact' || signed.ranks.length === 0 || (method === 'auto' && a.length <= (plain ? 50 : 13));
  const p = pOfTails(exact ? exactTails(signed) : normalTails(signed, zeros === 'pratt', correction), alternative);
  const { positive, negative } = signed;
  return {
    statistic: alternative === 'two-sided' ? Math.min(positive, negative) : positive,
    positive,
    negative,
    p,
    method: exact ? 'exact' : 'normal',
  };
}
