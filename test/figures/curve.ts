/** A small figure for tests of drawing, saving and showing. */
import type { Figure } from '../../lib/figures/figure.ts';
import { axis, logAxis, makeFigure } from '../../lib/figures/theme.ts';

export const curve = makeFigure(
  [
    { type: 'scatter', mode: 'lines+markers', name: 'Erste Kurve', x: [1, 2, 3], y: [0.5, 0.2, 0.1] },
    { type: 'scatter', mode: 'markers', name: 'Second', x: [1, 2], y: [0.3, 0.4] },
  ] as Figure['data'],
  {
    title: 'Loss ± µ',
    width: 480,
    height: 300,
    xaxis: axis({ title: 'Epoch', unit: 'none' }),
    yaxis: logAxis([0.1, 0.5], { title: 'Loss', unit: 'nats' }),
  },
);
