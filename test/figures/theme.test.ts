/** The common look of all figures. */
import { describe, expect, it } from 'vitest';
import { titleOf } from '../../lib/figures/figure.ts';
import {
  axis,
  colours,
  emptyFigure,
  findingColours,
  formatCount,
  logAxis,
  makeFigure,
  palette,
  seriesColours,
  shareRange,
  withAlpha,
  withUnit,
} from '../../lib/figures/theme.ts';
import { type Loose, texts } from './readFigure.ts';

describe('the theme', () => {
  it('writes counts with their unit', () => {
    expect([0, 130, 1000, 39232, 29761026, 1.172e11].map(formatCount)).toEqual([
      '0',
      '130',
      '1 k',
      '39.2 k',
      '29.8 M',
      '117 G',
    ]);
  });

  it('chooses readable logarithmic ticks and leaves out what cannot be shown', () => {
    const few = logAxis([0.02, 0.9, 0, -1, NaN]) as Loose;
    expect(few.ticktext).toEqual(expect.arrayContaining(['0.02', '0.05', '0.1', '0.5', '1']));
    expect(few.range[0]).toBeCloseTo(Math.log10(0.02) - 0.0827, 3);
    expect((logAxis([1, 1e6]) as Loose).ticktext).toEqual(
      expect.arrayContaining(['1', '10', '100', '1 k', '10 k', '100 k', '1 M']),
    );
    expect((logAxis([1.4, 2.3]) as Loose).tickvals, 'a part of a decade').toEqual([
      1.2, 1.4, 1.6, 1.8, 2, 2.2, 2.4, 2.6,
    ]);
    expect((logAxis([]) as Loose).range.every(Number.isFinite)).toBe(true);
  });

  it('adds opacity to a colour', () => {
    expect(withAlpha(palette.blue, 0.3)).toBe('rgba(0,114,178,0.3)');
  });

  it('gives axes a title with room, and lets every option of Plotly win', () => {
    const found = axis({ title: 'CT number', unit: 'HU', showline: false }) as Loose;
    expect([found.title.text, found.showline, found.automargin]).toEqual(['CT number (HU)', false, true]);
    expect(withUnit('DSC', 'none')).toBe('DSC');
    expect(withUnit('HD95 (voxels)', 'mm')).toBe('HD95 (voxels; mm)');
    expect(axis()).not.toHaveProperty('title');
  });

  it('puts traces into the common look without touching what is given', () => {
    const figure = makeFigure([], { title: 't', width: 300, height: 200, margin: { l: 5 }, legend: { x: 1 } });
    const layout = figure.layout as Loose;
    expect([layout.width, layout.height, layout.title.text]).toEqual([300, 200, 't']);
    expect(layout.margin).toEqual({ l: 5, r: 30, t: 64, b: 60 });
    expect(layout.legend).toEqual({ tracegroupgap: 0, x: 1 });
    expect(layout.colorway).toEqual([...seriesColours]);
  });

  it('refuses a figure without a title, and an axis of numbers that does not say of what', () => {
    const size = { width: 300, height: 200 };
    expect(() => makeFigure([], { title: ' ', ...size })).toThrow('needs a title');
    expect(() => makeFigure([], { title: 'Scores', ...size, yaxis: axis() })).toThrow(
      '"Scores" has an axis of numbers without a title: yaxis',
    );
    const named = { yaxis: axis({ title: 'DSC', unit: 'none' }), xaxis2: axis({ title: 'Epoch', unit: 'none' }) };
    const silent = [{ visible: false }, { type: 'category' }, { ticktext: ['a'] }, { showticklabels: false }];
    for (const xaxis of silent)
      expect(() => makeFigure([], { title: 'Scores', ...size, ...named, xaxis })).not.toThrow();
  });

  it('refuses bars along a logarithmic axis, upright and lying, and takes points and bars along others', () => {
    const size = { title: 'Counts', width: 300, height: 200 };
    const log = logAxis([1, 100], { title: 'Voxels', unit: 'number' });
    const even = axis({ title: 'Voxels', unit: 'number' });
    const bar = (more: object) => [{ type: 'bar', x: [1], y: [2], ...more }] as never;
    expect(() => makeFigure(bar({}), { ...size, yaxis: log })).toThrow(
      '"Counts" has bars along a logarithmic axis: yaxis',
    );
    const lying = bar({ orientation: 'h', xaxis: 'x2' });
    expect(() => makeFigure(lying, { ...size, xaxis: even, xaxis2: log })).toThrow('axis: xaxis2');
    expect(() => makeFigure(bar({}), { ...size, xaxis: log, yaxis: even })).not.toThrow();
    expect(() => makeFigure([{ type: 'scatter', y: [2] }] as never, { ...size, yaxis: log })).not.toThrow();
  });

  it('breaks a title that is too long near its middle, puts the subtitle below, and makes room for both', () => {
    const title = 'A title of many words that cannot stand in one line';
    const { layout } = makeFigure([], { title, subtitle: 'how to read it', width: 360, height: 200 });
    const { text } = layout.title as Loose;
    expect(text).toBe(
      'A title of many words that<br>cannot stand in one line<br><span style="font-size:12px">how to read it</span>',
    );
    expect([layout.height, layout.margin!.t]).toEqual([234, 98]);
    expect(titleOf({ data: [], layout })).toBe(title);
    const breaks = (one: string) =>
      (makeFigure([], { title: one, width: 400, height: 200 }).layout.title as Loose).text;
    expect(breaks('HD95 in mm: networks that learned by eight losses')).toBe(
      'HD95 in mm:<br>networks that learned by eight losses',
    );
    expect(breaks('A: what does not fit in one line when the break is at its colon')).toBe(
      'A: what does not fit in one line<br>when the break is at its colon',
    );
  });

  it('begins shares at the tenth below the least', () => {
    expect(shareRange([0.93, 0.66, NaN])).toEqual([0.6 - 0.02, 1.02]);
    expect(shareRange([0.6])).toEqual([0.6 - 0.02, 1.02]); // room for a point on the tenth
    expect(shareRange([0.05, 1])).toEqual([-0.02, 1.02]);
    expect(shareRange([])).toEqual([-0.02, 1.02]);
  });

  it('has an empty figure of a title and a sentence', () => {
    const figure = emptyFigure('t', 'Nothing is there.', 500);
    expect([figure.data, texts(figure), figure.layout.width]).toEqual([[], ['Nothing is there.'], 500]);
  });

  it('has colours that differ, as CSS of six digits', () => {
    const all = Object.values(palette);
    expect(new Set(all).size).toBe(all.length);
    for (const colour of [...all, ...Object.values(colours), ...Object.values(findingColours)])
      expect(colour).toMatch(/^#[0-9A-F]{6}$/);
  });
});
