/**
 * Many cases scored alike: summaries that always say how many cases were missed, and
 * comparisons of models case by case.
 */

import { mean } from 'simple-statistics';
import { expected } from '../errors.ts';
import { bootstrap, pairedBootstrap } from '../statistics/bootstrap.ts';
import { holm } from '../statistics/multipleTesting.ts';
import { rankBiserial } from '../statistics/rankBiserial.ts';
import { type Summary, summarise } from '../statistics/summary.ts';
import { wilcoxon } from '../statistics/wilcoxon.ts';
import { type MaskScores, type Metric, metricInfo, metricNames, type Outcome } from './metrics.ts';

/** The scores of one case, by its id. */
export interface ScoredCase extends MaskScores {
  readonly id: string;
}

/** One metric over all cases, where a missed organ counts, and over the found ones alone. */
export interface MetricSummary {
  /** Over every case; a distance that is missing (see `valueOf`) counts as the diagonal of its image. */
  readonly all: Summary;
  /** 95 % bootstrap interval of the mean over every case; absent for fewer than two cases. */
  readonly meanInterval?: readonly [number, number];
  /** Over the cases in which reference and prediction both have foreground. Never to be given without `outcomes`. */
  readonly found: Summary;
}

/** All metrics over a set of cases, and how often the organ was found, missed or invented. */
export interface CohortSummary {
  readonly cases: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly metrics: Readonly<Record<Metric, MetricSummary>>;
}

/**
 * A case's value where a number is needed. A distance with only one mask empty is Infinity; the diagonal of the image
 * stands for it, which no distance in the image exceeds, so that leaving an organ out never pays. A relative volume
 * difference without reference stays Infinity.
 */
export function valueOf(metric: Metric, { values, imageDiagonalMm }: MaskScores): number {
  const value = values[metric];
  return value === Infinity && metricInfo[metric].unit === 'mm' ? imageDiagonalMm : value;
}

function summariseMetric(metric: Metric, cases: readonly ScoredCase[], seed: number): MetricSummary {
  const values = cases.map((one) => valueOf(metric, one)).filter(Number.isFinite);
  const found = cases
    .filter(({ outcome }) => outcome === 'both')
    .map(({ values: own }) => own[metric])
    .filter(Number.isFinite);
  const meanInterval = values.length > 1 ? bootstrap(values, mean, { seed }).interval : undefined;
  return { all: summarise(values), ...(meanInterval && { meanInterval }), found: summarise(found) };
}

/**
 * Every metric over the cases, with the number of cases found, missed, invented and
 * rightly left empty. No cases give n = 0.
 */
export function summariseCases(cases: readonly ScoredCase[], seed = 0): CohortSummary {
  const count = (outcome: Outcome): number => cases.filter((one) => one.outcome === outcome).length;
  const metrics = Object.fromEntries(metricNames.map((metric) => [metric, summariseMetric(metric, cases, seed)]));
  return {
    cases: cases.length,
    outcomes: { both: count('both'), missed: count('missed'), invented: count('invented'), neither: count('neither') },
    metrics: metrics as Record<Metric, MetricSummary>,
  };
}

/** The scored cases of one model (a network, a reader, a program). */
export interface ModelCases {
  readonly name: string;
  readonly cases: readonly ScoredCase[];
}

/** Two models by one metric, on the cases that both have: Wilcoxon, Holm over all pairs, bootstrap interval. */
export interface Comparison {
  readonly metric: Metric;
  readonly first: string;
  readonly second: string;
  /** Cases that both models have. */
  readonly pairs: number;
  /** Mean of first minus second, and its 95 % paired bootstrap interval (absent for fewer than two pairs). */
  readonly meanDifference: number;
  readonly interval?: readonly [number, number];
  /** Wilcoxon signed-rank test, two-sided; `pHolm` corrected for all pairs of models of the same metric. */
  readonly p: number;
  readonly pHolm: number;
  /** Matched-pairs rank-biserial correlation, -1 to 1; above 0 when the first model's values are larger. */
  readonly rankBiserial: number;
  /** In how many cases the first model is better, the second is, and they are equal. */
  readonly better: readonly [number, number, number];
}

