/** Weighted sums of losses against examples by hand. */
import { describe, expect, it } from 'vitest';
import { crossEntropy } from '../../lib/loss/crossEntropy.ts';
import { softDice } from '../../lib/loss/softDice.ts';
import { weightedSum } from '../../lib/loss/weightedSum.ts';
import { column, valueOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

/** Of the example, by crossEntropy.test.ts and softDice.test.ts. */
const [entropy, dice] = [Math.log(4 / 3), 9 / 31];

onEveryKernelSet('weightedSum', (test) => {
  test('adds weight times loss', () => {
    const loss = weightedSum([
      { loss: crossEntropy, weight: 2 },
      { loss: softDice, weight: 0.5 },
    ]);
    expect(valueOf(loss, column)).toBeCloseTo(2 * entropy + dice / 2, 5);
    expect(valueOf(weightedSum([{ loss, weight: 10 }]), column)).toBeCloseTo(20 * entropy + 5 * dice, 4);
  });

  test('lets a ramp go from one weight to the other between its ends, also inside another sum', () => {
    const loss = weightedSum([
      { loss: crossEntropy, weight: { from: 2, to: 0, begin: 0.2, end: 0.6 } },
      { loss: softDice, weight: 3 },
    ]);
    for (const [progress, weight] of [
      [undefined, 2], // as at the start
      [0, 2],
      [0.2, 2],
      [0.3, 1.5], // a fourth of the way
      [0.5, 0.5], // three fourths
      [0.6, 0],
      [1, 0],
    ] as const) {
      expect(valueOf(loss, column, progress), `at ${progress}`).toBeCloseTo(weight * entropy + 3 * dice, 5);
    }
    const nested = weightedSum([{ loss, weight: 10 }]);
    expect(valueOf(nested, column, 0.5)).toBeCloseTo(5 * entropy + 30 * dice, 4);
  });

  test('takes the whole run for a ramp that names no ends', () => {
    const loss = weightedSum([{ loss: crossEntropy, weight: { from: 0, to: 1 } }]);
    expect(valueOf(loss, column, 0)).toBeCloseTo(0, 6);
    expect(valueOf(loss, column, 0.25)).toBeCloseTo(entropy / 4, 6);
    expect(valueOf(loss, column, 1)).toBeCloseTo(entropy, 6);
  });
});

describe('weightedSum', () => {
  it('refuses a sum of nothing and a ramp that does not end after it begins', () => {
    expect(() => weightedSum([])).toThrow('Expected at least one loss to sum, found none');
    expect(() => weightedSum([{ loss: softDice, weight: { from: 0, to: 1, begin: 0.5, end: 0.5 } }])).toThrow(
      'Expected a ramp that ends after it begins, found 0.5 to 0.5',
    );
    expect(() => weightedSum([{ loss: softDice, weight: { from: 0, to: 1, begin: NaN } }])).toThrow('found NaN to 1');
  });
});
