/** The results of a cross-validation as files: CSV for tables, Markdown for a paper's draft, JSON for programs. */
import path from 'node:path';
import type { ClassCase } from '../evaluate/files.ts';
import { metricInfo, metricNames } from '../evaluate/metrics.ts';
import { detectionCells, detectionColumns, lesionCells, lesionColumns, wholeName } from '../evaluate/writeReport.ts';
import { formatCsv } from '../io/csv.ts';
import { keepJson, keepText } from '../io/files.ts';
import { crossvalMarkdown, withoutScore } from './report.ts';
import type { CrossvalSummary } from './summary.ts';

type Row = CrossvalSummary['cases'][number] & Partial<ClassCase>;

/** All classes as one, then each of them. */
const partsOf = ({ cases, folds, summary, classes = [] }: CrossvalSummary) => [
  { name: wholeName, cases: cases as readonly Row[], folds, summary },
  ...classes,
];

/**
 * One line per case with every count and metric, empty where there is no number, and the reasons of those without a
 * score. Where classes are kept apart a line for each, with the lesions of the case.
 */
export function crossvalCasesCsv(all: CrossvalSummary): string {
  const ofClasses = (columns: readonly (string | number)[]) => (all.classes ? columns : []);
  const header = [
    ...['patient', 'case', 'group', 'fold', ...ofClasses(['class']), 'outcome', 'tp', 'fp', 'fn', 'tn', ...metricNames],
    ...ofClasses(lesionColumns),
    'failed',
  ];
  const rows = partsOf(all).flatMap((part) =>
    part.cases.map(({ patient, id, group = '', fold, outcome, counts, values, detection }) => {
      const { tp, fp, fn, tn } = counts;
      const numbers = [tp, fp, fn, tn, ...metricNames.map((metric) => values[metric])];
      const lesions = ofClasses(lesionCells(detection));
      return [patient, id, group, fold, ...ofClasses([part.name]), outcome, ...numbers, ...lesions, ''];
    }),
  );
  const gaps = new Array<string>(4 + metricNames.length + ofClasses(lesionColumns).length).fill('');
  const failed = withoutScore(all).map(({ id, fold = '', reason }) => {
    return ['', id, '', fold, ...ofClasses([wholeName]), 'failed', ...gaps, reason];
  });
  return formatCsv([header, ...rows, ...failed]);
}

/**
 * One line per scope (each fold, then all), class and metric: over all cases, over the found ones, and the number of
 * each outcome.
 */
export function crossvalSummaryCsv(all: CrossvalSummary): string {
  const ofClasses = (columns: readonly string[]) => (all.classes ? columns : []);
  const header = [
    ...['fold', ...ofClasses(['class']), 'metric', 'unit', 'cases', 'found', 'missed', 'invented', 'empty'],
    ...['mean', 'sd', 'median', 'min', 'max', 'ci_low', 'ci_high', 'mean_found', 'sd_found', 'median_found'],
  ];
  const rows = partsOf(all).flatMap(({ name, folds, summary }) => {
    const scopes = [...folds.map(({ fold, summary: own }) => [`${fold}`, own] as const), ['all', summary] as const];
    return scopes.flatMap(([scope, { cases, outcomes, metrics }]) =>
      metricNames.map((metric) => {
        const { all: every, meanInterval = [NaN, NaN], found } = metrics[metric];
        const counts = [cases, outcomes.both, outcomes.missed, outcomes.invented, outcomes.neither];
        const ofAll = [every.mean, every.sd, every.median, every.min, every.max, ...meanInterval];
        const where = [scope, ...ofClasses([name]), metric, metricInfo[metric].unit];
        return [...where, ...counts, ...ofAll, found.mean, found.sd, found.median];
      }),
    );
  });
  return formatCsv([header, ...rows]);
}

/** One line per class and scope (each fold, then all): cases in which its lesions were found, and false positives. */
function crossvalDetectionCsv({ classes = [] }: CrossvalSummary): string {
  const rows = classes.flatMap(({ name, folds, detection }) => [
    ...folds.map(({ fold, detection: own }) => [`${fold}`, name, ...detectionCells(own)]),
    ['all', name, ...detectionCells(detection)],
  ]);
  return formatCsv([['fold', 'class', ...detectionColumns], ...rows]);
}

/**
 * Writes `cases.csv`, `summary.csv`, with classes `detection.csv`, `summary.md` and, last, `summary.json`, each whole
 * or not at all; those that are there already stay.
 */
export async function writeCrossval(folder: string, summary: CrossvalSummary): Promise<void> {
  await keepText(path.join(folder, 'cases.csv'), crossvalCasesCsv(summary));
  await keepText(path.join(folder, 'summary.csv'), crossvalSummaryCsv(summary));
  if (summary.classes) await keepText(path.join(folder, 'detection.csv'), crossvalDetectionCsv(summary));
  await keepText(path.join(folder, 'summary.md'), crossvalMarkdown(summary));
  await keepJson(path.join(folder, 'summary.json'), summary);
}
