/** Section 6 of boundary-aware-loss.ipynb: the eight published networks, ranked and compared. */
import { heading } from 'axunet/evaluate/cells';
import { type Metric, metricInfo } from 'axunet/evaluate/metrics';
import type { Row } from 'axunet/figures/table';
import { summarise } from 'axunet/statistics/summary';
import type { RankedMetric } from '../figures/rankMatrix.ts';
import { compareEach, friedmanOf } from '../study/compare.ts';
import { type PublishedRecord, publishedValues } from '../study/published.ts';

/** Networks of the published set ranked by a metric, every two compared. */
export function rankedNetworks(record: PublishedRecord, metric: Metric): RankedMetric {
  const values = publishedValues(record, metric);
  const { meanRanks, p } = friedmanOf(metric, values);
  return {
    label: heading(metric),
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
        return [[heading(metric), `${mean.toFixed(places)} (${median.toFixed(places)}; rank ${ranks[i]!.toFixed(1)})`]];
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
  const pairs = clear.map(({ first, second }) => `${first}–${second}`).join(', ');
  return `${label}: ${clear.length} of ${comparisons.length} pairs differ by more than chance${pairs && `: ${pairs}`}`;
}
