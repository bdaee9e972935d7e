/**
 * From texture matrices to one value per feature.
 *
 * A matrix can be made for the whole ROI (3-D) or within slices (2-D, 2.5-D), and for each direction or for all. 2-D:
 * features per slice, then their mean. 2.5-D: the slices' matrices are added before features are taken. `average`:
 * features per direction, then their mean; `merge`: the directions' matrices are added first.
 * Source: IBSI reference manual 3.6 to 3.11. PyRadiomics does 3d-average, and 2.5d-average with force2D.
 */
import type { Vec3 } from '../volume/volume.ts';
import type { LevelGrid } from './discretise.ts';
import type { Roi } from './roi.ts';

export const aggregations = ['3d-average', '3d-merge', '2.5d-average', '2.5d-merge', '2d-average', '2d-merge'] as const;
export type Aggregation = (typeof aggregations)[number];

export const axes = ['x', 'y', 'z'] as const;
/** The axis that is perpendicular to the slices of 2-D and 2.5-D. */
export type Axis = (typeof axes)[number];
/** The same as a place in a shape or a spacing: 0 x, 1 y, 2 z. */
export type AxisIndex = 0 | 1 | 2;

export const weightingNorms = ['euclidean', 'manhattan', 'infinity'] as const;
/** How the steps to a neighbour along x, y and z, in mm, become one distance: root of squares, sum, or the largest. */
export type WeightingNorm = (typeof weightingNorms)[number];

export interface Sampling {
  readonly aggregation: Aggregation;
  readonly sliceAxis: Axis;
  /** Distances between neighbours in voxels (Chebyshev: the largest of the three steps). */
  readonly distances: readonly number[];
  /** Which distance of neighbours weights the directions that are merged; null merges them as they are. */
  readonly weightingNorm?: WeightingNorm | null;
}

export type FeatureValues = Record<string, number>;

/** What a texture matrix is made from: sets of voxels, and the steps in the box to their neighbours. */
export interface MatrixPlan {
  readonly grid: LevelGrid;
  /** One set for 3-D and 2.5-D, one per slice for 2-D; indices into the box, ascending. */
  readonly groups: readonly Int32Array[];
  /** The directions of one half space, so every pair of neighbours is met once. */
  readonly directions: readonly Vec3[];
  /** The same as steps of an index into the box. */
  readonly steps: Int32Array;
  /** Whether directions are averaged (else merged). */
  readonly perDirection: boolean;
  /** Distance in mm of the neighbours in each direction, where it weights them; else null. */
  readonly distancesMm: readonly number[] | null;
}

/**
 * Directions (x, y, z) of one half space: 13 for distance 1, 4 within slices. In PyRadiomics'
 * order: z falls slowest, then y, then x.
 */
export function directions(distances: readonly number[], within?: Axis): Vec3[] {
  const reach = Math.max(...distances);
  const found: Vec3[] = [];
  for (let z = reach; z >= -reach; z--) {
    for (let y = reach; y >= -reach; y--) {
      for (let x = reach; x >= -reach; x--) {
        const isFirstHalf = z > 0 || (z === 0 && (y > 0 || (y === 0 && x > 0)));
        const isWithin = !within || [x, y, z][axes.indexOf(within)] === 0;
        if (isFirstHalf && isWithin && distances.includes(Math.max(Math.abs(x), Math.abs(y), Math.abs(z))))
          found.push([x, y, z]);
      }
    }
  }
  return found;
}

function slicesOf({ shape, voxels }: Roi, axis: Axis): Int32Array[] {
  const stride = { x: 1, y: shape[0], z: shape[0] * shape[1] }[axis];
  const length = shape[axes.indexOf(axis)]!;
  const slices = Array.from({ length }, (): number[] => []);
  for (let k = 0; k < voxels.length; k++) slices[Math.floor(voxels[k]! / stride) % length]!.push(voxels[k]!);
  return slices.filter((slice) => slice.length > 0).map((slice) => Int32Array.from(slice));
}

const lengthOf: Record<WeightingNorm, (steps: readonly number[]) => number> = {
  euclidean: (steps) => Math.hypot(...steps),
  manhattan: (steps) => steps.reduce((sum, mm) => sum + mm, 0),
  infinity: (steps) => Math.max(...steps),
};

/** The voxel sets and steps for one kind of aggregation. `distances` can be overruled, as run lengths know only 1. */
export function matrixPlan(
  grid: LevelGrid,
  { aggregation, sliceAxis, distances, weightingNorm = null }: Sampling,
  own = distances,
): MatrixPlan {
  const { roi } = grid;
  const is3d = aggregation.startsWith('3d');
  const along = directions(own, is3d ? undefined : sliceAxis);
  const steps = along.map(([x, y, z]) => x + roi.shape[0] * (y + roi.shape[1] * z));
  const groups = aggregation.startsWith('2d') ? slicesOf(roi, sliceAxis) : [roi.voxels];
  const stepsMm = (steps: Vec3): number[] => steps.map((n, axis) => Math.abs(n) * roi.spacingMm[axis]!);
  return {
    grid,
    groups,
    directions: along,
    steps: Int32Array.from(steps),
    perDirection: aggregation.endsWith('average'),
    distancesMm: weightingNorm && along.map((one) => lengthOf[weightingNorm](stepsMm(one))),
  };
}

/** The steps to all neighbours, both half spaces. */
export function bothWays(steps: Int32Array): Int32Array {
  return Int32Array.from([...steps, ...steps.map((step) => -step)]);
}

/** Mean of each feature over the matrices that had something in them; NaN when none had. */
export function meanFeatures(list: readonly FeatureValues[]): FeatureValues {
  const mean: FeatureValues = {};
  for (const values of list) for (const [name, value] of Object.entries(values)) mean[name] = (mean[name] ?? 0) + value;
  for (const name of Object.keys(mean)) mean[name]! /= list.length;
  return mean;
}
