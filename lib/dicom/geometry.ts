/**
 * From images in any order to the grid of a volume: sorted along the normal of their plane, with one step between them.
 *
 * The step is the mean vector between neighbours, so a gantry tilt, in which every slice lies a little further along a
 * column, shears the affine: each voxel is where it was measured, and nothing is resampled.
 */
import path from '#system/path';
import { expected, UserError } from '../errors.ts';
import { rangeOf } from '../volume/values.ts';
import { cross, dot, lengthOf, minus, plus, times } from '../volume/vectors.ts';
import { type Affine, affineOfLps, type Vec3 } from '../volume/volume.ts';
import type { DicomImage, ImagePlane } from './images.ts';

/** Unit vector at right angles to an image, to the side from which rows and columns turn counter-clockwise. */
export function normalOf({ rowDirection: r, columnDirection: c }: ImagePlane): Vec3 {
  const normal = cross(r, c);
  return times(normal, 1 / lengthOf(normal));
}

/** Images whose places along the normal differ by less are one slice that is there twice. */
const sameSliceMm = 1e-3;

/** Images at one place, one or several; by place, rising along the normal. */
export function imagesByPlace(images: readonly DicomImage[]): DicomImage[][] {
  const normal = normalOf(images[0]!);
  const along = images.map((image) => ({ image, at: dot(image.position, normal) })).sort((a, b) => a.at - b.at);
  const slices: DicomImage[][] = [];
  for (const [i, { image, at }] of along.entries()) {
    if (i > 0 && at - along[i - 1]!.at < sameSliceMm) slices.at(-1)!.push(image);
    else slices.push([image]);
  }
  return slices;
}

const shown = (mm: number): string => String(Number(mm.toFixed(3)));
const nameOf = ({ header, frame, format }: DicomImage): string =>
  `${path.basename(header.file)}${format.frames > 1 ? ` (frame ${frame + 1})` : ''}`;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** The sentence for slices that do not lie at one distance: how many are missing, or how uneven they are. */
function unevenError(slices: readonly DicomImage[], folder: string): UserError {
  const normal = normalOf(slices[0]!);
  const gaps = slices.slice(1).map((image, i) => dot(minus(image.position, slices[i]!.position), normal));
  const usual = median(gaps);
  const wide = gaps.map((gap, i) => ({ gap, i })).filter(({ gap }) => gap > 1.5 * usual);
  const isMissing = wide.length > 0 && wide.every(({ gap }) => Math.abs(gap / usual - Math.round(gap / usual)) < 0.2);
  if (!isMissing)
    return expected(
      'slices at one distance (resample them with another program)',
      `distances of ${rangeOf(gaps).map(shown).join(' to ')} mm, or slices shifted sideways,`,
      folder,
    );
  const missing = wide.reduce((sum, { gap }) => sum + Math.round(gap / usual) - 1, 0);
  const { gap, i } = wide[0]!;
  const where = `between ${nameOf(slices[i]!)} and ${nameOf(slices[i + 1]!)}`;
  return expected(
    'a series without gaps (copy the missing files too)',
    `${missing} missing slice${missing > 1 ? 's' : ''}: ${shown(gap)} mm ${where} where ${shown(usual)} mm are usual,`,
    folder,
  );
}

/** How far a slice may be from its place on an even grid: silently, and with a warning. */
const tolerance = { silentShare: 0.02, silentMm: 0.01, warnedShare: 0.1, warnedMm: 0.1 };

/** The vector from slice to slice and what had to be said of it. Throws where there is no such vector. */
function stepOf(slices: readonly DicomImage[], folder: string): { step: Vec3; warnings: string[] } {
  const [first, last] = [slices[0]!, slices.at(-1)!];
  if (slices.length === 1) {
    const warnings = first.sliceMm ? [] : ['a single slice of unknown thickness; 1 mm is assumed'];
    return { step: times(normalOf(first), first.sliceMm ?? 1), warnings };
  }
  const step = times(minus(last.position, first.position), 1 / (slices.length - 1));
  const offGrid = slices.map(({ position }, k) => lengthOf(minus(position, plus(first.position, times(step, k)))));
  const [off, mm] = [rangeOf(offGrid)[1], dot(step, normalOf(first))];
  if (off <= Math.max(tolerance.silentShare * mm, tolerance.silentMm)) return { step, warnings: [] };
  if (off > Math.max(tolerance.warnedShare * mm, tolerance.warnedMm)) throw unevenError(slices, folder);
  const warning = `slices lie up to ${shown(off)} mm beside an even distance of ${shown(mm)} mm, which is taken`;
  return { step, warnings: [warning] };
}

/**
 * The affine (to RAS+ mm) of slices in rising order, x along rows, y along columns as stored, z from slice to slice.
 * Throws a UserError that names what is missing or uneven.
 */
export function affineOfSlices(slices: readonly DicomImage[], folder: string): { affine: Affine; warnings: string[] } {
  const { rowDirection, columnDirection, spacingMm, position } = slices[0]!;
  const { step, warnings } = stepOf(slices, folder);
  const [x, y] = [times(rowDirection, spacingMm[0]), times(columnDirection, spacingMm[1])];
  return { affine: affineOfLps([x, y, step, position]), warnings };
}
