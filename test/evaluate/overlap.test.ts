import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addCounts,
  dice,
  jaccard,
  noCounts,
  overlapByPatient,
  overlapCounts,
  overlapScores,
  precision,
  recall,
  specificity,
  summariseOverlap,
} from '../../lib/evaluate/overlap.ts';

describe('overlap of two masks', () => {
  it('counts and scores an example worked out by hand', () => {
    const counts = overlapCounts([1, 1, 1, 0, 0, 0, 0, 0], [1, 1, 0, 2, 0, 0, 0, 0]);
    expect(counts).toEqual({ tp: 2, fp: 1, fn: 1, tn: 4 });
    expect(overlapScores(counts)).toEqual({
      dice: 4 / 6,
      jaccard: 0.5,
      precision: 2 / 3,
      recall: 2 / 3,
      specificity: 0.8,
    });
  });

  it('of two empty masks is perfect, of one empty mask nothing', () => {
    const [bothEmpty, onlyFalse, allMissed] = [
      { ...noCounts, tn: 9 },
      { ...noCounts, fp: 9 },
      { ...noCounts, fn: 9 },
    ];
    expect([dice, jaccard, precision, recall, specificity].map((f) => f(bothEmpty))).toEqual([1, 1, 1, 1, 1]);
    expect([dice, jaccard, precision, recall, specificity].map((f) => f(onlyFalse))).toEqual([0, 0, 0, 0, 0]);
    expect([dice, jaccard, precision, recall, specificity].map((f) => f(allMissed))).toEqual([0, 0, 0, 0, 1]);
    expect(overlapScores(overlapCounts([], []))).toEqual({
      dice: 1,
      jaccard: 1,
      precision: 1,
      recall: 1,
      specificity: 1,
    });
  });

  it('refuses masks of different sizes', () =>
    expect(() => overlapCounts([1], [1, 0])).toThrow('Expected a prediction of 2 pixels, found 1'));

  it('follows dice = 2 jaccard / (1 + jaccard), is symmetric, and is the harmonic mean of precision and recall', () => {
    const mask = fc.array(fc.constantFrom(0, 1), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(mask, mask, (a, b) => {
        const counts = overlapCounts(a, b);
        expect(counts.tp + counts.fp + counts.fn + counts.tn).toBe(20);
        expect(dice(counts)).toBeCloseTo((2 * jaccard(counts)) / (1 + jaccard(counts)), 12);
        expect(dice(overlapCounts(b, a))).toBe(dice(counts));
        expect(precision(overlapCounts(b, a))).toBe(recall(counts));
        const [p, r] = [precision(counts), recall(counts)];
        if (p + r > 0) expect(dice(counts)).toBeCloseTo((2 * p * r) / (p + r), 12);
      }),
    );
  });
});

describe('scores by patient', () => {
  const slices = [
    { patient: 'b', counts: { tp: 90, fp: 10, fn: 10, tn: 0 } },
    { patient: 'a', counts: { tp: 0, fp: 0, fn: 0, tn: 50 } },
    { patient: 'b', counts: { tp: 0, fp: 0, fn: 2, tn: 0 } },
    { patient: 'b', counts: { tp: 0, fp: 30, fn: 0, tn: 0 } },
  ];

  it('pool the slices of a patient instead of averaging them', () => {
    const [b, a] = overlapByPatient(slices);
    expect([b.patient, a.patient]).toEqual(['b', 'a']);
    expect(b).toMatchObject({
      slices: 3,
      counts: addCounts(slices[0].counts, addCounts(slices[2].counts, slices[3].counts)),
    });
    expect(b.scores.dice).toBe(180 / (180 + 40 + 12));
    expect(a.scores.dice).toBe(1);
  });

  it('on pancreas-only slices forget the false alarms elsewhere, and patients without a pancreas', () => {
    const scored = overlapByPatient(slices, 'pancreas');
    expect(scored.map(({ patient }) => patient)).toEqual(['b']);
    expect(scored[0].scores.dice).toBe(180 / (180 + 10 + 12));
  });

  it('are summed up as mean and SD over patients', () => {
    const { dice: summary } = summariseOverlap(overlapByPatient(slices));
    expect(summary.n).toBe(2);
    expect(summary.mean).toBeCloseTo((180 / 232 + 1) / 2, 12);
    expect(summary.sd).toBeCloseTo((1 - 180 / 232) / Math.SQRT2, 12);
    expect(summariseOverlap([]).dice.n).toBe(0);
  });
});
