/** Choosing how predicted masks are cleaned: by validation patients alone, then judged on others, before and after. */
import { expected } from '../errors.ts';
import { describePostprocessing, type Postprocessing, postprocessMask } from '../predict/postprocess.ts';
import type { Vec3 } from '../volume/volume.ts';
import {
  type CohortSummary,
  type Comparison,
  compareModels,
  type ScoredCase,
  summariseCases,
  valueOf,
} from './cohort.ts';
import { type Metric, metricInfo, scoreMasks } from './metrics.ts';

/** A predicted mask and its reference, read when they are needed. */
export interface MaskCase {
  readonly id: string;
  readonly patient: string;
  /** Called once per case, so that not all masks need to be in memory. */
  read(): Promise<{
    readonly prediction: ArrayLike<number>;
    readonly reference: ArrayLike<number>;
    readonly shape: Vec3;
    readonly spacingMm: Vec3;
  }>;
}

/** Nothing, islands away, holes filled, and both; the simplest first, for a draw goes to the earlier one. */
export const postprocessingCandidates: readonly Postprocessing[] = [
  {},
  { fillHoles: true },
  { keep: { minimumMl: 0.1 } },
  { keep: { minimumMl: 1 } },
  { keep: 'largest' },
  { keep: { minimumMl: 0.1 }, fillHoles: true },
  { keep: { minimumMl: 1 }, fillHoles: true },
  { keep: 'largest', fillHoles: true },
];

/** The post-processing with the best mean over the validation cases, every candidate, and what it did. */
export interface PostprocessingChoice {
  readonly metric: Metric;
  readonly chosen: Postprocessing;
  /**
   * Mean over the validation cases for each candidate, in their order; missing distances count as the image's diagonal.
   */
  readonly candidates: readonly { readonly postprocessing: Postprocessing; readonly mean: number }[];
  readonly validation: BeforeAfter;
  /** Absent when no test cases were given. They had no part in the choice. */
  readonly test?: BeforeAfter;
}

/** Scores of the same cases without and with post-processing, compared case by case. */
export interface BeforeAfter {
  readonly before: CohortSummary;
  readonly after: CohortSummary;
  /** `after` against `before`, case by case. */
  readonly comparison: Comparison;
}

/** Scores of all cases for each of the candidates. */
async function scoreAll(cases: readonly MaskCase[], candidates: readonly Postprocessing[]): Promise<ScoredCase[][]> {
  const scored = candidates.map((): ScoredCase[] => []);
  for (const one of cases) {
    const { prediction, reference, shape, spacingMm } = await one.read();
    candidates.forEach((candidate, i) => {
      scored[i].push({
        id: one.id,
        ...scoreMasks(postprocessMask(prediction, shape, spacingMm, candidate), reference, shape, spacingMm),
      });
    });
  }
  return scored;
}

/** The same cases before and after something was done to their masks. Throws when there are none or they differ. */
export function beforeAfter(
  metric: Metric,
  before: readonly ScoredCase[],
  after: readonly ScoredCase[],
  seed: number,
): BeforeAfter {
  const models = [after, before].map((cases, i) => ({ name: ['after', 'before'][i], cases }));
  const [comparison] = compareModels(metric, models, seed);
  return { before: summariseCases(before, seed), after: summariseCases(after, seed), comparison };
}

/** Refuses an empty validation set and patients who are in both sets: a choice must not have seen what judges it. */
function assertApart(validation: readonly MaskCase[], test: readonly MaskCase[]): void {
  if (validation.length === 0) throw expected('validation cases to choose by', 'none');
  const own = new Set(validation.map(({ patient }) => patient));
  const both = [...new Set(test.map(({ patient }) => patient).filter((patient) => own.has(patient)))];
  if (both.length) throw expected('test patients that are not among the validation patients', both.join(', '));
}

/**
 * Picks the candidate with the best mean of `metric` over the validation cases (the earlier one of equals) and reports
 * it before and after, on the validation and on the test cases. Throws when there are no validation cases, a patient is
 * in both sets, or the metric has no better and worse.
 */
export async function choosePostprocessing(
  validation: readonly MaskCase[],
  test: readonly MaskCase[] = [],
  options: { readonly metric?: Metric; readonly candidates?: readonly Postprocessing[]; readonly seed?: number } = {},
): Promise<PostprocessingChoice> {
  const { metric = 'dice', candidates = postprocessingCandidates, seed = 0 } = options;
  assertApart(validation, test);
  const { better } = metricInfo[metric];
  if (better === 'none') throw expected('a metric of which more or less is better', metric);
  const all: readonly Postprocessing[] = [{}, ...candidates];
  const [before, ...scored] = await scoreAll(validation, all);
  const means = scored.map((cases) => cases.reduce((sum, one) => sum + valueOf(metric, one), 0) / cases.length);
  const isBetter = (a: number, b: number): boolean => (better === 'higher' ? a > b : a < b);
  const chosen = means.reduce((best, value, i) => (isBetter(value, means[best]) ? i : best), 0);
  const [testBefore, testAfter] = await scoreAll(test, [{}, candidates[chosen]]);
  return {
    metric,
    chosen: candidates[chosen],
    candidates: candidates.map((postprocessing, i) => ({ postprocessing, mean: means[i] })),
    validation: beforeAfter(metric, before, scored[chosen], seed),
    ...(test.length && { test: beforeAfter(metric, testBefore, testAfter, seed) }),
  };
}

/** What was chosen and what it changed, on few lines. */
export function formatPostprocessingChoice(choice: PostprocessingChoice): string {
  const { metric, chosen, candidates, validation, test } = choice;
  const { label, unit } = metricInfo[metric];
  const show = (value: number): string => `${value.toFixed(4)}${unit && ` ${unit}`}`;
  const line = (name: string, { before, after, comparison }: BeforeAfter): string => {
    const [mean, meanAfter] = [before, after].map(({ metrics }) => show(metrics[metric].all.mean));
    const [better, worse, equal] = comparison.better;
    return (
      `${name.padEnd(10)} (${before.cases} cases): ${mean} before, ${meanAfter} after; ` +
      `better in ${better}, worse in ${worse}, equal in ${equal}; ` +
      `missed ${before.outcomes.missed} before, ${after.outcomes.missed} after`
    );
  };
  return [
    `Post-processing chosen by mean ${label} of the validation cases: ${describePostprocessing(chosen)}`,
    ...candidates.map(({ postprocessing, mean }) => `  ${show(mean)}  ${describePostprocessing(postprocessing)}`),
    line('validation', validation),
    ...(test ? [line('test', test)] : []),
  ].join('\n');
}
