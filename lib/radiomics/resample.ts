/**
 * Image and mask on a grid with other distances between voxels, by one of two conventions.
 *
 * `corner` (PyRadiomics, ITK): the outer corners of the first voxels coincide; only the part around the ROI is made,
 * with a margin of 5 voxels for filters; the mask by the nearest voxel. `centre` (IBSI): the centres of both images
 * coincide; the whole image is made; the mask by linear interpolation, in the ROI from 0.5 on.
 * Images of an integer type stay so: values are cut off (corner, as ITK does) or rounded (centre).
 * Source: PyRadiomics 3.0.1 imageoperations; IBSI manual 2.4.
 */
import { type Box, cropVolume } from '../volume/crop.ts';
import { type Affine, type Vec3, type Volume, type VoxelArray, voxelToMm } from '../volume/volume.ts';
import { axisTaps, sampleGrid, type Taps } from './interpolate.ts';
import type { LabelBox } from './roi.ts';
import type { RadiomicsSettings } from './settings.ts';

const filterMargin = 5;
/**
 * Voxels around the new grid that are looked at: a B-spline coefficient knows voxels so far
 * away by less than a double can hold.
 */
const splineMargin = 40;

/** The new grid along one axis: positions of its voxels in voxels of the old one. */
interface AxisGrid {
  readonly positions: Float64Array;
  readonly spacingMm: number;
}

/** Which world axis an image axis runs along most, and where the image begins there: what ITK's rounding depends on. */
function worldOf(affine: Affine, axis: number): { step: number; origin: number } {
  const column = [0, 1, 2].map((row) => affine[4 * row + axis]!);
  const row = column.reduce((best, value, at) => (Math.abs(value) > Math.abs(column[best]!) ? at : best), 0);
  return { step: Math.sign(column[row]!), origin: affine[4 * row + 3]! };
}

/**
 * PyRadiomics' grid. Positions go through world coordinates and, along x, through the line's two ends, as ITK computes
 * them: a position exactly between two voxels of the mask would else be rounded otherwise.
 */
function cornerGrid(
  { shape, spacingMm, affine }: Volume,
  { first, last }: LabelBox,
  wanted: number,
  axis: number,
): AxisGrid {
  const [n, old] = [shape[axis]!, spacingMm[axis]!];
  const spacing = wanted === 0 || first[axis] === last[axis] ? old : wanted;
  const ratio = old / spacing;
  const low = Math.max(0, Math.floor((first[axis]! - 0.5) * ratio - filterMargin));
  const high = Math.min(Math.ceil(n * ratio) - 1, Math.ceil((last[axis]! + 0.5) * ratio + filterMargin));
  const { step, origin } = worldOf(affine, axis);
  const begin = origin + step * old * ((0.5 * (spacing - old)) / old + low / ratio);
  const at = (k: number): number => (begin + step * spacing * k - origin) * (1 / (step * old));
  const count = high - low + 1;
  const positions = Float64Array.from({ length: count }, (_, k) =>
    axis === 0 ? at(0) + (at(count) - at(0)) * (k / count) : at(k),
  );
  return { positions, spacingMm: spacing };
}

function centreGrid({ shape, spacingMm }: Volume, wanted: number, axis: number): AxisGrid {
  const [n, old] = [shape[axis]!, spacingMm[axis]!];
  const spacing = wanted === 0 ? old : wanted;
  const count = Math.ceil((n * old) / spacing);
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
 * An interpolated value this close to a whole number is that number but for rounding;
 * cutting it off must not take 1 away.
 */
const nearlyWhole = 1e-9;

/**
 * Samples in the type of `like`; assigning to an integer array cuts off, but wraps what does not fit, hence the limits.
 */
function inTypeOf<T extends VoxelArray>(like: T, values: Float64Array, rounds: boolean): T {
  const out = new (like.constructor as new (n: number) => T)(values.length);
  if (out instanceof Float32Array || out instanceof Float64Array) {
    out.set(values);
    return out;
  }
  const bits = 8 * like.BYTES_PER_ELEMENT;
  const isUnsigned = like.constructor.name.startsWith('Uint');
  const low = isUnsigned ? 0 : -(2 ** (bits - 1));
  const high = low + 2 ** bits - 1;
  const whole = rounds ? Math.round : (value: number): number => Math.trunc(value + Math.sign(value) * nearlyWhole);
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

type Settings = Pick<RadiomicsSettings, 'resampledSpacingMm' | 'interpolation' | 'gridAlignment' | 'label'>;

/**
 * Resamples image and mask, whose label lies in `box`; both come back unchanged where no spacing is asked for or all
 * are as asked. The mask comes back with 1 in the ROI and 0 elsewhere, times the label.
 */
export function resampleForRadiomics(
  image: Volume,
  mask: Volume,
  box: LabelBox,
  settings: Settings,
): { image: Volume; mask: Volume } {
  const { resampledSpacingMm: wanted, interpolation, gridAlignment, label } = settings;
  if (wanted === null) return { image, mask };
  const isCorner = gridAlignment === 'corner';
  const grid = wanted.map((spacing, axis) =>
    isCorner ? cornerGrid(image, box, spacing, axis) : centreGrid(image, spacing, axis),
  );
  if (grid.every(({ spacingMm }, axis) => Math.abs(spacingMm - image.spacingMm[axis]!) <= 1e-8 + 1e-5 * spacingMm))
    return { image, mask };
  const geometry = geometryOf(image, grid);
  const { start, shape } = partFor(image, grid);
  const [source, sourceMask] = [cropVolume(image, start, shape), cropVolume(mask, start, shape)];
  const inPart = grid.map(({ positions }, axis) => positions.map((at) => at - start[axis]!));
  const tapsFor = (kind: RadiomicsSettings['interpolation']) =>
    inPart.map((positions, axis) => axisTaps(positions, shape[axis]!, kind)) as unknown as Taps;
  const binary = new Uint8Array(sourceMask.data.length);
  for (let i = 0; i < binary.length; i++) binary[i] = Number(sourceMask.data[i] === label);
  const inRoi = sampleGrid(binary, shape, tapsFor(isCorner ? 'nearest' : 'linear'));
  const values = sampleGrid(source.data, shape, tapsFor(interpolation));
  return {
    image: { ...geometry, data: inTypeOf(image.data, values, !isCorner) },
    mask: { ...geometry, data: Float32Array.from(inRoi, (share) => (share >= 0.5 ? label : 0)) },
  };
}
