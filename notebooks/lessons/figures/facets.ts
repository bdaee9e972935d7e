/** Plots beside each other with the same rows: one row an arm, one plot a metric. */
import { type AxisOptions, axis, sizes } from 'axunet/figures/theme';

export interface Facet {
  readonly title: string;
  /** Further options of its x axis. */
  readonly x?: AxisOptions;
}

/** Pixels of a plot's heading, and of its axis and the room below. */
const [headPixels, footPixels] = [26, 62];

/** Where the plots of facets lie. */
export interface FacetGrid {
  readonly columns: number;
  readonly width: number;
  readonly height: number;
  readonly margin: { readonly l: number; readonly r: number; readonly t: number; readonly b: number };
}

/**
 * Three facets stand side by side, more in two columns, so that the figure is read at a page's width; `rowPixels` is
 * the height of a row, `beside` the room at the right of each plot, `below` that of a legend.
 */
export function facetGrid(
  facets: number,
  rows: readonly string[],
  { rowPixels, beside = 20, below = 0 }: { rowPixels: number; beside?: number; below?: number },
): FacetGrid {
  const columns = facets <= 3 ? facets : 2;
  const lines = Math.ceil(facets / columns);
  const left = 30 + 7.6 * Math.max(...rows.map((row) => row.length));
  const margin = { l: left, r: 12 + beside, t: 56, b: below + 6 };
  const plot = rowPixels * rows.length;
  return {
    columns,
    width: Math.max(900, left + 220 * columns),
    height: margin.t + margin.b + lines * (headPixels + plot + footPixels),
    margin,
  };
}

/** From where to where the plot of facet `k` goes, in shares of the plotting area. */
function domainsOf(k: number, facets: number, grid: FacetGrid): { x: [number, number]; y: [number, number] } {
  const { columns, width, height, margin } = grid;
  const lines = Math.ceil(facets / columns);
  const [inner, tall] = [width - margin.l - margin.r, height - margin.t - margin.b];
  const gap = (20 + margin.r) / inner;
  const share = (1 - gap * (columns - 1)) / columns;
  const [line, column] = [Math.floor(k / columns), k % columns];
  const top = 1 - line / lines - headPixels / tall;
  const bottom = 1 - (line + 1) / lines + footPixels / tall;
  return { x: [column * (share + gap), column * (share + gap) + share], y: [bottom, top] };
}

/**
 * Axes and headings of facets over common rows, the first row on top. Axis k of the layout is `x`, `x2`, …, and its
 * rows `y`, `y2`, …; names stand at the left of each line of plots.
 */
export function facetLayout(
  facets: readonly Facet[],
  rows: readonly string[],
  grid: FacetGrid,
): Record<string, unknown> {
  const axes: Record<string, unknown> = {};
  const annotations = facets.map(({ title, x }, k) => {
    const suffix = k ? `${k + 1}` : '';
    const domain = domainsOf(k, facets.length, grid);
    const isFirst = k % grid.columns === 0;
    axes[`xaxis${suffix}`] = axis({ domain: domain.x, anchor: `y${suffix}`, nticks: 6, ...x } as AxisOptions);
    axes[`yaxis${suffix}`] = axis({
      range: [rows.length - 0.5, -0.5],
      tickvals: rows.map((_, i) => i),
      ticktext: isFirst ? [...rows] : rows.map(() => ''),
      gridcolor: '#F0F0F0',
      domain: domain.y,
      anchor: `x${suffix}`,
      automargin: false,
      ...(k ? { matches: 'y' } : {}),
    });
    return panelHeading(`<b>${title}</b>`, (domain.x[0] + domain.x[1]) / 2, domain.y[1]);
  });
  return { ...axes, annotations };
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
