/** Does a volume lie on a grid that a network can make something of? */
import type { Grid } from '../preprocess/grid.ts';
import { toCanonical } from '../volume/orientation.ts';
import type { Volume } from '../volume/volume.ts';
import { inPercent } from './ranges.ts';
import type { Slices } from './seenPictures.ts';

/** Pixels so many times as large, or as small, as the network's are another kind of image. */
const farPixels = 3;
/** Share of the network's window that must lie in the image; of the image in the window, where that is the image. */
const leastInside = 0.5;

/** The length that an interval of `length` around `centre` shares with one of `other` around 0. */
const overlap = (length: number, centre: number, other: number): number =>
  Math.max(0, Math.min(centre + length / 2, other / 2) - Math.max(centre - length / 2, -other / 2));

/** Size in pixels and spacing in mm along (y, x) of the slices that the network sees. */
export function axialSlices({ shape, spacingMm, affine }: Volume): Slices {
  // One slice of one value has the whole volume's axes and none of its memory.
  const axes = { shape: [1, 1, 1], spacingMm: [1, 2, 3], affine } as const;
  const order = toCanonical({ ...axes, data: new Uint8Array(1) }).spacingMm.map((axis) => axis - 1);
  const [x, y] = [order[0]!, order[1]!];
  return { size: [shape[y]!, shape[x]!], spacingMm: [spacingMm[y]!, spacingMm[x]!] };
}

/**
 * What sets the grid of a volume apart from the one that a network was trained on, one phrase each: pixels of another
 * size, a window that lies outside the image, slices much larger than the window; none as a rule.
 */
export function unlikeTraining(volume: Volume, grid: Grid): string[] {
  const found = axialSlices(volume);
  const units = found.size.map((n, axis) => (grid.unit === 'px' ? n : n * found.spacingMm[axis]!));
  const shared = [0, 1].map((axis) => overlap(grid.extent[axis]!, grid.centre[axis]!, units[axis]!));
  const area = shared[0]! * shared[1]!;
  const spacing = found.spacingMm.map((mm) => Number(mm.toPrecision(3))).join('×');
  const slices = `slices of ${found.size.join('×')} pixels of ${spacing} mm`;
  const warnings: string[] = [];
  // A native grid is padded to multiples of 16: of its pixels up to 15 along an axis were never in a slice.
  const padding = grid.unit === 'px' ? 15 : 0;
  const inImage = area / (Math.max(1, grid.extent[0] - padding) * Math.max(1, grid.extent[1] - padding));
  if (inImage < leastInside)
    warnings.push(`far from training: only ${inPercent(inImage)} of the network's window lies in ${slices}`);
  const inWindow = area / (units[0]! * units[1]!);
  // A window that was fitted to masks is smaller than its slices; a native one is the slice.
  const isNative = grid.unit === 'px' && grid.extent.every((length, axis) => length === grid.size[axis]);
  if (isNative && inWindow < leastInside)
    warnings.push(
      `far from training: ${slices}, the network saw ${grid.size.join('×')}; what lies outside of that is background`,
    );
  const pixel = grid.extent[0] / grid.size[0];
  const ratio = found.spacingMm[0]! / pixel;
  if (grid.unit === 'mm' && (ratio > farPixels || ratio < 1 / farPixels))
    warnings.push(`far from training: ${slices}, the network saw pixels of ${Number(pixel.toPrecision(3))} mm`);
  return warnings;
}
