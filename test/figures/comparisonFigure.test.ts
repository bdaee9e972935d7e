/** Methods side by side. */
import { describe, expect, it } from 'vitest';
import { comparisonFigure } from '../../lib/figures/comparisonFigure.ts';
import { titleOf } from '../../lib/figures/figure.ts';
import { axis } from '../../lib/figures/theme.ts';
import { type Loose, named, texts } from './readFigure.ts';

const methods: Parameters<typeof comparisonFigure>[0] = [
  { name: 'Threshold', values: { a: 0.1, b: 0.3 } },
  { name: 'AX-Unet', values: { a: 0.8 } },
];

const yaxis = axis({ title: 'DSC', unit: 'none' });

describe('comparisonFigure', () => {
  it('joins the points of a patient, with a gap where a method has none', () => {
    const figure = comparisonFigure(methods, 't', yaxis);
    expect(named(figure, 'a')[0].y).toEqual([0.1, 0.8]);
    expect(named(figure, 'b')[0].y).toEqual([0.3, null]);
    expect(named(figure, 'AX-Unet')[0]).toMatchObject({ y: [0.8], text: ['a'] });
  });
  it('has a bar at the mean of each method, and its mean ± SD below', () => {
    const figure = comparisonFigure(methods, 't', yaxis);
    expect(named(figure, 'Threshold: mean')[0].y).toEqual([0.2, 0.2]);
    // Deviations of 0.1: √(2 · 0.01 / 1).
    expect((figure.layout.xaxis as Loose).ticktext).toEqual([
      'Threshold<br>0.200 ± 0.141 (n = 2)',
      'AX-Unet<br>0.800 (n = 1)',
    ]);
  });
  it('says in the legend what lines and bars are', () => {
    const figure = comparisonFigure(methods, 't', yaxis);
    const inLegend = figure.data.filter((trace) => (trace as Loose).showlegend !== false);
    expect(inLegend.map(({ name }) => name)).toEqual(['one patient', 'mean']);
  });
  it('lets a patient stand at the same place of each column', () => {
    const figure = comparisonFigure(methods, 't', yaxis);
    const [x0, x1] = named(figure, 'a')[0].x;
    expect(x1 - x0).toBeCloseTo(1, 12);
    expect(named(figure, 'Threshold')[0].x[0]).toBe(x0);
  });

  it('without data says so in one sentence', () => {
    const figure = comparisonFigure([], 't', yaxis);
    expect(figure.data).toEqual([]);
    expect(titleOf(figure)).not.toBe('');
    expect(texts(figure)).toEqual([expect.stringMatching(/^[A-Z].*\.$/)]);
  });
});
