/** Counts behind the preprocessing figures. */
import type { SliceEntry } from 'axunet/preprocess/manifest';

/** How much of a slice is foreground: pixels and share. */
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

/** Counts of a data set: its slices, patients, slices with pancreas, and those that the paper's code would keep. */
export interface SliceCounts {
  readonly slices: number;
  readonly patients: number;
  readonly withPancreas: number;
  readonly keptByPaper: number;
}

/** Counts slices; the paper's code keeps those of at least `paperMinimumPixels` of pancreas. All 0 for no slices. */
export function sliceCounts(
  shares: readonly LabelShare[],
  { paperMinimumPixels }: { paperMinimumPixels: number },
): SliceCounts {
  return {
    slices: shares.length,
    patients: new Set(shares.map(({ patient }) => patient)).size,
    withPancreas: shares.filter(({ foreground }) => foreground > 0).length,
    keptByPaper: shares.filter(({ foreground }) => foreground >= paperMinimumPixels).length,
  };
}
