import { describe, expect, it } from 'vitest';
import { Random } from '../../../lib/random.ts';
import { welchTTest } from '../../../lib/statistics/welch.ts';
import { simulateRates, splitRates, testByUnit } from '../../../notebooks/lessons/radiomics/unitRates.ts';

describe('the unit of a test', () => {
  it('is each value, or the mean of each patient', () => {
    const [a, b] = [
      [
        [1, 3],
        [4, 4, 4],
      ],
      [[7], [9, 10]],
    ];
    const p = testByUnit(a, b);
    expect(p.slices).toBe(welchTTest([1, 3, 4, 4, 4], [7, 9, 10]).p);
    expect(p.patients).toBe(welchTTest([2, 4], [7, 9.5]).p);
  });

  it('makes false findings when slices of a patient resemble each other, and none when they do not', () => {
    const error = 3 * Math.sqrt((0.05 * 0.95) / 400);
    const [alone, many] = simulateRates({ patients: 10, icc: 0.5, slicesPerPatient: [1, 20], runs: 400, seed: 2 });
    expect(alone!.slices).toBe(alone!.patients); // one slice is the patient
    expect(Math.abs(many!.patients - 0.05)).toBeLessThan(error);
    expect(many!.slices).toBeGreaterThan(0.4);
    const [independent] = simulateRates({ patients: 10, icc: 0, slicesPerPatient: [20], runs: 400, seed: 2 });
    expect(Math.abs(independent!.slices - 0.05)).toBeLessThan(error);
  });

  it('shows in real splits of one group', () => {
    const random = Random.stream(1, 'patients');
    const values = Array.from({ length: 16 }, () => {
      const own = random.normal();
      return Array.from({ length: 15 }, () => own + random.normal(0, 0.7));
    });
    const rates = splitRates(values, { runs: 300 });
    expect(rates.slices).toBeGreaterThan(0.3);
    expect(rates.patients).toBeLessThan(0.09);
    expect(() => splitRates(values.slice(0, 3))).toThrow('at least 4 patients');
    expect(() => splitRates([[1], [2], [], [3]])).toThrow('a patient without');
  });
});
