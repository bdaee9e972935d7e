/**
 * ROC curve and the area under it (AUC), with DeLong's confidence interval and test.
 *
 * AUC = P(score of a positive > score of a negative) + ½ P(equal) over m positives and n negatives. With V the share of
 * the other kind that a unit is ranked rightly against: Var(AUC) = var(V of positives)/m + var(V of negatives)/n.
 * Source: DeLong et al. 1988, doi:10.2307/2531595.
 */
import { expected } from '../errors.ts';
import { normalQuantile, normalUpperTail } from './distributions/normal.ts';
import { exactSum, moments, varianceOf } from './moments.ts';
import { rank, rankTogether, sumOfRanks } from './ranks.ts';
import { checkConfidence, checkList, checkSample, type Sample, shownArgument } from './sample.ts';

/** The two rates when scores from a threshold on count as positive. */
export interface RocPoint {
  /** Units with a score of at least this are called positive. The first point has ∞: none is. */
  readonly threshold: number;
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

/** The area under the ROC curve with DeLong's standard error and interval. */
export interface Auc {
  readonly auc: number;
  /** DeLong's. 0 where the groups are separated completely: then it says nothing about the population. */
  readonly standardError: number;
  /** auc ± z·standardError, cut at 0 and 1. */
  readonly interval: readonly [number, number];
  /** The same on the scale of ln(auc / (1 − auc)), where it stays between 0 and 1: the better one near 1. */
  readonly logitInterval: readonly [number, number];
}

/** The difference of two areas on the same cases, with its interval and test. */
export interface AucComparison {
  /** AUC of the first scores minus AUC of the second. */
  readonly difference: number;
  readonly standardError: number;
  readonly interval: readonly [number, number];
  readonly z: number;
  readonly p: number;
}

/** The scores of the positive and of the negative units. Labels are 1 and 0 or booleans. */
function split(
  scores: Sample,
  labels: ArrayLike<number | boolean>,
  atLeast: number,
  name = 'the scores',
): { positives: number[]; negatives: number[] } {
  checkSample(scores, 0, name);
  checkList(labels, 'the labels', '0 and 1');
  if (labels.length !== scores.length) throw expected(`${scores.length} labels, one per score`, `${labels.length}`);
  const groups: [number[], number[]] = [[], []];
  for (let i = 0; i < labels.length; i++) {
    const label = typeof labels[i] === 'boolean' ? Number(labels[i]) : labels[i];
    if (label !== 0 && label !== 1) throw expected('labels 0 and 1', `${shownArgument(labels[i])} at position ${i}`);
    groups[label]!.push(scores[i]!);
  }
  const [negatives, positives] = groups;
  if (Math.min(negatives.length, positives.length) < atLeast) {
    const plural = atLeast === 1 ? '' : 's';
    throw expected(
      `at least ${atLeast} positive and ${atLeast} negative label${plural}`,
      `${positives.length} positive and ${negatives.length} negative`,
    );
  }
  return { positives, negatives };
}

/** All points of the ROC curve, from (0, 0) to (1, 1), one per distinct score. Refuses labels of one kind only. */
export function rocCurve(scores: Sample, labels: ArrayLike<number | boolean>): RocPoint[] {
  const { positives, negatives } = split(scores, labels, 1);
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((i, j) => scores[j]! - scores[i]!);
  const points: RocPoint[] = [{ threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 }];
  let [tp, fp] = [0, 0];
  order.forEach((position, k) => {
    if (Number(labels[position]) === 1) tp++;
    else fp++;
    const threshold = scores[position]!;
    if (scores[order[k + 1]!] !== threshold)
      points.push({ threshold, falsePositiveRate: fp / negatives.length, truePositiveRate: tp / positives.length });
  });
  return points;
}

interface Placements {
  readonly auc: number;
  /** Pairs of a positive and a negative unit that are ranked rightly, ties half: auc · m · n without rounding. */
  readonly rightPairs: number;
  readonly ofPositives: Float64Array;
  readonly ofNegatives: Float64Array;
}

/**
 * For each unit the share of the other kind that it is ranked rightly against: DeLong's structural components, by ranks
 * (Sun & Xu 2014, doi 10.1109/LSP.2014.2337313).
 */
function placements({ positives, negatives }: { positives: number[]; negatives: number[] }): Placements {
  const [m, n] = [positives.length, negatives.length];
  const { first, second } = rankTogether(positives, negatives);
  const ofPositives = rank(positives).ranks.map((r, i) => (first[i]! - r) / n);
  const ofNegatives = rank(negatives).ranks.map((r, j) => 1 - (second[j]! - r) / m);
  const rightPairs = sumOfRanks(first) - (m * (m + 1)) / 2;
  return { auc: exactSum(ofPositives) / m, rightPairs, ofPositives, ofNegatives };
}

const varianceOfMean = (values: Float64Array): number => varianceOf(moments(values)) / values.length;

/** auc ± reach on the logit's scale, where the standard error is divided by auc (1 − auc). Source: Pepe 2003. */
function logitInterval(auc: number, reach: number): [number, number] {
  if (reach === 0 || auc === 0 || auc === 1) return [auc, auc];
  const [centre, half] = [Math.log(auc / (1 - auc)), reach / (auc * (1 - auc))];
  const back = (logit: number): number => 1 / (1 + Math.exp(-logit));
  return [back(centre - half), back(centre + half)];
}

/**
 * Area under the ROC curve: the probability that a positive unit has the higher score, ties count half. Equals
 * U/(n1·n2) of the Mann-Whitney test. Interval after DeLong et al. 1988 (doi 10.2307/2531595). Refuses fewer
 * than 2 labels of a kind, NaN and ±∞.
 */
export function rocAuc(scores: Sample, labels: ArrayLike<number | boolean>, confidence = 0.95): Auc {
  checkConfidence(confidence);
  const { auc, ofPositives, ofNegatives } = placements(split(scores, labels, 2));
  const standardError = Math.sqrt(varianceOfMean(ofPositives) + varianceOfMean(ofNegatives));
  const reach = -normalQuantile((1 - confidence) / 2) * standardError;
  const interval = [Math.max(0, auc - reach), Math.min(1, auc + reach)] as const;
  return { auc, standardError, interval, logitInterval: logitInterval(auc, reach) };
}

/**
 * DeLong's test of two scores of the same units (paired): do their AUCs differ? Two-sided. The variance of the
 * difference is that of the differences of the structural components. Scores that order the units alike give
 * z = 0 and p = 1. Refuses as `rocAuc`.
 */
export function deLongTest(
  first: Sample,
  second: Sample,
  labels: ArrayLike<number | boolean>,
  confidence = 0.95,
): AucComparison {
  checkConfidence(confidence);
  const [a, b] = [
    placements(split(first, labels, 2, 'the first scores')),
    placements(split(second, labels, 2, 'the second scores')),
  ];
  const difference = a.rightPairs === b.rightPairs ? 0 : a.auc - b.auc;
  const part = (x: Float64Array, y: Float64Array): number => varianceOfMean(x.map((value, i) => value - y[i]!));
  const standardError = Math.sqrt(part(a.ofPositives, b.ofPositives) + part(a.ofNegatives, b.ofNegatives));
  const reach = -normalQuantile((1 - confidence) / 2) * standardError;
  const z = difference === 0 ? 0 : difference / standardError;
  return {
    difference,
    standardError,
    interval: [difference - reach, difference + reach],
    z,
    p: 2 * normalUpperTail(Math.abs(z)),
  };
}
