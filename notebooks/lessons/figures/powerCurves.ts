import type { Data, Figure } from 'axunet/figures/figure';
import {
  type AxisOptions,
  axis,
  colours,
  emptyFigure,
  findingColours,
  legendBelow,
  makeFigure,
  seriesColours,
  sizes,
} from 'axunet/figures/theme';
import { facetAxes, panelHeading } from './facets.ts';

export interface PowerPanel {
  readonly title: string;
  /** In per cent: what one hopes for, or what is allowed; a dotted line. */
  readonly aim?: number;
  /** One line a method, the same methods in every panel. */
  readonly curves: readonly { readonly name: string; readonly points: readonly PowerPoint[] }[];
}

export interface PowerPoint {
  /** In each group. */
  readonly patients: number;
  /** In per cent, with its standard error. */
  readonly found: number;
  readonly error: number;
}

/** Uncorrected tests lie on each other: they differ in their dash, corrections in colour as where they are compared. */
const dashes = ['solid', 'dash', 'dot'] as const;
const symbols = ['circle', 'square', 'diamond'] as const;

/** Look of curve `c`: tests alone in orange, then the corrections. */
function lookOf(c: number, plain: number): { colour: string; dash: string; symbol: string } {
  if (c < plain) {
    const [dash, symbol] = [dashes[c % dashes.length]!, symbols[c % symbols.length]!];
    return { colour: findingColours.uncorrected, dash, symbol };
  }
  const corrections = [findingColours.benjaminiHochberg, findingColours.holm, ...seriesColours.slice(2)];
  return { colour: corrections[(c - plain) % corrections.length]!, dash: 'solid', symbol: 'circle' };
}

/** The lines of one panel, `k` of the figure, and that of its aim over the range of patients. */
function panelTraces({ curves, aim }: PowerPanel, k: number, plain: number, range: readonly [number, number]): Data[] {
  const lines = curves.map(({ name, points }, c): Data => {
    const { colour, dash, symbol } = lookOf(c, plain);
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name,
      legendgroup: name,
      showlegend: k === 0,
      ...facetAxes(k),
      x: points.map((p) => p.patients),
      y: points.map((p) => p.found),
      error_y: { type: 'data', array: points.map((p) => 1.96 * p.error), color: colour, thickness: 1, width: 2 },
      line: { color: colour, dash, width: 2 },
      marker: { symbol, size: 6, color: colour },
    } as unknown as Data;
  });
  if (aim === undefined) return lines;
  const dotted = {
    type: 'scatter',
    mode: 'lines',
    showlegend: false,
    hoverinfo: 'skip',
    ...facetAxes(k),
    x: range.map((log) => 10 ** log),
    y: [aim, aim],
    line: { color: colours.text, width: 1, dash: 'dot' },
  } as Data;
  return [...lines, dotted];
}

/** Panels in a line, and pixels of the plot, of its line with heading and axis, and of the whole figure's width. */
const columns = 3;
const [plotPixels, linePixels, width] = [190, 290, 920];
const gap = 0.04;
const share = (1 - gap * (columns - 1)) / columns;

/** Where panel `k` goes in a figure with so many pixels of lines: from and to along both axes. */
function placeOf(k: number, tall: number): { x: [number, number]; y: [number, number] } {
  const left = (k % columns) * (share + gap);
  const top = 1 - (Math.floor(k / columns) * linePixels + 44) / tall;
  return { x: [left, left + share], y: [Math.max(0, top - plotPixels / tall), top] };
}

/** Axes of panel `k`; the sizes of the groups are the ticks. */
function panelAxes(k: number, tall: number, groups: readonly number[], range: [number, number]) {
  const n = k ? `${k + 1}` : '';
  const { x, y } = placeOf(k, tall);
  const xaxis = axis({
    title: 'Patients in each group',
    unit: 'number',
    type: 'log',
    range,
    tickmode: 'array',
    tickvals: groups,
    ticktext: groups.map(String),
    domain: x,
    anchor: `y${n}`,
    tickfont: { size: sizes.small },
  });
  const isFirst = k % columns === 0;
  const yaxis = axis({
    range: [-2, 102],
    dtick: 20,
    domain: y,
    anchor: `x${n}`,
    showticklabels: isFirst,
    ...(isFirst ? { title: 'Features found', unit: '%' } : {}),
  } as AxisOptions);
  return { [`xaxis${n}`]: xaxis, [`yaxis${n}`]: yaxis };
}

/**
 * Share of features found against the number of patients in each group (logarithmic), one panel a class of features,
 * one line a method with 95 % error bars of the simulation; the first `plain` methods are tests without correction. No
 * panels, or no points, give an empty figure.
 */
export function powerCurves(panels: readonly PowerPanel[], options: { title: string; plain: number }): Figure {
  const points = panels.flatMap(({ curves }) => curves.flatMap((curve) => curve.points));
  const groups = [...new Set(points.map(({ patients }) => patients))].sort((a, b) => a - b);
  if (groups.length === 0) return emptyFigure(options.title, 'The study of this figure is not recorded.');
  const range: [number, number] = [Math.log10(groups[0]!) - 0.08, Math.log10(groups.at(-1)!) + 0.08];
  const lines = Math.ceil(panels.length / columns);
  const tall = lines * linePixels;
  const axes = panels.map((_, k) => panelAxes(k, tall, groups, range));
  const heads = panels.map(({ title }, k) => {
    const { x, y } = placeOf(k, tall);
    return panelHeading(title, (x[0] + x[1]) / 2, y[1]);
  });
  const hasRoom = lines > 1 && panels.length % columns !== 0; // an empty place at the end of the last line
  const free = placeOf(panels.length, tall);
  const beside = { x: free.x[0] + 0.02, y: (free.y[0] + free.y[1]) / 2, yanchor: 'middle' };
  return makeFigure(
    panels.flatMap((panel, k) => panelTraces(panel, k, options.plain, range)),
    {
      title: options.title,
      subtitle: 'mean over simulated cohorts with its 95 % interval; dotted: what is hoped for, or allowed by chance',
      width,
      height: tall + 56 + (hasRoom ? 8 : 44),
      margin: { t: 56, b: hasRoom ? 8 : 44, r: 20 },
      legend: hasRoom ? beside : legendBelow,
      ...Object.assign({}, ...axes),
      annotations: heads,
    },
  );
}
