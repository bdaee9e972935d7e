/** Plots side by side with the same rows: one row an arm, one column a metric. */
import { type AxisOptions, axis, sizes } from 'axunet/figures/theme';

export interface Facet {
  readonly title: string;
  /** Further options of its x axis. */
  readonly x?: AxisOptions;
}

/**
 * Axes and headings of facets over common rows, the first row on top. Axis k of the
 * layout is `x`, `x2`, …, with `y` for all.
 */
export function facetLayout(facets: readonly Facet[], rows: readonly string[]): Record<string, unknown> {
  const gap = 0.05;
  const width = (1 - gap * (facets.length - 1)) / facets.length;
  const axes = Object.fromEntries(
    facets.map(({ x }, k) => {
      const domain = [k * (width + gap), k * (width + gap) + width];
      return [`xaxis${k ? k + 1 : ''}`, axis({ domain, anchor: `y${k ? k + 1 : ''}`, nticks: 5, ...x })];
    }),
  );
  const tickvals = rows.map((_, i) => i);
  const yAxes = Object.fromEntries(
    facets.map((_, k) => [
      `yaxis${k ? k + 1 : ''}`,
      axis({
        range: [rows.length - 0.5, -0.5],
        tickvals,
        ticktext: k ? rows.map(() => '') : [...rows],
        gridcolor: '#F0F0F0',
        anchor: `x${k ? k + 1 : ''}`,
        ...(k ? { matches: 'y' } : {}),
      }),
    ]),
  );
  const annotations = facets.map(({ title }, k) => panelHeading(`<b>${title}</b>`, k * (width + gap) + width / 2));
  return { ...axes, ...yAxes, annotations };
}

/** A heading above the middle of a panel, `x` and `y` in shares of the plot. */
export const panelHeading = (
  text: string,
  x: number,
  y = 1,
  options: Record<string, unknown> = {},
): Record<string, unknown> => ({
  text,
  x,
  y,
  xref: 'paper',
  yref: 'paper',
  xanchor: 'center',
  yanchor: 'bottom',
  yshift: 4,
  showarrow: false,
  font: { size: sizes.small + 1 },
  ...options,
});

/** Names of the axes of facet k, for traces. */
export const facetAxes = (k: number): { xaxis: string; yaxis: string } => ({
  xaxis: `x${k ? k + 1 : ''}`,
  yaxis: `y${k ? k + 1 : ''}`,
});
