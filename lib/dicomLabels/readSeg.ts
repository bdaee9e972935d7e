/**
 * DICOM Segmentations as masks: BINARY, where every frame is a picture of one segment, and LABELMAP, whose pixels are
 * numbers of segments. Source: DICOM PS3.3, A.51 and C.8.20.
 */
import type { DataSet } from 'dicom-parser';
import { codeIn, itemsOf, numberOf, requiredWord, textOf, wordOf } from '../dicom/attributes.ts';
import type { DicomHeader } from '../dicom/dicomHeader.ts';
import { normalOf } from '../dicom/geometry.ts';
import { framePlanes, type ImagePlane, type PixelFormat } from '../dicom/images.ts';
import { PixelReader } from '../dicom/pixels.ts';
import { expected } from '../errors.ts';
import { assertFitsMemory } from '../io/bytes.ts';
import { placeOnGrid } from '../volume/placeOnGrid.ts';
import { rangeOf } from '../volume/values.ts';
import { dot, lengthOf, minus, plus, times } from '../volume/vectors.ts';
import { type Affine, affineOfLps, spacingOf, type Vec3, voxelCount } from '../volume/volume.ts';
import {
  chooseSegments,
  type Segment,
  type SegmentChoice,
  type SegmentedVolume,
  SegmentPainter,
  saysNothing,
  segmentLabel,
} from './segments.ts';

type Plane = ImagePlane & { readonly betweenMm?: number };

/** Where the frames lie: the grid of the file, and the slice of each frame. */
interface FrameGrid {
  readonly affine: Affine;
  readonly depth: number;
  readonly sliceOf: readonly number[];
  readonly warnings: readonly string[];
}

/** Frames whose places along the normal differ by less lie in one slice. */
const sameSliceMm = 1e-3;
/** A distance divides another if what is left is at most this share of it. */
const evenShare = 0.02;
/** More slices than any scan has: a distance so small is a slip of the writer. */
const mostSlices = 10_000;

function assertParallel(planes: readonly Plane[], file: string): void {
  const [first] = planes as [Plane];
  const differs = (a: readonly number[], b: readonly number[]): boolean =>
    a.some((v, i) => Math.abs(v - b[i]!) > 1e-3 * Math.max(1, Math.abs(v)));
  const other = planes.find(
    (plane) =>
      differs(first.rowDirection, plane.rowDirection) ||
      differs(first.columnDirection, plane.columnDirection) ||
      differs(first.spacingMm, plane.spacingMm),
  );
  if (other) throw expected('frames of one orientation and pixel spacing', 'others', file);
}

/** The distance between the slices of an image along a normal (of DICOM), in mm; undefined without an image. */
function imageDistanceMm(on: SegmentChoice['on'], [l, p, s]: Vec3): number | undefined {
  if (!on) return undefined;
  const along = [0, 1, 2].map((c) => Math.abs(-l * on.affine[c]! - p * on.affine[4 + c]! + s * on.affine[8 + c]!));
  return Math.max(...along);
}

/** The distance of slices that explains where the frames lie, rising along the normal; undefined where none does. */
function distanceOf(places: readonly number[], { betweenMm, sliceMm }: Plane, imageMm?: number): number | undefined {
  const between = betweenMm ? Math.abs(betweenMm) : undefined;
  if (places.length === 1) return between ?? sliceMm ?? imageMm;
  const gaps = places.slice(1).map((at, i) => at - places[i]!);
  const divides = (mm: number | undefined): mm is number =>
    mm !== undefined &&
    mm > sameSliceMm &&
    (places.at(-1)! - places[0]!) / mm < mostSlices &&
    gaps.every((gap) => Math.round(gap / mm) > 0 && Math.abs(gap / mm - Math.round(gap / mm)) <= evenShare);
  // All frames may lie in every second slice: the thickness tells it where the image agrees.
  const isImages = (mm: number | undefined): boolean =>
    mm !== undefined && imageMm !== undefined && Math.abs(mm - imageMm) <= evenShare * imageMm;
  return [[between, sliceMm].find(isImages), between, rangeOf(gaps)[0]].find(divides);
}

