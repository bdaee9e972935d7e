/** Bilinear reading against values by hand and a second, slow formula. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findCorners,
  type PointRow,
  pointRow,
  readImageRow,
  readLabelRow,
  rowReader,
} from '../../lib/preprocess/bilinear.ts';

type Points = readonly (readonly [y: number, x: number])[];

/** Corners and the distances from them. */
function place(points: Points, height: number, width: number): PointRow {
  const row = pointRow(points.length);
  points.forEach(([y, x], j) => {
    row.ys[j] = y;
    row.xs[j] = x;
  });
  findCorners(row, { height, width });
  return row;
}
type Size = readonly [height: number, width: number];

function imageAt(source: Float32Array, planes: number, [height, width]: Size, points: Points): number[] {
  const out = new Float32Array(points.length * planes).fill(NaN);
  readImageRow(source, { height, width }, place(points, height, width), out, 0);
  return [...out];
}
function labelAt(source: Uint8Array, [height, width]: Size, points: Points): number[] {
  const out = new Uint8Array(points.length).fill(9);
  readLabelRow(source, { height, width }, place(points, height, width), out, 0);
  return [...out];
}

/** 0 1 2 | 10 11 12: the value is 10 y + x. */
const ramp = Float32Array.of(0, 1, 2, 10, 11, 12);

describe('findCorners', () => {
  it('gives the upper left of four pixels and the distances from it', () => {
    const {
      corners,
      ys: dy,
      xs: dx,
    } = place(
      [
        [0.25, 1.5],
        [0, 0],
      ],
      2,
      3,
    );
    expect([...corners]).toEqual([1, 0]);
    expect([[...dy], [...dx]]).toEqual([
      [0.25, 0],
      [0.5, 0],
    ]);
  });
  it('takes the last row and column as the far side of the four, so that no pixel beyond is read', () => {
    const { corners, ys: dy, xs: dx } = place([[1, 2]], 2, 3);
    expect([corners[0], dy[0], dx[0]]).toEqual([1, 1, 1]);
  });
  it('repeats the edge up to half a pixel outside, and says -1 further out', () => {
    const { corners } = place(
      [
        [-0.5, 0],
        [-0.51, 0],
        [1.5, 2.5],
        [0, 2.51],
      ],
      2,
      3,
    );
    expect([...corners]).toEqual([0, -1, 1, -1]);
  });
});

describe('readImageRow', () => {
  it('is exact on a ramp, at pixels and between them', () => {
    const points = [
      [0, 0],
      [1, 2],
      [0.5, 0.25],
      [0.25, 1.75],
    ] as const;
    expect(imageAt(ramp, 1, [2, 3], points)).toEqual([0, 12, 5.25, 4.25]);
  });
  it('repeats the edge outside, then has 0', () => {
    expect(
      imageAt(
        ramp,
        1,
        [2, 3],
        [
          [-0.4, 1],
          [0.5, 2.5],
          [0.5, 2.6],
          [9, 9],
        ],
      ),
    ).toEqual([1, 7, 0, 0]);
  });
  it('reads all planes of a point side by side', () => {
    const planes = Float32Array.from([...ramp, ...ramp.map((v) => v + 100)]);
    expect(
      imageAt(
        planes,
        2,
        [2, 3],
        [
          [0.5, 0.5],
          [7, 7],
        ],
      ),
    ).toEqual([5.5, 105.5, 0, 0]);
  });
  it('takes a row, a column or a pixel for its own neighbour', () => {
    expect(imageAt(Float32Array.of(1, 3), 1, [1, 2], [[0.3, 0.5]])).toEqual([2]);
    expect(imageAt(Float32Array.of(1, 3), 1, [2, 1], [[0.5, 0.3]])).toEqual([2]);
    expect(imageAt(Float32Array.of(7), 1, [1, 1], [[0.4, -0.4]])).toEqual([7]);
  });
  it('is the sum of the four pixels around, weighed by the areas opposite', () => {
    const size = fc.integer({ min: 2, max: 5 });
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(size, size, part, part, fc.nat(1000), (height, width, ty, tx, seed) => {
        const source = Float32Array.from({ length: height * width }, (_, i) => (i * 7919 + seed) % 101);
        const [y, x] = [ty * (height - 1), tx * (width - 1)];
        let wanted = 0;
        for (let i = 0; i < height; i++)
          for (let j = 0; j < width; j++)
            wanted += source[i * width + j] * Math.max(0, 1 - Math.abs(y - i)) * Math.max(0, 1 - Math.abs(x - j));
        expect(imageAt(source, 1, [height, width], [[y, x]])[0]).toBeCloseTo(wanted, 3);
      }),
    );
  });
});

