/** Counts behind the preprocessing figures. */
import { expected } from '../errors.ts';
import type { VoxelArray } from '../volume/volume.ts';
import type { SliceEntry } from './manifest.ts';

export interface LabelShare {
  readonly id: string;
  readonly patient: string;
  readonly z: number;
  readonly foreground: number;
  readonly background: number;
  /** Foreground as a share of all pixels of the slice. */
  readonly share: number;
}

/** Foreground and background pixels of every slice; empty for no slices. */
export function labelShares(slices: readonly SliceEntry[]): LabelShare[] {
  return slices.map(({ id, patient, z, foreground, height, width }) => {
    const pixels = height * width;
    return { id, patient, z, foreground, background: pixels - foreground, share: foreground / pixels };
  });
}

export interface IntensityHistogram {
  /** bins + 1 limits; a value belongs to the bin from its limit up to the next, the last bin includes its end. */
  readonly edges: number[];
  readonly counts: number[];
  /** Values outside the range, and values that are no number. */
  readonly below: number;
  readonly above: number;
  readonly notNumbers: number;
}

/** Histogram of HU or of windowed values with bins of equal width. Throws when the range is empty or `bins` is not a whole number from 1. */
export function intensityHistogram(values: VoxelArray, [low, high]: readonly [number, number], bins: number): IntensityHistogram {
  if (!(low < high) || !Number.isInteger(bins) || bins < 1) throw expected('a range low < high and at least one bin', `${low}..${high} in ${bins}`);
  const counts = new Array<number>(bins).fill(0);
  let [below, above, notNumbers] = [0, 0, 0];
  const perUnit = bins / (high - low);
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (v < low) below++;
    else if (v > high) above++;
    else if (v === v) counts[Math.min(bins - 1, Math.floor((v - low) * perUnit))]++;
    else notNumbers++;
  }
  return { edges: Array.from({ length: bins + 1 }, (_, i) => low + (i * (high - low)) / bins), counts, below, above, notNumbers };
}
