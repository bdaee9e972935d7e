/** Recorded studies in the form that figures and tables take. */

import { type Metric, metricInfo } from 'axunet/evaluate/metrics';
import type { Row } from 'axunet/figures/table';
import { summarise } from 'axunet/statistics/summary';
import type { ComparedSlice } from '../figures/armComparison.ts';
import type { CostedArm } from '../figures/costAndScore.ts';
import { type DifferenceMetric, formatP } from '../figures/differenceForest.ts';
import type { LabelCount } from '../figures/labelHistogram.ts';
import type { RankedMetric } from '../figures/rankMatrix.ts';
import type { SeedMetric } from '../figures/seedPoints.ts';
import type { ThresholdCurve } from '../figures/thresholdCurves.ts';
import {
  compareEach,
  compareWith,
  evenPart,
  friedmanOf,
  type PatientValues,
  patientMeans,
  pooledByPatient,
  seedMeans,
} from '../study/compare.ts';
import { findStudy } from '../study/plan.ts';
import { type PublishedRecord, publishedValues } from '../study/published.ts';
import { readRecord, type StudyRecord, unpackMask } from '../study/record.ts';

/**
 * What the notebook shows of every study: overlap, a distance, and shares of the surface within a small and a large
 * tolerance, each with its definition in its label.
 */
export const studyMetrics = ['dice', 'hd95PooledMm', 'nsd1', 'nsd3'] as const satisfies readonly Metric[];

const labelOf = (metric: Metric): string =>
  `${metricInfo[metric].label}${metricInfo[metric].unit && `, ${metricInfo[metric].unit}`}`;

