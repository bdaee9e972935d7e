/** Sections 4 and 5 of boundary-aware-loss.ipynb: the runs of a study as points, tables, a verdict and slices. */
import { heading } from 'axunet/evaluate/cells';
import { type Metric, metricInfo } from 'axunet/evaluate/metrics';
import type { Row } from 'axunet/figures/table';
import { formatP } from 'axunet/statistics/formatP';
import { summarise } from 'axunet/statistics/summary';
import type { ComparedSlice } from '../figures/armComparison.ts';
import type { DifferenceMetric } from '../figures/differenceForest.ts';
import type { SeedMetric } from '../figures/seedPoints.ts';
import { compareWith, evenPart, type PatientValues, patientMeans, seedMeans } from '../study/compare.ts';
import { findStudy } from '../study/plan.ts';
import { armLabel, readStudyRecord, type StudyRecord, unpackMask } from '../study/record.ts';

/**
 * What the notebook shows of every study: overlap, a distance, and shares of the surface within a small and a large
 * tolerance, each with its definition in its label.
 */
const studyMetrics = ['dice', 'hd95PooledMm', 'nsd1', 'nsd3'] as const satisfies readonly Metric[];

/** The record of a study, and one line that says how far it is and how to make what is missing. */
export async function loadStudy(name: string): Promise<StudyRecord> {
  const plan = findStudy(name);
  const record = await readStudyRecord(name);
  const planned = plan.arms.length * plan.seeds.length;
  const found = record?.runs.length ?? 0;
  const rest = found < planned ? `; \`npm run study -- ${name}\` makes the rest` : '';
  console.log(`${plan.title}: ${found} of ${planned} recorded runs${rest}`);
  if (record) console.log(`${record.source}; ${record.engine}`);
  return (
    record ?? {
      study: name,
      title: plan.title,
      command: '',
      source: '',
      engine: '',
      node: '',
      patients: '',
      arms: plan.arms,
      seeds: plan.seeds,
      runs: [],
    }
  );
}

/** Seeds as points, for each metric. */
export const seedMetrics = (record: StudyRecord, metrics: readonly Metric[] = studyMetrics): SeedMetric[] =>
  metrics.map((metric) => ({
    label: metricInfo[metric].label,
    unit: metricInfo[metric].unit,
    better: metricInfo[metric].better,
    arms: seedMeans(record, metric),
  }));

/**
 * Arms against one of them, patient by patient, each patient's value being the mean over the seeds that all arms have.
 */
export function studyDifferences(
  record: StudyRecord,
  baseline: string,
  metrics: readonly Metric[] = studyMetrics,
): DifferenceMetric[] {
  const label = armLabel(record, baseline);
  return metrics.map((metric) => ({
    label: metricInfo[metric].label,
    unit: metricInfo[metric].unit,
    better: metricInfo[metric].better,
    comparisons: record.runs.length ? compareWith(metric, patientMeans(record, metric), label) : [],
  }));
}

/** One row an arm: mean ± SD over the seeds of each metric, and organs without any prediction over all runs. */
export function studyRows(
  record: StudyRecord,
  metrics: readonly Metric[] = ['dice', 'hd95PooledMm', 'assdMm', 'nsd1', 'nsd2', 'nsd3'],
  digits = 3,
): Row[] {
  const byMetric = metrics.map((metric) => ({ metric, arms: seedMeans(record, metric) }));
  return record.arms.flatMap(({ label }, i): Row[] => {
    const seeds = byMetric[0]!.arms[i]!.seeds;
    if (seeds.length === 0) return [];
    const cells = byMetric.map(({ metric, arms }) => {
      const { mean, sd } = summarise(arms[i]!.seeds.map((s) => s.mean));
      const places = metricInfo[metric].unit === 'mm' ? 1 : digits;
      return [heading(metric), `${mean.toFixed(places)}${Number.isNaN(sd) ? '' : ` ± ${sd.toFixed(places)}`}`];
    });
    return [
      {
        arm: label,
        runs: seeds.length,
        ...Object.fromEntries(cells),
        missed: seeds.reduce((sum, s) => sum + s.missed, 0),
      },
    ];
  });
}

