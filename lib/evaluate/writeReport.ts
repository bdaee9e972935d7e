/** The account of an evaluation as files: CSV for tables, text for people, JSON for programs. */
import path from 'node:path';
import { formatCsv } from '../io/csv.ts';
import { writeFileAtomic, writeJson } from '../io/files.ts';
import type { ScoredCase } from './cohort.ts';
import type { Detection, DetectionSummary } from './detection.ts';
import type { ClassCase } from './files.ts';
import { formatEvaluation } from './formatReport.ts';
import { metricInfo, metricNames } from './metrics.ts';
import type { EvaluationReport, ModelReport } from './report.ts';

/** What tables name the whole foreground, beside its classes. */
export const wholeName = 'all';
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
    ...(apart ? lesionColumns : []),
    'failed',
  ];
  const rows = report.models.flatMap((model) => [
    ...partsOf(model).flatMap((part) =>
      part.cases.map(({ id, outcome, counts: { tp, fp, fn, tn }, values, detection }) => {
        const numbers = [tp, fp, fn, tn, ...metricNames.map((metric) => values[metric])];
        return [model.name, id, ...where(part.name), outcome, ...numbers, ...(apart ? lesionCells(detection) : []), ''];
      }),
    ),
    ...model.failed.map(({ id, reason }) => {
      const gaps = new Array<string>(4 + metricNames.length + (apart ? lesionColumns.length : 0)).fill('');
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

/** The columns of `detection.csv`, and their cells; of a share of nothing NaN, which a CSV leaves empty. */
export const detectionColumns = [
  ...['with_lesion', 'found', 'touched', 'sensitivity', 'without_lesion', 'rightly_empty'],
  ...['specificity', 'false_positives', 'false_positives_per_case'],
];
export const detectionCells = (d: DetectionSummary): number[] => [
  ...[d.withLesion, d.found, d.touched, d.sensitivity ?? NaN, d.withoutLesion, d.rightlyEmpty],
  ...[d.specificity ?? NaN, d.falsePositives, d.falsePositivesPerCase ?? NaN],
];

/** The columns of a case's lesions in `cases.csv`, and their cells; empty for all classes as one. */
export const lesionColumns = ['lesions', 'lesions_found', 'lesions_touched', 'false_positives'];
export const lesionCells = ({ lesions, found, touched, falsePositives }: Partial<Detection> = {}) =>
  [lesions, found, touched, falsePositives].map((count) => count ?? '');

/** One line per model and class: in how many cases its lesions were found, and false positives. */
function detectionCsv({ models }: EvaluationReport): string {
  const rows = models.flatMap((model) =>
    (model.classes ?? []).map(({ name, detection }) => [model.name, name, ...detectionCells(detection)]),
  );
  return formatCsv([['model', 'class', ...detectionColumns], ...rows]);
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
