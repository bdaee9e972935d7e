/**
 * The results table of a cross-validation, laid out as papers have it: a row for each patient, then each fold and all
 * together.
 */
import { cell, heading, interval, numberTable, outcomeText } from '../evaluate/cells.ts';
import type { CohortSummary, MetricSummary } from '../evaluate/cohort.ts';
import type { ClassCase } from '../evaluate/files.ts';
import { describeOutcomes, detectionText } from '../evaluate/formatReport.ts';
import { type Metric, metricInfo } from '../evaluate/metrics.ts';
import { markdownCell } from '../io/markdown.ts';
import { describePostprocessing } from '../predict/postprocess.ts';
import type { ClassSummary } from './classes.ts';
import type { UnscoredCase } from './result.ts';
import type { CrossvalSummary } from './summary.ts';

/** What fits into a terminal, and into a page; all metrics are in JSON and CSV. */
const narrow: readonly Metric[] = ['dice', 'jaccard', 'precision', 'recall', 'hd95PooledMm', 'assdMm', 'nsd2'];
const wide: readonly Metric[] = [
  ...(['dice', 'jaccard', 'precision', 'recall'] as const),
  ...(['hd95PooledMm', 'hd95DirectedMm', 'hd95ByAreaMm', 'assdMm', 'nsd1', 'nsd2'] as const),
];

/** Of a class alone, whose lesions stand beside. */
const ofClass: readonly Metric[] = ['dice', 'precision', 'recall', 'hd95PooledMm', 'nsd2'];

/** What has a table: all classes as one, or one of them. */
type Part = Pick<CrossvalSummary, 'summary'> & {
  readonly cases: readonly (CrossvalSummary['cases'][number] & Partial<ClassCase>)[];
  readonly folds: readonly Pick<CrossvalSummary['folds'][number], 'fold' | 'summary'>[];
};

type Rows = readonly (readonly string[])[];
/** Columns of words; the others hold numbers. */
const words = 3;
const meanSd = ({ mean, sd }: { mean: number; sd: number }): string =>
  Number.isFinite(sd) ? `${cell(mean)} ± ${cell(sd)}` : cell(mean);

/** `case (patient)` where they differ. */
const nameOf = ({ id, patient }: { id: string; patient: string }): string =>
  id === patient ? id : `${id} (${patient})`;

/** A row of one statistic of each metric. */
type Statistic = (name: string, scope: string, of: CohortSummary, show: (metric: MetricSummary) => string) => string[];
const statisticOf =
  (shown: readonly Metric[]): Statistic =>
  (name, scope, { metrics }, show) => [name, scope, '', ...shown.map((metric) => show(metrics[metric]))];

/** All statistics of some cases; the ones of the cases in both masks alone where others were missed or invented. */
function scopeRows(scope: string, summary: CohortSummary, statistic: Statistic): Rows {
  const { both, missed, invented } = summary.outcomes;
  const row = (name: string, show: (metric: MetricSummary) => string): string[] =>
    statistic(name, scope, summary, show);
  const name = `mean ± SD, ${both} in both masks alone`;
  const ofBoth = missed + invented > 0 ? [row(name, (metric) => meanSd(metric.found))] : [];
  return [
    row('mean ± SD', ({ all }) => meanSd(all)),
    row('median', ({ all }) => cell(all.median)),
    row('minimum', ({ all }) => cell(all.min)),
    row('maximum', ({ all }) => cell(all.max)),
    row('95 % CI of the mean', ({ meanInterval }) => interval(meanInterval)),
    ...ofBoth,
  ];
}

const lesionHeads = ['lesions', 'found', 'false positives'];
const lesionCounts = ({ detection: d }: Partial<ClassCase>): string[] =>
  [d?.lesions, d?.found, d?.falsePositives].map((count) => `${count ?? ''}`);

