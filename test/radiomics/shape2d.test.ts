/** 2-D shape of outlines by hand. */
import { describe, expect, it } from 'vitest';
import { shape2dFeatures } from '../../lib/radiomics/shape2d.ts';
import { roiOf } from './example.ts';

const ones = (n: number): number[] => new Array<number>(n).fill(1);

describe('2-D shape of 4×4 pixels', () => {
  it('is that worked out by hand', () => {
    const f = shape2dFeatures(roiOf(ones(16), [4, 4, 1]));
    expect(f).toMatchObject({ MeshSurface: 15.5, PixelSurface: 16, MaximumDiameter: 5 });
    expect(f.Perimeter).toBeCloseTo(12 + 4 * Math.SQRT1_2, 12);
    expect(f.MinorAxisLength).toBeCloseTo(4 * Math.sqrt(5 / 4), 12);
  });

  it('keeps pixels apart that touch at a corner', () => {
    expect(shape2dFeatures(roiOf([1, 0, 0, 1], [2, 2, 1])).MeshSurface).toBe(1);
  });

  it('takes the slices of the axis it is told, with their spacing', () => {
    const [a, b] = [
      shape2dFeatures(roiOf(ones(6), [1, 2, 3], [5, 1, 2]), 'x'),
      shape2dFeatures(roiOf(ones(6), [2, 3, 1], [1, 2, 5]), 'z'),
    ];
    expect(a).toEqual(b);
    expect(() => shape2dFeatures(roiOf(ones(8), [2, 2, 2]))).toThrow(
      'Expected a ROI of one slice across z for 2-D shape, found 2 slices',
    );
  });
});

describe('2-D shape', () => {
  it('of one pixel is a diamond: area 1/2, four slanted sides of √½', () => {
    const f = shape2dFeatures(roiOf([1], [1, 1, 1]));
    expect(f).toMatchObject({ MeshSurface: 0.5, PixelSurface: 1, MaximumDiameter: 1 });
    expect(f.Perimeter).toBeCloseTo(4 * Math.SQRT1_2, 12);
    expect(f.Sphericity).toBeCloseTo((2 * Math.sqrt(Math.PI * 0.5)) / (4 * Math.SQRT1_2), 12);
  });

  it('of a line of pixels has no width', () => {
    const f = shape2dFeatures(roiOf(ones(4), [4, 1, 1]));
    expect(f).toMatchObject({ MinorAxisLength: 0, Elongation: 0, MaximumDiameter: 4 });
    expect(f.MajorAxisLength).toBeCloseTo(4 * Math.sqrt(15 / 12), 12);
  });
});
