import type { Data, Figure } from 'axunet/figures/figure';
import { axis, emptyFigure, logAxis, makeFigure, seriesColours, withAlpha } from 'axunet/figures/theme';
import { mean } from 'simple-statistics';

export interface LossCurve {
  readonly name: string;
  /** Training loss of each step. */
  readonly losses: readonly number[];
}

/** Steps before and after that the mean of a step takes in. */
const halfWindow = 4;

/**
 * Mean of each value with `half` neighbours before and as many after; near the ends with as many as there are on both
 * sides. It does not lag: what falls steadily keeps its place, where an average over the past would stand above it.
 * NaN values stay out of the means; where all are NaN, so is the mean.
 */
export function centredMeans(values: readonly number[], half = halfWindow): number[] {
  return values.map((_, i) => {
    const reach = Math.min(half, i, values.length - 1 - i);
    const own = values.slice(i - reach, i + reach + 1).filter(Number.isFinite);
    return own.length > 0 ? mean(own) : NaN;
  });
}

/**
 * Loss against step for several optimizers with the same start, data and order: each step faint, the mean of its
 * neighbours on both sides strong. The reference's comparison is RMSProp against Adam. No curve gives an empty figure.
 */
export function optimizerComparison(curves: readonly LossCurve[], options: { title?: string } = {}): Figure {
  const title = options.title ?? `Training loss of ${curves.map((c) => c.name).join(' and ') || 'optimizers'}`;
  if (curves.every((c) => c.losses.length === 0)) return emptyFigure(title, 'No optimizer has been run yet.');
  const data = curves.flatMap(({ name, losses }, i): Data[] => {
    const colour = seriesColours[i % seriesColours.length]!;
    const dash = i % 2 ? 'dash' : 'solid';
    const common = { type: 'scatter', mode: 'lines', name, legendgroup: name, x: losses.map((_, step) => step + 1) };
    return [
      { ...common, showlegend: false, y: [...losses], line: { color: withAlpha(colour, 0.4), width: 1 } } as Data,
      { ...common, y: centredMeans(losses), line: { color: colour, width: 2.5, dash } } as Data,
    ];
  });
  return makeFigure(data, {
    title,
    subtitle: `thin: each step; thick: mean of a step and up to ${halfWindow} before and after it`,
    width: 760,
    height: 420,
    xaxis: axis({ title: 'Step', unit: 'number' }),
    yaxis: logAxis(
      curves.flatMap((c) => c.losses),
      { title: 'Loss of a batch, logarithmic', unit: 'none' },
    ),
    legend: { x: 0.98, xanchor: 'right', y: 0.98, yanchor: 'top' },
  });
}
