/**
 * Shape of a ROI of one slice (PyRadiomics' shape2D; not in IBSI).
 *
 * The outline is a marching-squares contour: each square of four neighbouring pixel centres is cut in the middle of its
 * edges, and two pixels that touch at a corner only stay apart. Symbols: A and P area and length of the
 * contour; λ₁ ≥ λ₂ the variances of the pixel centres along the principal axes, divided by the number of
 * pixels N. Source: PyRadiomics 3.0.1.
 *
 * Worked example, 4×4 pixels of 1 mm: 9 squares lie inside (area 1), 12 on a side (area 1/2, line 1), 4 at a corner
 * (area 1/8, line √½). A = 9 + 6 + 1/2 = 15.5, P = 12 + 4·√½, pixel surface 16, λ₁ = λ₂ = 5/4, diameter √(4² + 3²) = 5.
 * Every feature with a worked example: docs/features/shape2D.md.
 */
import { type Axis, type AxisIndex, axes, type FeatureValues } from './aggregation.ts';
import { largestPlaneDiameter } from './diameters.ts';
import { MaskError } from './maskCheck.ts';
import { meshVertices } from './mesh.ts';
import { principalVariancesInPlane } from './principalAxes.ts';
import { type Roi, roiMask } from './roi.ts';

/** Length of the contour along its straight and slanted pieces, and its area, in pixel units: by counting squares. */
interface Squares {
  readonly acrossFirst: number;
  readonly acrossSecond: number;
  readonly slanted: number;
  readonly area: number;
}

/**
 * Area inside the contour of a square with so many of its corners inside; 1/4 more where two of them are neighbours.
 */
const areaOf = [0, 1 / 8, 2 / 8, 7 / 8, 1] as const;

/** Counts the squares of one slice; `strides` are the steps to the neighbour along its two axes. */
function countSquares(mask: Uint8Array, [a, b]: readonly [number, number]): Squares {
  let [acrossFirst, acrossSecond, slanted, area] = [0, 0, 0, 0];
  for (let at = 0; at + a + b < mask.length; at++) {
    const [p, q, r, s] = [mask[at]!, mask[at + a]!, mask[at + b]!, mask[at + a + b]!];
    const inside = p + q + r + s;
    area += areaOf[inside]!;
    if (inside === 1 || inside === 3) slanted++;
    else if (inside === 2 && p === s) slanted += 2;
    else if (inside === 2) {
      area += 1 / 4;
      if (p === q) acrossFirst++;
      else acrossSecond++;
    }
  }
  return { acrossFirst, acrossSecond, slanted, area };
}

/**
 * The box's voxels of the one slice that holds the ROI, as a mask of that slice with
 * its margin, and the two steps in it.
 */
function sliceOf(roi: Roi, axis: number): { mask: Uint8Array; steps: [number, number] } {
  const [first, second] = [0, 1, 2].filter((other) => other !== axis) as [number, number];
  const strides = [1, roi.shape[0], roi.shape[0] * roi.shape[1]];
  const at = roi.voxels.length ? Math.floor(roi.voxels[0]! / strides[axis]!) % roi.shape[axis]! : 0;
  const [width, height] = [roi.shape[first]!, roi.shape[second]!];
  const mask = new Uint8Array(width * height);
  const box = roiMask(roi);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      mask[x + width * y] = box[x * strides[first]! + y * strides[second]! + at * strides[axis]!]!;
  return { mask, steps: [1, width] };
}

/**
 * All features of the family, in mm and mm². Throws a MaskError when the ROI has voxels in more than one slice across
 * `sliceAxis`. An empty ROI gives 0 or NaN.
 */
export function shape2dFeatures(roi: Roi, sliceAxis: Axis = 'z'): FeatureValues {
  const axis = axes.indexOf(sliceAxis);
  const slices = roi.shape[axis]! - 2 * roi.margin;
  if (slices > 1)
    throw new MaskError('dimensions', `a ROI of one slice across ${sliceAxis} for 2-D shape`, `${slices} slices`);
  const [first, second] = roi.spacingMm.filter((_, other) => other !== axis);
  const { mask, steps } = sliceOf(roi, axis);
  const squares = countSquares(mask, steps);
  const surface = squares.area * first * second;
  const slanted = (squares.slanted * Math.hypot(first, second)) / 2;
  const perimeter = squares.acrossFirst * first + squares.acrossSecond * second + slanted;
  const vertices = meshVertices(roiMask(roi), roi.shape);
  const [major, minor] = principalVariancesInPlane(roi, axis);
  return {
    /** A. */
    MeshSurface: surface,
    /** N times the area of a pixel. */
    PixelSurface: roi.voxels.length * first * second,
    /** P. */
    Perimeter: perimeter,
    /** P / A. */
    PerimeterSurfaceRatio: perimeter / surface,
    /** 2 √(π A) / P, 1 for a circle. */
    Sphericity: (2 * Math.sqrt(Math.PI * surface)) / perimeter,
    /** Largest distance between two corners of the contour. */
    MaximumDiameter: largestPlaneDiameter(vertices, roi.shape, roi.spacingMm, axis as AxisIndex),
    /** 4 √λ₁. */
    MajorAxisLength: 4 * Math.sqrt(major),
    /** 4 √λ₂. A line: 0. */
    MinorAxisLength: 4 * Math.sqrt(minor),
    /** √(λ₂ / λ₁). A line: 0. */
    Elongation: Math.sqrt(minor / major),
  };
}
