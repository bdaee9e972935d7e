import type { Data, Figure } from 'axunet/figures/figure';
import { emptyFigure, legendBelow, makeFigure, seriesColours } from 'axunet/figures/theme';

export interface LabelCount {
  readonly name: string;
  /** Voxels or pixels with this label. */
  readonly count: number;
}

/** A share in percent with as many digits as it needs: `99.3 %`, `0.69 %`, `0.004 %`. */
export function formatShare(share: number): string {
  const percent = 100 * share;
  if (percent >= 10) return `${percent.toFixed(1)} %`;
  return `${Number(percent.toPrecision(2))} %`;
}

/** Squares in a column; there are 50 columns of them, or 250 for shares below half a thousandth. */
const rows = 20;

/**
 * So many squares for each share that they add up to `total`: whole squares first, the rest to the largest remainders
 * (the method of Hamilton).
 */
export function squaresOf(counts: readonly number[], total: number): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => (total * count) / all);
  const squares = exact.map(Math.floor);
  const left = total - squares.reduce((sum, count) => sum + count, 0);
  const byRest = exact.map((value, i) => [value - squares[i]!, i] as const).sort((a, b) => b[0] - a[0]);
  for (const [, i] of byRest.slice(0, left)) squares[i]!++;
  return squares;
}

/** The squares from number `first` on as one outline, column by column from the left, from top to bottom. */
function squaresTrace(name: string, colour: string, first: number, count: number): Data {
  const side = 0.84;
  const squares = Array.from({ length: count }, (_, i) => {
    const [x, y] = [Math.floor((first + i) / rows), (first + i) % rows];
    return { x: [x, x + side, x + side, x, x, null], y: [y, y, y + side, y + side, y, null] };
  });
  return {
    type: 'scatter',
    mode: 'none',
    name,
    x: squares.length > 0 ? squares.flatMap((one) => one.x) : [null],
    y: squares.length > 0 ? squares.flatMap((one) => one.y) : [null],
    fill: 'toself',
    fillcolor: colour,
    hoverinfo: 'name',
  } as Data;
}

/**
 * How unequal the classes are: all voxels as 1,000 squares (5,000 where a label would have none of these), the rarest
 * label first, with counts and shares in the legend. Area is share, as it is in no bar on a logarithmic axis. No voxels
 * at all give an empty figure.
 */
export function labelSquares(
  counts: readonly LabelCount[],
  options: { title?: string; unit?: 'voxels' | 'pixels' } = {},
): Figure {
  const title = options.title ?? 'Class imbalance of the labels';
  const unit = options.unit ?? 'voxels';
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return emptyFigure(title, 'There are no labels to count.');
  const rarest = Math.min(...counts.filter(({ count }) => count > 0).map(({ count }) => count)) / all;
  const columns = rarest < 0.0005 ? 250 : 50;
  const sorted = counts
    .map((one, i) => ({ ...one, colour: seriesColours[i % seriesColours.length]! }))
    .sort((a, b) => a.count - b.count);
  const squares = squaresOf(
    sorted.map(({ count }) => count),
    rows * columns,
  );
  let first = 0;
  const data = sorted.map(({ name, count, colour }, i) => {
    const text = `${name}: ${count.toLocaleString('en')} (${formatShare(count / all)})`;
    const trace = squaresTrace(text, colour, first, squares[i]!);
    first += squares[i]!;
    return trace;
  });
  const width = 760;
  const inner = width - 40;
  const total = (rows * columns).toLocaleString('en');
  const squareShare = formatShare(1 / (rows * columns));
  return makeFigure(data, {
    title,
    subtitle: `each of the ${total} squares: ${squareShare} of ${all.toLocaleString('en')} ${unit}`,
    width,
    height: 64 + 56 + Math.round((inner * rows) / columns),
    margin: { l: 20, r: 20, t: 64, b: 56 },
    legend: { ...legendBelow, traceorder: 'normal' },
    xaxis: { visible: false, range: [0, columns] },
    yaxis: { visible: false, range: [rows, 0] },
  });
}
