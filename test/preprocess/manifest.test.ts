/** Counts and boxes of masks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foregroundBox } from '../../lib/preprocess/manifest.ts';

describe('foregroundBox', () => {
  it('holds all foreground, the last row and column exclusive', () => {
    // 0 0 0 0 | 0 0 2 0 | 0 1 0 0: rows 1 to 2, columns 1 to 2.
    expect(foregroundBox(Uint8Array.of(0, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0), 4)).toEqual({
      foreground: 2,
      box: [1, 1, 3, 3],
    });
    expect(foregroundBox(Uint8Array.of(1), 1)).toEqual({ foreground: 1, box: [0, 0, 1, 1] });
  });
  it('is none for an empty mask and the whole of a full one', () => {
    expect(foregroundBox(new Uint8Array(6), 3)).toEqual({ foreground: 0, box: null });
    expect(foregroundBox(new Uint8Array(6).fill(1), 3)).toEqual({ foreground: 6, box: [0, 0, 2, 3] });
  });
  it('is the least and the largest place of the pixels, for any mask', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.constantFrom(0, 0, 0, 1), { maxLength: 36 }),
        (width, values) => {
          const label = Uint8Array.from(values.slice(0, values.length - (values.length % width)));
          const places = [...label].flatMap((v, p) => (v ? [[Math.floor(p / width), p % width]] : []));
          const [rows, columns] = [0, 1].map((axis) => places.map((place) => place[axis]));
          expect(foregroundBox(label, width)).toEqual({
            foreground: places.length,
            box: places.length
              ? [Math.min(...rows), Math.min(...columns), Math.max(...rows) + 1, Math.max(...columns) + 1]
              : null,
          });
        },
      ),
    );
  });
});
