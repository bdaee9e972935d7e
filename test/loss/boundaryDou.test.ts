/** Boundary DoU against cases worked out by hand and finite differences, on every engine. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../lib/engine/engine.ts';
import { boundaryDou } from '../../lib/loss/boundaryDou.ts';
import { engines } from '../engine/engines.ts';
import { evaluate, expectFiniteDifferences, logitsOf } from './distanceFixture.ts';

/** A square of `side` pixels in the middle of `size` × `size`, and a probability inside and outside it. */
function square(
  size: number,
  side: number,
  inside: number,
  outside: number,
): [logits: number[], labels: number[], shape: number[]] {
  const first = (size - side) >> 1;
  const isIn = (v: number): boolean => v >= first && v < first + side;
  const labels = Array.from({ length: size * size }, (_, k) => Number(isIn(k % size) && isIn(Math.floor(k / size))));
  return [logitsOf(labels.map((label) => (label ? inside : outside))), labels, [1, size, size, 2]];
}

/** By the definition, from the counts of pixels of the mask, of its contour and of the rest. */
function byHand(area: number, contour: number, rest: number, inside: number, outside: number): number {
  const alpha = Math.min(1 - (2 * contour) / area, 0.8);
  const overlap = area * inside;
  const difference = area * (1 - inside) ** 2 + rest * outside ** 2;
  return difference / (difference + (1 - alpha) * overlap + 1);
}

describe.each(engines)('Boundary DoU on $title', ({ engine, available }) => {
  beforeAll(async () => {
    if (available) await startEngine(engine);
  });
  const test = it.skipIf(!available);

  test('lets the overlap count less the larger the mask is: a square of 8 with a contour of 28 pixels', () => {
    expect(evaluate(boundaryDou, ...square(12, 8, 0.8, 0.1)).value).toBeCloseTo(byHand(64, 28, 80, 0.8, 0.1), 5);
  });
  test('keeps a fifth of the overlap at least: a square of 60 with a contour of 236 of 3600 pixels', () => {
    expect(evaluate(boundaryDou, ...square(64, 60, 0.7, 0.2)).value).toBeCloseTo(byHand(3600, 236, 496, 0.7, 0.2), 5);
  });
  test('is a Dice loss with squares where the mask is all contour', () => {
    const [p, y] = [
      [0.2, 0.9, 0.6],
      [0, 1, 1],
    ];
    const [squares, overlap] = [0.04 + 0.81 + 0.36 + 2, 0.9 + 0.6];
    expect(evaluate(boundaryDou, logitsOf(p), y, [1, 1, 3, 2]).value).toBeCloseTo(
      (squares - 2 * overlap) / (squares + 1),
      5,
    );
  });
  test('takes what lies beyond the image as outside', () => {
    // A full image of 3 × 3: 8 of 9 pixels are contour, so alpha is 1 − 16/9.
    expect(evaluate(boundaryDou, ...square(3, 3, 0.75, 0)).value).toBeCloseTo(byHand(9, 8, 0, 0.75, 0), 5);
  });
  test('is 0 for a perfect prediction, also of an empty mask, and finite for extreme logits', () => {
    expect(evaluate(boundaryDou, [60, -60, -60, 60], [0, 1], [1, 1, 2, 2]).value).toBeCloseTo(0, 6);
    expect(evaluate(boundaryDou, [60, -60, 60, -60], [0, 0], [1, 1, 2, 2]).value).toBeCloseTo(0, 6);
    const { value, gradient } = evaluate(boundaryDou, [1000, -1000, -1000, 1000], [1, 0], [1, 1, 2, 2]);
    expect(value).toBeCloseTo(2 / 3, 6);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
  test('has the gradient that finite differences show', () => expectFiniteDifferences(boundaryDou, 0.05, 5e-3));
});
