/**
 * Image and mask on a grid with other distances between voxels, by one of two conventions.
 *
 * `corner` (PyRadiomics, ITK): the outer corners of the first voxels coincide; only the part around the ROI is made,
 * with a margin for filters; the mask by the nearest voxel. `centre` (IBSI): the centres of both images
 * coincide; the whole image is made; the mask by linear interpolation, in the ROI from 0.5 on.
 * Images of an integer type stay so: values are cut off (corner, as ITK does) or rounded (centre).
 * Source: PyRadiomics 3.0.1 imageoperations; IBSI manual 2.4.
 */
import { expected } from '../errors.ts';
import { type Box, cropVolume } from '../volume/crop.ts';
import { geometryDifference } from '../volume/orientation.ts';
import { maskOfValue } from '../volume/values.ts';
import { type Vec3, type Volume, type VoxelArray, voxelCount, voxelToMm } from '../volume/volume.ts';
import { axisTaps, sampleGrid, type Taps } from './interpolate.ts';
import { gridWithin, itkGridOf, resampleAsItk } from './itk/resampleAsItk.ts';
import { findLabel, type LabelBox } from './roi.ts';
import type { RadiomicsSettings } from './settings.ts';
import { isIntegerImage, isUnsigned, storedType } from './storedType.ts';

/**
 * Voxels around the new grid that are looked at: a B-spline coefficient knows voxels so far
 * away by less than a double can hold.
 */
const splineMargin = 40;

type Settings = Pick<
  RadiomicsSettings,
  'resampledSpacingMm' | 'interpolation' | 'gridAlignment' | 'label' | 'filterMargin' | 'cropFirst'
>;

/** The new grid along one axis: positions of its voxels in voxels of the old one. */
interface AxisGrid {
  readonly positions: Float64Array;
  readonly spacingMm: number;
}

/** Four times a whole CT of 512 × 512 × 512. More would take hours, and more memory than most machines have. */
const mostVoxels = 2 ** 29;

function assertNotTooFine(voxels: number, spacingMm: readonly number[]): void {
  if (voxels <= mostVoxels) return;
  const shown = spacingMm.map((mm) => Number(mm.toPrecision(6))).join(' × ');
  throw expected(`a spacing at which the image has at most ${mostVoxels} voxels`, `${shown} mm`);
}

/** PyRadiomics' grid. */
function cornerGrid(
  { shape, spacingMm }: Volume,
  { first, last }: LabelBox,
  { resampledSpacingMm, filterMargin }: Settings,
  axis: number,
): AxisGrid {
  const wanted = resampledSpacingMm![axis]!;
  const [n, old] = [shape[axis]!, spacingMm[axis]!];
  const spacing = wanted === 0 || first[axis] === last[axis] ? old : wanted;
  const ratio = old / spacing;
  const low = Math.max(0, Math.floor((first[axis]! - 0.5) * ratio - filterMargin));
  const high = Math.min(Math.ceil(n * ratio) - 1, Math.ceil((last[axis]! + 0.5) * ratio + filterMargin));
  const begin = (0.5 * (spacing - old)) / old + low / ratio;
  assertNotTooFine(high - low + 1, [spacing]);
  const positions = Float64Array.from({ length: high - low + 1 }, (_, k) => begin + k / ratio);
  return { positions, spacingMm: spacing };
}

function centreGrid({ shape, spacingMm }: Volume, wanted: number, axis: number): AxisGrid {
  const [n, old] = [shape[axis]!, spacingMm[axis]!];
  const spacing = wanted === 0 ? old : wanted;
  const count = Math.ceil((n * old) / spacing);
  assertNotTooFine(count, [spacing]);
  const positions = Float64Array.from(
    { length: count },
    (_, k) => (n - 1) / 2 + (k - (count - 1) / 2) * (spacing / old),
  );
  return { positions, spacingMm: spacing };
}

