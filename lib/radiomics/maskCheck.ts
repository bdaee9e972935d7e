/** Whether a mask can be used with an image: refusals that a program can tell apart by their kind. */
import { UserError } from '../errors.ts';
import { geometryDifference } from '../volume/orientation.ts';
import { countValues } from '../volume/values.ts';
import { crookedAxes, type Vec3, type Volume } from '../volume/volume.ts';
import { itkGridOf, positionIn } from './itk/resampleAsItk.ts';
import { findLabel, type LabelBox, type Roi, roiDimensions } from './roi.ts';
import type { RadiomicsSettings } from './settings.ts';

/**
 * `geometry`: image and mask are not on one grid; `values`: the mask has values that are no labels; `label`: it does
 * not have the label; `size`: too few voxels; `dimensions`: the ROI is a voxel, a line or a plane where more is needed.
 */
export type MaskFault = 'geometry' | 'values' | 'label' | 'size' | 'dimensions';

/** A mask that cannot be used; `fault` says why. */
export class MaskError extends UserError {
  override name = 'MaskError';
  readonly fault: MaskFault;

  constructor(fault: MaskFault, wanted: string, found: string) {
    super(`Expected ${wanted}, found ${found}`);
    this.fault = fault;
  }
}

type SizeLimits = Pick<RadiomicsSettings, 'minimumRoiVoxels' | 'minimumRoiDimensions'>;

/** Labels of a mask, at most ten, for a message. */
function labelsOf(mask: Volume): string {
  const labels = [...countValues(mask.data).keys()].filter((value) => value !== 0);
  return labels.length === 0
    ? 'no label at all'
    : `only ${labels.slice(0, 10).join(', ')}${labels.length > 10 ? ', …' : ''}`;
}

/** Refuses NaN and negative values, which a CT that was given as the mask has. */
function checkValues({ data }: Volume): void {
  for (let i = 0; i < data.length; i++) {
    if (!(data[i]! >= 0))
      throw new MaskError('values', 'a mask of labels 0 or more', `${data[i]} (image and mask may be swapped)`);
  }
}

function checkSize(count: number, dimensions: number, { minimumRoiVoxels, minimumRoiDimensions }: SizeLimits): void {
  if (minimumRoiVoxels !== null && count <= minimumRoiVoxels)
    throw new MaskError('size', `a ROI of more than ${minimumRoiVoxels} voxels`, String(count));
  if (dimensions >= minimumRoiDimensions) return;
  const is = ['a single voxel', 'a line', 'a plane'][dimensions]!;
  throw new MaskError(
    'dimensions',
    `a ROI that extends in ${minimumRoiDimensions} dimension${minimumRoiDimensions > 1 ? 's' : ''} or more`,
    is,
  );
}

const noVoxels = (after: string): MaskError => new MaskError('label', `voxels in the ROI after ${after}`, 'none');

/**
 * The box of the label in a mask that fits the image. Throws a MaskError of kind geometry, values, label, size or
 * dimensions. As in PyRadiomics a ROI must have more than `minimumRoiVoxels` voxels, and a single voxel is never
 * enough. `after` names what was done to a mask that had the label before.
 */
export function checkMask(
  image: Volume,
  mask: Volume,
  settings: SizeLimits & Pick<RadiomicsSettings, 'label'>,
  after?: string,
): LabelBox {
  const difference = geometryDifference(image, mask);
  if (difference) throw new MaskError('geometry', 'image and mask on the same grid', difference);
  const crooked = crookedAxes(image.affine);
  if (crooked) throw new MaskError('geometry', 'axes at right angles', crooked);
  checkValues(mask);
  const box = findLabel(mask, settings.label);
  if (!box && after !== undefined) throw noVoxels(after);
  if (!box) throw new MaskError('label', `label ${settings.label} in the mask`, labelsOf(mask));
  checkSize(box.count, box.first.filter((low, axis) => box.last[axis]! > low).length, settings);
  return box;
}

/** How far, in voxels, the ROI may reach over the image's faces: rounding. */
const tolerance = 1e-3;

/**
 * The box of the label in a mask on another grid than the image. Throws a MaskError where the label is missing, or
 * where it reaches outside of the image (by the corners of its box, as PyRadiomics).
 */
export function checkOtherGrid(image: Volume, mask: Volume, label: number): LabelBox {
  const box = checkMask(mask, mask, { label, minimumRoiVoxels: null, minimumRoiDimensions: 0 });
  const toImage = positionIn(itkGridOf(image), itkGridOf(mask));
  const low = toImage(...(box.first.map((at) => at - 0.5) as unknown as Vec3));
  const high = toImage(...(box.last.map((at) => at + 0.5) as unknown as Vec3));
  const isInside = image.shape.every((n, axis) => {
    const ends = [low[axis]!, high[axis]!];
    return Math.min(...ends) >= -0.5 - tolerance && Math.max(...ends) <= n - 0.5 + tolerance;
  });
  if (isInside) return box;
  const shown = (at: readonly number[]): string => `(${at.map((v) => Number(v.toFixed(2))).join(', ')})`;
  throw new MaskError(
    'geometry',
    `a ROI inside of the image of ${image.shape.join('×')} voxels`,
    `one from voxel ${shown(low)} to ${shown(high)}`,
  );
}

/** Checks a ROI again after resegmentation; throws a MaskError of kind label, size or dimensions. */
export function checkRoi(roi: Roi, settings: SizeLimits, after: string): void {
  if (roi.voxels.length === 0) throw noVoxels(after);
  checkSize(roi.voxels.length, roiDimensions(roi), settings);
}
