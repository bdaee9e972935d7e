import { mean } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { Random } from '../../lib/random.ts';
import { bootstrap, pairedBootstrap } from '../../lib/statistics/bootstrap.ts';

const average = (x: readonly number[]): number => mean([...x]);

describe('the bootstrap', () => {
  it('repeats with its seed and not with another', () => {
    const values = [1.3, 2.9, 3.4, 4.1, 8.8, 2.2, 5.7];
    const run = (seed: number) => bootstrap(values, average, { seed, resamples: 200 });
    expect(run(1)).toEqual(run(1));
    expect(run(1).interval).not.toEqual(run(2).interval);
  });

  it('covers the true mean about as often as it says', () => {
    const random = Random.stream(5, 'coverage');
    const covered = Array.from({ length: 400 }, (_, seed) => {
      const { interval } = bootstrap(
        Array.from({ length: 30 }, () => random.normal(7, 2)),
        average,
        { seed, resamples: 400, confidence: 0.9 },
      );
      return interval[0] <= 7 && 7 <= interval[1];
    }).filter(Boolean).length;
    // 90 % less the known small-sample loss of some 2 %, ± three standard errors
    expect(covered / 400).toBeGreaterThan(0.835);
    expect(covered / 400).toBeLessThan(0.945);
  });

  it('draws pairs together: a constant difference has no width whatever the spread', () => {
    const [a, b] = [
      [1, 50, 7, 900],
      [0, 49, 6, 899],
    ];
    for (const method of ['bca', 'percentile'] as const)
      expect(pairedBootstrap(a, b, undefined, { resamples: 100, method })).toMatchObject({
        estimate: 1,
        interval: [1, 1],
      });
  });

  it('of equal values, or of differences that are equal but for rounding, has no width', () => {
    const flat = bootstrap([0.1, 0.1, 0.1], average, { resamples: 100 });
    expect(flat).toMatchObject({ interval: [flat.estimate, flat.estimate], standardError: 0 });
    const b = [0.3, 0.5, 0.8, 1.1, 1.7];
    const { estimate, interval, standardError } = pairedBootstrap(
      b.map((value) => value + 0.1),
      b,
      undefined,
      { resamples: 100 },
    );
    expect(estimate).toBeCloseTo(0.1, 15);
    expect([interval, standardError]).toEqual([[estimate, estimate], 0]);
  });

  it('takes no acceleration where leaving out one unit changes nothing, whatever its rounding', () => {
    // the statistic is 1/3 without any one unit, and more only where a unit is drawn three times
    const most = (x: readonly number[]): number => {
      const counts = x.map((v) => x.filter((w) => w === v).length);
      return Math.max(...counts) > 2 ? 2 / 3 : 1 / 3;
    };
    const [bca, plain] = (['bca', 'percentile'] as const).map(
      (method) => bootstrap([1, 2, 3, 4, 5, 6], most, { resamples: 400, method }).interval,
    );
    expect(plain).toEqual([1 / 3, 2 / 3]);
    expect(bca!.every(Number.isFinite)).toBe(true);
  });

  it('draws whole units: patients with their slices stay together', () => {
    const patients = [{ slices: [1, 2] }, { slices: [3] }, { slices: [4, 5, 6] }];
    const seen = new Set<object>();
    const { estimate } = bootstrap(
      patients,
      (drawn) => {
        drawn.forEach((p) => seen.add(p));
        return drawn.length;
      },
      { resamples: 50 },
    );
    expect([estimate, seen]).toEqual([3, new Set(patients)]);
  });

  it('has no BCa interval where no resample lies above the estimate', () => {
    expect(
      bootstrap([1, 2, 3, 4], (x) => Number(x.length === 4 && x[0] === 1 && x[1] === 2 && x[2] === 3 && x[3] === 4), {
        resamples: 20,
      }).interval,
    ).toEqual([NaN, NaN]);
  });

  it('refuses one unit and a statistic that has no value', () => {
    expect(() => bootstrap([1], average)).toThrow('Expected at least 2 units to resample, found 1');
    expect(() => bootstrap([1, 2], () => NaN, { resamples: 10 })).toThrow(
      'Expected a statistic that is a finite number for the units, found NaN',
    );
    expect(() => bootstrap([1, 2], average, { resamples: 1 })).toThrow(
      'Expected a whole number of resamples above 1, found 1',
    );
    expect(() => pairedBootstrap([1, 2], [1])).toThrow('Expected as many values');
  });
});
