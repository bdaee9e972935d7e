/** Resegmentation: only voxels with values in a range stay in the ROI. Source: IBSI manual 2.6; PyRadiomics 3.0.1. */
import { keepVoxels, type Roi } from './roi.ts';
import type { ResegmentMode } from './settings.ts';

/**
 * The ends of the range in the unit of the image, both included; the upper is infinite when only one number is given.
 * `relative`: parts of the largest value; `sigma`: standard deviations (divisor N) from the mean.
 */
export function resegmentLimits(values: Float64Array, range: readonly number[], mode: ResegmentMode): [number, number] {
  const [low, high = Infinity] = [...range].sort((a, b) => a - b) as [number, number?];
  if (mode === 'absolute') return [low, high];
  if (mode === 'relative') {
    const max = values.reduce((a, b) => Math.max(a, b), -Infinity);
    return [low * max, high * max];
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return [mean + low * sd, mean + high * sd];
}

/**
 * The ROI without the voxels whose value (of `values`, in the ROI's order) lies outside the range; it may become empty.
 */
export function resegment(roi: Roi, values: Float64Array, range: readonly number[], mode: ResegmentMode): Roi {
  const [low, high] = resegmentLimits(values, range, mode);
  return keepVoxels(roi, (k) => values[k]! >= low && values[k]! <= high);
}
