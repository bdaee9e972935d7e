/** Grids of slices in true proportions. */
import { describe, expect, it } from 'vitest';
import { overlayGrid } from '../../lib/figures/overlayGrid.ts';
import { inRows, type Panel, panelGrid } from '../../lib/figures/panels.ts';
import { images, type Loose, label, named, prediction, slice, texts, traces } from './readFigure.ts';

describe('panelGrid', () => {
  it('keeps the proportions: equal millimetres per pixel on both axes', () => {
    const figure = overlayGrid([
      { id: 'a', slice, label, prediction, dice: 0.6 },
      { id: 'b', slice: { ...slice, spacingMm: [1, 1] }, label },
    ]);
    const layout = figure.layout as Loose;
    const [innerWidth, innerHeight] = [
      layout.width - layout.margin.l - layout.margin.r,
      layout.height - layout.margin.t - layout.margin.b,
    ];
    for (const k of ['', '2', '3', '4', '5', '6']) {
      const [x, y] = [layout[`xaxis${k}`], layout[`yaxis${k}`]];
      const perPixel = (a: Loose, inner: number): number =>
        Math.abs(a.range[1] - a.range[0]) / ((a.domain[1] - a.domain[0]) * inner);
      expect(perPixel(x, innerWidth)).toBeCloseTo(perPixel(y, innerHeight), 9);
    }
    expect(images(figure)).toHaveLength(6);
    // 8 columns of 0.5 mm, 6 rows of 1.5 mm
    expect([images(figure)[0]!.sizex, images(figure)[0]!.sizey]).toEqual([4, 9]);
  });

  it('leaves a place empty where there is no panel', () => {
    const figure = panelGrid(
      [
        [{ slice }, undefined],
        [undefined, { slice }],
      ],
      { title: 't' },
    );
    expect(images(figure)).toHaveLength(2);
    const [first, second] = ['xaxis', 'xaxis2'].map((name) => (figure.layout as Loose)[name].domain[0]);
    expect([first, second]).toEqual([0, expect.closeTo(1 - (figure.layout as Loose).xaxis2.domain[1] + second, 9)]);
    expect(second).toBeGreaterThan(0.5);
  });

  it('writes titles of columns in bold, of rows turned, of panels, letters at the edges and a caption', () => {
    const panel: Panel = { slice, title: 'here', edges: ['R', 'L', 'A', 'P'] };
    const figure = panelGrid([[panel]], { title: 't', columnTitles: ['CT'], rowTitles: ['a'], caption: 'below' });
    expect(texts(figure)).toEqual(['here', 'R', 'L', 'A', 'P', '<b>CT</b>', 'a', 'below']);
    const row = (figure.layout.annotations as Loose[]).find(({ text }) => text === 'a')!;
    expect(row.textangle).toBe(-90);
  });

  it('stands a scale beside the panels for each that is asked for, and frames pictures that are not slices', () => {
    const scale = [
      [0, '#FFFFFF'],
      [1, '#000000'],
    ] as const;
    const bars = ['a', 'b'].map((title) => ({
      title,
      scale,
      ticks: [
        [0, 'none'],
        [1, 'all'],
      ] as const,
    }));
    const rgba = new Uint8ClampedArray(4 * 48);
    const figure = panelGrid([[{ slice, rgba }, { slice }]], { title: 't', subtitle: 'how', bars });
    const shown = traces(figure).flatMap(({ marker }) => (marker?.showscale ? [marker] : []));
    expect(shown.map(({ colorbar }) => [colorbar.title.text, colorbar.ticktext, colorbar.y])).toEqual([
      ['a<br> ', ['none', 'all'], 0.75],
      ['b<br> ', ['none', 'all'], 0.25],
    ]);
    expect(shown[0]!.colorscale).toEqual(scale);
    expect((figure.layout.shapes as Loose[]).map(({ xref, x1, y1 }) => [xref, x1, y1])).toEqual([['x', 4, 9]]);
    expect((figure.layout.title as Loose).text).toContain('how');
    const plain = panelGrid([[{ slice }]], { title: 't' });
    expect(plain.layout.margin!.r).toBeLessThan(figure.layout.margin!.r!);
    expect(plain.layout).not.toHaveProperty('shapes');
  });

  it('has one entry in the legend for a name, and one outline for each panel', () => {
    const mask = { mask: label, name: 'Label', colour: '#56B4E9' };
    const figure = panelGrid(
      [
        [
          { slice, masks: [mask] },
          { slice, masks: [mask] },
        ],
      ],
      { title: 't' },
    );
    expect(named(figure, 'Label').map(({ showlegend }) => showlegend)).toEqual([true, false]);
  });

  it('outlines the pixels of one value alone where it is told to', () => {
    const codes = label.map((v, i) => v + 2 * prediction[i]);
    const masks = [{ mask: codes, value: 3, name: 'Both', colour: '#000000' }];
    const figure = panelGrid([[{ slice: { ...slice, spacingMm: [1, 1] }, masks }]], { title: 't' });
    const [{ x }] = named(figure, 'Both');
    expect([Math.min(...x), Math.max(...x)]).toEqual([3, 6]); // columns 3 to 5
  });

  it('carries no numbers of the slices: each picture is an image, each trace a point at most', () => {
    const figure = panelGrid([[{ slice }]], { title: 't' });
    expect(images(figure)[0].source).toMatch(/^data:image\/png;base64,/);
    expect(traces(figure).flatMap(({ x }) => x)).toEqual([null]);
  });
});

describe('inRows', () => {
  it('cuts a list into rows, the last as long as what is left', () => {
    expect(inRows([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(inRows([], 3)).toEqual([]);
  });
});
