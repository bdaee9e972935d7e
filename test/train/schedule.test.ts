import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Schedule, scheduleFactor, scheduleKinds } from '../../lib/train/schedule.ts';

const schedule = (given: Partial<Schedule>): Schedule => ({
  kind: 'constant',
  warmUp: 0,
  floor: 0,
  power: 0.9,
  ...given,
});

describe('a learning-rate schedule', () => {
  it('constant is 1 all the way', () =>
    expect([0, 0.5, 1].map((p) => scheduleFactor(schedule({}), p))).toEqual([1, 1, 1]));

  it('cosine falls from 1 through a half to the floor', () => {
    expect(scheduleFactor(schedule({ kind: 'cosine' }), 0)).toBe(1);
    expect(scheduleFactor(schedule({ kind: 'cosine' }), 1 / 3)).toBeCloseTo(0.75, 12); // (1 + cos 60°) / 2
    expect(scheduleFactor(schedule({ kind: 'cosine' }), 0.5)).toBeCloseTo(0.5, 12);
    expect(scheduleFactor(schedule({ kind: 'cosine', floor: 0.1 }), 1)).toBeCloseTo(0.1, 12);
  });

  it('poly follows (1 - progress) to its power', () => {
    expect(scheduleFactor(schedule({ kind: 'poly', power: 2 }), 0.5)).toBe(0.25);
    expect(scheduleFactor(schedule({ kind: 'poly', power: 0.9 }), 0.75)).toBeCloseTo(0.25 ** 0.9, 12);
  });

  it('warm-up rises in a line to the full rate, then the fall begins', () => {
    const warm = schedule({ kind: 'cosine', warmUp: 0.2 });
    expect(scheduleFactor(warm, 0.1)).toBeCloseTo(0.5, 12);
    expect(scheduleFactor(warm, 0.2)).toBe(1);
    expect(scheduleFactor(warm, 0.6)).toBeCloseTo(0.5, 12); // half of the rest
    expect(scheduleFactor(warm, 0)).toBeGreaterThan(0);
  });

  it('stays between 0 and 1 and never rises after the warm-up', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...scheduleKinds),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        (kind, warmUp, floor, power) => {
          let before = 1;
          for (let p = warmUp; p <= 1.2; p += 0.05) {
            const factor = scheduleFactor({ kind, warmUp, floor, power }, p);
            expect(factor).toBeGreaterThanOrEqual(0);
            expect(factor).toBeLessThanOrEqual(before + 1e-12);
            before = factor;
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