function geometryOf(volume: Volume, grid: readonly AxisGrid[]): Omit<Volume, 'data'> {
  const origin = voxelToMm(volume.affine, grid.map(({ positions }) => positions[0]!) as unknown as Vec3);
  const ratio = grid.map(({ spacingMm }, axis) => spacingMm / volume.spacingMm[axis]!);
  const row = (r: number): number[] => [...ratio.map((k, c) => volume.affine[4 * r + c]! * k), origin[r]!];
  return {
    shape: grid.map(({ positions }) => positions.length) as unknown as Vec3,
    spacingMm: grid.map(({ spacingMm }) => spacingMm) as unknown as Vec3,
    affine: [...row(0), ...row(1), ...row(2), 0, 0, 0, 1],
  };
}

/**
 * Samples in the type of the image; assigning to an integer array cuts off, but wraps what does not fit, hence the
 * limits.
 */
function inTypeOf(image: Volume, values: Float64Array, rounds: boolean): VoxelArray {
  const like = image.data;
  const out = new (like.constructor as new (n: number) => VoxelArray)(values.length);
  if (!isIntegerImage(image)) {
    out.set(values);
    return out;
  }
  const isWide = like instanceof Float64Array;
  const bits = 8 * like.BYTES_PER_ELEMENT;
  const low = isUnsigned(image) ? 0 : -(2 ** (bits - 1));
  const high = low + 2 ** bits - (isWide ? 0 : 1);
  const whole = rounds ? Math.round : Math.trunc;
  for (let i = 0; i < values.length; i++) out[i] = Math.min(high, Math.max(low, whole(values[i]!)));
  return out;
}

/** The part of the old image that the new grid depends on. */
function partFor({ shape }: Volume, grid: readonly AxisGrid[]): Box {
  const start = grid.map(({ positions }, axis) =>
    Math.min(shape[axis]! - 1, Math.max(0, Math.floor(positions[0]!) - splineMargin)),
  );
  const end = grid.map(({ positions }, axis) =>
    Math.min(shape[axis]!, Math.ceil(positions.at(-1)!) + splineMargin + 1),
  );
  return { start: start as unknown as Vec3, shape: end.map((at, axis) => at - start[axis]!) as unknown as Vec3 };
}

/** Values of the image and voxels of the ROI on the new grid. */
interface Sampled {
  readonly values: Float64Array;
  readonly isInRoi: (i: number) => boolean;
}

const wholeOf = ({ shape }: Volume): Box => ({ start: [0, 0, 0], shape });

/** As PyRadiomics: the mask's grid decides. */
function sampleAtCorner(image: Volume, mask: Volume, grid: readonly AxisGrid[], settings: Settings): Sampled {
  const [start, spacingMm, shape] = [
    grid.map(({ positions }) => positions[0]!),
    grid.map((axis) => axis.spacingMm),
    grid.map(({ positions }) => positions.length),
  ] as unknown as [Vec3, Vec3, Vec3];
  const to = gridWithin(itkGridOf(mask), start, spacingMm, shape);
  const isOneGrid = geometryDifference(image, mask) === undefined;
  const sample = (volume: Volume, interpolation: RadiomicsSettings['interpolation']): Float64Array => {
    const part = isOneGrid ? partFor(volume, grid) : wholeOf(volume);
    const { data } = cropVolume(volume, part.start, part.shape);
    return resampleAsItk(data, part, [itkGridOf(volume), to], interpolation);
  };
  const labels = sample(mask, 'nearest');
  return { values: sample(image, settings.interpolation), isInRoi: (i) => labels[i] === settings.label };
}