/** The table's parts: heading, patients, folds (with all statistics where `isFull`), all together. */
function tableRows(
  { cases, folds, summary }: Part,
  shown: readonly Metric[],
  isFull: boolean,
): { header: string[]; parts: Rows[] } {
  const lesions = cases.some(({ detection }) => detection);
  const statistic: Statistic = (...given) => [...statisticOf(shown)(...given), ...(lesions ? ['', '', ''] : [])];
  const ofFold = ({ fold, summary: own }: Part['folds'][number]): Rows =>
    isFull
      ? scopeRows(`${fold}`, own, statistic)
      : [statistic(`mean ± SD, ${own.cases} cases`, `${fold}`, own, ({ all }) => meanSd(all))];
  return {
    header: ['case', 'fold', 'outcome', ...shown.map(heading), ...(lesions ? lesionHeads : [])],
    parts: [
      cases.map((one) => [
        nameOf(one),
        `${one.fold}`,
        outcomeText[one.outcome],
        ...shown.map((metric) => cell(one.values[metric])),
        ...(lesions ? lesionCounts(one) : []),
      ]),
      folds.flatMap(ofFold),
      scopeRows('all', summary, statistic),
    ],
  };
}

/** `case_3 (validation case of fold 1)`. */
const placeOf = ({ id, fold, side }: UnscoredCase): string => (side ? `${id} (${side} case of fold ${fold})` : id);
/**
 * The cases that a table lacks. A validation case that failed is no row of the table: it is a test case of another
 * fold.
 */
export const withoutScore = ({ failed }: CrossvalSummary): UnscoredCase[] =>
  failed.filter(({ side }) => side !== 'validation');

const list = (folds: readonly number[]): string => folds.join(', ');

/** What is wrong or not there, one line each; nothing for a whole cross-validation. */
function describeGaps({ missingFolds, failedFolds, failed }: CrossvalSummary): string[] {
  const waiting = missingFolds.filter((k) => !failedFolds.some(({ fold }) => fold === k));
  return [
    ...failedFolds.map(({ fold, reason }) => `FAILED  fold ${fold}: ${reason}`),
    ...failed.map((one) => `FAILED  ${placeOf(one)}: ${one.reason}`),
    ...(waiting.length ? [`Not run yet: fold ${list(waiting)}; their patients are not in the table`] : []),
  ];
}

function headLine(all: CrossvalSummary): string {
  const { dataset, isSynthetic, cases, folds, missingFolds, summary } = all;
  const who = isSynthetic ? 'synthetic patients' : 'patients';
  const warning = isSynthetic ? '. Nobody was scanned: these scores say nothing of scans of people' : '';
  const failures = withoutScore(all).length ? `, ${withoutScore(all).length} FAILED` : '';
  const patients = new Set(cases.map(({ patient }) => patient)).size;
  const of = missingFolds.length
    ? `${folds.length} of ${folds.length + missingFolds.length} folds`
    : `${folds.length} folds`;
  return (
    `Cross-validation of ${dataset}: ${patients} ${who}, ${of}, each tested once, ` +
    `by the network that never saw it; ${describeOutcomes(summary)}${failures}${warning}`
  );
}

/** What the choices of the folds were, and what post-processing changed in the test cases. */
function choiceLines({
  folds,
  postprocessing,
  choice,
  classes,
  options: { metric, weights, mirror },
}: CrossvalSummary): string[] {
  const thresholdText = (threshold: number): string => (classes ? '' : `threshold ${threshold}, `);
  const { label, unit } = metricInfo[metric];
  const show = (value: number): string => `${cell(value, 4)}${unit && ` ${unit}`}`;
  const mirroring = mirror.length ? `; mirrored along ${mirror.join(', ')}` : '';
  const likeliest = classes ? '; of each voxel the likeliest class' : '';
  const taken = weights === 'best' ? 'those of the best validation' : 'the last ones';
  const how = `weights: ${taken}${mirroring}${likeliest}`;
  const lines = folds.map(({ fold, threshold, postprocessing: chosen, validation }) => {
    const [before, after] = [validation.before, validation.after].map(({ metrics }) => show(metrics[metric].all.mean));
    return (
      `fold ${fold}: ${thresholdText(threshold)}${describePostprocessing(chosen)} ` +
      `(mean ${label} of ${validation.before.cases} validation cases ${before} before, ${after} after)`
    );
  });
  if (!postprocessing || !choice) return [how, ...lines];
  const {
    before,
    after,
    comparison: { better },
  } = postprocessing;
  const changes = ([metric, ...(['hd95PooledMm'] as const).filter((other) => other !== metric)] as Metric[]).map(
    (name) =>
      `mean ${heading(name)} ${cell(before.metrics[name].all.mean)} before, ` +
      `${cell(after.metrics[name].all.mean)} after`,
  );
  return [
    how,
    ...lines,
    `test cases: ${changes.join('; ')}; ` +
      `${label} better in ${better[0]}, worse in ${better[1]}, equal in ${better[2]}; ` +
      `missed ${before.outcomes.missed} before, ${after.outcomes.missed} after`,
    `for new volumes and all networks: ` +
      `${thresholdText(choice.threshold)}${describePostprocessing(choice.postprocessing)}`,
  ];
}

