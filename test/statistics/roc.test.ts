import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mannWhitney } from '../../lib/statistics/mannWhitney.ts';
import { deLongTest, rocAuc, rocCurve } from '../../lib/statistics/roc.ts';
import { expectRelative } from './close.ts';

const scores = [0.9, 0.8, 0.7, 0.6, 0.5];
const labels = [1, 1, 0, 1, 0];

describe('the ROC curve', () => {
  it('has one point per distinct score, by hand', () => {
    expect(rocCurve([0.9, 0.9, 0.4, 0.2], [1, 0, 1, 0])).toEqual([
      { threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 },
      { threshold: 0.9, falsePositiveRate: 0.5, truePositiveRate: 0.5 },
      { threshold: 0.4, falsePositiveRate: 0.5, truePositiveRate: 1 },
      { threshold: 0.2, falsePositiveRate: 1, truePositiveRate: 1 },
    ]);
  });

  it('has the AUC as the area under it, which is U/(n1·n2)', () => {
    const unit = fc.record({ score: fc.integer({ min: 0, max: 8 }), label: fc.boolean() });
    fc.assert(
      fc.property(fc.array(unit, { minLength: 4, maxLength: 25 }), (units) => {
        const [values, truth] = [units.map((u) => u.score), units.map((u) => u.label)];
        const [positives, negatives] = [true, false].map((kind) => values.filter((_, i) => truth[i] === kind)) as [
          number[],
          number[],
        ];
        fc.pre(Math.min(positives.length, negatives.length) >= 2);
        const points = rocCurve(values, truth);
        const area = points
          .slice(1)
          .reduce(
            (sum, p, i) =>
              sum +
              ((p.falsePositiveRate - points[i]!.falsePositiveRate) *
                (p.truePositiveRate + points[i]!.truePositiveRate)) /
                2,
            0,
          );
        const { auc } = rocAuc(values, truth);
        expect(auc).toBeCloseTo(area, 12);
        expect(auc).toBeCloseTo(mannWhitney(positives, negatives).u / positives.length / negatives.length, 12);
      }),
    );
  });
});

describe("DeLong's interval and test", () => {
  it('equal an example worked out by hand', () => {
    // components of the positives 1, 1, ½ (variance 1/12), of the negatives 2/3, 1 (variance 1/18)
    const { auc, standardError, interval } = rocAuc(scores, labels);
    expectRelative(auc, 5 / 6);
    expectRelative(standardError, Math.sqrt(1 / 36 + 1 / 36));
    expectRelative(interval[0], 5 / 6 - 1.9599639845400538 * Math.sqrt(1 / 18));
    expect(interval[1]).toBe(1);
  });

  it('on the scale of the logit are the plain one with the error over auc (1 − auc), by hand', () => {
    // ln 5, and a standard error of √(1/18) / (5/36)
    const { logitInterval } = rocAuc(scores, labels);
    const half = (1.9599639845400538 * Math.sqrt(1 / 18) * 36) / 5;
    expectRelative(logitInterval[0], 1 / (1 + Math.exp(half) / 5));
    expectRelative(logitInterval[1], 1 / (1 + Math.exp(-half) / 5));
  });

  it("equal what Stata's manual prints of 109 images rated by a reader (Hanley & McNeil 1982)", () => {
    const [normal, abnormal] = [
      [33, 6, 6, 11, 2],
      [3, 2, 2, 11, 33],
    ];
    const ratings = [normal, abnormal].flatMap((counts, label) =>
      counts!.flatMap((count, k) => Array.from({ length: count }, () => ({ label, rating: k + 1 }))),
    );
    const { auc, standardError, interval } = rocAuc(
      ratings.map(({ rating }) => rating),
      ratings.map(({ label }) => label),
    );
    expect(auc.toFixed(4)).toBe('0.8932');
    expect(standardError.toFixed(4)).toBe('0.0307');
    expect(interval.map((end) => end.toFixed(5))).toEqual(['0.83295', '0.95339']);
  });

  it('holds the AUC and lies between 0 and 1 on the scale of the logit, mirrored for turned scores', () => {
    const unit = fc.record({ score: fc.integer({ min: 0, max: 20 }), label: fc.boolean() });
    fc.assert(
      fc.property(fc.array(unit, { minLength: 6, maxLength: 40 }), (units) => {
        const [values, truth] = [units.map((u) => u.score), units.map((u) => u.label)];
        const positives = truth.filter(Boolean).length;
        fc.pre(positives >= 2 && truth.length - positives >= 2);
        const { auc, logitInterval } = rocAuc(values, truth);
        expect(logitInterval[0]).toBeGreaterThanOrEqual(0);
        expect(logitInterval[1]).toBeLessThanOrEqual(1);
        expect(logitInterval[0]).toBeLessThanOrEqual(auc + 1e-12);
        expect(logitInterval[1]).toBeGreaterThanOrEqual(auc - 1e-12);
        const turned = rocAuc(
          values.map((v) => -v),
          truth,
        ).logitInterval;
        expect(turned[0]).toBeCloseTo(1 - logitInterval[1], 10);
      }),
    );
  });

  it('find no difference between a score and itself, and a sign that turns', () => {
    expect(deLongTest(scores, scores, labels)).toMatchObject({ difference: 0, standardError: 0, z: 0, p: 1 });
    const other = [0.1, 0.6, 0.7, 0.4, 0.2];
    expect(deLongTest(scores, other, labels).z).toBeCloseTo(-deLongTest(other, scores, labels).z, 12);
  });

  it('that are equal differ by exactly 0, though thirds and sixths are rounded', () => {
    // 2½ + 1½ and 3 + 1 of 6 pairs are ranked rightly
    const { difference, z, p } = deLongTest([2, 1, 2, 0, 1], [3, 1, 1, 1, 2], [1, 1, 0, 0, 0]);
    expect([difference, z, p]).toEqual([0, 0, 1]);
  });

  it('of separated groups have no width, which the description warns of', () => {
    expect(rocAuc([1, 2, 3, 4], [0, 0, 1, 1])).toEqual({
      auc: 1,
      standardError: 0,
      interval: [1, 1],
      logitInterval: [1, 1],
    });
  });

  it('refuse one kind of label, other labels, a wrong count and NaN', () => {
    expect(() => rocAuc([1, 2, 3], [1, 1, 0])).toThrow(
      'Expected at least 2 positive and 2 negative labels, found 2 positive and 1 negative',
    );
    expect(() => rocCurve([1, 2], [1, 1])).toThrow(
      'Expected at least 1 positive and 1 negative label, found 2 positive and 0 negative',
    );
    expect(() => rocCurve([1, 2], [1, 2])).toThrow('Expected labels 0 and 1, found 2 at position 1');
    expect(() => rocCurve([1, 2], [1])).toThrow('Expected 2 labels, one per score, found 1');
    expect(() => rocCurve([1, NaN], [1, 0])).toThrow('Expected finite numbers in the scores, found NaN at position 1');
  });
});