/** Throws a UserError where a frame lies beside the slice that it was taken for. */
function assertOnSlices(planes: readonly Plane[], sliceOf: readonly number[], step: Vec3, file: string): void {
  const lowest = planes[sliceOf.indexOf(0)]!;
  const mm = lengthOf(step);
  planes.forEach(({ position }, i) => {
    const off = lengthOf(minus(position, plus(lowest.position, times(step, sliceOf[i]!))));
    if (off > Math.max(0.1 * mm, 0.1)) throw expected('frames on one grid', `one ${off.toFixed(2)} mm beside it`, file);
  });
}

function gridOf(planes: readonly Plane[], { on }: SegmentChoice, file: string): FrameGrid {
  assertParallel(planes, file);
  const [first] = planes as [Plane];
  const normal = normalOf(first);
  const along = planes.map(({ position }) => dot(position, normal));
  const sorted = [...along].sort((a, b) => a - b);
  const places = sorted.filter((at, i) => i === 0 || at - sorted[i - 1]! > sameSliceMm);
  const told = distanceOf(places, first, imageDistanceMm(on, normal));
  if (told === undefined && places.length > 1)
    throw expected('frames at multiples of one distance', 'uneven distances', file);
  const mm = told ?? 1;
  const sliceOf = along.map((at) => Math.round((at - places[0]!) / mm));
  const last = rangeOf(sliceOf)[1];
  const [lowest, highest] = [planes[sliceOf.indexOf(0)]!, planes[sliceOf.indexOf(last)]!];
  const step = last > 0 ? times(minus(highest.position, lowest.position), 1 / last) : times(normal, mm);
  assertOnSlices(planes, sliceOf, step, file);
  const { rowDirection, columnDirection, spacingMm } = first;
  const [x, y] = [times(rowDirection, spacingMm[0]), times(columnDirection, spacingMm[1])];
  return {
    affine: affineOfLps([x, y, step, lowest.position]),
    depth: last + 1,
    sliceOf,
    warnings: told === undefined ? ['a single slice of unknown distance; 1 mm is assumed'] : [],
  };
}

/** The segments of a SEG, which need not have a voxel. */
export function segSegments(data: DataSet, file: string): Segment[] {
  return itemsOf(data, 'segments').map((item) => {
    const [type] = itemsOf(item, 'segmentType');
    const meaning = type && textOf(type, 'codeMeaning');
    const label = segmentLabel(textOf(item, 'segmentLabel') ?? meaning);
    const number = requiredWord(item, 'segmentNumber', file);
    return { number, label, ...(meaning && saysNothing(label) && { meaning: segmentLabel(meaning) }) };
  });
}

/** The number of each frame's segment: in its own group, or in the one that all share. */
function segmentOfFrames(data: DataSet, frames: number, file: string): number[] {
  const [own, [shared]] = [itemsOf(data, 'frameGroups'), itemsOf(data, 'sharedGroups')];
  return Array.from({ length: frames }, (_, i) => {
    const groups = [own[i], shared].flatMap((group) => group ?? []);
    const [item] = groups.flatMap((group) => itemsOf(group, 'segmentIdentification'));
    if (!item) throw expected('frames that name their segment', `frame ${i + 1} without`, file);
    return requiredWord(item, 'referencedSegment', file);
  });
}

/** How pixels of whole bytes are stored. */
const bytesFormat = (rows: number, columns: number, frames: number, bits: 8 | 16): PixelFormat => ({
  ...{ rows, columns, frames, bitsAllocated: bits, bitsStored: bits, highBit: bits - 1 },
  isSigned: false,
  padding: undefined,
});

interface SegPixels {
  readonly header: DicomHeader;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly plane: Plane;
}

/** Goes through the bits of all frames; `set` hears of those that are 1: frame and place in it. */
async function readBits(
  { header, rows, columns, frames, plane }: SegPixels,
  set: (frame: number, at: number) => void,
): Promise<void> {
  const perFrame = rows * columns;
  const size = Math.ceil((perFrame * frames) / 8);
  if (header.pixels!.length === undefined) throw expected('plain bits', 'packed ones', header.file);
  const format = bytesFormat(1, size, 1, 8);
  const bytes = await new PixelReader().read({ ...plane, header, format, frame: 0, slope: 1, intercept: 0 });
  for (let frame = 0, at = 0; frame < frames; frame++)
    for (let i = 0; i < perFrame; i++, at++) if ((bytes[at >> 3]! >> (at & 7)) & 1) set(frame, i);
}

