/** The account of an evaluation as text for people. */
import { formatMeanSd } from '../statistics/summary.ts';
import { cell, heading, interval, numberTable, outcomeText } from './cells.ts';
import type { CohortSummary, Comparison } from './cohort.ts';
import { type DetectionSummary, leastOverlap } from './detection.ts';
import type { LabelsInForce } from './files.ts';
import type { Metric } from './metrics.ts';
import type { EvaluationReport, ModelReport } from './report.ts';

/** Shown to people; all of them are in JSON and CSV. */
const shown: readonly Metric[] = [
  ...(['dice', 'nsd1', 'nsd2'] as const),
  ...(['hd95PooledMm', 'hd95DirectedMm', 'hd95ByAreaMm', 'assdMm'] as const),
  'volumeDifferenceMl',
];

/** What the mean over the cases in both masks leaves out, in words; it stands beside every such mean. */
export function describeOutcomes({ cases, outcomes }: Pick<CohortSummary, 'cases' | 'outcomes'>): string {
  const { both, missed, invented, neither } = outcomes;
  return `${cases} cases: ${both} in both masks, ${missed} missed, ${invented} invented, ${neither} rightly empty`;
}

/** How often lesions of a class were found, and what was taken for one, in two lines. */
export function detectionText(detection: DetectionSummary): string {
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
  ...classes.map(
    (one) => `${modelText({ ...one, name: model.name, failed: [] }, one.name)}\n\n${detectionText(one.detection)}`,
  ),
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
  const foundHead = `mean ± SD, ${both} in both masks (${missed} missed, ${invented} invented)`;
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