const footnote =
  'A distance that one empty mask leaves undefined is – in its row ' +
  'and the diagonal of its image in the means over all cases.';
const choiceTitle = ({ classes }: CrossvalSummary): string =>
  `${classes ? 'Weights' : 'Weights, threshold'} and post-processing; ` +
  'what was chosen was chosen on validation patients of each fold';

const wholeTitle = 'All classes as one';
const classTitle = ({ name, summary }: ClassSummary): string => `${name}: ${describeOutcomes(summary)}`;

/** A table for a terminal, its parts set apart by empty lines. */
function textTable(part: Part, shown: readonly Metric[]): string {
  const { header, parts } = tableRows(part, shown, false);
  const lines = numberTable([header, ...parts.flat()], words).split('\n');
  const breaks = [1, 1 + parts[0].length, 1 + parts[0].length + parts[1].length];
  return lines.flatMap((line, i) => (breaks.includes(i) ? ['', line] : [line])).join('\n');
}

/** The summary as text for a terminal; where classes are kept apart a table of each follows that of all as one. */
export function formatCrossval(summary: CrossvalSummary): string {
  const { classes = [] } = summary;
  const body = summary.cases.length
    ? [
        ...(classes.length > 0 ? [wholeTitle] : []),
        textTable(summary, narrow),
        ...classes.flatMap((one) => [classTitle(one), textTable(one, ofClass), detectionText(one.detection)]),
        `${choiceTitle(summary)}\n${choiceLines(summary)
          .map((line) => `  ${line}`)
          .join('\n')}`,
        footnote,
      ]
    : [];
  return [headLine(summary), ...body, ...describeGaps(summary)].join('\n\n');
}

/** The tables as Markdown: a row for each patient, then the statistics of the folds and of all. */
function markdownTable(part: Part, shown: readonly Metric[]): string {
  const { header, parts } = tableRows(part, shown, true);
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |`;
  const strong = (row: readonly string[]): string[] => row.map((text) => (text ? `**${text}**` : ''));
  const rule = `|${header.map((_, i) => (i < words ? '---' : '---:')).join('|')}|`;
  const rows = [
    line(header),
    rule,
    ...parts[0].map(line),
    ...parts[1].map(line),
    ...parts[2].map((row) => line(strong(row))),
  ];
  return rows.join('\n');
}

/** The summary as Markdown, for a paper's draft. */
export function crossvalMarkdown(summary: CrossvalSummary): string {
  const { classes = [] } = summary;
  const ofClasses = classes.flatMap((one) => [
    `## ${classTitle(one)}`,
    markdownTable(one, ofClass),
    detectionText(one.detection).replace('\n', '; '),
  ]);
  const gaps = describeGaps(summary).map((text) => `- ${text}`);
  return `${[
    headLine(summary),
    ...(classes.length > 0 ? [`## ${wholeTitle}`] : []),
    markdownTable(summary, wide),
    ...ofClasses,
    footnote,
    `${choiceTitle(summary)}:`,
    choiceLines(summary)
      .map((text) => `- ${text}`)
      .join('\n'),
    ...(gaps.length ? [gaps.join('\n')] : []),
  ].join('\n\n')}\n`;
}