/** Goes through the numbers of all frames; `set` hears of those that are not background. */
async function readNumbers(
  { header, rows, columns, frames, plane }: SegPixels,
  set: (frame: number, at: number, value: number) => void,
): Promise<void> {
  const bits = requiredWord(header.data, 'bitsAllocated', header.file);
  if (bits !== 8 && bits !== 16) throw expected('a label map of 8 or 16 bits', `${bits}`, header.file);
  const format = bytesFormat(rows, columns, frames, bits);
  const background = wordOf(header.data, 'padding') ?? 0;
  const reader = new PixelReader();
  for (let frame = 0; frame < frames; frame++) {
    const values = await reader.read({ ...plane, header, format, frame, slope: 1, intercept: 0 });
    values.forEach((value, i) => {
      if (value !== background && value !== 0) set(frame, i, value);
    });
  }
}

/** Fills the voxels of a grid. */
async function paintFrames(pixels: SegPixels, { sliceOf }: FrameGrid, painter: SegmentPainter): Promise<void> {
  const { header, rows, columns, frames } = pixels;
  const { data, file } = header;
  const perSlice = rows * columns;
  const kind = codeIn(textOf(data, 'segmentationType')?.trim());
  if (kind === 'LABELMAP')
    return readNumbers(pixels, (frame, at, number) => {
      const value = painter.valueOf(number);
      if (value !== undefined) painter.paint(sliceOf[frame]! * perSlice + at, value);
    });
  if (kind !== 'BINARY')
    throw expected('a segmentation of kind BINARY or LABELMAP', `${kind} (make it binary with another program)`, file);
  const values = segmentOfFrames(data, frames, file).map((number) => painter.valueOf(number));
  return readBits(pixels, (frame, at) => {
    const value = values[frame];
    if (value !== undefined) painter.paint(sliceOf[frame]! * perSlice + at, value);
  });
}

/**
 * The mask in a DICOM Segmentation: numbers of segments, or 1 for a chosen one; x along rows, y along columns, z along
 * the normal. Slices without frames are empty. On the grid of `on` where that is given, else on the file's own, from
 * its first to its last frame. Throws a UserError that names the file for segments that overlap, an unknown segment,
 * probabilities (FRACTIONAL), uneven slices, damage, and a file that does not lie on the voxels of `on`.
 */
export async function readSeg(header: DicomHeader, choice: SegmentChoice = {}): Promise<SegmentedVolume> {
  const { data, file } = header;
  const [rows, columns] = [requiredWord(data, 'rows', file), requiredWord(data, 'columns', file)];
  const frames = numberOf(data, 'frames', file) ?? 1;
  if (rows < 1 || columns < 1 || !Number.isSafeInteger(frames) || frames < 1 || !header.pixels)
    throw expected('a segmentation with pixels', `${frames} frames of ${columns}×${rows}`, file);
  const planes = framePlanes(data, frames, file);
  const grid = gridOf(planes, choice, file);
  const segments = chooseSegments(segSegments(data, file), choice.segment, file);
  const shape: Vec3 = [columns, rows, grid.depth];
  assertFitsMemory(voxelCount(shape), file);
  const painter = new SegmentPainter(voxelCount(shape), segments, choice);
  await paintFrames({ header, rows, columns, frames, plane: planes[0]! }, grid, painter);
  painter.assertApart(file);
  const own = { data: painter.data, shape, spacingMm: spacingOf(grid.affine), affine: grid.affine };
  const placed = choice.on ? placeOnGrid(own, choice.on) : own;
  if (!placed) throw expected('a segmentation on the voxels of the image', 'other voxels', file);
  const datatype = painter.data instanceof Uint8Array ? 'uint8' : 'uint16';
  return {
    ...placed,
    header: { format: 'DICOM-SEG', datatype, nonFinite: 0 },
    segments,
    warnings: grid.warnings,
  };
}
