import type { Comparison } from 'axunet/evaluate/cohort';
import type { Data, Figure } from 'axunet/figures/figure';
import { colours, emptyFigure, legendBelow, makeFigure, palette, sizes } from 'axunet/figures/theme';
import { formatP } from 'axunet/statistics/formatP';
import { facetAxes, facetGrid, facetLayout } from './facets.ts';

export interface DifferenceMetric {
  readonly label: string;
  /** None for shares. */
  readonly unit?: string;
  readonly better: 'higher' | 'lower' | 'none';
  readonly comparisons: readonly Comparison[];
}

/** What a difference says, with its look; told apart without colour too. */
const verdicts = {
  better: { name: 'better (p ≤ 0.05)', colour: palette.blue, symbol: 'circle' },
  worse: { name: 'worse (p ≤ 0.05)', colour: palette.vermillion, symbol: 'diamond' },
  neither: { name: 'not more than chance', colour: colours.quiet, symbol: 'circle-open' },
} as const;

/** Better or worse by more than chance (p ≤ 0.05 after Holm), or neither. */
function verdictOf({ meanDifference, pHolm }: Comparison, better: DifferenceMetric['better']): keyof typeof verdicts {
  if (!(pHolm <= 0.05)) return 'neither';
  return meanDifference > 0 === (better === 'higher') ? 'better' : 'worse';
}

/** One difference with its interval, in row i of column k. */
function differenceTrace(one: Comparison, verdict: keyof typeof verdicts, i: number, k: number): Data {
  const { first, second, meanDifference, interval, better, pairs } = one;
  const { colour, symbol } = verdicts[verdict];
  return {
    type: 'scatter',
    mode: 'markers',
    showlegend: false,
    ...facetAxes(k),
    x: [meanDifference],
    y: [i],
    marker: { size: 9, color: colour, symbol },
    error_x: interval && {
      type: 'data',
      symmetric: false,
      array: [interval[1] - meanDifference],
      arrayminus: [meanDifference - interval[0]],
      color: colour,
      thickness: 2,
      width: 5,
    },
    hovertext: `${first} − ${second}: ${meanDifference.toPrecision(3)}, better in ${better[0]} of ${pairs}`,
    hoverinfo: 'text',
  } as unknown as Data;
}

/** The p of a row at the right of its plot, where no interval reaches. */
const pText = ({ pHolm }: Comparison, colour: string, i: number, k: number): Record<string, unknown> => ({
  text: formatP(pHolm, 'sentence'),
  xref: `${facetAxes(k).xaxis} domain`,
  x: 1,
  xanchor: 'left',
  xshift: 6,
  yref: facetAxes(k).yaxis,
  y: i,
  yanchor: 'middle',
  showarrow: false,
  font: { size: sizes.small, color: colour },
});

/** The three looks for the legend, whichever of them occur. */
const key = (found: ReadonlySet<keyof typeof verdicts>): Data[] =>
  (['better', 'worse', 'neither'] as const)
    .filter((verdict) => found.has(verdict))
    .map((verdict) => {
      const { name, colour, symbol } = verdicts[verdict];
      return {
        ...{ type: 'scatter', mode: 'markers', name, x: [null], y: [null] },
        marker: { size: 9, color: colour, symbol },
      } as unknown as Data;
    });

/**
 * Mean differences from a baseline with their 95 % intervals, one row an arm, one plot a metric, p (Holm) at the right.
 * Blue is better than the baseline by more than chance, orange worse, grey neither. No comparison gives an empty
 * figure.
 */
export function differenceForest(metrics: readonly DifferenceMetric[], options: { title?: string } = {}): Figure {
  const comparisons = metrics[0]?.comparisons ?? [];
  const title = options.title ?? `Difference from ${comparisons[0]?.second ?? 'the baseline'}`;
  if (comparisons.length === 0) return emptyFigure(title, 'No arms of this study can be compared yet.');
  const rows = comparisons.map(({ first }) => first);
  const found = metrics.flatMap(({ comparisons: own, better }, k) =>
    own.map((one, i) => ({ one, i, k, verdict: verdictOf(one, better) })),
  );
  const grid = facetGrid(metrics.length, rows, { rowPixels: 36, beside: 76, below: 8 });
  const { annotations, ...axes } = facetLayout(
    metrics.map(({ label, better, unit }) => ({
      title: label,
      x: {
        title: `Difference; ${better} is better`,
        unit: unit || 'none',
        zeroline: true,
        zerolinecolor: colours.text,
        tickfont: { size: sizes.small },
      },
    })),
    rows,
    grid,
  );
  const data = found.map(({ one, verdict, i, k }) => differenceTrace(one, verdict, i, k));
  const said = found.map(({ one, verdict, i, k }) => pText(one, verdicts[verdict].colour, i, k));
  return makeFigure([...data, ...key(new Set(found.map(({ verdict }) => verdict)))], {
    title,
    subtitle: 'mean over patients with 95 % interval; p by Wilcoxon, corrected by Holm',
    width: grid.width,
    height: grid.height,
    margin: grid.margin,
    legend: legendBelow,
    ...axes,
    annotations: [...(annotations as unknown[]), ...said],
  });
}
