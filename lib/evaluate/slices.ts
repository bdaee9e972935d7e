/** Scores a network on slices of a set, on the slices' own pixels, by patient. */
import type { tf } from 'axunet-engine/engine';
import { predictSlices } from '../predict/predictSlices.ts';
import { classMask } from '../predict/slices.ts';
import type { Grid } from '../preprocess/grid.ts';
import type { BatchLoader } from '../preprocess/loader.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import { maskOfValue } from '../volume/values.ts';
import { type OverlapCounts, overlapCounts, type SliceOverlap } from './overlap.ts';

/** The overlap of one slice, by its number in the slice set. */
export interface ScoredSlice extends SliceOverlap {
  /** Place in the slice set. */
  readonly index: number;
  /** Of each class of a network that keeps several apart; `counts` takes them as one. */
  readonly classes?: readonly OverlapCounts[];
}

/**
 * The grid and batch size of a prediction that is scored, its threshold (0.5 where nothing is said), and who makes the
 * batches.
 */
export interface ScoreOptions {
  readonly grid: Grid;
  readonly batchSize: number;
  /** Probability from which a pixel is pancreas; 0.5 by default. Of several classes the likeliest is taken. */
  readonly threshold?: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Makes the slices ready for the network; an own one by default. */
  readonly loader?: BatchLoader;
}

/**
 * Predicts the slices at `indices` and counts the overlap of each with its label. Give the result to
 * `overlapByPatient`. No indices give an empty list.
 */
export async function scoreSlices(
  model: tf.LayersModel,
  slices: SliceSet,
  indices: readonly number[],
  options: ScoreOptions,
): Promise<ScoredSlice[]> {
  const { threshold, onProgress } = options;
  const scored: ScoredSlice[] = [];
  for await (const { index, probabilities } of predictSlices(model, slices, indices, options)) {
    const [mask, label] = [classMask(probabilities, threshold), slices.readLabel(index)];
    const countsOf = (c: number): OverlapCounts => overlapCounts(maskOfValue(mask, c), maskOfValue(label, c));
    scored.push({
      index,
      patient: slices.entries[index].patient,
      counts: overlapCounts(mask, label),
      ...(probabilities.length > 1 && { classes: probabilities.map((_, i) => countsOf(i + 1)) }),
    });
    onProgress?.(scored.length, indices.length);
  }
  return scored;
}
