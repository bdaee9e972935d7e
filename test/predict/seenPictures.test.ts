import { describe, expect, it } from 'vitest';
import { checkShape } from '../../lib/io/schema.ts';
import { gridOn, isLikePictures, seenPicturesSchema } from '../../lib/predict/seenPictures.ts';
import { seenExample as seen } from './seen.ts';

const grid = { size: [32, 32], unit: 'px', centre: [2, -4], extent: [48, 40] } as const;
const slices = (size: number, mm: number) => ({ size: [size, size], spacingMm: [mm, mm] }) as const;

describe('the pictures that were seen', () => {
  it('are like slices of their size and pixels, a tenth below the least and above the most too', () => {
    for (const mm of [0.65, 0.8, 0.98]) expect(isLikePictures(seen, slices(64, mm))).toBe(true);
    for (const mm of [0.62, 1, 3]) expect(isLikePictures(seen, slices(64, mm))).toBe(false);
    expect(isLikePictures(seen, slices(63, 0.8))).toBe(false);
  });

  it('place the window in pixels on slices that are like them, and in mm on others', () => {
    expect(gridOn(grid, seen, slices(64, 0.7))).toBe(grid);
    // Pixels of the middle patient have 0.8 mm: 48 of them are 38.4 mm.
    const { extent, centre, ...rest } = gridOn(grid, seen, slices(20, 3));
    expect(rest).toEqual({ size: [32, 32], unit: 'mm' });
    expect(extent[0]).toBeCloseTo(38.4, 12);
    expect(extent[1]).toBeCloseTo(32, 12);
    expect(centre[0]).toBeCloseTo(1.6, 12);
    expect(centre[1]).toBeCloseTo(-3.2, 12);
  });

  it('leave a window alone that is in mm, and one of pictures of which nothing is known', () => {
    const inMm = { ...grid, unit: 'mm' } as const;
    expect(gridOn(inMm, seen, slices(20, 3))).toBe(inMm);
    expect(gridOn(grid, undefined, slices(20, 3))).toBe(grid);
  });

  it('are read from JSON, or refused by the place that is wrong', () => {
    expect(checkShape(JSON.parse(JSON.stringify(seen)), seenPicturesSchema)).toEqual(seen);
    const wrong = { ...seen, look: { ...seen.look, softHu: { least: 1, most: 2 } } };
    expect(() => checkShape(wrong, seenPicturesSchema, 'a.json', 'an index')).toThrow(/look\.softHu.*a\.json/);
  });
});
