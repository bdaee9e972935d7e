/** One look for all figures: font, colours and sizes. */
import type { Layout } from 'plotly.js-dist';
import type { Data, Figure } from './figure.ts';
import { fontName } from './fonts.ts';

/** Browsers without the bundled font fall back to the next family. */
const fontFamily = `${fontName}, Verdana, Arial, sans-serif`;

/** The palette of Okabe and Ito, told apart with any kind of colour vision (https://jfly.uni-koeln.de/color/). */
export const palette = {
  blue: '#0072B2',
  vermillion: '#D55E00',
  green: '#009E73',
  purple: '#CC79A7',
  orange: '#E69F00',
  sky: '#56B4E9',
  yellow: '#F0E442',
  black: '#000000',
} as const;

/** The order in which series take their colours. */
export const seriesColours = (['blue', 'vermillion', 'green', 'purple', 'orange', 'sky'] as const).map(
  (name) => palette[name],
);

/** The colour of a thing, the same in every figure. */
export const colours = {
  /** Outlines on grey CT pictures need light colours. */
  label: palette.sky,
  prediction: palette.orange,
  tumour: palette.purple,
  agreement: palette.green,
  falsePositive: palette.vermillion,
  missed: palette.yellow,
  training: palette.blue,
  validation: palette.vermillion,
  text: '#222222',
  quiet: '#777777',
  grid: '#E3E3E3',
} as const;

/** The colours of classes on grey CT pictures, in their order; `colours.label` and `colours.tumour` come first. */
export const classColours = [palette.sky, palette.purple, palette.yellow, palette.green, palette.orange] as const;

/** A finding by the strictest correction that it survives, the same in every figure. */
export const findingColours = {
  none: colours.quiet,
  uncorrected: palette.orange,
  benjaminiHochberg: palette.blue,
  holm: palette.vermillion,
} as const;

export const sizes = { font: 13, title: 17, axis: 14, subtitle: 12, small: 11 } as const;

/** `#0072B2` with an opacity, as CSS. */
export function withAlpha(hex: string, alpha: number): string {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
  return `rgba(${r},${g},${b},${alpha})`;
}

/** An axis with a title says its unit too: `none` for pure numbers and names, else it is written behind the title. */
type AxisName = { title: string; unit: string } | { title?: undefined; unit?: undefined };

export type AxisOptions = AxisName & {
  type?: 'linear' | 'log' | 'category';
  range?: [number, number];
  [plotlyOption: string]: unknown;
};

/** `CT number (HU)`, `HD95 (voxels; mm)`; the title alone for a quantity without a unit. */
export function withUnit(title: string, unit: string): string {
  if (unit === 'none') return title;
  return title.endsWith(')') ? `${title.slice(0, -1)}; ${unit})` : `${title} (${unit})`;
}

/** An axis in the common look; `title` names the quantity, `unit` what it is measured in. */
export function axis({ title, unit, ...rest }: AxisOptions = {}): Record<string, unknown> {
  const text = title && withUnit(title, unit!);
  return {
    ...(text ? { title: { text, standoff: 8, font: { size: sizes.axis } } } : {}),
    gridcolor: colours.grid,
    linecolor: colours.quiet,
    tickcolor: colours.quiet,
    showline: true,
    zeroline: false,
    ticks: 'outside',
    ticklen: 4,
    automargin: true,
    ...rest,
  };
}

const countUnits = [
  [1e9, ' G'],
  [1e6, ' M'],
  [1e3, ' k'],
] as const;

/** A count in thousands, millions or billions with at most three digits: `3.24 M`. */
export function formatCount(value: number): string {
  const [divisor, unit] = countUnits.find(([least]) => value >= least) ?? [1, ''];
  return `${Number((value / divisor).toPrecision(3))}${unit}`;
}

const tickText = (value: number): string => (value >= 1e-4 ? formatCount(value) : value.toExponential(0));

