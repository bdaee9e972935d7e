/**
 * The training grid: which window of a slice the network sees, and at what pixel size.
 *
 * Every output pixel has one place in the source slice, given by one affine map (and, in training, a warp on top of
 * it), so image and mask are read from the source once and together. Coordinates are (y, x), y to posterior, x to the
 * patient's left; pixel centres lie on whole numbers, the slice centre at ((H-1)/2, (W-1)/2).
 */
import { expected } from '../errors.ts';
import { atLeastOne, choice, object, realNumber, type Shape, tuple } from '../io/schema.ts';
import { findCorners, type PointRow, pointRow, readImageRow, readLabelRow, rowReader } from './bilinear.ts';
import { elasticRows } from './elastic.ts';
import type { SliceEntry } from './manifest.ts';
import type { SliceSet } from './sliceSet.ts';
import { identityWarp, type Warp } from './warp.ts';

/**
 * The window of a slice that the network sees: pixels [height, width], and its place and extent in mm or source pixels.
 */
export type Grid = Shape<typeof gridSchema>;
export const gridSchema = object({
  /** Height and width of the network's input in pixels, multiples of 16. */
  size: tuple([atLeastOne, atLeastOne]),
  /** Unit of `centre` and `extent`: `mm` uses the slice's spacing, `px` ignores it. */
  unit: choice(['mm', 'px']),
  /** Offset (y, x) of the window's centre from the slice centre. */
  centre: tuple([realNumber, realNumber]),
  /** Height and width of the window. */
  extent: tuple([realNumber, realNumber]),
});

/** The same window seen from further away (a scale above 1) or nearer: as many pixels over another extent. */
export const scaledGrid = (grid: Grid, scale: number): Grid => ({
  ...grid,
  extent: [grid.extent[0] * scale, grid.extent[1] * scale],
});

/** What the grid must know of a source slice: rows, columns, and pixel spacing (y, x). */
export type SliceGeometry = Pick<SliceEntry, 'height' | 'width' | 'spacingMm'>;

const requireMultiplesOf16 = ([height, width]: readonly [number, number]): void => {
  if (height > 0 && width > 0 && height % 16 === 0 && width % 16 === 0) return;
  throw expected('a grid size whose sides are multiples of 16', `${height}×${width}`);
};

/**
 * The smallest window of the shape of `size` that holds every training mask with `margin` (in the manifest's unit)
 * on all sides. Pixels of the grid are square, so a square `size` gives a square window.
 * Only masks of the given indices are looked at: give the training slices, never those to be judged.
 * Throws when none of them has foreground.
 */
export function fitGrid(
  slices: SliceSet,
  indices: readonly number[],
  options: { size: readonly [number, number]; margin: number },
): Grid {
  requireMultiplesOf16(options.size);
  const { unit } = slices.manifest;
  let [top, left, bottom, right] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const i of indices) {
    const { box, height, width, spacingMm } = slices.entries[i];
    if (!box) continue;
    const [sy, sx] = unit === 'px' ? [1, 1] : spacingMm;
    top = Math.min(top, (box[0] - height / 2) * sy);
    left = Math.min(left, (box[1] - width / 2) * sx);
    bottom = Math.max(bottom, (box[2] - height / 2) * sy);
    right = Math.max(right, (box[3] - width / 2) * sx);
  }
  if (top > bottom)
    throw expected('a training slice with foreground to place the grid', `${indices.length} slices without any`);
  const [height, width] = options.size;
  const pixel = Math.max((bottom - top + 2 * options.margin) / height, (right - left + 2 * options.margin) / width);
  return {
    size: [height, width],
    unit,
    centre: [(top + bottom) / 2, (left + right) / 2],
    extent: [pixel * height, pixel * width],
  };
}

/** The grid of a slice as it is: no resampling, zeros added around it until both sides are multiples of 16. */
export function nativeGrid(height: number, width: number): Grid {
  const size: [number, number] = [16 * Math.ceil(height / 16), 16 * Math.ceil(width / 16)];
  // an odd number of added rows goes half a pixel further to one side, so that pixels still fall on pixels
  const half = (padding: number): number => (padding % 2) / 2;
  return { size, unit: 'px', centre: [half(size[0] - height), half(size[1] - width)], extent: size };
}

/** Grid units per source pixel along an axis. */
const unitsPerPixel = (grid: Grid, source: SliceGeometry, axis: 0 | 1): number =>
  grid.unit === 'px' ? 1 : source.spacingMm[axis];

/** Fills `ys` and `xs` with where the pixels of grid row `i` lie in the source, in source pixels. */
type PlaceRow = (i: number, points: PointRow) => void;

