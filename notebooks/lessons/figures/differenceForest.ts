import type { Comparison } from 'axunet/evaluate/cohort';
import type { Data, Figure } from 'axunet/figures/figure';
import { colours, emptyFigure, makeFigure, palette, sizes } from 'axunet/figures/theme';
import { formatP } from 'axunet/statistics/formatP';
import { facetAxes, facetLayout } from './facets.ts';

export interface DifferenceMetric {
  readonly label: string;
  readonly better: 'higher' | 'lower' | 'none';
  readonly comparisons: readonly Comparison[];
}

/** Better by more than chance (p ≤ 0.05 after Holm) is blue, worse red, the rest grey. */
function colourOf({ meanDifference, pHolm }: Comparison, better: DifferenceMetric['better']): string {
  if (!(pHolm <= 0.05)) return colours.quiet;
  return meanDifference > 0 === (better === 'higher') ? palette.blue : palette.vermillion;
}

/** One difference with its interval and p, in row i of column k. */
function differenceTrace(one: Comparison, color: string, i: number, k: number): Data {
  const { first, second, meanDifference, interval, pHolm, better, pairs } = one;
  return {
    type: 'scatter',
    mode: 'text+markers',
    showlegend: false,
    ...facetAxes(k),
    x: [meanDifference],
    y: [i],
    text: [formatP(pHolm, 'sentence')],
    textposition: 'top center',
    cliponaxis: false,
    textfont: { size: sizes.small, color },
    marker: { size: 9, color },
    error_x: interval && {
      type: 'data',
      symmetric: false,
      array: [interval[1] - meanDifference],
      arrayminus: [meanDifference - interval[0]],
      color,
      thickness: 2,
      width: 5,
    },
    hovertext: `${first} − ${second}: ${meanDifference.toPrecision(3)}, better in ${better[0]} of ${pairs}`,
    hoverinfo: 'text',
  } as Data;
}

/**
 * Mean differences from a baseline with their 95 % intervals, one row an arm, one column a metric, p (Holm) above each.
 * Blue is better than the baseline by more than chance, red worse, grey neither. No comparison gives an empty figure.
 */
export function differenceForest(metrics: readonly DifferenceMetric[], options: { title?: string } = {}): Figure {
  const comparisons = metrics[0]?.comparisons ?? [];
  const title = options.title ?? `Difference from ${comparisons[0]?.second ?? 'the baseline'}`;
  if (comparisons.length === 0) return emptyFigure(title, 'No arms of this study can be compared yet.');
  const rows = comparisons.map(({ first }) => first);
  const data = metrics.flatMap(({ comparisons: own, better }, k) =>
    own.map((one, i) => differenceTrace(one, colourOf(one, better), i, k)),
  );
  const layout = facetLayout(
    metrics.map(({ label, better }) => ({
      title: label,
      x: {
        title: `difference; ${better} is better`,
        zeroline: true,
        zerolinecolor: colours.text,
        tickfont: { size: sizes.small },
      },
    })),
    rows,
  );
  return makeFigure(data, {
    title,
    width: 280 + 270 * metrics.length,
    height: 180 + 56 * rows.length,
    margin: { l: 220, t: 84 },
    ...layout,
  });
}
