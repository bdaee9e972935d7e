/** Sizes of network and grid between which time and memory decide, from the smallest to the largest. */

import type { Fingerprint } from '../fingerprint.ts';
import { windowExtent } from './crop.ts';

/** A network and a grid that it works on. */
export interface NetworkSize {
  /** Channels of the first level. */
  readonly width: number;
  /** Height and width of the grid in pixels, multiples of 16. */
  readonly gridSize: readonly [number, number];
  /** Side of a pixel in mm (of pictures: px). */
  readonly pixel: number;
}

/** Widths, and how much coarser than the data the pixels are: a wider network comes with finer pixels. */
const ladder: readonly (readonly [width: number, coarseness: number])[] = [
  [8, 2.5],
  [8, 2],
  [12, 2],
  [12, 1.6],
  [16, 1.6],
  [16, 1.3],
  [16, 1],
  [24, 1],
  [32, 1],
  [48, 1],
  [64, 1],
];

/** A pancreas is some 20 mm thick: coarser pixels would leave it fewer than seven. */
const coarsestMm = 3;

/** The smallest multiple of 16 that holds a length in so large pixels. */
const sideFor = (length: number, pixel: number): number => 16 * Math.max(1, Math.ceil(length / pixel / 16 - 1e-9));

/**
 * All sizes that the data can use, each larger than the one before. The finest pixel is the median spacing in the
 * slice, as nnU-Net resamples to it: finer ones would hold no more. The grid has the shape of the window (another than
 * a square where the organ is wider than high), so that no pixel is spent on what the organ never reaches.
 */
export function networkSizes(
  { spacing, sides, unit }: Pick<Fingerprint, 'spacing' | 'sides' | 'unit'>,
  margin: number,
): NetworkSize[] {
  const finest = (spacing[0].median + spacing[1].median) / 2;
  const coarsest = unit === 'mm' ? Math.max(finest, coarsestMm) : Infinity;
  const [height, width] = windowExtent(sides, margin);
  const sizes: NetworkSize[] = [];
  for (const [channels, coarseness] of ladder) {
    const wanted = Math.min(coarseness * finest, coarsest);
    const gridSize = [sideFor(height, wanted), sideFor(width, wanted)] as const;
    const pixel = Math.max(height / gridSize[0], width / gridSize[1]);
    const last = sizes.at(-1);
    if (last?.width === channels && last.gridSize.join() === gridSize.join()) continue;
    sizes.push({ width: channels, gridSize, pixel });
  }
  return sizes;
}

/** Work of a step beside that of other sizes: channels × pixels. */
export const workOf = ({ width, gridSize }: NetworkSize): number => width * gridSize[0] * gridSize[1];
