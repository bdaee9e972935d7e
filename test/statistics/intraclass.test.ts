import { describe, expect, it } from 'vitest';
import { intraclassCorrelation } from '../../lib/statistics/intraclass.ts';
import { expectRelative } from './close.ts';

/** Table 2 of Shrout & Fleiss 1979: six subjects, four judges. */
const published = [
  [9, 2, 5, 8],
  [6, 1, 3, 2],
  [8, 4, 6, 8],
  [7, 1, 2, 6],
  [10, 5, 6, 9],
  [6, 2, 4, 7],
];

describe('the intraclass correlation', () => {
  it('equals the published example: ICC(2,1) = 0.29, ICC(3,1) = 0.71; digits and intervals of pingouin 0.7.0', () => {
    const agreement = intraclassCorrelation(published, 'agreement');
    expect(agreement.icc).toBeCloseTo(0.289764, 6);
    expect(agreement.interval.map((x) => x.toFixed(2))).toEqual(['0.02', '0.76']);
    const consistency = intraclassCorrelation(published, 'consistency');
    expect(consistency.icc).toBeCloseTo(0.714841, 6);
    expect(consistency.interval.map((x) => x.toFixed(2))).toEqual(['0.34', '0.95']);
    expect(consistency).toMatchObject({ df1: 5, df2: 15 });
    expect(consistency.f).toBeCloseTo(11.027248, 6);
    expect(consistency.p).toBeCloseTo(0.000135, 6);
  });

  it('of two raters with a constant offset is 1 for consistency and less for agreement, by hand', () => {
    // subjects vary by 2·variance(1.5, 2.5, 3.5) = 2, raters by 3·(1/2) = 1.5, nothing is left: 2 / (2 + 2·1.5/3)
    const ratings = [
      [1, 2],
      [2, 3],
      [3, 4],
    ];
    expect(intraclassCorrelation(ratings, 'consistency')).toMatchObject({
      icc: 1,
      interval: [1, 1],
      f: Infinity,
      p: 0,
    });
    expectRelative(intraclassCorrelation(ratings, 'agreement').icc, 2 / 3);
  });

  it('without differences between subjects is NaN for consistency and 0 for agreement, whatever the rounding', () => {
    // the mean 7/3 of each row is no double; nothing is left but the rounding of it
    const ratings = Array.from({ length: 4 }, () => [1, 2, 4]);
    expect(intraclassCorrelation(ratings, 'consistency').icc).toBeNaN();
    expect(intraclassCorrelation(ratings, 'agreement').icc).toBeCloseTo(0, 15);
  });

  it('of offsets alone is 1 for consistency with F = ∞, though means are rounded', () => {
    const ratings = [0, 1, 5].map((subject) => [1, 2, 4].map((rater) => subject + rater));
    expect(intraclassCorrelation(ratings, 'consistency')).toMatchObject({ icc: 1, f: Infinity, p: 0 });
  });

  it('of perfect agreement is 1, of ratings that are all equal NaN', () => {
    expect(
      intraclassCorrelation(
        [
          [1, 1],
          [2, 2],
        ],
        'agreement',
      ),
    ).toMatchObject({ icc: 1, interval: [1, 1], p: 0 });
    expect(
      intraclassCorrelation(
        [
          [1, 1],
          [1, 1],
        ],
        'consistency',
      ),
    ).toMatchObject({ icc: NaN, f: NaN, p: NaN });
  });

  it('refuses one subject, one rating, gaps and NaN', () => {
    expect(() => intraclassCorrelation([[1, 2]], 'agreement')).toThrow('Expected at least 2 subjects, found 1');
    expect(() => intraclassCorrelation([[1], [2]], 'agreement')).toThrow(
      'Expected at least 2 ratings of each subject, found 1',
    );
    expect(() => intraclassCorrelation([[1, 2], [2]], 'agreement')).toThrow(
      'Expected 2 ratings of subject 2, as of the first, found 1',
    );
    expect(() =>
      intraclassCorrelation(
        [
          [1, 2],
          [2, NaN],
        ],
        'agreement',
      ),
    ).toThrow('Expected finite numbers in the ratings of subject 2, found NaN at position 1');
  });
});
