/** The account of an evaluation: every model summarised, and every two compared case by case. */
import {
  type CasePlot,
  type CohortSummary,
  type Comparison,
  casePlot,
  compareModels,
  type ModelCases,
  summariseCases,
} from './cohort.ts';
import { type DetectionSummary, summariseDetections } from './detection.ts';
import { type ClassCases, type EvaluatedModel, type LabelOptions, type LabelsInForce, labelsInForce } from './files.ts';
import type { Metric } from './metrics.ts';

/** One class of a model with the summaries over its cases. */
export interface ClassReport extends ClassCases {
  readonly summary: CohortSummary;
  readonly detection: DetectionSummary;
}

/** An evaluated model with the summary over its cases. */
export interface ModelReport extends EvaluatedModel {
  readonly summary: CohortSummary;
  readonly classes?: readonly ClassReport[];
}

/** In JSON a value that is Infinity (a distance or relative volume with one mask empty) becomes null. */
export interface EvaluationReport {
  readonly version: 1;
  readonly seed: number;
  /** What the stored values stand for, of both sides; absent where the masks came from no files. */
  readonly labels?: Record<'reference' | 'prediction', LabelsInForce>;
  readonly models: readonly ModelReport[];
  /** Every two models, over the cases that both have. */
  readonly comparisons: readonly Comparison[];
  readonly plots: readonly CasePlot[];
  /** What is odd of the set as a whole and may be wrong; absent where nothing is. */
  readonly warnings?: readonly string[];
  /** The same comparisons of each class, where classes are kept apart. */
  readonly classes?: readonly { readonly name: string; readonly comparisons: readonly Comparison[] }[];
}

const compared: readonly Metric[] = ['dice', 'hd95PooledMm', 'nsd2'];

/** A model none of whose references shows anything: nothing of its masks is measured, and all are probably misread. */
function doubtsOf({ name, cases }: EvaluatedModel): string[] {
  if (cases.length === 0 || cases.some(({ counts: { tp, fn } }) => tp + fn > 0)) return [];
  return [`${name}: no reference has any foreground (${cases.length} empty); is the label map right?`];
}

/**
 * Puts summaries, comparisons of every two models and plot data together. Cases that
 * failed in one model leave the comparisons. `labels` are those that the files were scored with.
 */
export function makeReport(models: readonly EvaluatedModel[], seed = 0, labels?: LabelOptions): EvaluationReport {
  const common = new Set(
    models[0]?.cases
      .map(({ id }) => id)
      .filter((id) => models.every((model) => model.cases.some((one) => one.id === id))),
  );
  const compare = (all: readonly ModelCases[]): Comparison[] => {
    const comparable = all.map(({ name, cases }) => ({ name, cases: cases.filter(({ id }) => common.has(id)) }));
    return common.size ? compared.flatMap((metric) => compareModels(metric, comparable, seed)) : [];
  };
  const classes = models[0]?.classes?.map(({ name }, i) => {
    const ofClass = models.map((model) => ({ name: model.name, cases: model.classes![i]!.cases }));
    return { name, comparisons: compare(ofClass) };
  });
  const warnings = models.flatMap(doubtsOf);
  return {
    version: 1,
    seed,
    ...(warnings.length > 0 && { warnings }),
    ...(labels && { labels: labelsInForce(labels) }),
    models: models.map((model) => reportModel(model, seed)),
    comparisons: compare(models),
    plots: compared.map((metric) => casePlot(metric, models)),
    ...(classes && { classes }),
  };
}

function reportModel({ classes, ...model }: EvaluatedModel, seed: number): ModelReport {
  const summary = summariseCases(model.cases, seed);
  if (!classes) return { ...model, summary };
  const reports = classes.map((one) => ({
    ...one,
    summary: summariseCases(one.cases, seed),
    detection: summariseDetections(one.cases.map(({ detection }) => detection)),
  }));
  return { ...model, summary, classes: reports };
}
