import { describe, expect, it } from 'vitest';
import { compareFeatures, countFound, splitGroups } from '../../lib/statistics/compareFeatures.ts';
import { hedgesGInterval } from '../../lib/statistics/hedgesG.ts';
import { rocAuc } from '../../lib/statistics/roc.ts';
import { expectRelative } from './close.ts';

const first = [3.1, 4.7, 2.2, 5.9, 4.1];
const second = [1.2, 2.8, 0.4, 3.3];
const inFirst = [true, false, true, true, false, false, true, false, true];
/** The values in the order of `inFirst`. */
const mixed = inFirst.map(
  (isFirst, i) => (isFirst ? first : second)[inFirst.slice(0, i).filter((v) => v === isFirst).length]!,
);

describe('comparing features of two groups', () => {
  it('gives the p values of the single tests, whatever the order of the units (SciPy 1.17.1)', () => {
    expect(splitGroups(mixed, inFirst)).toEqual([first, second]);
    const [f] = compareFeatures({ a: mixed }, inFirst).features;
    expectRelative(f!.welchP, 0.06266554364101871, 1e-9);
    expectRelative(f!.mannWhitneyP, 0.1111111111111111, 1e-9);
    expectRelative((f!.delta + 1) / 2, rocAuc(mixed, inFirst).auc, 1e-12);
    expect(f!.holmP).toBe(f!.welchP);
  });

  it('corrects over the features that were compared, and names the others', () => {
    const gap = mixed.map((v, i) => (i === 4 ? NaN : v));
    const flat = inFirst.map((v) => (v ? 2 : 1));
    const { features, leftOut, n } = compareFeatures({ a: mixed, gap, b: mixed.map((v) => -v), flat }, inFirst);
    expect(n).toEqual([5, 4]);
    expect(features.map((f) => f.feature)).toEqual(['a', 'b']);
    expect(leftOut).toEqual([
      { feature: 'gap', reason: 'no value in 1 of 9' },
      { feature: 'flat', reason: 'constant within both groups' },
    ]);
    expect(features[0]!.holmP).toBeCloseTo(2 * features[0]!.welchP, 12); // two equal p values: the smaller times 2
    expect(features[0]!.bhP).toBeCloseTo(features[0]!.welchP, 12); // …and the larger of them times 2/2
    expect(features[1]!.g).toBeCloseTo(-features[0]!.g, 12);
  });

  it('counts findings by test and correction', () => {
    const far = inFirst.map((v, i) => (v ? 10 + i : i / 10));
    const comparison = compareFeatures({ a: mixed, far }, inFirst);
    expect(countFound(comparison)).toEqual({ compared: 2, welch: 1, mannWhitney: 1, bh: 1, holm: 1 });
    expect(countFound(compareFeatures({}, inFirst))).toEqual({ compared: 0, welch: 0, mannWhitney: 0, bh: 0, holm: 0 });
  });

  it('has an interval of g that follows the formula', () => {
    // n 10 and 10, g 0.5: √(20/100 + 0.25/40) = √0.20625 = 0.45415, times 1.95996 = 0.89012
    const [low, high] = hedgesGInterval(0.5, 10, 10);
    expect(low).toBeCloseTo(0.5 - 0.89012, 4);
    expect(high).toBeCloseTo(0.5 + 0.89012, 4);
  });

  it('refuses groups of one and columns of another length', () => {
    expect(() => compareFeatures({ a: [1, 2, 3] }, [true, false, false])).toThrow(
      'at least 2 units in each group, found 1 and 2',
    );
    expect(() => compareFeatures({ a: [1, 2] }, [true, true, false, false])).toThrow(
      '4 values of a, one per unit, found 2',
    );
  });
});
