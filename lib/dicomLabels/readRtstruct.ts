/**
 * RT Structure Sets as masks: a pixel whose centre lies inside the contours of a region belongs to it. Where contours
 * of one region lie inside each other in a slice they cut holes (even-odd), as in most programs.
 */
import type { DataSet } from 'dicom-parser';
import { codeIn, itemsOf, numberOf, tags, textOf } from '../dicom/attributes.ts';
import type { DicomHeader } from '../dicom/dicomHeader.ts';
import { expected } from '../errors.ts';
import { assertFitsMemory } from '../io/bytes.ts';
import { rangeOf } from '../volume/values.ts';
import { inverseMatrix } from '../volume/vectors.ts';
import { matrixOf, type Vec3, voxelCount } from '../volume/volume.ts';
import {
  chooseSegments,
  type ImageGrid,
  type Segment,
  type SegmentChoice,
  type SegmentedVolume,
  SegmentPainter,
  segmentLabel,
} from './segments.ts';

/** A contour in voxels of the grid. */
type Points = readonly Vec3[];

interface Region extends Segment {
  readonly contours: readonly Points[];
}

const closedKinds = ['CLOSED_PLANAR', 'CLOSEDPLANAR_XOR'];

/** From millimetres to left, posterior and superior to the voxels of a grid. */
function toVoxels({ affine }: ImageGrid, file: string): (mm: Vec3) => Vec3 {
  const inverse = inverseMatrix(matrixOf(affine));
  if (!inverse) throw expected('an image whose affine places all axes', 'another', file);
  return ([l, p, s]) => {
    const [x, y, z] = [-l - affine[3]!, -p - affine[7]!, s - affine[11]!];
    const row = (r: number): number => inverse[3 * r]! * x + inverse[3 * r + 1]! * y + inverse[3 * r + 2]! * z;
    return [row(0), row(1), row(2)];
  };
}

function pointsOf(item: DataSet, file: string): Vec3[] {
  const element = item.elements[tags.contourData];
  const from = element?.dataOffset ?? 0;
  const text = Buffer.from(item.byteArray.subarray(from, from + (element?.length ?? 0))).toString('latin1');
  const numbers = text.split('\\').map((part) => (/\d/.test(part) ? Number(part.replace(/[\0 ]+$/, '')) : Number.NaN));
  if (numbers.length % 3 !== 0 || !numbers.every(Number.isFinite))
    throw expected('contours of three coordinates a point', `${numbers.length} parts that are not`, file);
  return Array.from({ length: numbers.length / 3 }, (_, i) => numbers.slice(3 * i, 3 * i + 3) as unknown as Vec3);
}

/** The regions of an RTSTRUCT, which need not have a contour. */
export function rtstructRegions(data: DataSet, file: string): Segment[] {
  return itemsOf(data, 'rois').map((item) => {
    const number = numberOf(item, 'roiNumber', file);
    if (number === undefined || !Number.isSafeInteger(number) || number < 0 || number > 0xffff)
      throw expected('regions with numbers up to 65535', String(number), file);
    return { number, label: segmentLabel(textOf(item, 'roiName')) };
  });
}

/** The closed contours of the wanted regions, and how many of other kinds (points, open lines) there are. */
function regionsOf(data: DataSet, wanted: readonly Segment[], grid: ImageGrid, file: string) {
  const voxelOf = toVoxels(grid, file);
  let others = 0;
  const regions = wanted.map((segment): Region => {
    const items = itemsOf(data, 'roiContours').filter(
      (item) => numberOf(item, 'referencedRoi', file) === segment.number,
    );
    const all = items.flatMap((item) => itemsOf(item, 'contours'));
    const closed = all.filter((item) => closedKinds.includes(codeIn(textOf(item, 'contourType')?.trim())));
    others += all.length - closed.length;
    return { ...segment, contours: closed.map((item) => pointsOf(item, file).map(voxelOf)) };
  });
  return { regions, others };
}

const alongAxis = (points: Points, axis: number): readonly [low: number, high: number] =>
  rangeOf(points.map((point) => point[axis]!));

/** The widest extent of a contour along an axis. */
function widest(contours: readonly Points[], axis: number): number {
  let most = 0;
  for (const points of contours) {
    const [low, high] = alongAxis(points, axis);
    most = Math.max(most, high - low);
  }
  return most;
}

/** How many contours go beyond the voxels: what of them lies outside is in no mask. */
const countBeyond = (contours: readonly Points[], shape: Vec3): number =>
  contours.filter((points) =>
    shape.some((size, axis) => {
      const [low, high] = alongAxis(points, axis);
      return low < -1 || high > size;
    }),
  ).length;

/** A contour may lean so many slices, and lie so many beside a slice without being told. */
const tolerance = { lean: 0.25, beside: 0.1 };

/** The axis of the grid along which the contours are flat. */
function flatAxis(contours: readonly Points[], file: string): 0 | 1 | 2 {
  const lean = ([0, 1, 2] as const).map((axis) => widest(contours, axis));
  const axis = lean.indexOf(Math.min(...lean)) as 0 | 1 | 2;
  if (lean[axis]! > tolerance.lean)
    throw expected('contours in the slices of the image', `some that lean over ${lean[axis]!.toFixed(2)} slices`, file);
  return axis;
}

