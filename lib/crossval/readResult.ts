/** Reading `fold.json`, `summary.json` and `judging.json` of a cross-validation: what they must hold. */
import type { BeforeAfter } from '../evaluate/choosePostprocessing.ts';
import type { CohortSummary } from '../evaluate/cohort.ts';
import { metricNames } from '../evaluate/metrics.ts';
import { ofEveryMetric, revivedScores, scoredEntries } from '../evaluate/savedScores.ts';
import {
  choice,
  dictionary,
  either,
  exactly,
  flag,
  list,
  natural,
  object,
  oneLine,
  optional,
  passing,
  readJsonIfGood,
  realNumber,
  type Schema,
  text,
  tuple,
  written,
} from '../io/schema.ts';
import { mirrorAxes } from '../predict/mirror.ts';
import type { Postprocessing } from '../predict/postprocess.ts';
import type { ScoredPatientCase } from './cases.ts';
import { foldPatientsSchema } from './plan.ts';
import { type EvaluationOptions, type FoldResult, foldFile } from './result.ts';

const postprocessingSchema: Schema<Postprocessing> = object({
  keep: optional(either([exactly('largest'), object({ minimumMl: realNumber })])),
  fillHoles: optional(flag),
});

const metricSchema = choice(metricNames);

export const evaluationSchema: Schema<EvaluationOptions> = object({
  weights: choice(['last', 'best']),
  threshold: either([realNumber, exactly('chosen')]),
  mirror: list(choice(mirrorAxes)),
  postprocessing: either([exactly('chosen'), postprocessingSchema]),
  metric: metricSchema,
  seed: realNumber,
  probability: flag,
});

const numbersSchema = object({
  n: natural,
  mean: written,
  sd: written,
  median: written,
  lowerQuartile: written,
  upperQuartile: written,
  min: written,
  max: written,
});
const cohortSchema: Schema<CohortSummary> = object({
  cases: natural,
  outcomes: object({ both: natural, missed: natural, invented: natural, neither: natural }),
  metrics: object(
    ofEveryMetric(
      object({ all: numbersSchema, meanInterval: optional(tuple([written, written])), found: numbersSchema }),
    ),
  ),
});
const comparisonSchema = object({
  metric: metricSchema,
  first: text,
  second: text,
  pairs: natural,
  meanDifference: written,
  interval: optional(tuple([written, written])),
  p: written,
  pHolm: written,
  rankBiserial: written,
  better: tuple([natural, natural, natural]),
});
const beforeAfterSchema: Schema<BeforeAfter> = object({
  before: cohortSchema,
  after: cohortSchema,
  comparison: comparisonSchema,
});

const detectionSchema = object({ lesions: natural, found: natural, touched: natural, falsePositives: natural });
const caseSchema = object({
  ...scoredEntries,
  patient: oneLine,
  group: optional(oneLine),
  classes: optional(list(object({ ...scoredEntries, detection: detectionSchema }))),
});

/** Its inputs are only compared, never read. */
const madeSchema = passing<FoldResult['made']>((made) => typeof made === 'object' && made !== null, 'an object');

/** Where a case without a score, or with a doubt, belongs. */
const place = { fold: optional(natural), side: optional(choice(['validation', 'test'])) };

export const foldSchema: Schema<FoldResult> = object({
  version: exactly(1),
  fold: natural,
  made: madeSchema,
  patients: foldPatientsSchema,
  threshold: realNumber,
  thresholdChoice: optional(
    object({ chosen: realNumber, candidates: list(object({ threshold: realNumber, meanDice: written })) }),
  ),
  postprocessing: object({
    metric: metricSchema,
    chosen: postprocessingSchema,
    candidates: list(object({ postprocessing: postprocessingSchema, mean: written })),
    validation: beforeAfterSchema,
    test: optional(beforeAfterSchema),
  }),
  before: list(caseSchema),
  cases: list(caseSchema),
  failed: list(object({ id: oneLine, reason: text, ...place })),
  warnings: optional(list(object({ id: text, message: text, ...place }))),
  masks: dictionary(text),
});

/** What prediction takes from a summary. */
export const choiceSchema = object({
  missingFolds: list(natural),
  choice: optional(object({ threshold: realNumber, postprocessing: postprocessingSchema })),
});

const reviveCase = (one: ScoredPatientCase): ScoredPatientCase => ({
  ...revivedScores(one),
  ...(one.classes && { classes: one.classes.map((each) => revivedScores(each)) }),
});

/** The result of a fold as it was written; undefined where there is none or it is damaged. */
export async function readFold(folder: string, fold: number): Promise<FoldResult | undefined> {
  const result = await readJsonIfGood(foldFile(folder, fold), foldSchema);
  if (!result) return undefined;
  return { ...result, before: result.before.map(reviveCase), cases: result.cases.map(reviveCase) };
}
