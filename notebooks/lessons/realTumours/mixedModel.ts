/**
 * A linear mixed model of slices: value = mean + difference · group + patient + slice, with patient and slice random
 * and normal. It takes every slice and still counts patients.
 */
import { expected } from 'axunet/errors';
import { studentTwoSided } from 'axunet/statistics/distributions/studentT';
import { moments } from 'axunet/statistics/moments';

/** The slices of one patient. */
export interface PatientSlices {
  readonly inFirst: boolean;
  /** At least one. */
  readonly values: readonly number[];
}

export interface MixedModel {
  /** First minus second group. */
  readonly difference: number;
  readonly error: number;
  /** Of Wald's t with the degrees of freedom of patients: their number less 2. */
  readonly p: number;
  /** Standard deviation between patients of a group, and of slices within a patient. */
  readonly sdBetween: number;
  readonly sdWithin: number;
  /** Share of the variance that is between patients. */
  readonly icc: number;
}

/** What the likelihood needs of a patient: number, mean and sum of squares of the slices. */
interface Cluster {
  readonly inFirst: boolean;
  readonly n: number;
  readonly mean: number;
  readonly squares: number;
}

/** The best fit for a ratio of the variances, between to within patients. */
interface Fit {
  readonly ratio: number;
  readonly difference: number;
  /** Sum of weights in each group: the inverse of the variance of its mean, but for the variance within. */
  readonly weights: readonly [number, number];
  readonly varianceWithin: number;
  /** The logarithm of the restricted likelihood, but for a constant. */
  readonly likelihood: number;
}

/**
 * Generalised least squares. A patient's mean varies by σ² (ratio + 1 / n), so that it weighs n / (1 + n · ratio); the
 * two groups have a mean each, as the group is the patient's.
 */
function fit(clusters: readonly Cluster[], ratio: number): Fit {
  const weightOf = ({ n }: Cluster): number => n / (1 + n * ratio);
  const groups = [true, false].map((inFirst) => {
    const own = clusters.filter((one) => one.inFirst === inFirst);
    const weight = own.reduce((sum, one) => sum + weightOf(one), 0);
    const mean = own.reduce((sum, one) => sum + weightOf(one) * one.mean, 0) / weight;
    const squares = own.reduce((sum, one) => sum + one.squares + weightOf(one) * (one.mean - mean) ** 2, 0);
    return { weight, mean, squares };
  });
  const [first, second] = groups as [(typeof groups)[0], (typeof groups)[0]];
  const free = clusters.reduce((sum, { n }) => sum + n, 0) - 2;
  const squares = first.squares + second.squares;
  const spread = clusters.reduce((sum, { n }) => sum + Math.log1p(n * ratio), 0);
  return {
    ratio,
    difference: first.mean - second.mean,
    weights: [first.weight, second.weight],
    varianceWithin: squares / free,
    likelihood: -0.5 * (free * Math.log(squares) + spread + Math.log(first.weight) + Math.log(second.weight)),
  };
}

/** Natural logarithms of the ratios that are tried: patients who hardly differ to slices that hardly differ. */
const [least, most, step] = [-14, 14, 0.5];
const golden = (Math.sqrt(5) - 1) / 2;

/** The ratio of greatest likelihood: a grid first, then golden sections of its best part; 0 where that is better. */
function bestFit(clusters: readonly Cluster[]): Fit {
  const at = (log: number): Fit => fit(clusters, Math.exp(log));
  const grid = Array.from({ length: (most - least) / step + 1 }, (_, k) => least + k * step);
  const start = grid.reduce((best, log) => (at(log).likelihood > at(best).likelihood ? log : best));
  let [low, high] = [start - step, start + step];
  while (high - low > 1e-9) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    if (at(a).likelihood > at(b).likelihood) high = b;
    else low = a;
  }
  const [inside, none] = [at((low + high) / 2), fit(clusters, 0)];
  return none.likelihood >= inside.likelihood ? none : inside;
}

/**
 * Fits the model by restricted maximum likelihood (REML). NaN throughout where slices of no patient differ. Throws for
 * fewer than 2 patients in a group, a patient without slices, values that are not finite, and where every patient has
 * one slice, so that patients and slices cannot be told apart. Source: Laird and Ware 1982, Biometrics 38:963,
 * doi:10.2307/2529876.
 */
export function mixedModel(patients: readonly PatientSlices[]): MixedModel {
  const counts = [true, false].map((inFirst) => patients.filter((one) => one.inFirst === inFirst).length);
  if (Math.min(...counts) < 2) throw expected('at least 2 patients in each group', counts.join(' and '));
  if (!patients.every(({ values }) => values.length > 0 && values.every(Number.isFinite)))
    throw expected('finite values of every patient', 'others or none');
  if (patients.every(({ values }) => values.length === 1))
    throw expected('a patient with 2 slices or more', 'one slice of each');
  const all = moments(patients.flatMap(({ values }) => values));
  const scale = Math.sqrt(all.squares / all.n);
  const nothing = { difference: NaN, error: NaN, p: NaN, sdBetween: NaN, sdWithin: NaN, icc: NaN };
  if (!(scale > 0)) return nothing;
  const clusters = patients.map(({ inFirst, values }): Cluster => {
    const { n, mean, squares } = moments(values.map((value) => (value - all.mean) / scale));
    return { inFirst, n, mean, squares };
  });
  if (clusters.every(({ squares }) => squares === 0)) return nothing;
  const best = bestFit(clusters);
  const [a, b] = best.weights;
  const error = Math.sqrt(best.varianceWithin * (1 / a + 1 / b));
  return {
    difference: best.difference * scale,
    error: error * scale,
    p: studentTwoSided(best.difference / error, patients.length - 2),
    sdBetween: Math.sqrt(best.varianceWithin * best.ratio) * scale,
    sdWithin: Math.sqrt(best.varianceWithin) * scale,
    icc: best.ratio / (1 + best.ratio),
  };
}
