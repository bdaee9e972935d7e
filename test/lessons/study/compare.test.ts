import { describe, expect, it } from 'vitest';
import {
  compareEach,
  compareWith,
  evenPart,
  friedmanOf,
  patientMeans,
  pooledByPatient,
  seedMeans,
} from '../../../notebooks/lessons/study/compare.ts';
import type { StudyCase, StudyRecord, StudyRun } from '../../../notebooks/lessons/study/record.ts';

const scored = (id: string, dice: number, outcome: StudyCase['outcome'] = 'both'): StudyCase => ({
  id,
  outcome,
  counts: { tp: 1, fp: 0, fn: 0, tn: 0 },
  imageDiagonalMm: 9,
  values: { dice },
});
const run = (arm: string, seed: number, cases: StudyCase[]): StudyRun => ({ arm, seed, cases }) as unknown as StudyRun;
const recordOf = (runs: readonly StudyRun[]): StudyRecord =>
  ({
    study: 's',
    arms: [
      { name: 'x', label: 'X' },
      { name: 'y', label: 'Y' },
    ],
    seeds: [1, 2],
    runs,
  }) as unknown as StudyRecord;

const even = recordOf([
  run('x', 1, [scored('a', 0.8), scored('b', 0.6)]),
  run('y', 1, [scored('b', 0.5), scored('a', 0.7)]),
  run('x', 2, [scored('a', 0.6), scored('b', 0, 'missed')]),
  run('y', 2, [scored('b', 0.3), scored('a', 0.5)]),
]);

describe('a study', () => {
  it('has a mean for each seed of each arm, and counts what was missed', () => {
    const [x, y] = seedMeans(even, 'dice');
    expect(x.seeds.map(({ mean, missed }) => [Number(mean.toFixed(10)), missed])).toEqual([
      [0.7, 0],
      [0.3, 1],
    ]);
    expect(y.mean).toBeCloseTo(0.5, 12);
  });

  it('gives each patient the mean of its seeds, in whatever order runs list them', () => {
    const [x, y] = patientMeans(even, 'dice');
    expect(x.values.a).toBeCloseTo(0.7, 12);
    expect(x.values.b).toBeCloseTo(0.3, 12);
    expect(y.values).toEqual({ b: expect.closeTo(0.4, 12), a: expect.closeTo(0.6, 12) });
  });

  it('compares over the seeds that all arms have, or else the arms of the first seed begun', () => {
    const part = (runs: readonly StudyRun[]): unknown =>
      ((even) => [even.arms.map(({ name }) => name), even.seeds, even.runs.length])(evenPart(recordOf(runs)));
    expect(part(even.runs)).toEqual([['x', 'y'], [1, 2], 4]);
    expect(part(even.runs.slice(0, 3))).toEqual([['x', 'y'], [1], 2]);
    expect(part(even.runs.slice(0, 1))).toEqual([['x'], [1], 1]);
    expect(part([])).toEqual([[], [], 0]);
  });

  it('pools the slices of a patient over all runs of an arm', () => {
    const slice = (id: string, tp: number, fn: number): StudyCase => ({
      id,
      outcome: 'both',
      counts: { tp, fp: 0, fn, tn: 1 },
      values: {},
    });
    const pooled = pooledByPatient(
      recordOf([
        run('x', 1, [slice('PANCREAS_0002-7', 1, 1), slice('PANCREAS_0001-3', 2, 0)]),
        run('x', 2, [slice('PANCREAS_0002-9', 3, 1)]),
      ]),
      'x',
    );
    expect(pooled.map(({ id, counts: { tp, fn }, values }) => [id, tp, fn, values.dice])).toEqual([
      ['0001', 2, 0, 1],
      ['0002', 4, 2, 0.8],
    ]);
  });
});

describe('a comparison of arms', () => {
  const values = (name: string, numbers: number[]) => ({
    name,
    values: Object.fromEntries(numbers.map((value, i) => [`p${i}`, value])),
  });
  const [low, high] = [values('low', [1, 2, 3, 4, 5, 6]), values('high', [2, 4, 6, 8, 10, 12])];

  it('is paired: exact Wilcoxon p of six differences of one sign is 2/64, their mean that of the means', () => {
    const [one] = compareWith('dice', [low, high], 'low');
    expect(one).toMatchObject({
      first: 'high',
      second: 'low',
      pairs: 6,
      meanDifference: 3.5,
      better: [6, 0, 0],
      rankBiserial: 1,
    });
    expect(one.p).toBeCloseTo(2 / 64, 12);
    expect(one.interval![0]).toBeGreaterThan(0);
  });

  it('knows that a shorter distance is better', () => {
    expect(compareWith('hd95PooledMm', [low, high], 'low')[0].better).toEqual([0, 6, 0]);
  });

  it('corrects by Holm over all comparisons, and compares every two', () => {
    const other = values('other', [1.5, 1, 3.5, 3, 5.5, 5]);
    const all = compareEach('dice', [low, high, other]);
    expect(all.map(({ first, second }) => `${first} ${second}`)).toEqual(['low high', 'low other', 'high other']);
    expect(all[0].pHolm).toBeCloseTo((3 * 2) / 64, 12);
  });

  it('refuses patients that only one arm has', () => {
    expect(() => compareWith('dice', [low, { name: 'short', values: { p0: 1 } }], 'low')).toThrow(
      'the same patients of short and low',
    );
  });

  it('ranks the better arm first, for shares and for distances', () => {
    const third = values('third', [3, 6, 9, 12, 15, 18]);
    expect(friedmanOf('dice', [low, high, third]).meanRanks).toEqual([3, 2, 1]);
    expect(friedmanOf('hd95PooledMm', [low, high, third]).meanRanks).toEqual([1, 2, 3]);
  });
});
