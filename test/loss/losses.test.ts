/**
 * What every loss that a run can choose keeps to, on every engine: the gradient of finite differences, finite limits.
 */
import { expect } from 'vitest';
import { boundaryAware } from '../../lib/loss/boundaryAware.ts';
import { crossEntropy } from '../../lib/loss/crossEntropy.ts';
import { focal } from '../../lib/loss/focal.ts';
import { generalizedDice } from '../../lib/loss/generalizedDice.ts';
import type { LossFunction } from '../../lib/loss/loss.ts';
import { losses } from '../../lib/loss/losses.ts';
import { diceLoss, softDice } from '../../lib/loss/softDice.ts';
import { differenceAt, type Example, gradientOf, randomExample, valueOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

const everyLoss: [string, LossFunction][] = [
  ...Object.entries(losses),
  ['soft Dice with squares', diceLoss({ squared: true, over: 'sample' })],
  ['soft Jaccard', diceLoss({ jaccard: true })],
  ['generalized Dice, simple', generalizedDice({ weights: 'simple' })],
  ['generalized Dice, uniform', generalizedDice({ weights: 'uniform', smoothing: 1e-3 })],
  ['focal with γ = 1/2', focal({ gamma: 0.5, alpha: null })],
  ['focal with γ = 0', focal({ gamma: 0 })],
  ['focal with γ = 3', focal({ gamma: 3, alpha: 0.25 })],
  ['boundary-aware divided by its weights', boundaryAware({ k: 2, dividedBy: 'weights' })],
];

/** Its value jumps where a probability crosses 1/2; hausdorff.test.ts keeps clear of that. */
const jumps = (name: string): boolean => name === 'ce-dice-hausdorff';

/** Value and finite differences of an example, worked out on the first set of kernels, which all others must meet. */
const known = new Map<string, { value: number; slopes: Map<number, number> }>();
function slopesOf(key: string, loss: LossFunction, example: Example): { value: number; slopes: Map<number, number> } {
  const found = known.get(key);
  if (found) return found;
  const slopes = new Map<number, number>();
  for (let i = 0; i < example.logits.length; i += 7) slopes.set(i, differenceAt(loss, example, i));
  const made = { value: valueOf(loss, example), slopes };
  known.set(key, made);
  return made;
}

onEveryKernelSet('every loss', (test) => {
  for (const [name, loss] of everyLoss) {
    for (const classes of jumps(name) ? [] : [2, 3]) {
      test(`${name} has the gradient that finite differences show, for ${classes} classes`, () => {
        const example = randomExample([2, 3, 5, classes]);
        const gradient = gradientOf(loss, example);
        const largest = Math.max(...gradient.map(Math.abs));
        expect(largest).toBeGreaterThan(1e-4);
        const { value, slopes } = slopesOf(`${name} ${classes}`, loss, example);
        expect(Math.abs(valueOf(loss, example) - value)).toBeLessThan(1e-5 * (1 + Math.abs(value)));
        for (const [i, slope] of slopes)
          expect(Math.abs(slope - gradient[i]), `logit ${i}`).toBeLessThan(2e-3 * largest + 2e-5);
      });
    }
    test(`${name} and its gradient are finite at logits of ±10,000, right and wrong, and on empty and full masks`, () => {
      for (const size of [1e4, 60, 0]) {
        for (const labels of [
          [1, 0, 1, 0, 1, 0],
          [0, 1, 0, 1, 0, 1],
          [0, 0, 0, 0, 0, 0],
          [1, 1, 1, 1, 1, 1],
        ]) {
          const logits = Float32Array.from([1, 0, 1, 0, 1, 0].flatMap((y) => (y ? [-size, size] : [size, -size])));
          const example: Example = { logits, labels: Int32Array.from(labels), shape: [1, 2, 3, 2] };
          const value = valueOf(loss, example);
          expect(value).toBeGreaterThanOrEqual(-1e-6);
          const found = [value, ...gradientOf(loss, example)];
          expect(found.every(Number.isFinite), `${found} at ${size}, ${labels}`).toBe(true);
        }
      }
    });
    if (name !== 'ce-dice-boundary')
      test(`${name} costs nothing for a sure and right prediction, also of an empty or a full mask`, () => {
        for (const labels of [
          [1, 0, 1, 1],
          [0, 0, 0, 0],
          [1, 1, 1, 1],
        ]) {
          const logits = Float32Array.from(labels.flatMap((y) => (y ? [-60, 60] : [60, -60])));
          expect(valueOf(loss, { logits, labels: Int32Array.from(labels), shape: [1, 2, 2, 2] })).toBeCloseTo(0, 4);
        }
      });
  }

  test('logits that are not numbers give a loss that is none, so that training stops', () => {
    for (const loss of [crossEntropy, focal({ gamma: 3 }), softDice, generalizedDice()]) {
      expect(
        valueOf(loss, { logits: Float32Array.of(0, 1, NaN, 2), labels: Int32Array.of(1, 0), shape: [1, 1, 2, 2] }),
      ).toBeNaN();
    }
  });
});
