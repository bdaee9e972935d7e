/** What `manifest.json` says about preprocessed slices. */

export const manifestVersion = 1;

export interface SliceEntry {
  /** `<case>-<z>`; file names derive from it. */
  readonly id: string;
  readonly case: string;
  readonly patient: string;
  /** Slice number, from 0 at the feet in the canonical frame; the number of the picture in 2-D sources. */
  readonly z: number;
  /** Files, relative to the folder of the manifest. */
  readonly image: string;
  readonly label: string;
  readonly height: number;
  readonly width: number;
  /** Pixel spacing (y, x); [1, 1] for pictures, whose unit is the pixel. */
  readonly spacingMm: readonly [number, number];
  /** Number of foreground pixels. */
  readonly foreground: number;
  /** Rows and columns that hold all foreground: [top, left, bottom, right], the last two exclusive; null without foreground. */
  readonly box: readonly [number, number, number, number] | null;
}

export interface CaseEntry {
  readonly id: string;
  readonly patient: string;
  readonly group?: string;
  readonly slices: number;
}

export interface Manifest {
  readonly version: typeof manifestVersion;
  readonly dataset: string;
  readonly mode: 'default' | 'paper';
  readonly windowHu?: readonly [number, number];
  readonly unit: 'mm' | 'px';
  readonly slices: readonly SliceEntry[];
  readonly cases: readonly CaseEntry[];
}

/** Count and bounding box of the pixels of a label (H, W) that are not 0. */
export function foregroundBox(label: Uint8Array, width: number): Pick<SliceEntry, 'foreground' | 'box'> {
  let [foreground, top, left, bottom, right] = [0, Infinity, Infinity, 0, 0];
  for (let row = 0, p = 0; p < label.length; row++) {
    for (let column = 0; column < width; column++, p++) {
      if (label[p] === 0) continue;
      foreground++;
      if (row < top) top = row;
      if (column < left) left = column;
      if (column >= right) right = column + 1;
      bottom = row + 1;
    }
  }
  return { foreground, box: foreground === 0 ? null : [top, left, bottom, right] };
}
