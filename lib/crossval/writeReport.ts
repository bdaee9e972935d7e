/** The results of a cross-validation as files: CSV for tables, Markdown for a paper's draft, JSON for programs. */
import path from 'node:path';
import { metricInfo, metricNames } from '../evaluate/metrics.ts';
import { formatCsv } from '../io/csv.ts';
import { keepJson, keepText } from '../io/files.ts';
import { crossvalMarkdown, withoutScore } from './report.ts';
import type { CrossvalSummary } from './summary.ts';

/**
 * One line per case with every count and metric, empty where there is no number, and the reasons of those without a
 * score.
 */
export function crossvalCasesCsv(summary: CrossvalSummary): string {
  const header = ['patient', 'case', 'group', 'fold', 'outcome', 'tp', 'fp', 'fn', 'tn', ...metricNames, 'failed'];
  const rows = summary.cases.map(({ patient, id, group = '', fold, outcome, counts: { tp, fp, fn, tn }, values }) => {
    const numbers = [tp, fp, fn, tn, ...metricNames.map((metric) => values[metric])];
    return [patient, id, group, fold, outcome, ...numbers, ''];
  });
  const gaps = new Array<string>(4 + metricNames.length).fill('');
  const failed = withoutScore(summary).map(({ id, fold = '', reason }) => [
    '',
    id,
    '',
    fold,
    'failed',
    ...gaps,
    reason,
  ]);
  return formatCsv([header, ...rows, ...failed]);
}

/**
 * One line per scope (each fold, then all) and metric: over all cases, over the found ones, and the number of each
 * outcome.
 */
export function crossvalSummaryCsv({ folds, summary }: CrossvalSummary): string {
  const header = [
    ...[
      'fold',
      'metric',
      'unit',
      'cases',
      'found',
      'missed',
      'invented',
      'empty',
      'mean',
      'sd',
      'median',
      'min',
      'max',
    ],
    ...['ci_low', 'ci_high', 'mean_found', 'sd_found', 'median_found'],
  ];
  const scopes = [...folds.map(({ fold, summary: own }) => [`${fold}`, own] as const), ['all', summary] as const];
  const rows = scopes.flatMap(([scope, { cases, outcomes, metrics }]) =>
    metricNames.map((metric) => {
      const { all, meanInterval = [NaN, NaN], found } = metrics[metric];
      const counts = [cases, outcomes.both, outcomes.missed, outcomes.invented, outcomes.neither];
      const ofAll = [all.mean, all.sd, all.median, all.min, all.max, ...meanInterval];
      return [scope, metric, metricInfo[metric].unit, ...counts, ...ofAll, found.mean, found.sd, found.median];
    }),
  );
  return formatCsv([header, ...rows]);
}

/**
 * Writes `cases.csv`, `summary.csv`, `summary.md` and, last, `summary.json`, each whole or not at all; those that are
 * there already stay.
 */
export async function writeCrossval(folder: string, summary: CrossvalSummary): Promise<void> {
  await keepText(path.join(folder, 'cases.csv'), crossvalCasesCsv(summary));
  await keepText(path.join(folder, 'summary.csv'), crossvalSummaryCsv(summary));
  await keepText(path.join(folder, 'summary.md'), crossvalMarkdown(summary));
  await keepJson(path.join(folder, 'summary.json'), summary);
}
