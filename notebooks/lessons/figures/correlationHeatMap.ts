import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, makeFigure, sizes } from 'axunet/figures/theme';
import type { FeatureClusters } from 'axunet/statistics/clustering';

/** Blue − white − vermillion, as the palette's ends. */
const scale = [
  [0, '#0072B2'],
  [0.5, '#FFFFFF'],
  [1, '#D55E00'],
];

/** Where clusters of several features begin and end in the order of the map. */
function spans(clusters: FeatureClusters['clusters']): { first: number; size: number }[] {
  let first = 0;
  return clusters.map((own) => {
    const span = { first, size: own.length };
    first += own.length;
    return span;
  });
}

interface Tick {
  readonly at: number;
  readonly text: string;
}

/** Names of the representatives beside the larger clusters. */
function clusterTicks(
  { clusters, names, representatives }: FeatureClusters,
  name: (feature: string) => string,
): Tick[] {
  const least = Math.max(2, Math.round(names.length / 40));
  return spans(clusters).flatMap(({ first, size }, k) =>
    size >= least ? [{ at: first + (size - 1) / 2, text: `${name(representatives[k]!)} (${size})` }] : [],
  );
}

/** Frames of the clusters of several features. */
const clusterSquares = ({ clusters }: FeatureClusters): Record<string, unknown>[] =>
  spans(clusters)
    .filter(({ size }) => size > 1)
    .map(({ first, size }) => {
      const [from, to] = [first - 0.5, first + size - 0.5];
      return { type: 'rect', x0: from, x1: to, y0: from, y1: to, line: { color: colours.text, width: 1.5 } };
    });

/** The coefficients as a heat map. */
const mapTrace = ({ names, matrix }: FeatureClusters, name: (feature: string) => string): Data =>
  ({
    type: 'heatmap',
    z: matrix.map((row) => row.map((r) => Math.round(100 * r) / 100)),
    zmin: -1,
    zmax: 1,
    colorscale: scale,
    xgap: 0.3,
    ygap: 0.3, // gaps make Plotly draw cells in full size, not a small picture that is blown up
    text: names.map(name),
    hovertemplate: '%{z}<extra></extra>',
    colorbar: {
      title: { text: 'ρ (−1 to 1)', side: 'top', font: { size: sizes.small } },
      thickness: 14,
      len: 0.6,
      outlinewidth: 0,
    },
  }) as unknown as Data;

/**
 * Spearman's correlation of all features with each other, in the order of their clustering; squares frame the clusters,
 * and the names are those of the clusters' representatives. No features give an empty figure.
 */
export function correlationHeatMap(
  found: FeatureClusters,
  options: { title: string; name?: (feature: string) => string },
): Figure {
  const { title, name = (f: string): string => f } = options;
  const n = found.names.length;
  if (n === 0) return emptyFigure(title, 'No feature varies.');
  const ticks = clusterTicks(found, name);
  const side = 560;
  const left = 24 + 6.6 * Math.max(...ticks.map((t) => t.text.length), 0);
  return makeFigure([mapTrace(found, name)], {
    title,
    subtitle:
      'frames: clusters of features with a mean |ρ| of 0.8 or more; names: one feature of each, with their number',
    width: side + left + 110,
    height: side + 100,
    margin: { l: left, r: 110, t: 60, b: 40 },
    shapes: clusterSquares(found),
    xaxis: axis({
      range: [-0.5, n - 0.5],
      showticklabels: false,
      ticks: '',
      title: `${n} features in ${found.clusters.length} clusters, in the same order`,
      unit: 'none',
      showgrid: false,
    }),
    yaxis: axis({
      range: [n - 0.5, -0.5],
      tickmode: 'array',
      tickvals: ticks.map((t) => t.at),
      ticktext: ticks.map((t) => t.text),
      tickfont: { size: sizes.small },
      automargin: false,
      showgrid: false,
    }),
  });
}
