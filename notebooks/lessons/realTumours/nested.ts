/** Nested cross-validation by patient: nobody is judged by a classifier that has seen or was chosen by that patient. */
import { expected } from 'axunet/errors';
import { Random } from 'axunet/random';
import { rocAuc } from 'axunet/statistics/roc';
import { type Learner, stratifiedFolds } from './learners.ts';
import { type Patients, pickPatients, relabelled } from './patientTable.ts';

const outerFolds = 5;

/**
 * The probability that each patient gets from the four fifths without that patient, in the patients' order. Everything
 * that is chosen is chosen within those.
 */
export function crossPredict(patients: Patients, learn: Learner, seed: number): number[] {
  const scores = new Array<number>(patients.ids.length);
  for (const { train, test } of stratifiedFolds(patients, outerFolds, seed)) {
    const found = learn(pickPatients(patients, train), seed)(pickPatients(patients, test));
    for (const [k, place] of test.entries()) scores[place] = found[k]!;
  }
  return scores;
}

export interface PermutedAuc {
  readonly shuffles: number;
  /** (b + 1) / (n + 1), b shuffles having an AUC at least as large. */
  readonly p: number;
  /** Under shuffled labels: the middle, and what 95 of 100 stay below. */
  readonly median: number;
  readonly upper: number;
}

/**
 * The AUC of the same way of learning when labels are shuffled over patients, of the shuffles `from` up to `to`; folds
 * and choices are made anew. Equal seeds give equal shuffles, in whatever portions they are asked for.
 */
export function shuffledAucs(
  patients: Patients,
  learn: Learner,
  { from = 0, to, seed }: { from?: number; to: number; seed: number },
): number[] {
  const random = Random.stream(seed, 'shuffled labels');
  const labels = Array.from({ length: to }, () => random.shuffle(patients.ill)).slice(from);
  return labels.map((ill, k) => rocAuc(crossPredict(relabelled(patients, ill), learn, seed + from + k), ill).auc);
}

/** Where the AUC of the true labels lies among those of shuffled ones. Throws for none. */
export function compareShuffled(observed: number, shuffled: readonly number[]): PermutedAuc {
  const shuffles = shuffled.length;
  if (shuffles === 0) throw expected('one shuffle or more', 'none');
  const sorted = [...shuffled].sort((a, b) => a - b);
  return {
    shuffles,
    p: (sorted.filter((auc) => auc >= observed).length + 1) / (shuffles + 1),
    median: sorted[Math.floor(shuffles / 2)]!,
    upper: sorted[Math.min(shuffles - 1, Math.floor(0.95 * shuffles))]!,
  };
}

/** What a number of training patients is worth. */
export interface LearningPoint {
  /** Patients learned from, of both kinds as they are. */
  readonly patients: number;
  /** AUC over all patients, once for each split into folds. */
  readonly aucs: readonly number[];
}

/** Some of the places, both kinds in their shares and at least two of each, in random order. */
function someOf(places: readonly number[], ill: readonly boolean[], count: number, random: Random): number[] {
  const kinds = [true, false].map((kind) => random.shuffle(places.filter((i) => ill[i] === kind))) as [
    number[],
    number[],
  ];
  const sick = Math.max(2, Math.min(count - 2, Math.round((count * kinds[0].length) / places.length)));
  return [...kinds[0].slice(0, sick), ...kinds[1].slice(0, count - sick)];
}

/** AUC of the patients left out when only so many of the others are learned from, for several splits into folds. */
export function learningCurve(
  patients: Patients,
  learn: Learner,
  { sizes, repeats, seed }: { sizes: readonly number[]; repeats: number; seed: number },
): LearningPoint[] {
  return sizes.map((size) => ({
    patients: size,
    aucs: Array.from({ length: repeats }, (_, r) => {
      const random = Random.stream(seed + r, 'learning curve', size);
      const scores = new Array<number>(patients.ids.length);
      for (const { train, test } of stratifiedFolds(patients, outerFolds, seed + r)) {
        const own = pickPatients(patients, someOf(train, patients.ill, Math.min(size, train.length), random));
        const found = learn(own, seed + r)(pickPatients(patients, test));
        for (const [k, place] of test.entries()) scores[place] = found[k]!;
      }
      return rocAuc(scores, patients.ill).auc;
    }),
  }));
}