function placeRows(grid: Grid, source: SliceGeometry, { matrix, shift, elastic }: Warp): PlaceRow {
  const [height, width] = grid.size;
  const [pixelY, pixelX] = [grid.extent[0] / height, grid.extent[1] / width];
  const [unitY, unitX] = [unitsPerPixel(grid, source, 0), unitsPerPixel(grid, source, 1)];
  const [firstY, firstX] = [(pixelY - grid.extent[0]) / 2, (pixelX - grid.extent[1]) / 2];
  const startY =
    (source.height - 1) / 2 + (grid.centre[0] + shift[0] + matrix[0] * firstY + matrix[1] * firstX) / unitY;
  const startX = (source.width - 1) / 2 + (grid.centre[1] + shift[1] + matrix[2] * firstY + matrix[3] * firstX) / unitX;
  const [yPerRow, yPerColumn] = [(matrix[0] * pixelY) / unitY, (matrix[1] * pixelX) / unitY];
  const [xPerRow, xPerColumn] = [(matrix[2] * pixelY) / unitX, (matrix[3] * pixelX) / unitX];
  const addElastic = elastic && elasticRows(elastic, grid.size, [1 / unitY, 1 / unitX]);
  return (i, { ys, xs }) => {
    const [rowY, rowX] = [startY + yPerRow * i, startX + xPerRow * i];
    for (let j = 0; j < width; j++) {
      ys[j] = rowY + yPerColumn * j;
      xs[j] = rowX + xPerColumn * j;
    }
    addElastic?.(i, ys, xs);
  };
}

const channelsOf = (image: Float32Array, { height, width }: SliceGeometry): number => {
  const channels = image.length / (height * width);
  if (Number.isInteger(channels)) return channels;
  throw expected(`an image of whole ${height}×${width} planes`, `${image.length} values`);
};

/**
 * One slice on the grid, into arrays such as parts of a batch: `image` (3, H, W) becomes (h, w, 3), `label` (H, W)
 * becomes (h, w), both read once and bilinear at the same points; a label pixel has the class whose interpolated mask
 * is largest there, so foreground begins at ½. Outside the source both are 0. Every value of `out` is written.
 */
export function sampleSliceInto(
  out: { readonly image: Float32Array; readonly label?: Uint8Array },
  { image, label }: { readonly image: Float32Array; readonly label?: Uint8Array },
  source: SliceGeometry,
  grid: Grid,
  warp: Warp = identityWarp,
): void {
  const [gridHeight, gridWidth] = grid.size;
  const channels = channelsOf(image, source);
  if (label && label.length !== source.height * source.width)
    throw expected(`a label of ${source.height}×${source.width} pixels`, `${label.length} values`);
  const place = placeRows(grid, source, warp);
  const points = pointRow(gridWidth);
  for (let i = 0; i < gridHeight; i++) {
    place(i, points);
    findCorners(points, source);
    readImageRow(image, source, points, out.image, i * gridWidth * channels);
    if (label && out.label) readLabelRow(label, source, points, out.label, i * gridWidth);
  }
}

/** For each source pixel along an axis: its place on the grid in pixels of the grid. */
function gridPositions(grid: Grid, source: SliceGeometry, axis: 0 | 1): Float64Array {
  const sourceSize = axis === 0 ? source.height : source.width;
  const unit = unitsPerPixel(grid, source, axis);
  return Float64Array.from({ length: sourceSize }, (_, i) => {
    const offset = (i - (sourceSize - 1) / 2) * unit - grid.centre[axis];
    return ((offset + grid.extent[axis] / 2) * grid.size[axis]) / grid.extent[axis] - 0.5;
  });
}

/**
 * The way back: a probability map (h, w) on the grid, bilinear onto the source slice (H, W), 0 outside the window.
 * On `nativeGrid` this undoes `sampleSliceInto` exactly. Writes to `out`, which holds zeros, and returns it.
 */
export function resampleToSource(
  probability: Float32Array,
  source: SliceGeometry,
  grid: Grid,
  out: Float32Array = new Float32Array(source.height * source.width),
): Float32Array {
  const [height, width] = grid.size;
  if (probability.length !== height * width) throw expected(`a ${height}×${width} map`, `${probability.length} values`);
  const columns = gridPositions(grid, source, 1);
  const first = columns.findIndex((x) => x >= -0.5);
  const inside = columns.subarray(first, columns.findLastIndex((x) => x <= width - 0.5) + 1);
  if (first < 0 || inside.length === 0) return out;
  const rowAt = rowReader(probability, { height, width }, inside);
  gridPositions(grid, source, 0).forEach((y, i) => {
    if (y >= -0.5 && y <= height - 0.5) rowAt(y, out, i * source.width + first);
  });
  return out;
}