/** Flips the pixels (height, width) whose centres lie inside a contour; points are x and y in pixels. */
function flipInside(pixels: Uint8Array, width: number, height: number, points: Points) {
  const [low, high] = alongAxis(points, 1);
  const [first, last] = [Math.max(0, Math.ceil(low)), Math.min(height - 1, Math.floor(high))];
  for (let y = first; y <= last; y++) {
    const crossings: number[] = [];
    points.forEach(([x0, y0], i) => {
      const [x1, y1] = points[(i + 1) % points.length]!;
      if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) * (x1 - x0)) / (y1 - y0));
    });
    crossings.sort((a, b) => a - b);
    for (let k = 0; k + 1 < crossings.length; k += 2)
      for (let x = Math.max(0, Math.ceil(crossings[k]!)); x < width && x < crossings[k + 1]!; x++)
        pixels[y * width + x]! ^= 1;
  }
}

/** Paints one region slice by slice; how far its contours lie beside slices at most, in slices. */
function paintRegion({ contours }: Region, value: number, painter: SegmentPainter, plan: Plan): number {
  const { axis, across, shape, strides, file } = plan;
  const [width, height] = [shape[across[0]]!, shape[across[1]]!];
  const bySlice = new Map<number, Points[]>();
  let beside = 0;
  for (const points of contours) {
    const at = points.reduce((sum, point) => sum + point[axis]!, 0) / points.length;
    const slice = Math.round(at);
    if (slice < 0 || slice >= shape[axis]!) throw expected('contours inside the image', 'some outside', file);
    beside = Math.max(beside, Math.abs(at - slice));
    const before = bySlice.get(slice);
    if (before) before.push(points);
    else bySlice.set(slice, [points]);
  }
  for (const [slice, all] of bySlice) {
    const pixels = new Uint8Array(width * height);
    for (const points of all)
      flipInside(
        pixels,
        width,
        height,
        points.map((point) => [point[across[0]]!, point[across[1]]!, 0]),
      );
    pixels.forEach((inside, i) => {
      const place = (i % width) * strides[across[0]]! + Math.floor(i / width) * strides[across[1]]!;
      if (inside) painter.paint(place + slice * strides[axis]!, value);
    });
  }
  return beside;
}

/** How slices of contours lie in the grid. */
interface Plan {
  readonly axis: 0 | 1 | 2;
  readonly across: readonly [0 | 1 | 2, 0 | 1 | 2];
  readonly shape: Vec3;
  readonly strides: Vec3;
  readonly file: string;
}

function planOf(axis: 0 | 1 | 2, shape: Vec3, file: string): Plan {
  const across = ([0, 1, 2] as const).filter((other) => other !== axis) as [0 | 1 | 2, 0 | 1 | 2];
  return { axis, across, shape, strides: [1, shape[0], shape[0] * shape[1]], file };
}

/**
 * The mask in an RT Structure Set on the voxels of the image `on`, without which lines have no pixels: numbers of
 * regions, or 1 for a chosen one. Contours lie in the nearest slice; nothing is put between them. Throws a UserError
 * that names the file without an image, for regions that overlap, an unknown region, contours across the slices or
 * outside of the image, and damage.
 */
export async function readRtstruct(header: DicomHeader, choice: SegmentChoice): Promise<SegmentedVolume> {
  const { data, file } = header;
  const { on } = choice;
  if (!on)
    throw expected(
      'the image that contours belong to (axunet convert --source makes a mask of them)',
      'only an RT Structure Set, which has lines and no voxels,',
      file,
    );
  const segments = chooseSegments(rtstructRegions(data, file), choice.segment, file);
  const { regions, others } = regionsOf(data, segments, on, file);
  assertFitsMemory(voxelCount(on.shape), file);
  const painter = new SegmentPainter(voxelCount(on.shape), segments, choice);
  const contours = regions.flatMap((region) => region.contours);
  const plan = planOf(flatAxis(contours, file), on.shape, file);
  const beside = regions.map((region) => paintRegion(region, painter.valueOf(region.number)!, painter, plan));
  painter.assertApart(file);
  const most = Math.max(0, ...beside);
  const beyond = countBeyond(contours, on.shape);
  const { shape, spacingMm, affine } = on;
  return {
    ...{ data: painter.data, shape, spacingMm, affine },
    header: {
      format: 'DICOM RTSTRUCT',
      datatype: painter.data instanceof Uint8Array ? 'uint8' : 'uint16',
      nonFinite: 0,
    },
    segments,
    warnings: [
      ...(others > 0 ? [`contours that are not closed are left out: ${others}`] : []),
      ...(beyond > 0 ? [`contours go beyond the image and are cut at its edge: ${beyond}`] : []),
      ...(most > tolerance.beside ? [`contours lie up to ${most.toFixed(2)} slices beside the nearest slice`] : []),
    ],
  };
}
