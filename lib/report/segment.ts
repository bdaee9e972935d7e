/** The mask that one network or several make of an image, with how sure they are of it. */

import { emptyWarning } from '../predict/emptyMask.ts';
import { type EnsembleOptions, openEnsemble, type Predictor } from '../predict/ensemble.ts';
import { finishMask } from '../predict/files.ts';
import { refuseOtherKind } from '../predict/inputs.ts';
import type { Likeness } from '../predict/likeness.ts';
import { likenessOn, onVolume, windowFor } from '../predict/picturesOnVolumes.ts';
import type { Postprocessing } from '../predict/postprocess.ts';
import type { SeenPictures } from '../predict/seenPictures.ts';
import { classMask } from '../predict/slices.ts';
import { besideTraining } from '../predict/trainedOn.ts';
import { axialSlices, unlikeTraining } from '../predict/unlikeTraining.ts';
import { type Member, predictWith } from '../predict/volume.ts';
import { toCanonical } from '../volume/orientation.ts';
import { type Volume, voxelVolumeMl } from '../volume/volume.ts';
import { agreementOfMembers, type Certainty, certaintyOf, entropyOf } from './certainty.ts';

/** How masks are made, as `axunet predict` makes them. */
export interface SegmentOptions extends EnsembleOptions {
  readonly postprocessing?: Postprocessing;
  /** Hears of slices looked at and to be looked at, by all networks, and how many the volume has. */
  readonly onProgress?: (done: number, total: number, slices: number) => void;
}

/** A mask in the canonical frame, and what the networks say of it. */
export interface Segmented {
  /** Class numbers, after post-processing. */
  readonly mask: Volume<Uint8Array>;
  readonly certainty: Certainty;
  /** Bits of entropy at each voxel of the mask. */
  readonly entropy: Volume<Float32Array>;
  /** What sets the image apart from the training data. */
  readonly warnings: readonly string[];
  /** How it looks beside the pictures of the training, where the networks know them. */
  readonly beside?: { readonly likeness: Likeness; readonly seen: SeenPictures };
}

type Predicted = Awaited<ReturnType<typeof predictWith>>;

/**
 * Each network's mask and the mean of their probabilities, to the bit that of `predictWith`, which adds in the same
 * order on the same voxels.
 */
async function predictEach(
  members: readonly Member[],
  volume: Volume,
  { threshold, onProgress }: SegmentOptions,
): Promise<{ masks: Uint8Array[]; mean: Predicted['probabilities'] }> {
  const masks: Uint8Array[] = [];
  let sums: Predicted['probabilities'] | undefined;
  for (const [k, member] of members.entries()) {
    const { mask, probabilities } = await predictWith([member], volume, {
      threshold,
      onProgress: (done, total, slices) => onProgress?.(k * total + done, members.length * total, slices),
    });
    masks.push(mask.data);
    sums?.forEach(({ data }, c) => {
      const own = probabilities[c]!.data;
      for (let i = 0; i < data.length; i++) data[i]! += own[i]!;
    });
    sums ??= probabilities;
  }
  const mean = sums!;
  if (members.length > 1) for (const { data } of mean) for (let i = 0; i < data.length; i++) data[i]! /= members.length;
  return { masks, mean };
}

/**
 * Segments an image in HU as `axunet predict` does, and says how sure the networks are. Throws a UserError for networks
 * that do not belong together, and for networks of pictures without `windowHu`.
 */
export async function segmentImage(
  runs: readonly Predictor[],
  volume: Volume & { readonly header?: { readonly description?: string } },
  file: string,
  options: SegmentOptions,
): Promise<Segmented> {
  const { threshold, postprocessing } = options;
  const windowHu = windowFor(runs, true, options.windowHu);
  refuseOtherKind(runs, [{ file, name: file }], { windowHu, postprocessing });
  const { members, classes, trainedOn } = openEnsemble(runs, options);
  const seen = onVolume(members, axialSlices(volume), windowHu);
  try {
    const { masks, mean } = await predictEach(seen, volume, options);
    const maps = mean.map(({ data }) => data);
    const raw = { ...mean[0]!, data: classMask(maps, threshold) };
    const { mask, sizes } = finishMask(raw, postprocessing, classes);
    const entropy = entropyOf(maps);
    const voxelMl = voxelVolumeMl(volume);
    const agreement = masks.length > 1 ? { members: agreementOfMembers(masks, voxelMl, classes) } : {};
    const placed = toCanonical(mask);
    const canonical = () => [toCanonical<Volume['data']>(volume), placed] as const;
    const beside = likenessOn(members, canonical);
    const training = besideTraining(trainedOn, canonical, seen[0]!.windowHu, volume.header?.description);
    const empty = emptyWarning(sizes, maps, threshold, classes);
    const apart = seen.flatMap(({ grid }) => unlikeTraining(volume, grid));
    return {
      mask: placed,
      entropy: toCanonical({ ...mask, data: entropy }),
      certainty: { ...certaintyOf(maps, mask.data, entropy, voxelMl), ...agreement },
      warnings: [...new Set(apart), ...(beside?.unlike ?? []), ...training.warnings, ...empty],
      ...(beside && { beside: { likeness: beside.likeness, seen: beside.seen } }),
    };
  } finally {
    for (const { network } of members) network.close();
  }
}
