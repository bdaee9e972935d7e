import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, formatCount, legendBelow, makeFigure, palette, sizes } from 'axunet/figures/theme';

/** Pixels of like probability: their mean, the share of them that is pancreas, and how many there are. */
export interface ReliabilityPoint {
  readonly probability: number;
  readonly share: number;
  readonly pixels: number;
}

/** What came true against what was promised; on the diagonal a network is calibrated. No point: an empty figure. */
export function reliabilityCurve(
  points: readonly ReliabilityPoint[],
  { title, ece }: { title: string; ece: number },
): Figure {
  if (points.length === 0) return emptyFigure(title, 'Nothing is recorded.');
  const data = [
    {
      type: 'scatter',
      mode: 'lines',
      name: 'Calibrated',
      x: [0, 1],
      y: [0, 1],
      line: { color: colours.quiet, dash: 'dot', width: 1 },
    },
    {
      type: 'scatter',
      mode: 'text+lines+markers',
      name: `Network (expected calibration error ${ece.toFixed(3)})`,
      x: points.map(({ probability }) => probability),
      y: points.map(({ share }) => share),
      text: points.map(({ pixels }) => formatCount(pixels)),
      textposition: 'bottom right',
      textfont: { size: sizes.small },
      cliponaxis: false,
      line: { color: palette.blue, width: 2 },
      marker: { color: palette.blue, size: 9 },
    },
  ] as unknown as Data[];
  return makeFigure(data, {
    title,
    subtitle: 'beside the points: pixels with about this probability (k: thousand)',
    width: 720,
    height: 560,
    legend: legendBelow,
    margin: { b: 100 },
    xaxis: axis({ title: 'Probability of pancreas that the network gives (0 to 1)', unit: 'none', range: [0, 1.08] }),
    yaxis: axis({ title: 'Share of these pixels that is pancreas (0 to 1)', unit: 'none', range: [0, 1.02] }),
  });
}
