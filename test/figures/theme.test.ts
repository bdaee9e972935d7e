/** The common look of all figures. */
import { describe, expect, it } from 'vitest';
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
  withAlpha,
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
    const found = axis({ title: 'HU', showline: false }) as Loose;
    expect([found.title.text, found.showline, found.automargin]).toEqual(['HU', false, true]);
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
