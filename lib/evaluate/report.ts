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
  summariseCases,
} from './cohort.ts';
import { type EvaluatedModel, type LabelOptions, type LabelsInForce, labelsInForce } from './files.ts';
import { type Metric, metricInfo, metricNames } from './metrics.ts';

/** An evaluated model with the summary over its cases. */
export interface ModelReport extends EvaluatedModel {
  readonly summary: CohortSummary;
}

/** In JSON a value that is Infinity (a distance or relative volume with one mask empty) becomes null. */
export interface EvaluationReport {
  readonly version: 1;
  readonly seed: number;
  /** What the stored values stand for, of both sides; absent where the masks came from no files. */
  readonly labels?: Record<keyof LabelOptions, LabelsInForce>;
  readonly models: readonly ModelReport[];
  /** Every two models, over the cases that both have. */
  readonly comparisons: readonly Comparison[];
  readonly plots: readonly CasePlot[];
  /** What is odd of the set as a whole and may be wrong; absent where nothing is. */
  readonly warnings?: readonly string[];
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
  const comparable = models.map(({ name, cases }) => ({ name, cases: cases.filter(({ id }) => common.has(id)) }));
  const warnings = models.flatMap(doubtsOf);
  return {
    version: 1,
    seed,
    ...(warnings.length > 0 && { warnings }),
    ...(labels && { labels: labelsInForce(labels) }),
    models: models.map((model) => ({ ...model, summary: summariseCases(model.cases, seed) })),
    comparisons: common.size ? compared.flatMap((metric) => compareModels(metric, comparable, seed)) : [],
    plots: compared.map((metric) => casePlot(metric, models)),
  };
}

/** What the mean over found cases leaves out, in words; it stands beside every such mean. */
export function describeOutcomes({ cases, outcomes }: Pick<CohortSummary, 'cases' | 'outcomes'>): string {
  const { both, missed, invented, neither } = outcomes;
  return `${cases} cases: ${both} found, ${missed} missed, ${invented} invented, ${neither} rightly empty`;
}

function modelText({ name, cases, failed, summary }: ModelReport): string {
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
  return [
    `${name}: ${describeOutcomes(summary)}${failed.length ? `, ${failed.length} FAILED` : ''}`,
    ...tables,
    ...failures,
  ].join('\n');
}

function comparisonText(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((one) => [
    ...[`${one.first} - ${one.second}`, heading(one.metric), `${one.pairs}`, cell(one.meanDifference)],
    ...[interval(one.interval), one.p.toPrecision(2), one.pHolm.toPrecision(2), cell(one.rankBiserial, 2)],
    one.better.join(' : '),
  ]);
  const header = [
    ...['models', 'metric', 'cases', 'mean difference', '95 % CI'],
    ...['Wilcoxon p', 'p (Holm)', 'rank-biserial', 'first : second better : equal'],
  ];
  return `Paired comparison\n${numberTable([header, ...rows])}`;
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
export function formatEvaluation({ labels, models, comparisons }: EvaluationReport): string {
  return [
    ...(labels ? [labelText(labels)] : []),
    ...models.map(modelText),
    ...(comparisons.length ? [comparisonText(comparisons)] : []),
  ].join('\n\n');
}

/**
 * One line per model and case with every count and metric; empty where there is no
 * number. A failed case has its reason.
 */
function casesCsv({ models }: EvaluationReport): string {
  const header = ['model', 'case', 'outcome', 'tp', 'fp', 'fn', 'tn', ...metricNames, 'failed'];
  const rows = models.flatMap(({ name, cases, failed }) => [
    ...cases.map(({ id, outcome, counts: { tp, fp, fn, tn }, values }) => {
      const numbers = [tp, fp, fn, tn, ...metricNames.map((metric) => values[metric])];
      return [name, id, outcome, ...numbers, ''];
    }),
    ...failed.map(({ id, reason }) => {
      const gaps = new Array<string>(4 + metricNames.length).fill('');
      return [name, id, 'failed', ...gaps, reason];
    }),
  ]);
  return formatCsv([header, ...rows]);
}

/** One line per model and metric: over all cases, over the found ones, and the number of each outcome. */
function summaryCsv({ models }: EvaluationReport): string {
  const header = [
    ...['model', 'metric', 'unit', 'cases', 'found', 'missed', 'invented', 'empty', 'failed'],
    ...['mean', 'sd', 'median', 'ci_low', 'ci_high', 'mean_found', 'sd_found', 'median_found'],
  ];
  const rows = models.flatMap(({ name, failed, summary: { cases, outcomes, metrics } }) =>
    metricNames.map((metric) => {
      const { all, meanInterval = [NaN, NaN], found } = metrics[metric];
      const counts = [cases, outcomes.both, outcomes.missed, outcomes.invented, outcomes.neither, failed.length];
      const ofAll = [all.mean, all.sd, all.median, ...meanInterval];
      return [name, metric, metricInfo[metric].unit, ...counts, ...ofAll, found.mean, found.sd, found.median];
    }),
  );
  return formatCsv([header, ...rows]);
}

/**
 * Writes `cases.csv`, `summary.csv`, `report.txt` and, last, `report.json` into the folder, each whole or not at all.
 */
export async function writeReport(folder: string, report: EvaluationReport): Promise<void> {
  await writeFileAtomic(path.join(folder, 'cases.csv'), casesCsv(report));
  await writeFileAtomic(path.join(folder, 'summary.csv'), summaryCsv(report));
  await writeFileAtomic(path.join(folder, 'report.txt'), `${formatEvaluation(report)}\n`);
  await writeJson(path.join(folder, 'report.json'), report);
}