describe('rowReader', () => {
  it('reads rows of one y each to the bit as readImageRow, in whatever order', () => {
    const side = fc.integer({ min: 1, max: 6 });
    const at = (size: number): fc.Arbitrary<number> => fc.double({ min: -0.5, max: size - 0.5, noNaN: true });
    const cases = fc.tuple(side, side).chain(([height, width]) =>
      fc.record({
        size: fc.constant({ height, width }),
        values: fc.array(fc.float({ noNaN: true, min: -2, max: 2 }), {
          minLength: height * width,
          maxLength: height * width,
        }),
        ys: fc.array(at(height), { minLength: 1, maxLength: 5 }),
        xs: fc.array(at(width), { minLength: 1, maxLength: 5 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ size, values, ys, xs }) => {
        const source = Float32Array.from(values);
        const rowAt = rowReader(source, size, Float64Array.from(xs));
        for (const y of [...ys, ...ys.toSorted((a, b) => a - b)]) {
          const [found, expected] = [new Float32Array(xs.length), new Float32Array(xs.length)];
          rowAt(y, found, 0);
          const points = pointRow(xs.length);
          points.ys.fill(y);
          points.xs.set(xs);
          findCorners(points, size);
          readImageRow(source, size, points, expected, 0);
          expect(found).toEqual(expected);
        }
      }),
    );
  });
});

describe('readLabelRow', () => {
  const corner = Uint8Array.of(1, 0, 0, 0);
  it('is 1 where the interpolated label is at least a half', () => {
    // (1 − y) (1 − x) of one pixel of four.
    expect(
      labelAt(
        corner,
        [2, 2],
        [
          [0, 0],
          [0, 0.5],
          [0, 0.51],
          [0.25, 0.25],
          [0.5, 0.5],
        ],
      ),
    ).toEqual([1, 1, 0, 1, 0]);
    expect(
      labelAt(
        Uint8Array.of(1, 1, 0, 0),
        [2, 2],
        [
          [0.5, 0.9],
          [0.6, 0.1],
        ],
      ),
    ).toEqual([1, 0]);
  });
  it('is the class with the largest share among several, the higher one of equals', () => {
    const four = Uint8Array.of(0, 1, 2, 2);
    const points = [
      [0, 0.4],
      [0, 0.6],
      [0.4, 0.9],
      [0.6, 0.9],
      [0.45, 0.45],
      [0, 0.5],
      [0.5, 1],
    ] as const;
    expect(labelAt(four, [2, 2], points)).toEqual([0, 1, 1, 2, 2, 1, 2]);
    expect(
      labelAt(
        Uint8Array.of(3, 3, 1, 1),
        [2, 2],
        [
          [0.4, 0.2],
          [0.6, 0.2],
        ],
      ),
    ).toEqual([3, 1]);
  });
  it('is of two classes what the interpolated mask is from a half on, bit for bit', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    const bit = fc.nat(1);
    fc.assert(
      fc.property(fc.tuple(bit, bit, bit, bit), part, part, ([a, b, c, d], y, x) => {
        const [upper, lower] = [a + (b - a) * x, c + (d - c) * x];
        const wanted = Number(Math.fround(upper + (lower - upper) * y) >= 0.5);
        expect(labelAt(Uint8Array.of(a, b, c, d), [2, 2], [[y, x]])).toEqual([wanted]);
      }),
      { numRuns: 2000 },
    );
  });
  it('is 0 outside', () =>
    expect(
      labelAt(
        Uint8Array.of(1, 1, 1, 1),
        [2, 2],
        [
          [-0.5, 0],
          [-0.6, 0],
        ],
      ),
    ).toEqual([1, 0]));
});
