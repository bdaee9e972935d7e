/** CT slices with label and prediction. */
import { describe, expect, it } from 'vitest';
import { titleOf } from '../../lib/figures/figure.ts';
import { formatDice, overlayGrid, zoomCase } from '../../lib/figures/overlayGrid.ts';
import { classColours } from '../../lib/figures/theme.ts';
import { label, named, prediction, slice, texts } from './readFigure.ts';

describe('overlayGrid', () => {
  it('have outlines in millimetres and a legend entry per name', () => {
    const figure = overlayGrid([{ id: 'a', slice, label, prediction, dice: 0.6 }]);
    const outlines = named(figure, 'Label');
    expect(outlines).toHaveLength(2);
    expect(outlines.filter((t) => t.showlegend)).toHaveLength(1);
    expect([Math.min(...outlines[0]!.x), Math.max(...outlines[0]!.x)]).toEqual([0.5, 3]); // columns 1..5
    expect([Math.min(...outlines[0]!.y), Math.max(...outlines[0]!.y)]).toEqual([3, 4.5]); // row 2
    expect(named(figure, 'Prediction')).toHaveLength(1);
    expect(texts(figure)).toEqual(
      expect.arrayContaining(['a', 'DSC 0.600', '<b>CT</b>', '<b>Label</b>', '<b>Prediction</b>']),
    );
  });

  it('say what is missing', () => {
    expect(
      texts(
        overlayGrid([
          { id: 'a', slice },
          { id: 'b', slice, label, prediction },
        ]),
      ),
    ).toEqual(expect.arrayContaining(['no label', 'no prediction']));
    // a row that no case fills is left out
    expect(texts(overlayGrid([{ id: 'a', slice, label }]))).not.toContain('<b>Prediction</b>');
    expect(texts(overlayGrid([{ id: 'a', slice, prediction, dice: NaN }]))).toContain('DSC not defined');
  });

  it('has a colour for each class, its label dotted, and each once in the legend', () => {
    const both = label.map((v, p) => (v && p % 2 ? 2 : v));
    const first = { id: 'a', slice, label, prediction };
    const figure = overlayGrid([first, { id: 'b', slice, label: both, prediction: both }], {
      classes: ['pancreas', 'tumour'],
    });
    const lines = figure.data.filter((trace) => trace.name) as { name: string; showlegend: boolean; line: object }[];
    const inLegend = lines.filter(({ showlegend }) => showlegend);
    const [pancreas, tumour] = classColours;
    expect(inLegend.map(({ name, line }) => [name, line])).toEqual([
      ['pancreas, label', expect.objectContaining({ color: pancreas, dash: 'dot' })],
      ['tumour, label', expect.objectContaining({ color: tumour, dash: 'dot' })],
      ['pancreas, prediction', expect.objectContaining({ color: pancreas, dash: 'solid' })],
      ['tumour, prediction', expect.objectContaining({ color: tumour, dash: 'solid' })],
    ]);
  });

  it('stands cases side by side, four in a line, each with its label and prediction below', () => {
    const five = [1, 2, 3, 4, 5].map((id) => ({ id: `${id}`, slice, label }));
    const figure = overlayGrid(five);
    const { annotations } = figure.layout as { annotations: { text: string; x: number; y: number }[] };
    const places = five.map(({ id }) => annotations.find(({ text }) => text === id)!);
    expect(new Set(places.slice(0, 4).map(({ y }) => y)).size).toBe(1);
    expect(places[4]!.x).toBeCloseTo(places[0]!.x, 12);
    expect(places[4]!.y).toBeLessThan(places[0]!.y);
    expect(texts(figure).filter((text) => text === '<b>Label</b>')).toHaveLength(2);
    expect(titleOf(figure)).toBe('CT and label of 5 slices');
  });

  it('can be seen through a window around their masks', () => {
    const zoomed = zoomCase({ id: 'a', slice: { ...slice, spacingMm: [1, 1] }, label, prediction }, 4);
    expect([zoomed.slice.height, zoomed.slice.width]).toEqual([4, 4]);
    // rows 1..4, columns 3..6 of the slice
    expect(Array.from(zoomed.label!)).toEqual([0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('writes a DSC with three digits, and that there is none', () => {
    expect([formatDice(0.8125), formatDice(NaN)]).toEqual(['DSC 0.813', 'DSC not defined']);
  });

  it('without data says so in one sentence', () => {
    const figure = overlayGrid([]);
    expect(figure.data).toEqual([]);
    expect(titleOf(figure)).not.toBe('');
    expect(texts(figure)).toEqual([expect.stringMatching(/^[A-Z].*\.$/)]);
  });
});
