/**
 * Intraclass correlation: how far repeated measurements of one subject agree.
 *
 * With the mean squares of a two-way table of n subjects and k raters, MS between subjects, MR between raters and ME of
 * the rest: ICC(2,1) = (MS − ME) / (MS + (k − 1) ME + k (MR − ME)/n), ICC(3,1) = (MS − ME) / (MS + (k − 1) ME).
 * Source: Shrout & Fleiss 1979, doi:10.1037/0033-2909.86.2.420. Of groups of unequal size: intraclassOneWay.ts.
 */
import { expected } from '../errors.ts';
import { fisherQuantile, fisherUpperTail } from './distributions/fisherF.ts';
import { moments } from './moments.ts';
import { checkConfidence, checkList, checkSample, checkWord, type Sample } from './sample.ts';
import { rounding, scaledTogether } from './scale.ts';

/**
 * `agreement`: ICC(2,1), raters are a random sample and their offsets count. `consistency`:
 * ICC(3,1), offsets of raters do not count.
 */
export type IntraclassForm = 'agreement' | 'consistency';

/** An intraclass correlation with its interval, and the F test of it being 0. */
export interface Intraclass {
  readonly icc: number;
  readonly interval: readonly [number, number];
  /** F test of icc = 0. */
  readonly f: number;
  readonly df1: number;
  readonly df2: number;
  readonly p: number;
}

/** Mean squares of the two-way table: between subjects, between raters, rest. */
interface MeanSquares {
  readonly n: number;
  readonly k: number;
  readonly subjects: number;
  readonly raters: number;
  readonly rest: number;
}

/** Refuses a table that is not whole, is too small, or holds anything but finite numbers. */
function checkRatings(ratings: readonly Sample[]): void {
  checkList(ratings, 'the ratings', 'subjects');
  const n = ratings.length;
  if (n < 2) throw expected('at least 2 subjects', `${n}`);
  for (let i = 0; i < n; i++) checkList(ratings[i]!, `the ratings of subject ${i + 1}`);
  const k = ratings[0]!.length;
  if (k < 2) throw expected('at least 2 ratings of each subject', `${k}`);
  for (let i = 0; i < n; i++) {
    const { length } = ratings[i]!;
    if (length !== k) throw expected(`${k} ratings of subject ${i + 1}, as of the first`, `${length}`);
    checkSample(ratings[i]!, 2, `the ratings of subject ${i + 1}`);
  }
}

/** The mean squares of a table, in the square of a unit in which they are doubles. */
function meanSquares(ratings: readonly Sample[]): MeanSquares {
  const [n, k] = [ratings.length, ratings[0]!.length];
  const { samples: table } = scaledTogether(ratings);
  // distances from one centre first: offsets must not eat the digits
  const { mean } = moments(table.flatMap((row) => Array.from(row)));
  const rows = table.map((row) => row.map((value) => value - mean));
  const subjectMeans = rows.map((row) => moments(row).mean);
  const raterMeans = Array.from({ length: k }, (_, j) => moments(rows.map((row) => row[j]!)).mean);
  const grand = moments(subjectMeans).mean;
  const residuals = rows.flatMap((row, i) =>
    Array.from(row, (value, j) => value - subjectMeans[i]! - raterMeans[j]! + grand),
  );
  const largest = rows.reduce((most, row) => row.reduce((m, value) => Math.max(m, Math.abs(value)), most), 0);
  const isExact = residuals.every((residual) => Math.abs(residual) <= rounding * largest);
  return {
    n,
    k,
    subjects: (k * moments(subjectMeans).squares) / (n - 1),
    raters: (n * moments(raterMeans).squares) / (k - 1),
    rest: isExact ? 0 : moments(residuals).squares / ((n - 1) * (k - 1)),
  };
}

function consistencyInterval(s: MeanSquares, tail: number): [number, number] {
  const { n, k } = s;
  const [df1, df2] = [n - 1, (n - 1) * (k - 1)];
  const low = s.subjects / fisherQuantile(1 - tail, df1, df2);
  const high = s.subjects * fisherQuantile(1 - tail, df2, df1);
  const icc = (subjects: number): number => (subjects - s.rest) / (subjects + (k - 1) * s.rest);
  return [icc(low), icc(high)];
}

function agreementInterval(s: MeanSquares, icc: number, tail: number): [number, number] {
  const { n, k, subjects, raters, rest } = s;
  if (raters === 0 && rest === 0) return [icc, icc];
  const [a, b] = [k * icc * raters, (n * (1 + (k - 1) * icc) - k * icc) * rest];
  const df = ((k - 1) * (n - 1) * (a + b) ** 2) / ((n - 1) * a ** 2 + b ** 2);
  const lower = fisherQuantile(1 - tail, n - 1, df);
  const upper = fisherQuantile(1 - tail, df, n - 1);
  const others = k * raters + (k * n - k - n) * rest;
  return [
    (n * (subjects / lower - rest)) / (others + (n * subjects) / lower),
    (n * (upper * subjects - rest)) / (others + n * upper * subjects),
  ];
}

/**
 * ICC of single ratings, `ratings[i][j]` = subject i measured by rater (or under condition) j. Sources: Shrout &
 * Fleiss 1979 (doi 10.1037/0033-2909.86.2.420), intervals after McGraw & Wong 1996 (doi 10.1037/1082-989X.1.1.30).
 * Can be negative. Perfect agreement: 1 with interval [1, 1] and p = 0; all ratings equal: NaN. Refuses fewer than
 * 2 subjects or ratings, NaN, ±∞, gaps.
 */
export function intraclassCorrelation(ratings: readonly Sample[], form: IntraclassForm, confidence = 0.95): Intraclass {
  checkConfidence(confidence);
  checkWord(form, ['agreement', 'consistency'], 'the form of ICC');
  checkRatings(ratings);
  const s = meanSquares(ratings);
  const { n, k } = s;
  const offsets = form === 'agreement' ? (k * (s.raters - s.rest)) / n : 0;
  const icc = (s.subjects - s.rest) / (s.subjects + (k - 1) * s.rest + offsets);
  const f = s.subjects / s.rest;
  const tail = (1 - confidence) / 2;
  const interval = form === 'agreement' ? agreementInterval(s, icc, tail) : consistencyInterval(s, tail);
  const [df1, df2] = [n - 1, (n - 1) * (k - 1)];
  return { icc, interval, f, df1, df2, p: fisherUpperTail(f, df1, df2) };
}
