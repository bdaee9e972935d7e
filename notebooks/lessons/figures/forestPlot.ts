import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, legendBelow, makeFigure, seriesColours } from 'axunet/figures/theme';

export interface ForestRow {
  readonly name: string;
  readonly estimate: number;
  readonly interval: readonly [number, number];
  /** Legend entry; rows of one name and several kinds stand together. */
  readonly kind: string;
}

/** Marks of the kinds, told apart without colour too. */
const symbols = ['circle', 'diamond', 'square', 'triangle-up', 'x', 'star'] as const;

/** The rows of one kind, which stand beside each other where a name has several. */
function kindTrace(kind: string, k: number, rows: readonly ForestRow[], names: readonly string[]): Data {
  const colour = seriesColours[k % seriesColours.length]!;
  const own = rows.filter((row) => row.kind === kind);
  const height = ({ name }: ForestRow): number => {
    const kinds = [...new Set(rows.filter((row) => row.name === name).map((row) => row.kind))];
    return names.indexOf(name) + 0.24 * (kinds.indexOf(kind) - (kinds.length - 1) / 2);
  };
  return {
    type: 'scatter',
    mode: 'markers',
    name: kind,
    x: own.map((r) => r.estimate),
    y: own.map(height),
    error_x: {
      type: 'data',
      symmetric: false,
      array: own.map((r) => r.interval[1] - r.estimate),
      arrayminus: own.map((r) => r.estimate - r.interval[0]),
      color: colour,
      thickness: 2,
      width: 4,
    },
    marker: { size: 9, color: colour, symbol: symbols[k % symbols.length]! },
    text: own.map((r) => r.name),
    hoverinfo: 'text+x',
  } as unknown as Data;
}

/**
 * Estimates with intervals, one line per name, top down in the order given, with a line where there is no effect. A
 * kind has a colour. `range` of the x axis is widened where an interval goes beyond it. No rows give an empty figure.
 */
export function forestPlot(
  rows: readonly ForestRow[],
  options: {
    title: string;
    subtitle?: string;
    x: string;
    unit: string;
    nothingAt: number;
    range?: [number, number];
  },
): Figure {
  const { title, subtitle, nothingAt } = options;
  if (rows.length === 0) return emptyFigure(title, 'Nothing was estimated.');
  const names = [...new Set(rows.map((row) => row.name))];
  const kinds = [...new Set(rows.map((row) => row.kind))];
  const traces = kinds.map((kind, k) => kindTrace(kind, k, rows, names));
  const line = {
    type: 'line',
    x0: nothingAt,
    x1: nothingAt,
    y0: -0.7,
    y1: names.length - 0.3,
    line: { color: colours.text, width: 1, dash: 'dot' },
  };
  const ends = [...(options.range ?? []), ...rows.flatMap(({ interval }) => interval)];
  const left = 34 + 8 * Math.max(...names.map((n) => n.length));
  return makeFigure(traces, {
    title,
    ...(subtitle && { subtitle }),
    width: Math.max(820, left + 520),
    height: 170 + 30 * names.length,
    margin: { l: left, b: 96 },
    legend: legendBelow,
    shapes: [line],
    xaxis: axis({
      title: options.x,
      unit: options.unit,
      ...(options.range ? { range: [Math.min(...ends), Math.max(...ends)] } : {}),
    }),
    yaxis: axis({
      tickmode: 'array',
      tickvals: names.map((_, i) => i),
      ticktext: names,
      range: [names.length - 0.3, -0.7],
      automargin: false,
    }),
  });
}
