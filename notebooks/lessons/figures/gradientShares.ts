import type { Data, Figure } from 'axunet/figures/figure';
import { axis, emptyFigure, legendBelow, makeFigure, palette } from 'axunet/figures/theme';

/** Where the gradient of a loss lies: shares of its total size, which add up to 1. */
export interface GradientShare {
  readonly name: string;
  readonly foreground: number;
  /** Background next to the organ. */
  readonly around: number;
  readonly background: number;
}

const parts = [
  ['foreground', 'Pancreas', palette.blue],
  ['around', 'Background within 5 pixels', palette.orange],
  ['background', 'All other background', '#BBBBBB'],
] as const;

/**
 * One bar a loss: how much of its gradient's size pulls at the organ, beside it and
 * elsewhere. No loss gives an empty figure.
 */
export function gradientShares(shares: readonly GradientShare[], options: { title?: string } = {}): Figure {
  const title = options.title ?? 'Where the gradient of each loss lies';
  if (shares.length === 0) return emptyFigure(title, 'There is no loss to show.');
  const names = shares.map(({ name }) => name);
  const data = parts.map(
    ([part, name, colour]) =>
      ({
        type: 'bar',
        orientation: 'h',
        name,
        y: names,
        x: shares.map((one) => 100 * one[part]),
        marker: { color: colour },
        text: shares.map((one) => (one[part] >= 0.05 ? `${(100 * one[part]).toFixed(0)} %` : '')),
        textposition: 'inside',
        insidetextanchor: 'middle',
        textangle: 0,
        constraintext: 'none',
      }) as unknown as Data,
  );
  return makeFigure(data, {
    title,
    width: 800,
    height: 170 + 38 * shares.length,
    barmode: 'stack',
    bargap: 0.3,
    legend: { ...legendBelow, traceorder: 'normal' },
    margin: { l: 210, b: 96 },
    xaxis: axis({ title: 'Share of the sizes of all pixels’ gradients', unit: '%', range: [0, 100] }),
    yaxis: axis({ type: 'category', categoryorder: 'array', categoryarray: [...names].reverse(), gridcolor: 'white' }),
  });
}
