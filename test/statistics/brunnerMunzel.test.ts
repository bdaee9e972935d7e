import { describe, expect, it } from 'vitest';
import { brunnerMunzel } from '../../lib/statistics/brunnerMunzel.ts';
import { cliffDelta } from '../../lib/statistics/cliffDelta.ts';
import { expectRelative } from './close.ts';

// the pain scores of Brunner & Munzel 2000; values of SciPy's documentation
const [control, treated] = [
  [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1],
  [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4],
];

describe('the Brunner-Munzel test', () => {
  it("equals the published example's statistic and p", () => {
    const { statistic, p } = brunnerMunzel(control, treated);
    expectRelative(statistic, 3.1374674823029505);
    expectRelative(p, 0.0057862086661515377, 1e-13);
  });

  it("estimates the probability behind Cliff's delta", () => {
    expectRelative(2 * brunnerMunzel(control, treated).probability - 1, cliffDelta(control, treated));
  });

  it('has no p where the samples do not overlap', () =>
    expect(brunnerMunzel([1, 2], [3, 4])).toMatchObject({ statistic: Infinity, df: NaN, p: NaN, probability: 0 }));
});
