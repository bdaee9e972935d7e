import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, legendBelow, makeFigure, seriesColours, withAlpha } from 'axunet/figures/theme';

export interface StablePoint {
  readonly name: string;
  readonly icc: number;
  readonly interval: readonly [number, number];
  /** Family of the feature: one colour each. */
  readonly family: string;
}

/**
 * The intraclass correlation of each feature with its interval, from the least to the most stable, coloured by family,
 * with the limit below which features are dropped. No features give an empty figure.
 */
export function stabilityPlot(points: readonly StablePoint[], options: { title: string; limit: number }): Figure {
  if (points.length === 0) return emptyFigure(options.title, 'No feature could be rated.');
  const sorted = [...points].sort((a, b) => a.icc - b.icc);
  const families = [...new Set(points.map((p) => p.family))];
  const traces = families.map((family, k): Data => {
    const own = sorted.flatMap((p, i) => (p.family === family ? [{ ...p, i }] : []));
    const colour = [...seriesColours, colours.text][k % (seriesColours.length + 1)]!;
    return {
      type: 'scatter',
      mode: 'markers',
      name: family,
      x: own.map((p) => p.i + 1),
      y: own.map((p) => p.icc),
      text: own.map((p) => `${p.name}: ${p.icc.toFixed(2)}`),
      hoverinfo: 'text',
      error_y: {
        type: 'data',
        symmetric: false,
        array: own.map((p) => p.interval[1] - p.icc),
        arrayminus: own.map((p) => p.icc - p.interval[0]),
        color: withAlpha(colour, 0.35),
        thickness: 1.5,
        width: 0,
      },
      marker: { size: 7, color: colour },
    } as Data;
  });
  const line = {
    type: 'line',
    x0: 0,
    x1: points.length + 1,
    y0: options.limit,
    y1: options.limit,
    line: { color: colours.text, width: 1.5, dash: 'dot' },
  };
  const stable = points.filter((p) => p.icc >= options.limit).length;
  return makeFigure(traces, {
    title: options.title,
    width: 860,
    height: 460,
    margin: { b: 104 },
    legend: legendBelow,
    shapes: [line],
    annotations: [
      {
        text: `${stable} of ${points.length} at or above ${options.limit}`,
        x: 1,
        y: options.limit,
        xanchor: 'left',
        yanchor: 'bottom',
        showarrow: false,
      },
    ],
    xaxis: axis({ title: 'Features, from the least to the most stable', range: [0, points.length + 1] }),
    yaxis: axis({ title: 'ICC(2,1) with 95 % interval', range: [Math.min(-0.1, ...points.map((p) => p.icc)), 1.03] }),
  });
}
