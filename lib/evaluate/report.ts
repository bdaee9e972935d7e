/** The account of an evaluation: JSON for programs, CSV for tables, text for people. */
import path from 'node:path';
import { formatCsv } from '../io/csv.ts';
import { writeFileAtomic, writeJson } from '../io/files.ts';
import { formatMeanSd } from '../statistics/summary.ts';
import { cell, heading, interval, numberTable, outcomeText } from './cells.ts';
import {
  type CasePlot,
  type CohortSummary,
  type Comparison,
  casePlot,
  compareModels,
  type ModelCases,
  type ScoredCase,
  summariseCases,
} from './cohort.ts';
import { type DetectionSummary, leastOverlap, summariseDetections } from './detection.ts';
import {
  type ClassCase,
  type ClassCases,
  type EvaluatedModel,
  type LabelOptions,
  type LabelsInForce,
  labelsInForce,
} from './files.ts';
import { type Metric, metricInfo, metricNames } from './metrics.ts';

/** One class of a model with the summaries over its cases. */
interface ClassReport extends ClassCases {
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

/** Shown to people; all of them are in JSON and CSV. */
const shown: readonly Metric[] = [
  ...(['dice', 'nsd1', 'nsd2'] as const),
  ...(['hd95PooledMm', 'hd95DirectedMm', 'hd95ByAreaMm', 'assdMm'] as const),
  'volumeDifferenceMl',
];
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

/** What the mean over found cases leaves out, in words; it stands beside every such mean. */
export function describeOutcomes({ cases, outcomes }: Pick<CohortSummary, 'cases' | 'outcomes'>): string {
  const { both, missed, invented, neither } = outcomes;
  return `${cases} cases: ${both} found, ${missed} missed, ${invented} invented, ${neither} rightly empty`;
}

/** How often lesions of a class were found, and what was taken for one. */
function detectionText({ detection }: ClassReport): string {
  const { withLesion, found, touched, withoutLesion, rightlyEmpty, falsePositives, falsePositivesPerCase } = detection;
  const [sensitivity, specificity] = [detection.sensitivity, detection.specificity].map((value) => cell(value));
  return [
    `found in ${found} of ${withLesion} cases that have one (sensitivity ${sensitivity}; a component with an ` +
      `intersection over union of ${leastOverlap} or more; touched by at least one voxel: ${touched})`,
    `none predicted in ${rightlyEmpty} of ${withoutLesion} cases without one (specificity ${specificity}); ` +
      `${falsePositives} false positive components, ${cell(falsePositivesPerCase, 2)} a case`,
  ].join('\n');
}

/** The whole foreground of a model, then each of its classes. */
const modelTexts = ({ classes = [], ...model }: ModelReport): string[] => [
  modelText(model, classes.length > 0 ? 'all classes as one' : undefined),
  ...classes.map((one) => `${modelText({ ...one, name: model.name, failed: [] }, one.name)}\n\n${detectionText(one)}`),
];

function modelText(
  { name, cases, failed, summary }: Pick<ModelReport, 'name' | 'cases' | 'failed' | 'summary'>,
  part?: string,
): string {
  const perCase = [
    ['case', 'outcome', ...shown.map(heading)],
    ...cases.map(({ id, outcome, values }) => [
      id,
      outcomeText[outcome],
      ...shown.map((metric) => cell(values[metric])),
    ]),
  ];
  const { both, missed, invented } = summary.outcomes;
  const foundHead = `mean ± SD, ${both} found (${missed} missed, ${invented} invented)`;
  const overall = [
    ['', 'mean ± SD, all cases', '95 % CI of the mean', 'median', foundHead],
    ...shown.map((metric) => {
      const { all, meanInterval, found } = summary.metrics[metric];
      return [heading(metric), formatMeanSd(all), interval(meanInterval), cell(all.median), formatMeanSd(found)];
    }),
  ];
  const failures = failed.map(({ id, reason }) => `FAILED  ${id}: ${reason}`);
  const tables = cases.length ? [numberTable(perCase), '', numberTable(overall)] : [];
  const title = part ? `${name}, ${part}` : name;
  return [
    `${title}: ${describeOutcomes(summary)}${failed.length ? `, ${failed.length} FAILED` : ''}`,
    ...tables,
    ...failures,
  ].join('\n');
}

function comparisonText(comparisons: readonly Comparison[], part?: string): string {
  const rows = comparisons.map((one) => [
    ...[`${one.first} - ${one.second}`, heading(one.metric), `${one.pairs}`, cell(one.meanDifference)],
    ...[interval(one.interval), one.p.toPrecision(2), one.pHolm.toPrecision(2), cell(one.rankBiserial, 2)],
    one.better.join(' : '),
  ]);
  const header = [
    ...['models', 'metric', 'cases', 'mean difference', '95 % CI'],
    ...['Wilcoxon p', 'p (Holm)', 'rank-biserial', 'first : second better : equal'],
  ];
  return `Paired comparison${part ? `, ${part}` : ''}\n${numberTable([header, ...rows])}`;
}

/** Which stored values are pancreas, on one line where both sides agree. */
function labelText({ reference, prediction }: NonNullable<EvaluationReport['labels']>): string {
  const told = ({ labels, assumed }: LabelsInForce): string =>
    `${labels}${assumed ? ' (assumed, as no label map is given)' : ''}`;
  if (told(reference) === told(prediction)) return told(reference);
  return `reference ${told(reference)}\nprediction ${told(prediction)}`;
}

/**
 * The report as text. A distance that one empty mask leaves undefined is – in its row and the image's
 * diagonal in the mean over all cases.
 */
export function formatEvaluation({ labels, models, comparisons, classes = [] }: EvaluationReport): string {
  const parts = [{ name: undefined, comparisons }, ...classes];
  return [
    ...(labels ? [labelText(labels)] : []),
    ...(models.some(({ unit }) => unit === 'px') ? ['Pictures have no spacing: 1 mm below is one pixel.'] : []),
    ...models.flatMap(modelTexts),
    ...parts.flatMap((one) => (one.comparisons.length ? [comparisonText(one.comparisons, one.name)] : [])),
  ].join('\n\n');
}

/** What tables name the whole foreground, beside its classes. */
const wholeName = 'all';
const hasClasses = ({ models }: EvaluationReport): boolean => models.some(({ classes }) => classes);
/** All foreground of a model as one, then each of its classes. */
const partsOf = ({ cases, summary, classes = [] }: ModelReport) => [
  { name: wholeName, cases: cases as readonly (ScoredCase & Partial<ClassCase>)[], summary },
  ...classes,
];

/**
 * One line per model and case with every count and metric; empty where there is no number. A failed case has its
 * reason. Where classes are kept apart a line for each, with the lesions of the case.
 */
function casesCsv(report: EvaluationReport): string {
  const apart = hasClasses(report);
  const where = (name: string): string[] => (apart ? [name] : []);
  const header = [
    ...['model', 'case', ...where('class'), 'outcome', 'tp', 'fp', 'fn', 'tn', ...metricNames],
    ...(apart ? ['lesions', 'lesions_found', 'lesions_touched', 'false_positives'] : []),
    'failed',
  ];
  const rows = report.models.flatMap((model) => [
    ...partsOf(model).flatMap((part) =>
      part.cases.map(({ id, outcome, counts: { tp, fp, fn, tn }, values, detection }) => {
        const numbers = [tp, fp, fn, tn, ...metricNames.map((metric) => values[metric])];
        const { lesions = '', found = '', touched = '', falsePositives = '' } = detection ?? {};
        const lesionCells = apart ? [lesions, found, touched, falsePositives] : [];
        return [model.name, id, ...where(part.name), outcome, ...numbers, ...lesionCells, ''];
      }),
    ),
    ...model.failed.map(({ id, reason }) => {
      const gaps = new Array<string>(4 + metricNames.length + (apart ? 4 : 0)).fill('');
      return [model.name, id, ...where(wholeName), 'failed', ...gaps, reason];
    }),
  ]);
  return formatCsv([header, ...rows]);
}

/** One line per model and metric, and class: over all cases, over the found ones, and the number of each outcome. */
function summaryCsv(report: EvaluationReport): string {
  const apart = hasClasses(report);
  const header = [
    ...['model', ...(apart ? ['class'] : []), 'metric', 'unit', 'cases', 'found', 'missed', 'invented', 'empty'],
    ...['failed', 'mean', 'sd', 'median', 'ci_low', 'ci_high', 'mean_found', 'sd_found', 'median_found'],
  ];
  const rows = report.models.flatMap((model) =>
    partsOf(model).flatMap(({ name, summary: { cases, outcomes, metrics } }) =>
      metricNames.map((metric) => {
        const { all, meanInterval = [NaN, NaN], found } = metrics[metric];
        const counts = [cases, outcomes.both, outcomes.missed, outcomes.invented, outcomes.neither];
        const ofAll = [model.failed.length, all.mean, all.sd, all.median, ...meanInterval];
        const first = [model.name, ...(apart ? [name] : []), metric, metricInfo[metric].unit];
        return [...first, ...counts, ...ofAll, found.mean, found.sd, found.median];
      }),
    ),
  );
  return formatCsv([header, ...rows]);
}

/** One line per model and class: in how many cases its lesions were found, and false positives. */
function detectionCsv({ models }: EvaluationReport): string {
  const header = [
    ...['model', 'class', 'with_lesion', 'found', 'touched', 'sensitivity', 'without_lesion', 'rightly_empty'],
    ...['specificity', 'false_positives', 'false_positives_per_case'],
  ];
  const rows = models.flatMap((model) =>
    (model.classes ?? []).map(({ name, detection: d }) => [
      ...[model.name, name, d.withLesion, d.found, d.touched, d.sensitivity ?? NaN, d.withoutLesion, d.rightlyEmpty],
      ...[d.specificity ?? NaN, d.falsePositives, d.falsePositivesPerCase ?? NaN],
    ]),
  );
  return formatCsv([header, ...rows]);
}

/**
 * Writes `cases.csv`, `summary.csv`, with classes `detection.csv`, `report.txt` and, last, `report.json` into the
 * folder, each whole or not at all.
 */
export async function writeReport(folder: string, report: EvaluationReport): Promise<void> {
  await writeFileAtomic(path.join(folder, 'cases.csv'), casesCsv(report));
  await writeFileAtomic(path.join(folder, 'summary.csv'), summaryCsv(report));
  if (hasClasses(report)) await writeFileAtomic(path.join(folder, 'detection.csv'), detectionCsv(report));
  await writeFileAtomic(path.join(folder, 'report.txt'), `${formatEvaluation(report)}\n`);
  await writeJson(path.join(folder, 'report.json'), report);
}
