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
