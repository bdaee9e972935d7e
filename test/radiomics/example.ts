/** The 4×4 image that every texture family's description works through: rows 1 1 2 2 / 1 1 2 2 / 1 3 3 3 / 3 3 4 4. */
import { type Aggregation, type MatrixPlan, matrixPlan } from '../../lib/radiomics/aggregation.ts';
import { levelGrid } from '../../lib/radiomics/discretise.ts';
import { cropToRoi, findLabel, type Roi } from '../../lib/radiomics/roi.ts';
import type { Vec3, Volume } from '../../lib/volume/volume.ts';

export const exampleLevels = [1, 1, 2, 2, 1, 1, 2, 2, 1, 3, 3, 3, 3, 3, 4, 4];

export const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** A volume of given values, x fastest, with voxels of 1 mm unless said otherwise. */
export const volumeOf = (
  values: ArrayLike<number>,
  shape: Vec3,
  spacingMm: Vec3 = [1, 1, 1],
): Volume<Float64Array> => ({
  data: Float64Array.from(values),
  shape,
  spacingMm,
  affine: [spacingMm[0], 0, 0, 0, 0, spacingMm[1], 0, 0, 0, 0, spacingMm[2], 0, 0, 0, 0, 1],
});

/** The ROI of the voxels that are not 0. */
export function roiOf(mask: ArrayLike<number>, shape: Vec3, spacingMm?: Vec3): Roi {
  const volume = volumeOf(
    Array.from(mask, (value) => Number(value !== 0)),
    shape,
    spacingMm,
  );
  return cropToRoi(volume, 1, findLabel(volume, 1)!);
}

/** The plan of a ROI whose levels are given for the whole image; 0 is outside. */
export function planOf(
  levels: readonly number[],
  shape: Vec3,
  aggregation: Aggregation,
  distances: readonly number[] = [1],
): MatrixPlan {
  const roi = roiOf(levels, shape);
  const inRoi = Int32Array.from(levels.filter((level) => level !== 0));
  return matrixPlan(levelGrid(roi, inRoi), { aggregation, sliceAxis: 'z', distances });
}

export const examplePlan = (aggregation: Aggregation = '2d-average'): MatrixPlan =>
  planOf(exampleLevels, [4, 4, 1], aggregation);

/** The plan of the example with the direction of step x alone. */
export function alongX(plan: MatrixPlan): MatrixPlan {
  const at = plan.directions.findIndex(([x, y, z]) => x === 1 && y === 0 && z === 0);
  return { ...plan, directions: [plan.directions[at]!], steps: plan.steps.slice(at, at + 1) };
}
