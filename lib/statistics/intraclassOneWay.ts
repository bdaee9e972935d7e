/** ICC(1) of one-way analysis of variance, for groups of unequal size (slices of patients). */
import { mean, sum } from 'simple-statistics';
import { expected } from '../errors.ts';

/**
 * ICC(1) from one-way analysis of variance with unequal group sizes: (MSB − MSW)/(MSB + (m₀ − 1)·MSW), where
 * m₀ = (N − Σmᵢ²/N)/(k − 1). Between −1/(m₀ − 1) and 1; NaN where nothing varies. Throws for fewer than 2 groups, and
 * where no group has 2 values. Source: Donner 1986, Int Stat Rev 54:67, doi:10.2307/1403259 (ANOVA estimator).
 */
export function intraclassOneWay(groups: readonly (readonly number[])[]): number {
  const all = groups.flat();
  const [k, n] = [groups.length, all.length];
  if (k < 2 || n <= k || groups.some((own) => own.length === 0))
    throw expected('at least 2 groups of values, one of them with 2', `${k} groups with ${n} values`);
  const grand = mean(all);
  const means = groups.map((own) => mean([...own]));
  const between = sum(groups.map((own, i) => own.length * (means[i]! - grand) ** 2)) / (k - 1);
  const within = sum(groups.flatMap((own, i) => own.map((v) => (v - means[i]!) ** 2))) / (n - k);
  const size = (n - sum(groups.map((own) => own.length ** 2)) / n) / (k - 1);
  return (between - within) / (between + (size - 1) * within);
}
