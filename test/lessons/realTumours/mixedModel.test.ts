import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { welchTTest } from '../../../lib/statistics/welch.ts';
import { mixedModel, type PatientSlices } from '../../../notebooks/lessons/realTumours/mixedModel.ts';

interface Case {
  readonly name: string;
  readonly difference: number;
  readonly error: number;
  readonly errorOfStatsmodels: number;
  readonly varianceBetween: number;
  readonly varianceWithin: number;
  readonly patients: PatientSlices[];
}
const { cases }: { cases: Case[] } = JSON.parse(readFileSync(new URL('mixedModel.json', import.meta.url), 'utf8'));

const relative = (found: number, wanted: number): number => Math.abs(found - wanted) / Math.abs(wanted);

describe('mixedModel', () => {
  it.each(cases)("has statsmodels' estimates (0.15.0, REML) within 1e-4: $name", (one) => {
    const { difference, error, sdBetween, sdWithin, icc } = mixedModel(one.patients);
    expect(relative(difference, one.difference)).toBeLessThan(1e-4);
    expect(relative(error, one.error)).toBeLessThan(1e-4);
    expect(relative(error, one.errorOfStatsmodels)).toBeLessThan(0.01);
    expect(relative(sdBetween ** 2, one.varianceBetween)).toBeLessThan(1e-4);
    expect(relative(sdWithin ** 2, one.varianceWithin)).toBeLessThan(1e-4);
    expect(icc).toBeCloseTo(one.varianceBetween / (one.varianceBetween + one.varianceWithin), 4);
  });

  it('is the t test of means where all patients have equally many slices', () => {
    const patients = Array.from({ length: 12 }, (_, i): PatientSlices => {
      const centre = 10 * Math.sin(i * i) + (i < 6 ? 4 : 0);
      return { inFirst: i < 6, values: [centre - 0.5, centre, centre + 0.5] };
    });
    const means = [true, false].map((first) => patients.filter((p) => p.inFirst === first).map((p) => p.values[1]!));
    const { difference, error, p } = mixedModel(patients);
    // the variance between patients is common to both groups, so that this is Student's test, not Welch's
    const squares = means.flatMap((own) => own.map((v) => (v - own.reduce((a, b) => a + b) / 6) ** 2));
    const pooled = Math.sqrt((squares.reduce((a, b) => a + b) / 10) * (2 / 6));
    expect(error).toBeCloseTo(pooled, 6);
    expect(difference / error).toBeCloseTo(welchTTest(means[0]!, means[1]!).t, 6);
    expect(p).toBeGreaterThan(0);
  });

  it('does not know a unit: values times 1000 give the same p', () => {
    const [{ patients }] = cases as [Case];
    const larger = patients.map((one) => ({ ...one, values: one.values.map((v) => 1000 * v + 7) }));
    const [a, b] = [mixedModel(patients), mixedModel(larger)];
    // around its maximum a likelihood is flat, so that rounding leaves the ratio of variances 8 digits
    expect(b.p).toBeCloseTo(a.p, 7);
    expect(b.sdBetween / a.sdBetween).toBeCloseTo(1000, 4);
  });

  it('gives nothing where nothing varies within patients, and refuses what cannot be told apart', () => {
    const flat = [1, 2, 3, 4].map((v) => ({ inFirst: v < 3, values: [v, v] }));
    expect(mixedModel(flat).p).toBeNaN();
    expect(() => mixedModel(flat.map((one) => ({ ...one, values: [1.5] })))).toThrow('2 slices or more');
    expect(() => mixedModel(flat.slice(1))).toThrow('at least 2 patients in each group, found 1 and 2');
    expect(() => mixedModel(flat.map((one) => ({ ...one, values: [NaN, 1] })))).toThrow('finite values');
  });
});
