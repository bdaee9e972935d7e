/** Slice sets made on the spot. */
import { foregroundBox, type Manifest, manifestVersion, type SliceEntry } from '../../lib/preprocess/manifest.ts';
import type { SliceArrays, SliceSet } from '../../lib/preprocess/sliceSet.ts';

/** A slice given by its arrays. */
export type MemorySlice = SliceArrays &
  Pick<SliceEntry, 'id' | 'patient' | 'height' | 'width'> &
  Partial<Pick<SliceEntry, 'case' | 'z' | 'spacingMm'>>;

/** A slice set that lives in memory; the unit is `px` unless told otherwise. */
export function slicesInMemory(
  slices: readonly MemorySlice[],
  options: { unit?: 'mm' | 'px'; dataset?: string } = {},
): SliceSet {
  const entries = slices.map(
    (slice): SliceEntry => ({
      id: slice.id,
      case: slice.case ?? slice.id,
      patient: slice.patient,
      z: slice.z ?? 0,
      image: '',
      label: '',
      height: slice.height,
      width: slice.width,
      spacingMm: slice.spacingMm ?? [1, 1],
      ...foregroundBox(slice.label, slice.width),
    }),
  );
  const manifest: Manifest = {
    version: manifestVersion,
    dataset: options.dataset ?? 'memory',
    mode: 'default',
    unit: options.unit ?? 'px',
    slices: entries,
    cases: [],
    failed: [],
    pending: [],
  };
  return {
    manifest,
    entries,
    read: (i) => ({ image: slices[i].image, label: slices[i].label }),
    readLabel: (i) => slices[i].label,
  };
}
