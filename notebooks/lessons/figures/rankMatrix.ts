import type { Comparison } from 'axunet/evaluate/cohort';
import type { Data, Figure } from 'axunet/figures/figure';
import { axis, emptyFigure, makeFigure, palette, sizes } from 'axunet/figures/theme';

export interface RankedMetric {
  readonly label: string;
  readonly names: readonly string[];
  /** Friedman's mean ranks, 1 the best, and its p. */
  readonly meanRanks: readonly number[];
  readonly p: number;
  /** Every two, corrected over all of them. */
  readonly comparisons: readonly Comparison[];
}

/** `< 0.001`, `0.03`, `0.4`. */
const shortP = (p: number): string =>
  p < 0.001 ? '<.001' : p < 0.1 ? p.toPrecision(1).replace(/^0/, '') : p.toFixed(1).replace(/^0/, '');

/**
 * For one metric: networks by mean rank, and for every two the corrected p of their paired test; blue where the row is
 * better by more than chance (p ≤ 0.05), red where it is worse. Fewer than two networks give an empty figure.
 */
export function rankMatrix(
  { label, names, meanRanks, p, comparisons }: RankedMetric,
  options: { title?: string; higherIsBetter?: boolean } = {},
): Figure {
  const title = options.title ?? label;
  if (names.length < 2) return emptyFigure(title, 'There are no networks to compare.');
  const order = names.map((_, i) => i).sort((a, b) => meanRanks[a]! - meanRanks[b]!);
  const sorted = order.map((i) => names[i]!);
  const rows = order.map((i) => `${names[i]}  (rank ${meanRanks[i]!.toFixed(1)})`);
  const find = (row: string, column: string): { p: number; sign: number } | undefined => {
    const one = comparisons.find(
      ({ first, second }) => (first === row && second === column) || (first === column && second === row),
    );
    if (!one) return undefined;
    const isBetter = one.meanDifference === 0 ? 0 : one.rankBiserial > 0 === (options.higherIsBetter ?? true) ? 1 : -1;
    return { p: one.pHolm, sign: one.first === row ? isBetter : -isBetter };
  };
  const cells = sorted.map((row) => sorted.map((column) => find(row, column)));
  const trace = {
    type: 'heatmap',
    x: sorted,
    y: rows,
    z: cells.map((row) => row.map((cell) => (!cell ? null : cell.p <= 0.05 ? cell.sign : 0))),
    zmin: -1,
    zmax: 1,
    showscale: false,
    xgap: 2,
    ygap: 2,
    colorscale: [
      [0, '#F0B48A'],
      [0.5, '#F1F1F1'],
      [1, '#8CC3E6'],
    ],
    hoverinfo: 'x+y',
    text: cells.map((row) => row.map((cell) => (cell ? shortP(cell.p) : ''))),
    texttemplate: '%{text}',
    textfont: { size: sizes.small, color: palette.black },
  } as unknown as Data;
  const note = {
    text: `Friedman ${p < 0.001 ? 'p < 0.001' : `p = ${p.toPrecision(2)}`}; cells: Wilcoxon p after Holm; blue: the row is better, red: worse`,
    x: 0.5,
    y: 1,
    xref: 'paper',
    yref: 'paper',
    yanchor: 'bottom',
    yshift: 6,
    showarrow: false,
    font: { size: sizes.small },
  };
  return makeFigure([trace], {
    title,
    width: 660,
    height: 480,
    margin: { l: 180, t: 84 },
    annotations: [note],
    xaxis: axis({
      type: 'category',
      ticks: '',
      showline: false,
      showgrid: false,
      tickangle: 0,
      tickfont: { size: sizes.small },
    }),
    yaxis: axis({ type: 'category', autorange: 'reversed', ticks: '', showline: false, showgrid: false }),
  });
}
