import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, findingColours, legendBelow, makeFigure, sizes } from 'axunet/figures/theme';

/** One comparison of many features. */
export interface FoundRow {
  readonly name: string;
  /** Rows of one heading stand together. */
  readonly heading: string;
  readonly compared: number;
  readonly found: { readonly uncorrected: number; readonly bh: number; readonly holm: number };
  /** Features that 19 of 20 random halves do not exceed, where that was counted. */
  readonly byChance?: number;
}

const percent = (count: number, { compared }: FoundRow): number => (100 * count) / compared;

/** The heights of rows from the top, a free line for each heading, and the headings' own. */
function places(rows: readonly FoundRow[]): { readonly heights: number[]; readonly headings: [string, number][] } {
  const headings: [string, number][] = [];
  const heights = rows.map(({ heading }, i) => {
    if (heading !== rows[i - 1]?.heading) headings.push([heading, i + headings.length]);
    return i + headings.length;
  });
  return { heights, headings };
}

type Places = ReturnType<typeof places>;

/** The bars without correction, marks with it, and lines for chance. */
function tracesOf(rows: readonly FoundRow[], { heights }: Places): Data[] {
  const marks = (name: string, marker: object, count: (row: FoundRow) => number | undefined): Data =>
    ({
      type: 'scatter',
      mode: 'markers',
      name,
      x: rows.map((row) => percent(count(row) ?? NaN, row)),
      y: heights,
      cliponaxis: false,
      marker: { size: 11, line: { color: 'white', width: 1 }, ...marker },
    }) as Data;
  const bars = {
    type: 'bar',
    orientation: 'h',
    name: 'p ≤ 0.05',
    x: rows.map((row) => percent(row.found.uncorrected, row)),
    y: heights,
    width: 0.62,
    marker: { color: findingColours.uncorrected },
  } as Data;
  const byChance = { symbol: 'line-ns', size: 20, line: { color: colours.text, width: 2.5 } };
  return [
    bars,
    marks('after Benjamini-Hochberg', { color: findingColours.benjaminiHochberg }, ({ found }) => found.bh),
    marks('after Holm', { color: findingColours.holm, symbol: 'diamond' }, ({ found }) => found.holm),
    ...(rows.some((row) => row.byChance !== undefined)
      ? [marks('shuffled labels: 95 % quantile', byChance, (row) => row.byChance)]
      : []),
  ];
}

/**
 * Which share of the features each comparison finds: a bar without correction, marks after each correction, a black
 * line for what chance alone finds in 19 of 20 tries at most. Counts stand at the right. No rows give an empty figure.
 */
export function foundShares(rows: readonly FoundRow[], options: { title: string }): Figure {
  const { title } = options;
  if (rows.length === 0) return emptyFigure(title, 'Nothing was compared.');
  const where = places(rows);
  const last = where.heights.at(-1)!;
  const counts = rows.map(({ found, compared }, i) => ({
    text: `${found.uncorrected} of ${compared}`,
    ...{ x: 1, xref: 'paper', xanchor: 'left', xshift: 8, y: where.heights[i]!, yref: 'y', yanchor: 'middle' },
    showarrow: false,
    font: { size: sizes.small },
  }));
  const labels: [string, number][] = [
    ...where.headings.map(([text, y]): [string, number] => [`<b>${text}</b>`, y]),
    ...rows.map(({ name }, i): [string, number] => [name, where.heights[i]!]),
  ];
  return makeFigure(tracesOf(rows, where), {
    title,
    subtitle: 'at the right: features with p ≤ 0.05 of those compared; in brackets: units in both groups',
    width: 980,
    height: 150 + 27 * (last + 1),
    margin: { l: 384, r: 84, t: 64, b: 104 },
    legend: legendBelow,
    annotations: counts,
    xaxis: axis({ title: 'Features that differ, of those compared', unit: '%', range: [-1.5, 100] }),
    yaxis: axis({
      tickmode: 'array',
      tickvals: labels.map(([, y]) => y),
      ticktext: labels.map(([text]) => text),
      ticks: '',
      range: [last + 0.7, -0.6],
      automargin: false,
      gridcolor: 'white',
    }),
  });
}
