import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, makeFigure, palette, sizes } from 'axunet/figures/theme';
import { max, quantile } from 'simple-statistics';

/**
 * What a number is under shuffled labels, as a histogram, with the observed one as a line and p = (b + 1)/(n + 1)
 * beside it. No permutations give an empty figure.
 */
export function permutationHistogram(
  permuted: readonly number[],
  observed: number,
  options: { title: string; x: string; unit: string; p: number; bins?: number },
): Figure {
  if (permuted.length === 0) return emptyFigure(options.title, 'Nothing was shuffled.');
  const values = [...permuted];
  const bars = {
    type: 'histogram',
    x: values,
    nbinsx: options.bins ?? 40,
    marker: { color: palette.sky },
    name: 'shuffled labels',
    showlegend: false,
  } as unknown as Data;
  const reach = Math.max(max(values), observed);
  const line = {
    type: 'line',
    x0: observed,
    x1: observed,
    yref: 'paper',
    y0: 0,
    y1: 0.92,
    line: { color: palette.vermillion, width: 3 },
  };
  const limit = quantile(values, 0.95);
  const dotted = {
    type: 'line',
    x0: limit,
    x1: limit,
    yref: 'paper',
    y0: 0,
    y1: 0.8,
    line: { color: colours.text, width: 1.5, dash: 'dot' },
  };
  const said = (text: string, x: number, y: number, colour: string): Record<string, unknown> => ({
    text,
    x,
    y,
    yref: 'paper',
    xanchor: x > 0.6 * reach ? 'right' : 'left',
    xshift: x > 0.6 * reach ? -6 : 6,
    yanchor: 'top',
    showarrow: false,
    font: { size: sizes.font, color: colour },
    bgcolor: 'rgba(255,255,255,0.8)',
  });
  return makeFigure([bars], {
    title: options.title,
    width: 760,
    height: 400,
    shapes: [line, dotted],
    bargap: 0.04,
    annotations: [
      said(`<b>observed</b>, p = ${options.p.toPrecision(2)}`, observed, 0.99, palette.vermillion),
      said('95 % of the shuffles', limit, 0.86, colours.text),
    ],
    xaxis: axis({ title: options.x, unit: options.unit, range: [-0.02 * reach, 1.04 * reach] }),
    yaxis: axis({ title: 'Shuffles', unit: 'number' }),
  });
}
