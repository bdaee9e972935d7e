/**
 * Matched-pairs rank-biserial correlation, the effect size of the Wilcoxon signed-rank test:
 * r = (W⁺ − W⁻) / (W⁺ + W⁻), W⁺ and W⁻ the rank sums of the positive and the negative differences a − b (wilcoxon.ts);
 * from −1 to 1. Source: Kerby 2014, doi:10.2466/11.IT.3.1.
 */
import { checkPairs, type Sample } from './sample.ts';
import { differences } from './scale.ts';
import { signedRanks } from './wilcoxon.ts';

/**
 * Rank-biserial correlation of pairs, above 0 when `a` tends to be larger; differences of 0 are dropped. All
 * differences 0: 0. Refuses unequal lengths, no pairs, NaN and ±∞.
 */
export function rankBiserial(a: Sample, b: Sample): number {
  checkPairs(a, b, 1);
  const { positive, negative } = signedRanks(differences(a, b).values);
  return positive + negative === 0 ? 0 : (positive - negative) / (positive + negative);
}
