import type { Comparison } from 'axunet/evaluate/cohort';
import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, legendBelow, makeFigure, palette, sizes } from 'axunet/figures/theme';
import { formatP } from 'axunet/statistics/formatP';

export interface RankedMetric {
  readonly label: string;
  readonly names: readonly string[];
  /** Friedman's mean ranks, 1 the best, and its p. */
  readonly meanRanks: readonly number[];
  readonly p: number;
  /** Every two, corrected over all of them. */
  readonly comparisons: readonly Comparison[];
}

interface Cell {
  readonly p: number;
  /** 1 where the row is better than the column, -1 where it is worse, 0 for a draw. */
  readonly sign: number;
}

/** What the comparison of two networks says of the one in the row; undefined for a network and itself. */
function cellOf(
  comparisons: readonly Comparison[],
  row: string,
  column: string,
  higherIsBetter: boolean,
): Cell | undefined {
  const one = comparisons.find(
    ({ first, second }) => (first === row && second === column) || (first === column && second === row),
  );
  if (!one) return undefined;
  const { first, meanDifference, rankBiserial, pHolm } = one;
  const firstIsBetter = rankBiserial > 0 === higherIsBetter;
  const sign = meanDifference === 0 ? 0 : 2 * Number(firstIsBetter === (first === row)) - 1;
  return { p: pHolm, sign };
}

/** The sign of a difference by more than chance, 0 for others, nothing on the diagonal. */
function shadeOf(cell: Cell | undefined): number | null {
  if (!cell) return null;
  return cell.p <= 0.05 ? cell.sign : 0;
}

/** From worse over neither to better; the first and the last are tints of the palette. */
const shades = [
  { name: 'row worse than column', colour: '#F0B48A' },
  { name: 'not more than chance', colour: '#F1F1F1' },
  { name: 'row better than column', colour: '#8CC3E6' },
] as const;

/** The shades for the legend. */
const key: Data[] = [...shades].reverse().map(
  ({ name, colour }) =>
    ({
      ...{ type: 'scatter', mode: 'markers', name, x: [null], y: [null] },
      marker: { symbol: 'square', size: 13, color: colour, line: { color: colours.quiet, width: 0.5 } },
    }) as unknown as Data,
);

/** A heat map of the differences, each with its p. */
const mapTrace = (
  cells: readonly (readonly (Cell | undefined)[])[],
  x: readonly string[],
  y: readonly string[],
): Data =>
  ({
    type: 'heatmap',
    x,
    y,
    z: cells.map((row) => row.map(shadeOf)),
    zmin: -1,
    zmax: 1,
    showscale: false,
    xgap: 2,
    ygap: 2,
    colorscale: shades.map(({ colour }, i) => [i / 2, colour]),
    hoverinfo: 'x+y',
    text: cells.map((row) => row.map((cell) => (cell ? formatP(cell.p, 'cell') : ''))),
    texttemplate: '%{text}',
    textfont: { size: sizes.small, color: palette.black },
  }) as unknown as Data;

/**
 * For one metric: networks by mean rank, and for every two the corrected p of their paired test; blue where the row is
 * better by more than chance (p ≤ 0.05), orange where it is worse. Fewer than two networks give an empty figure.
 */
export function rankMatrix(
  { label, names, meanRanks, p, comparisons }: RankedMetric,
  options: { title?: string; higherIsBetter?: boolean } = {},
): Figure {
  const title = options.title ?? label;
  if (names.length < 2) return emptyFigure(title, 'There are no networks to compare.');
  const order = names.map((_, i) => i).sort((a, b) => meanRanks[a]! - meanRanks[b]!);
  const sorted = order.map((i) => names[i]!);
  const rows = order.map((i) => `${names[i]}  (${meanRanks[i]!.toFixed(1)})`);
  const { higherIsBetter = true } = options;
  const cells = sorted.map((row) => sorted.map((column) => cellOf(comparisons, row, column, higherIsBetter)));
  const friedman = p < 0.001 ? 'p < 0.001' : `p = ${p.toPrecision(2)}`;
  return makeFigure([mapTrace(cells, sorted, rows), ...key], {
    title,
    subtitle: `Friedman ${friedman}; in the cells: p of Wilcoxon's test, corrected by Holm`,
    width: 720,
    height: 520,
    margin: { l: 196, b: 104 },
    legend: legendBelow,
    xaxis: axis({
      title: 'Compared with the network trained by',
      unit: 'none',
      type: 'category',
      ticks: '',
      showline: false,
      showgrid: false,
      tickangle: 0,
      tickfont: { size: sizes.small },
    }),
    yaxis: axis({
      title: 'Network trained by',
      unit: 'mean rank, 1 is best',
      type: 'category',
      autorange: 'reversed',
      ticks: '',
      showline: false,
      showgrid: false,
    }),
  });
}
