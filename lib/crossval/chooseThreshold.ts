/** Choosing the probability from which a voxel is pancreas, by validation patients alone. */
import { expected } from '../errors.ts';
import { dice, overlapCounts } from '../evaluate/overlap.ts';
import { thresholdMask } from '../predict/slices.ts';

/** Nearest to ½ first, for a draw goes to the earlier one. */
const thresholdCandidates: readonly number[] = [0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.25, 0.75, 0.2, 0.8];

/** A validation case whose probabilities and true mask are read when they are needed. */
export interface ProbabilityCase {
  /** Called once per case, so that not all volumes need to be in memory. */
  read(): Promise<{ readonly probability: Float32Array; readonly reference: ArrayLike<number> }>;
}

/** The threshold with the best mean Dice over the validation cases, and what every candidate had. */
export interface ThresholdChoice {
  readonly chosen: number;
  /** Mean Dice over the validation cases for each candidate, in their order. */
  readonly candidates: readonly { readonly threshold: number; readonly meanDice: number }[];
}

/**
 * Picks the candidate with the highest mean Dice over the validation cases, the earlier one of equals. Throws when
 * there are no cases.
 */
export async function chooseThreshold(
  validation: readonly ProbabilityCase[],
  candidates = thresholdCandidates,
): Promise<ThresholdChoice> {
  if (validation.length === 0) throw expected('validation cases to choose by', 'none');
  const sums = candidates.map(() => 0);
  for (const one of validation) {
    const { probability, reference } = await one.read();
    candidates.forEach((threshold, i) => {
      sums[i] += dice(overlapCounts(thresholdMask(probability, threshold), reference));
    });
  }
  const means = sums.map((sum) => sum / validation.length);
  const chosen = means.reduce((best, value, i) => (value > means[best] ? i : best), 0);
  return {
    chosen: candidates[chosen],
    candidates: candidates.map((threshold, i) => ({ threshold, meanDice: means[i] })),
  };
}
