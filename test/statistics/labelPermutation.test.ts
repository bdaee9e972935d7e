import { describe, expect, it } from 'vitest';
import { Random } from '../../lib/random.ts';
import { compareFeatures } from '../../lib/statistics/compareFeatures.ts';
import { permuteLabels } from '../../lib/statistics/labelPermutation.ts';

const random = Random.stream(3, 'columns');
const inFirst = Array.from({ length: 16 }, (_, i) => i < 8);
const noise = Object.fromEntries(Array.from({ length: 20 }, (_, k) => [`f${k}`, inFirst.map(() => random.normal())]));
const shifted = Object.fromEntries(
  Object.entries(noise).map(([name, values]) => [name, values.map((v, i) => v + (inFirst[i] ? 3 : 0))]),
);

describe('shuffled labels', () => {
  it('say that nothing differs where nothing does', () => {
    const { observed, permuted, p } = permuteLabels(noise, inFirst, { resamples: 99, seed: 1 });
    expect(permuted).toHaveLength(99);
    expect(p).toBe((permuted.filter((count) => count >= observed).length + 1) / 100);
    expect(p).toBeGreaterThan(0.05);
  });

  it('find far fewer features than labels that mean something', () => {
    const { observed, p, bestAuc, permutedBestAuc } = permuteLabels(shifted, inFirst, { resamples: 99, seed: 1 });
    expect(observed).toBeGreaterThan(15);
    expect(p).toBe(0.01);
    expect(bestAuc).toBeGreaterThan(Math.max(...permutedBestAuc) - 1e-12);
    expect(Math.min(...permutedBestAuc)).toBeGreaterThan(0.5); // the best of 20 is never at chance
  });

  it('count as compareFeatures does, also for features far from 0 and with ties', () => {
    const far = Object.fromEntries(
      Object.entries(shifted).map(([name, values]) => [name, values.map((v) => 1e6 + Math.round(4 * v) / 16)]),
    );
    for (const columns of [noise, shifted, far]) {
      const { observed, bestAuc } = permuteLabels(columns, inFirst, { resamples: 1 });
      const { features } = compareFeatures(columns, inFirst);
      expect(observed).toBe(features.filter((f) => f.welchP <= 0.05).length);
      expect(bestAuc).toBeCloseTo(Math.max(...features.map((f) => (1 + Math.abs(f.delta)) / 2)), 12);
    }
  });

  it('count groups without spread as found, though the mean of three 0.1 is rounded', () => {
    // only a group of three 0.1 against three 0.3, which 2 of 20 arrangements are, is far enough apart
    const columns = { a: [0.1, 0.3, 0.1, 0.3, 0.1, 0.3] };
    const labels = [true, true, true, false, false, false];
    const { permuted, permutedBestAuc } = permuteLabels(columns, labels, { resamples: 200 });
    expect(permuted).toEqual(permutedBestAuc.map((auc) => Number(auc === 1)));
    expect(permuted.filter((n) => n === 1).length).toBeGreaterThan(5);
  });

  it('stay within strata when these are given', () => {
    // the label is the stratum: no shuffle within strata can change anything
    const { observed, permuted, p } = permuteLabels(shifted, inFirst, { resamples: 19, strata: inFirst.map(Number) });
    expect(permuted).toEqual(Array(19).fill(observed));
    expect(p).toBe(1);
  });

  it('reject a true null hypothesis about as often as they say', () => {
    const rejected = Array.from({ length: 120 }, (_, run) => {
      const stream = Random.stream(run, 'null');
      const columns = Object.fromEntries(
        Array.from({ length: 3 }, (_, k) => [`f${k}`, Array.from({ length: 12 }, () => stream.normal())]),
      );
      return (
        permuteLabels(
          columns,
          Array.from({ length: 12 }, (_, i) => i < 6),
          { resamples: 19, seed: run },
        ).p <= 0.05
      );
    }).filter(Boolean).length;
    // counts have ties: at most the level
    expect(rejected / 120).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 120));
  });
});
