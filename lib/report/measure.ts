/** What is measured of a mask on its image: volume, HU and diameters, of the whole and of each class. */
import type { LabelClass } from '../dataset/caseList.ts';
import { connectedComponents } from '../volume/components.ts';
import { maskOfValue, summariseValues } from '../volume/values.ts';
import { sliceZ, type Volume, voxelVolumeMl } from '../volume/volume.ts';
import { type Diameters, diametersOf } from './diameters.ts';

/** The measures of a region; null where it is empty, or where a distance cannot be told. */
export interface Measures extends Diameters {
  readonly voxels: number;
  /** Voxels times the volume of one. */
  readonly volumeMl: number;
  readonly huMean: number | null;
  /** Of the region's voxels, divided by their number. */
  readonly huSd: number | null;
  /** Connected parts (26 neighbours): an organ has one. */
  readonly parts: number;
}

/** Measures of the whole mask and, where classes are kept apart, of each by name. */
export interface MaskMeasures {
  readonly whole: Measures;
  readonly classes?: Readonly<Record<string, Measures>>;
}

/** The image's values in a region of 1. */
function valuesIn(image: Volume, region: Uint8Array, count: number): Float64Array {
  const values = new Float64Array(count);
  let n = 0;
  for (let i = region.indexOf(1); i >= 0; i = region.indexOf(1, i + 1)) values[n++] = image.data[i]!;
  return values;
}

function measureRegion(image: Volume, region: Volume<Uint8Array>): Measures {
  const components = connectedComponents(region.data, region.shape);
  const voxels = components.voxels.reduce((sum, n) => sum + n, 0);
  const { mean, std } = summariseValues(valuesIn(image, region.data, voxels));
  return {
    voxels,
    volumeMl: voxels * voxelVolumeMl(region),
    huMean: voxels > 0 ? mean : null,
    huSd: voxels > 0 ? std : null,
    ...diametersOf(region),
    parts: components.voxels.length,
  };
}

/** How many slices of a canonical mask are empty between the first and the last that are not; 0 of an empty mask. */
export function emptyBetween(mask: Volume<Uint8Array>): number {
  const filled = Array.from({ length: mask.shape[2] }, (_, z) => sliceZ(mask, z).some((v) => v > 0));
  const within = filled.slice(filled.indexOf(true), filled.lastIndexOf(true) + 1);
  return filled.includes(true) ? within.filter((one) => !one).length : 0;
}

/**
 * Measures a canonical mask of class numbers (0 background) on its canonical image, which lies on the same voxels; any
 * class belongs to the whole. One class is the whole.
 */
export function measureMask(
  image: Volume,
  mask: Volume<Uint8Array>,
  classes: readonly LabelClass[] = [],
): MaskMeasures {
  const all = mask.data.map((value) => (value > 0 ? 1 : 0));
  const whole = measureRegion(image, { ...mask, data: all });
  if (classes.length < 2) return { whole };
  const apart = classes.map(({ name }, c) => {
    const region = { ...mask, data: maskOfValue(mask.data, c + 1) };
    return [name, measureRegion(image, region)] as const;
  });
  return { whole, classes: Object.fromEntries(apart) };
}
