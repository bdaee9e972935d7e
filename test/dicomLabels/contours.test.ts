import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Contour, contoursOf } from '../../lib/dicomLabels/contours.ts';

/** Rows of `#` and `.` as a mask. */
function drawn(...rows: string[]): { mask: Uint8Array; width: number; height: number } {
  const mask = Uint8Array.from(rows.join(''), (sign) => Number(sign === '#'));
  return { mask, width: rows[0]!.length, height: rows.length };
}

/** Pixels whose centre lies inside an odd number of contours: by the crossings of a line from it to the right. */
function byCentres(contours: readonly Contour[], width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const crossings = contours.flatMap((contour) =>
      contour.filter(([x0, y0], k) => {
        const [x1, y1] = contour[(k + 1) % contour.length]!;
        return y0 > y !== y1 > y && x < x0 + ((y - y0) * (x1 - x0)) / (y1 - y0);
      }),
    );
    return crossings.length % 2;
  });
}

/** What a reader gets that rounds points to pixels, fills by crossings and then draws the line itself too. */
function byRounding(contours: readonly Contour[], width: number, height: number): Uint8Array {
  const rounded = contours.map((contour) => contour.map(([x, y]) => [Math.round(x), Math.round(y)] as const));
  const pixels = byCentres(
    rounded.map((contour) => contour.map(([x, y]) => [x, y + 1e-6] as const)),
    width,
    height,
  );
  for (const contour of rounded)
    contour.forEach(([x0, y0], k) => {
      const [x1, y1] = contour[(k + 1) % contour.length]!;
      const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0));
      for (let s = 0; s <= steps; s++) pixels[(y0 + Math.sign(y1 - y0) * s) * width + x0 + Math.sign(x1 - x0) * s] = 1;
    });
  return pixels;
}

const anyMask = fc.integer({ min: 1, max: 9 }).chain((width) =>
  fc
    .array(fc.integer({ min: 0, max: 1 }), { minLength: width, maxLength: 9 * width })
    .map((values) => ({ width, mask: Uint8Array.from(values.slice(0, width * Math.floor(values.length / width))) }))
    .map((one) => ({ ...one, height: one.mask.length / one.width })),
);

describe('the contours of a mask', () => {
  it('of one pixel are the square around its centre, a hundredth of a pixel inside of its edges', () => {
    const { mask, width, height } = drawn('...', '.#.');
    const [contour, ...others] = contoursOf(mask, height, width, 1);
    expect(others).toEqual([]);
    const [xs, ys] = [0, 1].map((i) => contour!.map((point) => Number(point[i]!.toFixed(6))));
    expect([Math.min(...xs!), Math.max(...xs!)]).toEqual([0.51, 1.49]);
    expect([Math.min(...ys!), Math.max(...ys!)]).toEqual([0.51, 1.49]);
    expect(contour).toHaveLength(4);
  });
  it('are none for an empty mask', () => {
    expect(contoursOf(new Uint8Array(6), 2, 3, 1)).toEqual([]);
  });
  it('keep parts apart that touch by a corner only', () => {
    const { mask, width, height } = drawn('#.', '.#');
    expect(contoursOf(mask, height, width, 1)).toHaveLength(2);
  });
  it('are one line where there is a hole: it is cut into the line around it', () => {
    const { mask, width, height } = drawn('#####', '#.#.#', '#####');
    const contours = contoursOf(mask, height, width, 1);
    // 4 corners, and for each hole 4 and the 4 ends of the cut, twice
    expect(contours.map((contour) => contour.length)).toEqual([4 + 8 + 8]);
  });
  it('leave an island in a hole a line of its own', () => {
    const { mask, width, height } = drawn('#####', '#...#', '#.#.#', '#...#', '#####');
    expect(contoursOf(mask, height, width, 1)).toHaveLength(2);
  });
  it('are those of one value', () => {
    const mask = Uint8Array.of(1, 2, 2);
    expect(byCentres(contoursOf(mask, 1, 3, 2), 3, 1)).toEqual(Uint8Array.of(0, 1, 1));
  });
  it('enclose the very centres of the pixels of any mask', () => {
    fc.assert(
      fc.property(anyMask, ({ mask, width, height }) => {
        expect(byCentres(contoursOf(mask, height, width, 1), width, height)).toEqual(mask);
      }),
      { numRuns: 500 },
    );
  });
  it('give any mask back where points are rounded to pixels and lines are filled with what they touch', () => {
    fc.assert(
      fc.property(anyMask, ({ mask, width, height }) => {
        expect(byRounding(contoursOf(mask, height, width, 1), width, height)).toEqual(mask);
      }),
      { numRuns: 500 },
    );
  });
});
