/**
 * How sure a network is of its mask, and whether several networks agree.
 *
 * Entropy of a voxel: H = −Σ p_c log2 p_c over background and all classes, in bits: 0 where one class has all the
 * probability, log2 of the number of classes where all have the same. Of two classes p = 0.5 gives 1 bit, p = 0.9
 * gives 0.9 · 0.152 + 0.1 · 3.322 = 0.469.
 *
 * Agreement: the Dice coefficient of the masks of each pair of networks, before post-processing.
 */
import type { LabelClass } from '../dataset/caseList.ts';
import { dice, overlapCounts } from '../evaluate/overlap.ts';
import { maskOfValue } from '../volume/values.ts';

/** Dice of pairs of networks: their mean and the lowest; of two empty masks 1. */
interface Agreement {
  readonly meanDice: number;
  readonly lowestDice: number;
}

/** What several networks say one by one. */
export interface MembersAgreement {
  readonly networks: number;
  /** Volume of the foreground of each, in the order of `networks` of the report. */
  readonly volumesMl: readonly number[];
  readonly foreground: Agreement;
  /** Of each class by name, where several are kept apart. */
  readonly classes?: Readonly<Record<string, Agreement>>;
}

/** How sure the networks are, by their own probabilities. */
export interface Certainty {
  /** Mean entropy over the voxels of the mask, in bits; null of an empty mask, as the two that follow. */
  readonly meanEntropyBits: number | null;
  /** The most that entropy can be. */
  readonly mostEntropyBits: number;
  /** Mean probability of any foreground over the voxels of the mask. */
  readonly meanProbability: number | null;
  /** Share of the mask's voxels whose foreground has a probability below 0.75. */
  readonly unsureShare: number | null;
  /** Volume of all voxels with at least this probability of any foreground. */
  readonly volumeMlFrom: Readonly<Record<'0.1' | '0.5' | '0.9', number>>;
  readonly members?: MembersAgreement;
}

const sureFrom = 0.75;
/** Probabilities from which volumes are told. */
const levels = [0.1, 0.5, 0.9];

const bits = (p: number): number => (p > 0 ? -p * Math.log2(p) : 0);

/** The entropy in bits of each voxel, of the probabilities of the foreground classes, one array a class. */
export function entropyOf(probabilities: readonly ArrayLike<number>[]): Float32Array {
  const entropy = new Float32Array(probabilities[0]!.length);
  for (let i = 0; i < entropy.length; i++) {
    let [rest, sum] = [1, 0];
    for (const map of probabilities) {
      rest -= map[i]!;
      sum += bits(map[i]!);
    }
    entropy[i] = sum + bits(Math.min(1, rest));
  }
  return entropy;
}

function agreementOf(masks: readonly Uint8Array[]): Agreement {
  const pairs = masks.flatMap((a, i) => masks.slice(i + 1).map((b) => dice(overlapCounts(a, b))));
  return { meanDice: pairs.reduce((sum, d) => sum + d, 0) / pairs.length, lowestDice: Math.min(...pairs) };
}

const countOf = (mask: Uint8Array): number => mask.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);

/** Agreement of the masks of two networks or more, each of class numbers. */
export function agreementOfMembers(
  masks: readonly Uint8Array[],
  voxelMl: number,
  classes: readonly LabelClass[] = [],
): MembersAgreement {
  const apart = classes.map(
    ({ name }, c) => [name, agreementOf(masks.map((mask) => maskOfValue(mask, c + 1)))] as const,
  );
  return {
    networks: masks.length,
    volumesMl: masks.map((mask) => countOf(mask) * voxelMl),
    foreground: agreementOf(masks),
    ...(classes.length > 1 && { classes: Object.fromEntries(apart) }),
  };
}

/** How sure the probabilities of the foreground classes are of a mask on the same voxels. */
export function certaintyOf(
  probabilities: readonly ArrayLike<number>[],
  mask: Uint8Array,
  entropy: Float32Array,
  voxelMl: number,
): Certainty {
  const reaching = [0, 0, 0];
  let [voxels, entropySum, sum, unsure] = [0, 0, 0, 0];
  for (let i = 0; i < mask.length; i++) {
    let foreground = 0;
    for (const map of probabilities) foreground += map[i]!;
    for (let k = 0; k < levels.length; k++) if (foreground >= levels[k]!) reaching[k]!++;
    if (mask[i] === 0) continue;
    voxels++;
    entropySum += entropy[i]!;
    sum += foreground;
    if (foreground < sureFrom) unsure++;
  }
  const [low, middle, high] = reaching;
  const share = (total: number): number | null => (voxels > 0 ? total / voxels : null);
  return {
    meanEntropyBits: share(entropySum),
    mostEntropyBits: Math.log2(probabilities.length + 1),
    meanProbability: share(sum),
    unsureShare: share(unsure),
    volumeMlFrom: { '0.1': low! * voxelMl, '0.5': middle! * voxelMl, '0.9': high! * voxelMl },
  };
}
