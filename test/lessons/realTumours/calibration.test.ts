import { describe, expect, it } from 'vitest';
import { Random } from '../../../lib/random.ts';
import { calibrate } from '../../../notebooks/lessons/realTumours/calibration.ts';
import { matchPairs } from '../../../notebooks/lessons/realTumours/matching.ts';

describe('Calibration', () => {
  it('counts bins, Brier score and ECE, by hand', () => {
    const { bins, brier, ece } = calibrate([0.2, 0.4, 0.6, 0.8], [false, true, false, true], 2);
    expect(bins).toEqual([
      { units: 2, said: expect.closeTo(0.3, 12), found: 0.5 },
      { units: 2, said: expect.closeTo(0.7, 12), found: 0.5 },
    ]);
    expect(brier).toBeCloseTo((0.04 + 0.36 + 0.36 + 0.04) / 4, 12);
    expect(ece).toBeCloseTo(0.2, 12);
  });

  it('has slope 1 and intercept 0 for what was drawn by the probabilities, and tells who is too sure or says too much', () => {
    const random = Random.stream(1, 'calibration');
    const logits = Array.from({ length: 20_000 }, () => 1.5 * random.normal());
    const ill = logits.map((t) => random.uniform() < 1 / (1 + Math.exp(-t)));
    const of = (change: (t: number) => number) =>
      calibrate(
        logits.map((t) => 1 / (1 + Math.exp(-change(t)))),
        ill,
      );
    const right = of((t) => t);
    expect(right.slope).toBeCloseTo(1, 1);
    expect(right.intercept).toBeCloseTo(0, 1);
    expect(right.ece).toBeLessThan(0.015);
    expect(of((t) => 2 * t).slope).toBeCloseTo(0.5, 1);
    expect(of((t) => t + 1).intercept).toBeCloseTo(-1, 1);
  });

  it('has no slope where ill and well are parted, and refuses what is no probability', () => {
    expect(calibrate([0.1, 0.2, 0.8, 0.9], [false, false, true, true], 2).slope).toBeNaN();
    expect(() => calibrate([0.1, 1.2], [false, true])).toThrow('Expected probabilities from 0 to 1, found 1.2');
    expect(() => calibrate([0.1, 0.2], [true, true])).toThrow('Expected outcomes of both kinds');
  });
});

describe('Matching', () => {
  it('takes the nearest pairs first, each patient once, none beyond the caliper, by hand', () => {
    const rows = [[0], [10], [1], [9.5], [40], [NaN]];
    expect(matchPairs(rows, [true, true, false, false, false, true], { caliper: 0.1 })).toEqual([
      [1, 3],
      [0, 2],
    ]);
    expect(matchPairs(rows, [true, true, false, false, false, true], { caliper: 0.04 })).toEqual([[1, 3]]);
  });
});
