import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, legendBelow, makeFigure, seriesColours } from 'axunet/figures/theme';

export interface LearningLine {
  readonly name: string;
  /** AUC of each split into folds, by number of patients learned from. */
  readonly points: readonly { readonly patients: number; readonly aucs: readonly number[] }[];
}

const symbols = ['circle', 'square', 'diamond', 'triangle-up'] as const;
const meanOf = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** AUC of unseen patients against patients learned from: the mean over splits, bars from lowest to highest. */
export function learningCurves(lines: readonly LearningLine[], options: { title: string }): Figure {
  if (lines.length === 0) return emptyFigure(options.title, 'Nothing was learned.');
  const traces = lines.map(({ name, points }, i): Data => {
    const colour = seriesColours[i % seriesColours.length]!;
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name,
      x: points.map(({ patients }) => patients),
      y: points.map(({ aucs }) => meanOf(aucs)),
      error_y: {
        type: 'data',
        symmetric: false,
        array: points.map(({ aucs }) => Math.max(...aucs) - meanOf(aucs)),
        arrayminus: points.map(({ aucs }) => meanOf(aucs) - Math.min(...aucs)),
        color: colour,
        width: 4,
      },
      line: { color: colour, width: 2 },
      marker: { size: 9, symbol: symbols[i % symbols.length]! },
    } as Data;
  });
  const all = lines.flatMap(({ points }) => points);
  const most = Math.max(...all.map(({ patients }) => patients));
  const least = Math.min(0.45, ...all.flatMap(({ aucs }) => aucs));
  const chance = {
    type: 'line',
    ...{ x0: 0, x1: 1.05 * most, y0: 0.5, y1: 0.5 },
    line: { color: colours.text, width: 1, dash: 'dot' },
  };
  return makeFigure(traces, {
    title: options.title,
    subtitle: 'mean of several splits, bars from the lowest to the highest; dotted: chance',
    width: 760,
    height: 500,
    margin: { b: 104 },
    legend: legendBelow,
    shapes: [chance],
    xaxis: axis({ title: 'Patients learned from', unit: 'number', range: [0, 1.05 * most] }),
    yaxis: axis({ title: 'AUC of unseen patients (0 to 1)', unit: 'none', range: [least - 0.02, 1.02] }),
  });
}
