import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, legendBelow, makeFigure, seriesColours } from 'axunet/figures/theme';

export interface CalibrationLine {
  readonly name: string;
  readonly bins: readonly { readonly units: number; readonly said: number; readonly found: number }[];
}

/** Markers of the lines, told apart without colour too. */
const symbols = ['circle', 'square', 'diamond', 'triangle-up'] as const;

/**
 * What share of patients is ill against what their probability says, bins of equal numbers as points, and the diagonal
 * on which both are equal. No lines give an empty figure.
 */
export function calibrationCurves(lines: readonly CalibrationLine[], options: { title: string }): Figure {
  if (lines.length === 0) return emptyFigure(options.title, 'Nothing was calibrated.');
  const traces = lines.map(
    ({ name, bins }, i): Data =>
      ({
        type: 'scatter',
        mode: 'lines+markers',
        name,
        x: bins.map(({ said }) => said),
        y: bins.map(({ found }) => found),
        line: { color: seriesColours[i % seriesColours.length]!, width: 2 },
        marker: { size: 9, symbol: symbols[i % symbols.length]! },
      }) as Data,
  );
  const right = {
    type: 'scatter',
    mode: 'lines',
    name: 'said = found',
    x: [0, 1],
    y: [0, 1],
    line: { color: colours.quiet, width: 1, dash: 'dot' },
    hoverinfo: 'skip',
  } as Data;
  return makeFigure([...traces, right], {
    title: options.title,
    subtitle: 'each point: a tenth of the patients, by what was predicted for them',
    width: 720,
    height: 560,
    margin: { b: 140 },
    legend: legendBelow,
    xaxis: axis({ title: 'Mean predicted probability of a tumour (0 to 1)', unit: 'none', range: [-0.02, 1.02] }),
    yaxis: axis({ title: 'Share with a tumour (0 to 1)', unit: 'none', range: [-0.02, 1.02] }),
  });
}