/** The record of a study, and one line that says how far it is and how to make what is missing. */
export async function loadStudy(name: string): Promise<StudyRecord> {
  const plan = findStudy(name);
  const record = await readRecord(name);
  const planned = plan.arms.length * plan.seeds.length;
  const found = record?.runs.length ?? 0;
  console.log(
    `${plan.title}: ${found} of ${planned} recorded runs${found < planned ? `; \`npm run study -- ${name}\` makes the rest` : ''}`,
  );
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
    label: labelOf(metric),
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
  const label = record.arms.find(({ name }) => name === baseline)?.label ?? baseline;
  return metrics.map((metric) => ({
    label: labelOf(metric),
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
      return [labelOf(metric), `${mean.toFixed(places)}${Number.isNaN(sd) ? '' : ` ± ${sd.toFixed(places)}`}`];
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
export const differenceRows = (metrics: readonly DifferenceMetric[]): Row[] =>
  metrics.flatMap(({ label, comparisons }) =>
    comparisons.map((one) => ({
      metric: label,
      comparison: `${one.first} − ${one.second}`,
      difference: one.meanDifference,
      'from (95 %)': one.interval?.[0],
      'to (95 %)': one.interval?.[1],
      'Wilcoxon, Holm': formatP(one.pHolm),
      'better / worse / equal': one.better.join(' / '),
    })),
  );

/**
 * In one sentence a metric: which arm has the best mean, and which differ from the baseline by more than chance;
 * `differences` are those of `studyDifferences`. Says so when runs are missing.
 */
export function studyVerdict(
  record: StudyRecord,
  differences: readonly DifferenceMetric[],
  metrics: readonly Metric[] = studyMetrics,
): string {
  return differences
    .map(({ label, better, comparisons }, i) => {
      const even = evenPart(record);
      const arms = seedMeans({ ...record, ...even }, metrics[i]!);
      if (comparisons.length === 0) return `${label}: not enough runs are recorded yet`;
      const best = [...arms].sort((a, b) => (better === 'higher' ? b.mean - a.mean : a.mean - b.mean))[0]!;
      const clear = comparisons
        .filter(({ pHolm }) => pHolm <= 0.05)
        .map(
          (one) =>
            `${one.first} is ${(one.meanDifference > 0) === (better === 'higher') ? 'better' : 'worse'} (${formatP(one.pHolm)})`,
        );
      return `${label}: best mean ${best.label}; against ${comparisons[0]!.second} ${clear.length ? clear.join(', ') : `no arm differs by more than chance (smallest ${formatP(Math.min(...comparisons.map((c) => c.pHolm)))})`}${even.seeds.length < record.seeds.length ? ` (${even.seeds.length} of ${record.seeds.length} seeds)` : ''}`;
    })
    .join('\n');
}

/** Share of the pancreas in the slices of a study, in words; empty where nothing is recorded. */
export const foregroundLine = ({ source, foreground }: StudyRecord): string =>
  foreground
    ? `${source}: ${((100 * foreground.pancreas) / foreground.pixels).toPrecision(2)} % of all pixels are pancreas`
    : '';

/** Cost and DSC of the arms of a study of architectures. */
export function costedArms(record: StudyRecord): CostedArm[] {
  const scores = seedMeans(record, 'dice');
  return (record.costs ?? []).map(({ arm, fullGmac, fullParameters }) => {
    const own = scores.find((one) => one.arm === arm);
    return {
      label: own?.label ?? arm,
      gmac: fullGmac,
      parameters: fullParameters,
      seeds: own?.seeds ?? [],
      mean: own?.mean ?? NaN,
    };
  });
}

/** What each network costs, as a table; step times where they were measured. */
export const costRows = (record: StudyRecord): Row[] =>
  (record.costs ?? []).map((cost) => ({
    network: record.arms.find(({ name }) => name === cost.arm)?.label ?? cost.arm,
    'parameters, width 64 (M)': cost.fullParameters / 1e6,
    'GMAC at 512 × 512': cost.fullGmac,
    'parameters as trained (M)': cost.parameters / 1e6,
    'GMAC as trained': cost.gmac,
    ...(cost.stepMs && {
      'step, median (ms)': Math.round(cost.stepMs),
      'step, least (ms)': Math.round(cost.leastStepMs!),
    }),
  }));

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

/** Validation DSC against threshold, run by run. */
export const thresholdsOf = (record: StudyRecord): ThresholdCurve[] =>
  record.runs.flatMap(({ arm, cleaning }) =>
    cleaning
      ? [
          {
            arm: record.arms.find(({ name }) => name === arm)?.label ?? arm,
            points: cleaning.thresholds,
            chosen: cleaning.threshold,
          },
        ]
      : [],
  );

/** One row a run: what validation chose, and the test patients' DSC and HD95 before and after. */
export function cleaningRows(record: StudyRecord): Row[] {
  const means = (cleaned: boolean, metric: Metric) =>
    new Map(
      seedMeans(record, metric, { cleaned }).flatMap(({ arm, seeds }) =>
        seeds.map((s) => [`${arm} ${s.seed}` as string, s] as const),
      ),
    );
  const [dice, diceAfter, hd95, hd95After] = [
    means(false, 'dice'),
    means(true, 'dice'),
    means(false, 'hd95PooledMm'),
    means(true, 'hd95PooledMm'),
  ];
  return record.runs.flatMap(({ arm, seed, cleaning }): Row[] => {
    const key = `${arm} ${seed}`;
    if (!cleaning) return [];
    return [
      {
        arm: record.arms.find(({ name }) => name === arm)?.label ?? arm,
        seed: String(seed),
        threshold: cleaning.threshold.toFixed(1),
        'post-processing': cleaning.postprocessing,
        'DSC before': dice.get(key)?.mean,
        'DSC after': diceAfter.get(key)?.mean,
        'HD95 before (mm)': hd95.get(key)?.mean,
        'HD95 after (mm)': hd95After.get(key)?.mean,
        missed: `${dice.get(key)?.missed ?? 0} → ${diceAfter.get(key)?.missed ?? 0}`,
      },
    ];
  });
}

/**
 * Patients before and after cleaning over all runs that have both: pairs are patients,
 * their values means over the runs.
 */
export function cleaningValues(record: StudyRecord, metric: Metric): PatientValues[] {
  const runs = record.runs.filter((run) => run.cleaning);
  const of = (
    name: string,
    arm: (run: StudyRecord['runs'][number]) => StudyRecord['runs'][number]['cases'],
  ): PatientValues => {
    const one: StudyRecord = {
      ...record,
      arms: [{ name, label: name }],
      seeds: runs.map((_, i) => i),
      runs: runs.map((run, i) => ({ ...run, arm: name, seed: i, cases: arm(run) })),
    };
    return patientMeans(one, metric)[0] ?? { name, values: {} };
  };
  return runs.length
    ? [of('as predicted', (run) => run.cases), of('threshold and cleaning', (run) => run.cleaning!.cases)]
    : [];
}

/** Patients of the leakage study with slices pooled, for both ways to split; only when every fold of both is there. */
export function leakageValues(record: StudyRecord): PatientValues[] {
  const isComplete = record.arms.every(
    ({ name }) => record.runs.filter((run) => run.arm === name).length === record.seeds.length,
  );
  if (!isComplete || record.runs.length === 0) return [];
  return record.arms.map(({ name, label }) => ({
    name: label,
    values: Object.fromEntries(pooledByPatient(record, name).map((one) => [one.id, one.values.dice!])),
  }));
}

/** One row for one comparison of patients' values: means, difference with interval, p. */
export const pairRows = (metric: Metric, values: readonly PatientValues[]): Row[] =>
  values.length < 2
    ? []
    : differenceRows([
        {
          label: labelOf(metric),
          better: metricInfo[metric].better,
          comparisons: compareWith(metric, values, values[0]!.name),
        },
      ]);

/** Networks of the published set ranked by a metric, every two compared. */
export function rankedNetworks(record: PublishedRecord, metric: Metric): RankedMetric {
  const values = publishedValues(record, metric);
  const { meanRanks, p } = friedmanOf(metric, values);
  return {
    label: labelOf(metric),
    names: values.map(({ name }) => name),
    meanRanks,
    p,
    comparisons: compareEach(metric, values),
  };
}

/** One row a network: mean and median of each metric over the cases, best first by mean DSC. */
export function publishedRows(
  record: PublishedRecord,
  metrics: readonly Metric[] = ['dice', 'hd95PooledMm', 'nsd1', 'nsd2', 'nsd3'],
): Row[] {
  const byMetric = metrics.map((metric) => ({
    metric,
    values: publishedValues(record, metric),
    ranks: friedmanOf(metric, publishedValues(record, metric)).meanRanks,
  }));
  const rows = record.networks.map(({ name, cases }, i) => ({
    network: name,
    ...Object.fromEntries(
      byMetric.flatMap(({ metric, values, ranks }) => {
        const { mean, median } = summarise(Object.values(values[i]!.values));
        const places = metricInfo[metric].unit === 'mm' ? 1 : 3;
        return [[labelOf(metric), `${mean.toFixed(places)} (${median.toFixed(places)}; rank ${ranks[i]!.toFixed(1)})`]];
      }),
    ),
    missed: cases.filter(({ outcome }) => outcome === 'missed').length,
    order: summarise(Object.values(byMetric[0]!.values[i]!.values)).mean,
  }));
  return rows.sort((a, b) => b.order - a.order).map(({ order, ...row }) => row);
}

/** Pairs of networks that differ by more than chance (Holm-corrected p ≤ 0.05), in words. */
export function clearDifferences({ label, comparisons }: RankedMetric): string {
  const clear = comparisons.filter(({ pHolm }) => pHolm <= 0.05);
  return `${label}: ${clear.length} of ${comparisons.length} pairs differ by more than chance${clear.length ? `: ${clear.map(({ first, second }) => `${first}–${second}`).join(', ')}` : ''}`;
}

/** Voxels with and without pancreas over all scans of the published set. */
export function scanLabels({ foreground = [] }: Pick<PublishedRecord, 'foreground'>): LabelCount[] {
  const [all, pancreas] = [
    foreground.reduce((sum, one) => sum + one.voxels, 0),
    foreground.reduce((sum, one) => sum + one.pancreas, 0),
  ];
  return all
    ? [
        { name: 'Background', count: all - pancreas },
        { name: 'Pancreas', count: pancreas },
      ]
    : [];
}

/** What answers that know nothing of the image score at a share of foreground: accuracy, cross-entropy, DSC. */
export function constantAnswers(share: number): Row[] {
  const crossEntropyOf = (p: number): number => -(share * Math.log(p) + (1 - share) * Math.log(1 - p));
  return [
    { answer: 'a network at its start: 0.5 everywhere', accuracy: 0.5, 'cross-entropy': crossEntropyOf(0.5), DSC: NaN },
    {
      answer: `“no pancreas”: ${share.toPrecision(2)} everywhere`,
      accuracy: 1 - share,
      'cross-entropy': crossEntropyOf(share),
      DSC: 0,
    },
    {
      answer: 'everything is pancreas: 0.99 everywhere',
      accuracy: share,
      'cross-entropy': crossEntropyOf(0.99),
      DSC: (2 * share) / (1 + share),
    },
  ];
}
