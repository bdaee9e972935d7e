/** All folds together: each patient once, scored by the networks that never saw it. */
import { type BeforeAfter, beforeAfter } from '../evaluate/choosePostprocessing.ts';
import { type CohortSummary, summariseCases } from '../evaluate/cohort.ts';
import { metricInfo } from '../evaluate/metrics.ts';
import type { Postprocessing } from '../predict/postprocess.ts';
import type { ScoredPatientCase } from './cases.ts';
import { type ClassSummary, summariseClasses } from './classes.ts';
import { assertTestedOnce } from './plan.ts';
import type { Crossval, DoubtfulCase, EvaluationOptions, FoldResult, UnscoredCase } from './result.ts';

interface FoldSummary {
  readonly fold: number;
  /** Numbers of patients. */
  readonly patients: { readonly training: number; readonly validation: number; readonly test: number };
  readonly threshold: number;
  readonly postprocessing: Postprocessing;
  /** Of the choice, on the fold's validation cases. */
  readonly validation: BeforeAfter;
  readonly summary: CohortSummary;
}

export interface FailedFold {
  readonly fold: number;
  readonly reason: string;
}

/** `summary.json`. In JSON a value that is Infinity (a distance with one mask empty) becomes null. */
export interface CrossvalSummary {
  readonly version: 1;
  readonly dataset: string;
  /** Nobody was scanned: the set's images were made by a program. */
  readonly isSynthetic?: true;
  readonly options: EvaluationOptions;
  readonly folds: readonly FoldSummary[];
  /** Folds of which there is no result (yet): their patients are not in the summary. */
  readonly missingFolds: readonly number[];
  readonly failedFolds: readonly FailedFold[];
  /** Test cases after post-processing, in the order of the folds. */
  readonly cases: readonly (ScoredPatientCase & { readonly fold: number })[];
  readonly summary: CohortSummary;
  /** Each class alone, where several are kept apart; everything else here takes them as one. */
  readonly classes?: readonly ClassSummary[];
  /** Post-processing's effect on all test cases; absent where there are none. */
  readonly postprocessing?: BeforeAfter;
  /**
   * What the folds' validation cases, taken together, choose: for new volumes and all networks (`axunet predict
   * --postprocess chosen`).
   */
  readonly choice?: { readonly threshold: number; readonly postprocessing: Postprocessing };
  /** Cases that have no score, and why. */
  readonly failed: readonly UnscoredCase[];
  /** What is odd in files or masks and may be wrong; empty as a rule. */
  readonly warnings: readonly DoubtfulCase[];
}

/**
 * The index of the candidate whose mean over all folds' validation cases is best, each fold weighed by its number of
 * cases.
 */
function pooledBest(
  folds: readonly { readonly n: number; readonly means: readonly number[] }[],
  isHigherBetter: boolean,
): number {
  const sums = folds[0].means.map((_, i) => folds.reduce((sum, { n, means }) => sum + n * means[i], 0));
  return sums.reduce((best, value, i) => ((isHigherBetter ? value > sums[best] : value < sums[best]) ? i : best), 0);
}

/**
 * One choice for all folds' networks together: it has seen all patients but in no fold those that the fold's network
 * was trained on.
 */
function poolChoices(results: readonly FoldResult[]): CrossvalSummary['choice'] {
  const [first] = results;
  if (!first) return undefined;
  const casesOf = ({ postprocessing }: FoldResult): number => postprocessing.validation.before.cases;
  const thresholds = first.thresholdChoice?.candidates;
  const threshold = thresholds
    ? thresholds[
        pooledBest(
          results.map((r) => ({ n: casesOf(r), means: r.thresholdChoice!.candidates.map(({ meanDice }) => meanDice) })),
          true,
        )
      ].threshold
    : first.threshold;
  const { candidates, metric } = first.postprocessing;
  const means = results.map((r) => ({ n: casesOf(r), means: r.postprocessing.candidates.map(({ mean }) => mean) }));
  return {
    threshold,
    postprocessing: candidates[pooledBest(means, metricInfo[metric].better === 'higher')].postprocessing,
  };
}

/** Cases of the set that no fold tests, such as those whose slices could not be made. */
function leftOut({ list, plan, slices }: Crossval): UnscoredCase[] {
  const tested = new Set(plan.folds.flatMap(({ test }) => test));
  const reasons = new Map(slices.manifest.failed.map(({ id, reason }) => [id, reason]));
  return list.cases
    .filter(({ patient }) => !tested.has(patient))
    .map(({ id }) => ({ id, reason: reasons.get(id) ?? 'it has no slices' }));
}

/** What preprocessing and the folds found odd, what both of them saw of an image once. */
function doubtsOf({ slices }: Crossval, results: readonly FoldResult[]): DoubtfulCase[] {
  const ofSlices = slices.manifest.cases.flatMap(({ id, warnings = [] }) =>
    warnings.map((message) => ({ id, message })),
  );
  const isNew = ({ id, message }: DoubtfulCase): boolean =>
    !ofSlices.some((known) => known.id === id && known.message.endsWith(message));
  return [...ofSlices, ...results.flatMap(({ warnings = [] }) => warnings.filter(isNew))];
}

/** Puts the folds' results together. Throws when a patient would be counted twice, or by a network that has seen it. */
export function summariseFolds(
  crossval: Crossval,
  results: readonly FoldResult[],
  failedFolds: readonly FailedFold[] = [],
): CrossvalSummary {
  const { plan, options } = crossval;
  const sorted = results.toSorted((a, b) => a.fold - b.fold);
  assertTestedOnce(
    sorted.map(({ patients }) => patients),
    sorted.flatMap(({ fold }) => plan.folds[fold].test),
  );
  const there = new Set(sorted.map(({ fold }) => fold));
  const cases = sorted.flatMap(({ fold, cases: own }) => own.map(({ classes: _, ...one }) => ({ ...one, fold })));
  const classes = summariseClasses(crossval.list, sorted, options.seed);
  return {
    version: 1,
    dataset: plan.data.dataset,
    ...((plan.data.isSynthetic ?? plan.data.dataset === 'phantom') && { isSynthetic: true }),
    options,
    folds: sorted.map(({ fold, patients, threshold, postprocessing, cases: own }) => ({
      fold,
      patients: {
        training: patients.training.length,
        validation: patients.validation.length,
        test: patients.test.length,
      },
      threshold,
      postprocessing: postprocessing.chosen,
      validation: postprocessing.validation,
      summary: summariseCases(own, options.seed),
    })),
    missingFolds: plan.folds.map((_, k) => k).filter((k) => !there.has(k)),
    failedFolds,
    cases,
    summary: summariseCases(cases, options.seed),
    ...(classes.length > 0 && { classes }),
    ...(cases.length && {
      postprocessing: beforeAfter(
        options.metric,
        sorted.flatMap(({ before }) => before),
        cases,
        options.seed,
      ),
    }),
    ...(sorted.length && { choice: poolChoices(sorted) }),
    failed: [...leftOut(crossval), ...sorted.flatMap(({ failed }) => failed)],
    warnings: doubtsOf(crossval, sorted),
  };
}
