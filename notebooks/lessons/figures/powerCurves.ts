import type { Data, Figure } from 'axunet/figures/figure';
import {
  axis,
  colours,
  emptyFigure,
  findingColours,
  legendBelow,
  makeFigure,
  seriesColours,
  sizes,
} from 'axunet/figures/theme';
import { facetAxes } from './facets.ts';

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

/** Uncorrected tests lie on each other: they differ in their dash, corrections in colour as in the volcano plot. */
const dashes = ['solid', 'dash', 'dot'] as const;
const symbols = ['circle', 'square', 'diamond'] as const;

/** Look of curve `c`: tests alone in orange, then the corrections. */
function lookOf(c: number, plain: number): { colour: string; dash: string; symbol: string } {
  if (c < plain)
    return {
      colour: findingColours.uncorrected,
      dash: dashes[c % dashes.length]!,
      symbol: symbols[c % symbols.length]!,
    };
  const corrections = [findingColours.benjaminiHochberg, findingColours.holm, ...seriesColours.slice(2)];
  return { colour: corrections[(c - plain) % corrections.length]!, dash: 'solid', symbol: 'circle' };
}

/**
 * Share of features found against the number of patients in each group (logarithmic), one panel a class of features,
 * one line a method with 95 % error bars of the simulation; the first `plain` methods are tests without correction. No
 * panels, or no points, give an empty figure.
 */
export function powerCurves(panels: readonly PowerPanel[], options: { title: string; plain: number }): Figure {
  const groups = [
    ...new Set(panels.flatMap(({ curves }) => curves.flatMap(({ points }) => points.map(({ patients }) => patients)))),
  ].sort((a, b) => a - b);
  if (groups.length === 0) return emptyFigure(options.title, 'The study of this figure is not recorded.');
  const logs = groups.map(Math.log10);
  const range: [number, number] = [logs[0]! - 0.08, logs.at(-1)! + 0.08];
  const gap = 0.025;
  const width = (1 - gap * (panels.length - 1)) / panels.length;
  const data = panels.flatMap(({ curves, aim }, k): Data[] => [
    ...curves.map(({ name, points }, c): Data => {
      const { colour, dash, symbol } = lookOf(c, options.plain);
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
    }),
    ...(aim === undefined
      ? []
      : [
          {
            type: 'scatter',
            mode: 'lines',
            showlegend: false,
            hoverinfo: 'skip',
            ...facetAxes(k),
            x: range.map((log) => 10 ** log),
            y: [aim, aim],
            line: { color: colours.text, width: 1, dash: 'dot' },
          } as Data,
        ]),
  ]);
  const axes = Object.fromEntries(
    panels.flatMap((_, k) => {
      const [n, left] = [k ? `${k + 1}` : '', k * (width + gap)];
      return [
        [
          `xaxis${n}`,
          axis({
            type: 'log',
            range,
            tickmode: 'array',
            tickvals: groups,
            ticktext: groups.map(String),
            domain: [left, left + width],
            anchor: `y${n}`,
            tickfont: { size: sizes.small },
          }),
        ],
        [
          `yaxis${n}`,
          axis({
            range: [-2, 102],
            dtick: 20,
            anchor: `x${n}`,
            showticklabels: k === 0,
            ...(k === 0 ? { title: 'Features found, %' } : {}),
          }),
        ],
      ];
    }),
  );
  const heads = panels.map(({ title }, k) => ({
    text: title,
    x: k * (width + gap) + width / 2,
    y: 1,
    xref: 'paper',
    yref: 'paper',
    xanchor: 'center',
    yanchor: 'bottom',
    yshift: 4,
    showarrow: false,
    font: { size: sizes.small + 1 },
  }));
  const below = {
    text: 'Patients in each group',
    x: 0.5,
    y: 0,
    xref: 'paper',
    yref: 'paper',
    xanchor: 'center',
    yanchor: 'top',
    yshift: -26,
    showarrow: false,
  };
  return makeFigure(data, {
    title: options.title,
    width: 110 + 210 * panels.length,
    height: 460,
    margin: { t: 104, b: 116, r: 20 },
    legend: legendBelow,
    ...axes,
    annotations: [...heads, below],
  });
}
