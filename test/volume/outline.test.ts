import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Loop, outlineLoops } from '../../lib/volume/outline.ts';

const parse = (...rows: string[]): [Uint8Array, number, number] => [
  Uint8Array.from(rows.join(''), (c) => Number(c)),
  rows.length,
  rows[0]!.length,
];

/** Signed area by the shoelace formula, positive clockwise on the screen (y down). */
const area = (loop: Loop): number =>
  loop.slice(1).reduce((sum, [x, y], i) => sum + (loop[i]![0] * y - x * loop[i]![1]) / 2, 0);

/** Total length of the pixel edges between inside and outside. */
function perimeter(mask: Uint8Array, height: number, width: number): number {
  const at = (r: number, c: number): number => (r < 0 || c < 0 || r >= height || c >= width ? 0 : mask[r * width + c]!);
  let edges = 0;
  for (let r = 0; r <= height; r++) {
    for (let c = 0; c <= width; c++) edges += Number(at(r, c) !== at(r - 1, c)) + Number(at(r, c) !== at(r, c - 1));
  }
  return edges;
}

describe('outlineLoops', () => {
  it('has nothing to draw for an empty mask', () => {
    expect(outlineLoops(...parse('000', '000'))).toEqual([]);
    expect(outlineLoops(new Uint8Array(0), 0, 0)).toEqual([]);
  });

  it('draws one pixel as a closed square, clockwise', () => {
    expect(outlineLoops(...parse('000', '010'))).toEqual([
      [
        [1, 1],
        [2, 1],
        [2, 2],
        [1, 2],
        [1, 1],
      ],
    ]);
  });

  it('keeps corners only', () => {
    expect(outlineLoops(...parse('1111', '1111'))).toEqual([
      [
        [0, 0],
        [4, 0],
        [4, 2],
        [0, 2],
        [0, 0],
      ],
    ]);
  });

  it('draws a hole the other way round', () => {
    const loops = outlineLoops(...parse('11111', '10001', '11111'));
    expect(loops.map(area)).toEqual([15, -3]);
    expect(loops[1]).toHaveLength(5);
  });

  it('keeps pixels apart that touch by the corner only', () => {
    expect(outlineLoops(...parse('10', '01')).map(area)).toEqual([1, 1]);
    expect(outlineLoops(...parse('01', '10')).map(area)).toEqual([1, 1]);
  });

  it('takes one value of several when asked', () => {
    const [mask, height, width] = parse('120', '110');
    expect(outlineLoops(mask, height, width, 2)).toEqual([
      [
        [1, 0],
        [2, 0],
        [2, 1],
        [1, 1],
        [1, 0],
      ],
    ]);
    expect(outlineLoops(mask, height, width).map(area)).toEqual([4]);
  });

  it('encloses exactly the pixels of any mask, along all their edges', () => {
    const masks = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
      .chain(([height, width]) =>
        fc.tuple(
          fc.constant(height),
          fc.constant(width),
          fc.uint8Array({ minLength: height * width, maxLength: height * width, max: 1 }),
        ),
      );
    fc.assert(
      fc.property(masks, ([height, width, mask]) => {
        const loops = outlineLoops(mask, height, width);
        const length = loops
          .flatMap((loop) => loop.slice(1).map(([x, y], i) => Math.abs(x - loop[i]![0]) + Math.abs(y - loop[i]![1])))
          .reduce((a, b) => a + b, 0);
        expect(loops.map(area).reduce((a, b) => a + b, 0)).toBe(mask.reduce((a, b) => a + b, 0));
        expect(length).toBe(perimeter(mask, height, width));
        for (const loop of loops) {
          expect(loop[0]).toEqual(loop.at(-1));
          for (let i = 2; i < loop.length; i++) {
            // every corner turns
            const [a, b, c] = [loop[i - 2]!, loop[i - 1]!, loop[i]!];
            expect((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])).not.toBe(0);
          }
        }
      }),
    );
  });
});
