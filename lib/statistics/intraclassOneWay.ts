/** ICC(1) of one-way analysis of variance, for groups of unequal size (slices of patients). */
import { expected } from '../errors.ts';
import { exactSum, moments } from './moments.ts';
import { checkList, checkSample, type Sample } from './sample.ts';
import { scaledTogether } from './scale.ts';

/**
 * ICC(1) from one-way analysis of variance with unequal group sizes: (MSB − MSW)/(MSB + (m₀ − 1)·MSW), where
 * m₀ = (N − Σmᵢ²/N)/(k − 1). Between −1/(m₀ − 1) and 1; NaN where nothing varies. Refuses fewer than 2 groups, an empty
 * one, groups of which none has 2 values, NaN and ±∞. Source: Donner 1986, Int Stat Rev 54:67, doi:10.2307/1403259
 * (ANOVA estimator).
 */
export function intraclassOneWay(groups: readonly Sample[]): number {
  checkList(groups, 'the groups', 'samples');
  for (let i = 0; i < groups.length; i++) checkSample(groups[i]!, 0, `group ${i + 1}`);
  const sizes = groups.map((own) => own.length);
  const [k, n] = [groups.length, sizes.reduce((all, m) => all + m, 0)];
  if (k < 2 || n <= k || sizes.includes(0))
    throw expected('at least 2 groups of values, one of them with 2', `${k} groups with ${n} values`);
  const { samples } = scaledTogether(groups);
  // distances from one centre first: offsets must not eat the digits
  const centre = moments(samples.flatMap((own) => Array.from(own))).mean;
  const own = samples.map((values) => moments(values.map((value) => value - centre)));
  const grand = exactSum(own.map((m) => m.n * (m.mean + m.meanRest))) / n;
  const between = exactSum(own.map((m) => m.n * (m.mean - grand + m.meanRest) ** 2)) / (k - 1);
  const within = exactSum(own.map((m) => m.squares)) / (n - k);
  const size = (n - exactSum(sizes.map((m) => m ** 2)) / n) / (k - 1);
  return (between - within) / (between + (size - 1) * within);
}
