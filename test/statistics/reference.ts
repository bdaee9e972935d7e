/**
 * Values of SciPy and others to compare with: `reference.json`, made by `reference.py`, or
 * the file that AXUNET_STATISTICS names.
 */
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { expected } from '../../lib/errors.ts';
import type { Alternative } from '../../lib/statistics/sample.ts';

type Row = Record<string, number[]>;
export type ByAlternative = Record<Alternative, Row>;

export interface Reference {
  readonly twoSamples: readonly (ByAlternative & {
    a: number[];
    b: number[];
    cliffDelta: number;
    cohenD?: number;
    hedgesG?: number;
  })[];
  readonly pairs: readonly (ByAlternative & {
    a: number[];
    b: number[];
    rankBiserial: number;
    pearsonInterval?: number[];
    spearmanInterval?: number[];
  })[];
  readonly groups: readonly {
    groups: number[][];
    levene: { median: number[]; mean: number[] };
    scores: number[][];
    friedman: number[];
  }[];
  readonly oneSample: readonly { x: number[]; shapiroWilk: number[]; summary: number[] }[];
  readonly pValues: readonly { p: number[]; bonferroni: number[]; holm: number[]; benjaminiHochberg: number[] }[];
  readonly roc: readonly {
    first: number[];
    second: number[];
    labels: number[];
    auc: number;
    standardError: number;
    interval: number[];
    points: number[][];
    deLong: number[];
  }[];
  readonly ratings: readonly { ratings: number[][]; agreement: number[]; consistency: number[]; f: number[] }[];
  readonly bootstrap: readonly {
    x: number[];
    statistic: 'mean' | 'mean_square' | 'median';
    seed: number;
    percentile?: number[];
    bca?: number[];
  }[];
  readonly offset: readonly (Row & { cohenD: number; hedgesG: number; pearson: number })[];
  readonly offsetRatings: readonly { ratings: number[][]; agreement: number; consistency: number }[];
  readonly distributions: Record<string, number[][]>;
}

const file = process.env.AXUNET_STATISTICS || new URL('reference.json', import.meta.url);
if (!existsSync(file)) throw expected('a file of reference values in AXUNET_STATISTICS', 'no such file', `${file}`);

/** NaN and infinities stand as strings in the file. */
const revive = (_: string, value: unknown): unknown =>
  value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value;
export const reference = JSON.parse(readFileSync(file, 'utf8'), revive) as Reference;

/** Largest relative deviations seen, by function: printed at the end when AXUNET_STATISTICS names a file. */
const worst = new Map<string, { count: number; deviation: number }>();

const deviationOf = (found: number, wanted: number, floor: number): number =>
  Object.is(found, wanted) || found === wanted ? 0 : Math.abs(found - wanted) / Math.max(Math.abs(wanted), floor);

/** Compares numbers with a relative tolerance; `floor` is the size below which the difference counts absolutely. */
export function expectClose(
  name: string,
  found: readonly number[],
  wanted: readonly number[],
  tolerance = 1e-9,
  floor = 0,
): void {
  const seen = worst.get(name) ?? { count: 0, deviation: 0 };
  expect(found.length, name).toBe(wanted.length);
  found.forEach((value, i) => {
    const deviation = deviationOf(value, wanted[i]!, floor);
    expect
      .soft(deviation <= tolerance, `${name}: value ${i} of ${found} differs from ${wanted} by ${deviation}`)
      .toBe(true);
    seen.deviation = Math.max(seen.deviation, deviation);
  });
  seen.count++;
  worst.set(name, seen);
}

export function printWorst(): void {
  if (!process.env.AXUNET_STATISTICS) return;
  for (const [name, { count, deviation }] of worst)
    console.log(
      `${name.padEnd(34)} ${String(count).padStart(6)} cases, worst relative deviation ${deviation.toExponential(1)}`,
    );
}