/** Differences as a table, for those who want the numbers. */
const differenceRows = (metrics: readonly DifferenceMetric[]): Row[] =>
  metrics.flatMap(({ label, comparisons }) =>
    comparisons.map((one) => ({
      metric: label,
      comparison: `${one.first} − ${one.second}`,
      difference: one.meanDifference,
      'from (95 %)': one.interval?.[0],
      'to (95 %)': one.interval?.[1],
      'Wilcoxon, Holm': formatP(one.pHolm, 'sentence'),
      'better / worse / equal': one.better.join(' / '),
    })),
  );

/** One row for one comparison of patients' values: means, difference with interval, p. */
export const pairRows = (metric: Metric, values: readonly PatientValues[]): Row[] =>
  values.length < 2
    ? []
    : differenceRows([
        {
          label: heading(metric),
          better: metricInfo[metric].better,
          comparisons: compareWith(metric, values, values[0]!.name),
        },
      ]);

/** Which arms differ from the baseline by more than chance, in words. */
function clearArms({ better, comparisons }: DifferenceMetric): string {
  const clear = comparisons.filter(({ pHolm }) => pHolm <= 0.05);
  if (clear.length === 0) {
    const smallest = Math.min(...comparisons.map(({ pHolm }) => pHolm));
    return `no arm differs by more than chance (smallest ${formatP(smallest, 'sentence')})`;
  }
  return clear
    .map(({ first, meanDifference, pHolm }) => {
      const isBetter = meanDifference > 0 === (better === 'higher');
      return `${first} is ${isBetter ? 'better' : 'worse'} (${formatP(pHolm, 'sentence')})`;
    })
    .join(', ');
}

/**
 * In one sentence a metric: which arm has the best mean, and which differ from the baseline by more than chance;
 * `differences` are those of `studyDifferences`. Says so when runs are missing.
 */
export function studyVerdict(
  record: StudyRecord,
  differences: readonly DifferenceMetric[],
  metrics: readonly Metric[] = studyMetrics,
): string {
  const even = evenPart(record);
  const [found, planned] = [even.seeds.length, record.seeds.length];
  const missing = found < planned ? ` (${found} of ${planned} seeds)` : '';
  return differences
    .map((metric, i) => {
      const { label, better, comparisons } = metric;
      if (comparisons.length === 0) return `${label}: not enough runs are recorded yet`;
      const arms = seedMeans({ ...record, ...even }, metrics[i]!);
      const best = [...arms].sort((a, b) => (better === 'higher' ? b.mean - a.mean : a.mean - b.mean))[0]!;
      return `${label}: best mean ${best.label}; against ${comparisons[0]!.second} ${clearArms(metric)}${missing}`;
    })
    .join('\n');
}

/** Slices with the masks of all arms, of the first seed. */
export function comparedSlices(
  record: StudyRecord,
  arms: readonly string[] = record.arms.map(({ name }) => name),
): ComparedSlice[] {
  const chosen = record.arms.filter(({ name }) => arms.includes(name));
  return (record.examples ?? []).map(({ id, height, width, spacingMm, image, label }) => {
    const pixels = height * width;
    const predictions = chosen.flatMap(({ name, label: armLabel }) => {
      const mask = record.runs
        .find((run) => run.arm === name && run.examples)
        ?.examples?.find((one) => one.id === id)?.mask;
      return mask ? [{ name: armLabel, mask: unpackMask(mask, pixels) }] : [];
    });
    const values = Uint8Array.from(Buffer.from(image, 'base64'));
    return {
      id,
      slice: { values, height, width, spacingMm, range: [0, 255] as const },
      label: unpackMask(label, pixels),
      predictions,
    };
  });
}
