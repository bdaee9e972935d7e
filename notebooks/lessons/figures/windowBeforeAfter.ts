import type { Data, Figure } from 'axunet/figures/figure';
import { panelGrid } from 'axunet/figures/panels';
import type { SliceImage } from 'axunet/figures/slicePicture';
import { axis, colours, emptyFigure, logAxis, palette, sizes, withAlpha } from 'axunet/figures/theme';

export interface HuHistogram {
  /** Lower edges of equal bins. */
  readonly edges: number[];
  readonly counts: number[];
  readonly binHu: number;
}

/**
 * Counts values in `bins` equal bins over [low, high]; the last bin includes `high`,
 * values outside and NaN are not counted.
 */
export function histogram(
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
  bins: number,
): HuHistogram {
  const counts = new Array<number>(bins).fill(0);
  const binHu = (high - low) / bins;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= low && value <= high) counts[Math.min(bins - 1, Math.floor((value - low) / binHu))]!++;
  }
  return { edges: counts.map((_, i) => low + i * binHu), counts, binHu };
}

/** Share of the counted values in bins whose middle lies inside the window. */
export function shareInside({ edges, counts, binHu }: HuHistogram, [low, high]: readonly [number, number]): number {
  const all = counts.reduce((a, b) => a + b, 0);
  const inside = counts
    .filter((_, i) => edges[i]! + binHu / 2 >= low && edges[i]! + binHu / 2 <= high)
    .reduce((a, b) => a + b, 0);
  return all === 0 ? 0 : inside / all;
}

const roomBelow = 270;

/** A number with a typographic minus, as Plotly writes it on the axes. */
const signed = (value: number): string => `${value}`.replace('-', '−');

/** The histogram below the pictures (axes x3, y3), with the window drawn over it. */
function histogramPart(
  counted: HuHistogram,
  fullHu: readonly [number, number],
  windowHu: readonly [number, number],
  figureHeight: number,
) {
  // a line: on a logarithmic axis the height of a bar would have no meaning
  const counts = {
    type: 'scatter',
    mode: 'lines',
    name: 'Voxels',
    x: counted.edges.map((e) => e + counted.binHu / 2),
    y: counted.counts.map((count) => (count > 0 ? count : null)),
    xaxis: 'x3',
    yaxis: 'y3',
    showlegend: false,
    line: { color: colours.text, width: 1.5, shape: 'hvh' },
  } as unknown as Data;
  const band = {
    type: 'rect',
    xref: 'x3',
    yref: 'y3 domain',
    x0: windowHu[0],
    x1: windowHu[1],
    y0: 0,
    y1: 1,
    fillcolor: withAlpha(palette.orange, 0.25),
    line: { color: palette.orange, width: 1.5 },
    layer: 'below',
  };
  const note = {
    text: `${(100 * shareInside(counted, windowHu)).toFixed(0)} % of the voxels lie in the window`,
    xref: 'x3 domain',
    yref: 'y3 domain',
    x: 0.99,
    y: 0.98,
    xanchor: 'right',
    yanchor: 'top',
    showarrow: false,
    font: { size: sizes.small + 1, color: palette.vermillion },
  };
  const xaxis3 = axis({ title: 'CT number', unit: 'HU', range: [...fullHu], anchor: 'y3' });
  const yaxis3 = logAxis([0.8, ...counted.counts], {
    title: 'Voxels, logarithmic',
    unit: 'number',
    domain: [0, (roomBelow - 40) / figureHeight],
    anchor: 'x3',
  });
  return { counts, band, note, axes: { xaxis3, yaxis3 } };
}

/**
 * A slice over the full range of CT numbers, the same slice through the window, and the histogram of `values` (by
 * default the slice's own) with the window marked. An empty slice gives an empty figure.
 */
export function windowBeforeAfter(
  slice: Omit<SliceImage, 'range'>,
  options: {
    windowHu: readonly [number, number];
    fullHu?: readonly [number, number];
    values?: ArrayLike<number>;
    title?: string;
  },
): Figure {
  const { windowHu, fullHu = [-1024, 1024] } = options;
  const title = options.title ?? 'A CT slice over its full range of grey values and through a window';
  if (slice.values.length === 0) return emptyFigure(title, 'The slice is empty.');
  const row = [
    { name: 'Full range', range: fullHu },
    { name: 'Window', range: windowHu },
  ].map(({ name, range }) => ({ slice: { ...slice, range }, title: `${name}: ${range.map(signed).join(' to ')} HU` }));
  const { data, layout } = panelGrid([row], { title, panelWidth: 340, roomBelow, margin: { l: 74, b: 60 } });
  const { counts, band, note, axes } = histogramPart(
    histogram(options.values ?? slice.values, fullHu, 128),
    fullHu,
    windowHu,
    layout.height - layout.margin!.t! - layout.margin!.b!,
  );
  return {
    data: [...data, counts],
    layout: {
      ...layout,
      ...axes,
      shapes: [band],
      annotations: [...layout.annotations!, note],
    } as Figure['layout'],
  };
}
