import type { Data, Figure } from 'axunet/figures/figure';
import { axis, emptyFigure, logAxis, makeFigure, seriesColours, withAlpha } from 'axunet/figures/theme';

export interface LossCurve {
  readonly name: string;
  /** Training loss of each step. */
  readonly losses: readonly number[];
}

/**
 * Exponential moving average with the given weight on the past, corrected for its start (as Adam corrects its moments),
 * so that the first value is the first loss. NaN values stay out of the average.
 */
export function smoothed(values: readonly number[], past = 0.9): number[] {
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    if (Number.isFinite(value)) [sum, weight] = [past * sum + (1 - past) * value, past * weight + (1 - past)];
    return weight > 0 ? sum / weight : NaN;
  });
}

/**
 * Loss against step for several optimizers with the same start, data and order: each step faint, the moving average
 * strong. The reference's comparison is RMSProp against Adam. No curve gives an empty figure.
 */
export function optimizerComparison(
  curves: readonly LossCurve[],
  options: { title?: string; past?: number } = {},
): Figure {
  const title = options.title ?? `Training loss of ${curves.map((c) => c.name).join(' and ') || 'optimizers'}`;
  const past = options.past ?? 0.9;
  if (curves.every((c) => c.losses.length === 0)) return emptyFigure(title, 'No optimizer has been run yet.');
  const data = curves.flatMap(({ name, losses }, i): Data[] => {
    const colour = seriesColours[i % seriesColours.length]!;
    const x = losses.map((_, step) => step + 1);
    return [
      {
        type: 'scatter',
        mode: 'lines',
        name,
        legendgroup: name,
        showlegend: false,
        x,
        y: [...losses],
        line: { color: withAlpha(colour, 0.3), width: 1 },
      } as Data,
      {
        type: 'scatter',
        mode: 'lines',
        name,
        legendgroup: name,
        x,
        y: smoothed(losses, past),
        line: { color: colour, width: 2.5 },
      } as Data,
    ];
  });
  return makeFigure(data, {
    title,
    width: 760,
    height: 420,
    xaxis: axis({ title: `Step (strong line: moving average with weight ${past} on the past)` }),
    yaxis: logAxis(
      curves.flatMap((c) => c.losses),
      { title: 'Loss (logarithmic)' },
    ),
    legend: { x: 0.98, xanchor: 'right', y: 0.98, yanchor: 'top' },
  });
}
