import type { Data, Figure } from 'axunet/figures/figure';
import { axis, emptyFigure, legendBelow, makeFigure, seriesColours, withAlpha } from 'axunet/figures/theme';

export interface ThresholdCurve {
  readonly arm: string;
  readonly points: readonly { readonly threshold: number; readonly dice: number }[];
  readonly chosen: number;
}

/**
 * DSC of the validation patients against the threshold, one line a run, the chosen threshold
 * marked. No run gives an empty figure.
 */
export function thresholdCurves(curves: readonly ThresholdCurve[], options: { title?: string } = {}): Figure {
  const title = options.title ?? 'Choosing the threshold on validation patients';
  if (curves.length === 0) return emptyFigure(title, 'No run of this study is recorded.');
  const arms = [...new Set(curves.map(({ arm }) => arm))];
  const named = new Set<string>();
  const data = curves.map(({ arm, points, chosen }): Data => {
    const colour = seriesColours[arms.indexOf(arm) % seriesColours.length]!;
    const showlegend = !named.has(arm);
    named.add(arm);
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name: arm,
      legendgroup: arm,
      showlegend,
      x: points.map((p) => p.threshold),
      y: points.map((p) => p.dice),
      line: { color: withAlpha(colour, 0.7), width: 1.5 },
      marker: {
        size: points.map((p) => (p.threshold === chosen ? 11 : 4)),
        symbol: points.map((p) => (p.threshold === chosen ? 'diamond' : 'circle')),
        color: colour,
      },
      hoverinfo: 'name+y',
    } as unknown as Data;
  });
  return makeFigure(data, {
    title,
    width: 760,
    height: 420,
    legend: legendBelow,
    margin: { b: 100 },
    xaxis: axis({ title: 'Threshold on the probability (diamond: chosen)', range: [0.05, 0.95], dtick: 0.1 }),
    yaxis: axis({ title: 'Mean DSC of the validation patients' }),
  });
}