/** Round numbers between two others, in steps of 1, 2 or 5 times a power of ten: four to nine of them. */
function equalSteps(from: number, to: number): number[] {
  const power = 10 ** Math.floor(Math.log10((to - from) / 4));
  const step = [5, 2, 1].map((digit) => digit * power).find((size) => (to - from) / size >= 4)!;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/**
 * A logarithmic axis around positive values, with ticks written as plain numbers: 1, 2, 5 of each decade, powers of
 * ten alone over many decades, or equal steps where fewer than three of these would lie among the values. Values that
 * are not positive cannot be shown and are left out of its range.
 */
export function logAxis(values: readonly number[], options: AxisOptions = {}): Record<string, unknown> {
  const logs = values.filter((v) => v > 0 && Number.isFinite(v)).map(Math.log10);
  const [low, high] = logs.length > 0 ? [Math.min(...logs), Math.max(...logs)] : [0, 1];
  const room = Math.max(0.05 * (high - low), 0.08);
  const digits = high - low > 3 ? [1] : [1, 2, 5];
  const decades = Array.from({ length: Math.ceil(high) - Math.floor(low) + 3 }, (_, i) => Math.floor(low) - 1 + i);
  const usual = decades.flatMap((decade) => digits.map((digit) => Number(`${digit}e${decade}`)));
  const [from, to] = [10 ** (low - room), 10 ** (high + room)];
  const tickvals = usual.filter((v) => v >= from && v <= to).length < 3 ? equalSteps(from, to) : usual;
  return axis({
    type: 'log',
    range: [low - room, high + room],
    tickmode: 'array',
    tickvals,
    ticktext: tickvals.map(tickText),
    ...options,
  });
}

export interface FigureOptions {
  /** Says what is shown to somebody who sees nothing else; too long a one is broken into two lines. */
  title: string;
  /** One smaller line below: how to read it, what marks mean. */
  subtitle?: string;
  width: number;
  height: number;
  /** Further Plotly layout: axes, shapes, annotations. */
  [layoutOption: string]: unknown;
}

/** Mean width of a letter of the font, in shares of its size. */
const letterWidth = 0.57;

/**
 * The title in one line, or in two where it would leave the figure: broken behind a mark such as a colon where both
 * lines then fit, else at the space nearest to its middle.
 */
function brokenTitle(title: string, width: number): string {
  const most = (width - 24) / (letterWidth * sizes.title);
  if (title.length <= most) return title;
  const spaces = [...title.matchAll(/ /g)].map(({ index }) => index);
  const apart = (at: number): number => Math.abs(at - title.length / 2);
  const nearest = spaces.sort((a, b) => apart(a) - apart(b));
  const fits = (at: number): boolean => Math.max(at, title.length - at) <= most;
  const at = nearest.find((one) => /[:;,]/.test(title[one - 1]!) && fits(one)) ?? nearest[0];
  return at === undefined ? title : `${title.slice(0, at)}<br>${title.slice(at + 1)}`;
}

/** Axes of a layout that show numbers and say nowhere of what. */
function unnamedAxes(layout: Record<string, unknown>): string[] {
  const isNumbers = (axis: Record<string, unknown>): boolean =>
    axis.visible !== false &&
    axis.showticklabels !== false &&
    axis.type !== 'category' &&
    !axis.ticktext &&
    !axis.matches;
  return Object.entries(layout)
    .filter(([name]) => /^[xy]axis\d*$/.test(name))
    .filter(([, axis]) => isNumbers(axis as Record<string, unknown>) && !(axis as { title?: unknown }).title)
    .map(([name]) => name);
}

/** Logarithmic axes along which bars lie: they begin nowhere, so the length of a bar would mean nothing. */
function barAxes(data: readonly Data[], layout: Record<string, unknown>): string[] {
  const names = (data as readonly { type?: string; orientation?: string; xaxis?: string; yaxis?: string }[])
    .filter(({ type }) => type === 'bar' || type === 'histogram')
    .map(({ orientation, xaxis = 'x', yaxis = 'y' }) => (orientation === 'h' ? xaxis : yaxis))
    .map((name) => `${name[0]}axis${name.slice(1)}`);
  return [...new Set(names)].filter((name) => (layout[name] as { type?: string } | undefined)?.type === 'log');
}

/**
 * Puts traces into the common look. Throws where there is no title, an axis of numbers without one, or bars along a
 * logarithmic axis: whoever writes a figure says what is on it, and shows it in its proportions.
 */
export function makeFigure(data: Data[], { title, subtitle, ...layout }: FigureOptions): Figure {
  if (title.trim() === '') throw new Error('a figure needs a title');
  const unnamed = unnamedAxes(layout);
  if (unnamed.length > 0) throw new Error(`"${title}" has an axis of numbers without a title: ${unnamed.join(', ')}`);
  const bars = barAxes(data, layout);
  if (bars.length > 0) throw new Error(`"${title}" has bars along a logarithmic axis: ${bars.join(', ')}`);
  const lines = brokenTitle(title, layout.width);
  const below = subtitle ? `<br><span style="font-size:${sizes.subtitle}px">${subtitle}</span>` : '';
  const isOneLine = lines === title && !subtitle;
  const more = (lines === title ? 0 : 22) + (subtitle ? 12 : 0); // pixels that the further lines take
  const margin = { l: 70, r: 30, t: 64, b: 60, ...(layout.margin as object | undefined) };
  return {
    data,
    layout: {
      font: { family: fontFamily, size: sizes.font, color: colours.text },
      title: {
        text: `${lines}${below}`,
        x: 0.5,
        xanchor: 'center',
        y: 1,
        yanchor: 'top',
        yref: 'container',
        pad: { t: isOneLine ? 14 : 26 }, // of several lines Plotly puts the first one higher
        font: { size: sizes.title },
      },
      colorway: [...seriesColours],
      paper_bgcolor: 'white',
      plot_bgcolor: 'white',
      hovermode: 'closest',
      ...layout,
      height: layout.height + more,
      legend: { tracegroupgap: 0, ...(layout.legend as object | undefined) },
      margin: { ...margin, t: margin.t + more },
    } as Partial<Layout> as Figure['layout'],
  };
}

/**
 * From the tenth below the least share to 1, with a little room at both ends: scores lie high, and an axis from 0 would
 * be half empty. For points and lines, not for bars. Without a value 0 to 1.
 */
export function shareRange(values: readonly number[]): [number, number] {
  const least = Math.min(1, ...values.filter(Number.isFinite));
  const low = values.length > 0 ? Math.max(0, Math.floor(10 * least) / 10) : 0;
  return [low - 0.02, 1.02];
}

/** A legend in one row below the picture. */
export const legendBelow = {
  orientation: 'h',
  x: 0.5,
  xanchor: 'center',
  y: 0.01,
  yanchor: 'bottom',
  yref: 'container',
} as const;

/** What a figure shows where there is nothing to draw: its title and one sentence. */
export function emptyFigure(title: string, sentence: string, width = 640): Figure {
  const hidden = { visible: false, range: [0, 1] };
  const note = {
    text: sentence,
    showarrow: false,
    x: 0.5,
    y: 0.5,
    xref: 'paper',
    yref: 'paper',
    font: { color: colours.quiet },
  };
  return makeFigure([], { title, width, height: 220, xaxis: hidden, yaxis: hidden, annotations: [note] });
}