function sampleAtCentre(image: Volume, mask: Volume, grid: readonly AxisGrid[], settings: Settings): Sampled {
  const { start, shape } = partFor(image, grid);
  const [source, sourceMask] = [cropVolume(image, start, shape), cropVolume(mask, start, shape)];
  const inPart = grid.map(({ positions }, axis) => positions.map((at) => at - start[axis]!));
  const tapsFor = (kind: RadiomicsSettings['interpolation']) =>
    inPart.map((positions, axis) => axisTaps(positions, shape[axis]!, kind)) as unknown as Taps;
  const binary = maskOfValue(sourceMask.data, settings.label);
  const shares = sampleGrid(binary, shape, tapsFor('linear'));
  const values = sampleGrid(source.data, shape, tapsFor(settings.interpolation));
  return { values, isInRoi: (i) => shares[i]! >= 0.5 };
}

/** The ROI with the margin for filters, where the image goes on so far. */
function cutAround({ image, mask }: ImageAndMask, { first, last }: LabelBox, { filterMargin }: Settings): ImageAndMask {
  const start = first.map((at) => Math.max(0, at - filterMargin)) as unknown as Vec3;
  const end = last.map((at, axis) => Math.min(image.shape[axis]!, at + filterMargin + 1));
  const shape = end.map((at, axis) => at - start[axis]!) as unknown as Vec3;
  return { image: { ...cropVolume(image, start, shape), ...storedType(image) }, mask: cropVolume(mask, start, shape) };
}

/** The mask on the grid of the image, by the nearest voxel. Equal to ITK's. */
export function maskOnGridOf(image: Volume, mask: Volume): Volume {
  const { data, shape } = mask;
  const values = resampleAsItk(data, { start: [0, 0, 0], shape }, [itkGridOf(mask), itkGridOf(image)], 'nearest');
  return { data: values, shape: image.shape, spacingMm: image.spacingMm, affine: image.affine };
}

interface ImageAndMask {
  readonly image: Volume;
  readonly mask: Volume;
}

/** Where the spacing is as asked: `corner` cuts off what lies far from the ROI, as it does with other spacings. */
function keepSpacing({ image, mask }: ImageAndMask, box: LabelBox, settings: Settings): ImageAndMask {
  if (settings.gridAlignment === 'centre') return { image, mask };
  if (geometryDifference(image, mask) === undefined) return cutAround({ image, mask }, box, settings);
  const corrected = maskOnGridOf(image, mask);
  const corner = findLabel(corrected, settings.label);
  return corner ? cutAround({ image, mask: corrected }, corner, settings) : { image, mask: corrected };
}

/**
 * Resamples image and mask, whose label lies in `box`; the mask comes back with the label in the ROI and 0 elsewhere.
 * Where no spacing is asked for both come back as they are, or cut to the ROI and its margin with `cropFirst`. They may
 * lie on different grids at the `corner`: that of the mask decides, as in PyRadiomics.
 */
export function resampleForRadiomics(image: Volume, mask: Volume, box: LabelBox, settings: Settings): ImageAndMask {
  const { resampledSpacingMm: wanted, gridAlignment, label, cropFirst } = settings;
  if (wanted === null) return cropFirst ? cutAround({ image, mask }, box, settings) : { image, mask };
  const isCorner = gridAlignment === 'corner';
  const grid = wanted.map((spacing, axis) =>
    isCorner ? cornerGrid(mask, box, settings, axis) : centreGrid(image, spacing, axis),
  );
  if (grid.every(({ spacingMm }, axis) => Math.abs(spacingMm - image.spacingMm[axis]!) <= 1e-8 + 1e-5 * spacingMm))
    return keepSpacing({ image, mask }, box, settings);
  const geometry = geometryOf(isCorner ? mask : image, grid);
  assertNotTooFine(voxelCount(geometry.shape), geometry.spacingMm);
  const sampled = (isCorner ? sampleAtCorner : sampleAtCentre)(image, mask, grid, settings);
  return {
    image: { ...geometry, ...storedType(image), data: inTypeOf(image, sampled.values, !isCorner) },
    mask: { ...geometry, data: Float32Array.from(sampled.values, (_, i) => (sampled.isInRoi(i) ? label : 0)) },
  };
}
