import type { Data, Figure } from 'axunet/figures/figure';
import {
  axis,
  colours,
  emptyFigure,
  legendBelow,
  makeFigure,
  seriesColours,
  sizes,
  withAlpha,
} from 'axunet/figures/theme';
import { facetAxes } from './facets.ts';

export interface StablePoint {
  readonly name: string;
  readonly icc: number;
  readonly interval: readonly [number, number];
  /** Family of the feature: one colour each. */
  readonly family: string;
}

/** Pixels of a row, and of the names beside a plot by their letters. */
const [rowPixels, letterPixels] = [13.5, 6.1];
const width = 940;

/** The points of one family in column `k`, at the rows that they have there. */
function familyTrace(
  rows: readonly StablePoint[],
  { family, colour, isFirst }: { family: string; colour: string; isFirst: boolean },
  k: number,
): Data {
  const own = rows.flatMap((point, row) => (point.family === family ? [{ ...point, row }] : []));
  return {
    type: 'scatter',
    mode: 'markers',
    name: family,
    legendgroup: family,
    showlegend: isFirst,
    ...facetAxes(k),
    x: own.map((p) => p.icc),
    y: own.map((p) => p.row),
    text: own.map((p) => `${p.name}: ${p.icc.toFixed(2)}`),
    hoverinfo: 'text',
    error_x: {
      type: 'data',
      symmetric: false,
      array: own.map((p) => p.interval[1] - p.icc),
      arrayminus: own.map((p) => p.icc - p.interval[0]),
      color: withAlpha(colour, 0.45),
      thickness: 1.5,
      width: 0,
    },
    marker: { size: 6, color: colour },
  } as Data;
}

/** Axes of column `k` of two, whose names take so many pixels. */
function columnAxes(rows: readonly StablePoint[], k: number, range: [number, number], names: number) {
  const suffix = k ? `${k + 1}` : '';
  const inner = width - names - 16;
  const share = (inner - names - 20) / 2 / inner;
  return {
    [`xaxis${suffix}`]: axis({
      title: 'ICC(2,1) (0 to 1)',
      unit: 'none',
      range,
      domain: k ? [1 - share, 1] : [0, share],
      anchor: `y${suffix}`,
      tickfont: { size: sizes.small },
    }),
    [`yaxis${suffix}`]: axis({
      tickvals: rows.map((_, i) => i),
      ticktext: rows.map(({ name }) => name),
      tickfont: { size: sizes.small - 1 },
      range: [rows.length - 0.3, -0.7],
      anchor: `x${suffix}`,
      automargin: false,
      gridcolor: '#F0F0F0',
    }),
  };
}

/** The limit as a dotted line in both columns. */
const limitLine = (limit: number, k: number): Record<string, unknown> => ({
  type: 'line',
  xref: facetAxes(k).xaxis,
  yref: `${facetAxes(k).yaxis} domain`,
  ...{ x0: limit, x1: limit, y0: 0, y1: 1 },
  line: { color: colours.text, width: 1.5, dash: 'dot' },
});

/**
 * The intraclass correlation of each feature, by name, with its interval, from the most stable (left, top) to the least
 * (right, bottom), coloured by family, with the limit below which features are dropped. No features give an empty
 * figure.
 */
export function stabilityPlot(points: readonly StablePoint[], options: { title: string; limit: number }): Figure {
  if (points.length === 0) return emptyFigure(options.title, 'No feature could be rated.');
  const { title, limit } = options;
  const sorted = [...points].sort((a, b) => b.icc - a.icc);
  const half = Math.ceil(sorted.length / 2);
  const columns = [sorted.slice(0, half), sorted.slice(half)];
  const families = [...new Set(points.map((p) => p.family))];
  const names = 24 + letterPixels * Math.max(...points.map(({ name }) => name.length));
  const range: [number, number] = [Math.min(-0.02, ...points.map((p) => p.icc)), 1.03];
  const looks = [...seriesColours, colours.text];
  const data = columns.flatMap((rows, k) =>
    families.map((family, f) => familyTrace(rows, { family, colour: looks[f % looks.length]!, isFirst: k === 0 }, k)),
  );
  const stable = points.filter((p) => p.icc >= limit).length;
  return makeFigure(data, {
    title,
    subtitle: `${stable} of ${points.length} features at or above the dotted line at ${limit}; bars: 95 % intervals`,
    width,
    height: 150 + half * rowPixels,
    margin: { l: names, r: 16, b: 92, t: 58 },
    legend: legendBelow,
    shapes: [limitLine(limit, 0), limitLine(limit, 1)],
    ...Object.assign({}, ...columns.map((rows, k) => columnAxes(rows, k, range, names))),
  });
}
