/** The B-spline displacement: what a cubic B-spline must do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawElastic, type Elastic, elasticRows } from '../../lib/preprocess/elastic.ts';
import { Random } from '../../lib/random.ts';

/** Displacements (y, x) of a window, row by row. */
function fieldOf(
  elastic: Elastic,
  height: number,
  width: number,
  scale: readonly [number, number] = [1, 1],
): { y: number[]; x: number[] } {
  const add = elasticRows(elastic, [height, width], scale);
  const field = { y: [] as number[], x: [] as number[] };
  for (let i = 0; i < height; i++) {
    const [ys, xs] = [new Float64Array(width), new Float64Array(width)];
    add(i, ys, xs);
    field.y.push(...ys);
    field.x.push(...xs);
  }
  return field;
}
const controls = (knots: number, at: (row: number, column: number) => number): Float64Array =>
  Float64Array.from({ length: (knots + 2) ** 2 }, (_, k) => at(Math.floor(k / (knots + 2)), k % (knots + 2)));

describe('drawElastic', () => {
  it('draws one more control point than knots on every side, with the deviations asked for', () => {
    const { dy, dx } = drawElastic(Random.stream(1, 'elastic'), 40, [2, 5]);
    expect([dy.length, dx.length]).toEqual([42 ** 2, 42 ** 2]);
    const deviation = (values: Float64Array): number =>
      Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    expect(Math.abs(deviation(dy) / 2 - 1)).toBeLessThan(0.1);
    expect(Math.abs(deviation(dx) / 5 - 1)).toBeLessThan(0.1);
  });
});

describe('elasticRows', () => {
  it('moves all pixels alike where all control points do, as the weights add up to 1', () => {
    const elastic = { knots: 3, dy: controls(3, () => 2), dx: controls(3, () => -1) };
    const { y, x } = fieldOf(elastic, 4, 7, [1, 10]);
    for (const value of y) expect(value).toBeCloseTo(2, 12);
    for (const value of x) expect(value).toBeCloseTo(-10, 12);
  });
  it('is a straight line where the control points are on one', () => {
    // Control point k stands at (k − 1) knots; pixel j of 8 has its centre at (j + 1/2) / 8 of the 3 spans of 4 knots.
    const elastic = { knots: 4, dy: controls(4, (row) => row - 1), dx: controls(4, (_, column) => column - 1) };
    const { y, x } = fieldOf(elastic, 8, 8);
    for (let i = 0; i < 8; i++) {
      for (let j = 0; j < 8; j++) {
        expect(y[8 * i + j]).toBeCloseTo((3 * (i + 0.5)) / 8, 12);
        expect(x[8 * i + j]).toBeCloseTo((3 * (j + 0.5)) / 8, 12);
      }
    }
  });
  it('weighs the three control points around a knot by 1/6, 4/6 and 1/6', () => {
    // One pixel lies in the middle of the two spans of three knots, on the middle knot: control points 1, 2, 3 count.
    const column = [0, 6, 60, 600, 0];
    const elastic = { knots: 3, dy: controls(3, () => 0), dx: controls(3, (_, k) => column[k]) };
    expect(fieldOf(elastic, 1, 1).x[0]).toBeCloseTo(1 + 40 + 100, 12);
  });
  it('adds to what is there, and never leaves the range of the control points', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.nat(1000), (knots, seed) => {
        const elastic = drawElastic(Random.stream(seed, 'elastic'), knots, [1, 1]);
        const { y, x } = fieldOf(elastic, 9, 11);
        expect(Math.max(...y)).toBeLessThanOrEqual(Math.max(...elastic.dy));
        expect(Math.min(...x)).toBeGreaterThanOrEqual(Math.min(...elastic.dx));
        const [ys, xs] = [new Float64Array(11).fill(100), new Float64Array(11)];
        elasticRows(elastic, [9, 11], [1, 1])(0, ys, xs);
        expect(ys[3]).toBeCloseTo(100 + y[3], 9);
      }),
      { numRuns: 50 },
    );
  });
});