/** Values of both models for the same cases, in the order of the first. Throws when a case is missing on one side. */
function pairedValues(metric: Metric, first: ModelCases, second: ModelCases): [number[], number[]] {
  const other = new Map(second.cases.map((one) => [one.id, one]));
  const lacking = [
    ...first.cases.filter(({ id }) => !other.has(id)),
    ...second.cases.filter(({ id }) => !first.cases.some((one) => one.id === id)),
  ];
  if (lacking.length)
    throw expected(
      `the same cases of ${first.name} and ${second.name}`,
      `only one has ${lacking.map(({ id }) => id).join(', ')}`,
    );
  return [first.cases.map((one) => valueOf(metric, one)), first.cases.map(({ id }) => valueOf(metric, other.get(id)!))];
}

/**
 * Compares paired values of a metric, `a` of the first and `b` of the second of the two names; `seed` is that of the
 * bootstrap, without which there is no interval. `pHolm` is p: nothing is corrected yet. Refuses no pairs.
 */
export function comparePairs(
  metric: Metric,
  [first, second]: readonly [string, string],
  a: number[],
  b: number[],
  seed?: number,
): Comparison {
  const sign = metricInfo[metric].better === 'lower' ? -1 : 1;
  const wins = a.filter((value, i) => sign * (value - b[i]) > 0).length;
  const losses = a.filter((value, i) => sign * (value - b[i]) < 0).length;
  const { p } = wilcoxon(a, b);
  return {
    metric,
    first,
    second,
    pairs: a.length,
    meanDifference: mean(a) - mean(b),
    ...(seed !== undefined && a.length > 1 && { interval: pairedBootstrap(a, b, mean, { seed }).interval }),
    p,
    pHolm: p,
    rankBiserial: rankBiserial(a, b),
    better: [wins, losses, a.length - wins - losses],
  };
}

/** The comparisons with `pHolm` corrected over all of them. */
export function correctedByHolm(comparisons: readonly Comparison[]): Comparison[] {
  const corrected = holm(comparisons.map(({ p }) => p));
  return comparisons.map((one, i) => ({ ...one, pHolm: corrected[i] }));
}

function compareTwo(metric: Metric, first: ModelCases, second: ModelCases, seed: number): Comparison {
  const [a, b] = pairedValues(metric, first, second);
  if (a.length === 0) throw expected(`cases of ${first.name} and ${second.name} to compare`, 'none');
  return comparePairs(metric, [first.name, second.name], a, b, seed);
}

/**
 * Compares every two models case by case. The cases must be the same; missing distances count as `valueOf` says, so a
 * model that finds nothing loses. Throws when the cases differ or there are none.
 */
export function compareModels(metric: Metric, models: readonly ModelCases[], seed = 0): Comparison[] {
  return correctedByHolm(
    models.flatMap((first, i) => models.slice(i + 1).map((second) => compareTwo(metric, first, second, seed))),
  );
}

/**
 * One metric of every case and model, for a plot; `null` where a case has no number.
 * Cases in the order of the first model.
 */
export interface CasePlot {
  readonly metric: Metric;
  readonly label: string;
  readonly unit: string;
  readonly cases: readonly string[];
  readonly models: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

/** One metric of every case by model, as `casesByModel` draws it; null where a model lacks the case. */
export function casePlot(metric: Metric, models: readonly ModelCases[]): CasePlot {
  const cases = [...new Set(models.flatMap((model) => model.cases.map(({ id }) => id)))];
  const { label, unit } = metricInfo[metric];
  const valuesOf = (model: ModelCases): (number | null)[] => {
    const own = new Map(model.cases.map((one) => [one.id, one.values[metric]]));
    return cases.map((id) => (Number.isFinite(own.get(id)) ? own.get(id)! : null));
  };
  return { metric, label, unit, cases, models: models.map((model) => ({ name: model.name, values: valuesOf(model) })) };
}
