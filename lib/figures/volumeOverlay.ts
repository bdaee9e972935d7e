/** Slices of a CT volume with the masks that lie on it. */
import type { LabelRules } from '../dataset/caseList.ts';
import { openMaskOn } from '../dataset/maskOnImage.ts';
import { dice, overlapCounts } from '../evaluate/overlap.ts';
import { openImage } from '../scan/openVolume.ts';
import { volumeName } from '../scan/volumeNames.ts';
import { toCanonical } from '../volume/orientation.ts';
import { fullestSlice } from '../volume/values.ts';
import { sliceZ, type Volume } from '../volume/volume.ts';
import type { OverlayCase } from './overlayGrid.ts';
import { huSlice } from './slicePicture.ts';

/** Slices spread evenly from the first to the last that any mask touches, the fullest one alone for a count of 1. */
export function chooseSlices(masks: readonly Volume<Uint8Array>[], count: number): number[] {
  const depth = masks[0]!.shape[2];
  const touched = Array.from({ length: depth }, (_, z) => z).filter((z) =>
    masks.some((mask) => sliceZ(mask, z).some((c) => c > 0)),
  );
  if (touched.length === 0 || count === 1) return [fullestSlice(masks[0]!)];
  const wanted = Math.min(count, touched.length);
  return Array.from({ length: wanted }, (_, i) => touched[Math.round(((i + 0.5) * touched.length) / wanted - 0.5)]!);
}

/** Files of a volume and of at least one mask on its grid. */
export interface OverlayFiles {
  readonly image: string;
  /** Which series of a DICOM image. */
  readonly series?: string;
  readonly label?: string;
  /** The stored value that is pancreas in the label; any but 0 without it. */
  readonly labelValue?: number;
  /** The classes of label and mask, shown one by one, instead of one value. */
  readonly labels?: LabelRules;
  readonly mask?: string;
}

/**
 * At most `count` slices, spread evenly over those that a mask touches, and the DSC over the whole volume where there
 * are both masks. `warnings` says what is odd in the files. Throws a UserError where the files do not lie on one grid
 * or the label does not have the value.
 */
export async function volumeOverlay(
  files: OverlayFiles,
  count: number,
): Promise<{ cases: OverlayCase[]; dice?: number; warnings: string[] }> {
  const stored = await openImage(files.image, { series: files.series, label: files.label ?? files.mask });
  const image = toCanonical(stored);
  const label = files.label === undefined ? undefined : await openMaskOn(files.label, image, files);
  const mask = files.mask === undefined ? undefined : await openMaskOn(files.mask, image, { labels: files.labels });
  const id = volumeName(files.image);
  const masks = [label, mask].filter((each) => each !== undefined);
  const cases = chooseSlices(masks, count).map((z): OverlayCase => {
    const [reference, prediction] = [label && sliceZ(label, z), mask && sliceZ(mask, z)];
    return {
      id: `${id}, slice ${z}`,
      slice: huSlice(image, z),
      label: reference,
      prediction,
      dice: reference && prediction ? dice(overlapCounts(prediction, reference)) : undefined,
    };
  });
  const warnings = [
    ...stored.warnings.map((warning) => `${files.image}: ${warning}`),
    ...(label?.warnings ?? []).map((warning) => `${files.label}: ${warning}`),
    ...(mask?.warnings ?? []).map((warning) => `${files.mask}: ${warning}`),
  ];
  return { cases, dice: label && mask && dice(overlapCounts(mask.data, label.data)), warnings };
}
