import type { Data, Figure } from 'axunet/figures/figure';
import { colours, emptyFigure, legendBelow, makeFigure, palette, withAlpha } from 'axunet/figures/theme';
import { panelHeading } from './facets.ts';

/** Rows and columns of a map. */
type Size = readonly [number, number];

/** The 3×3 taps of a kernel at (row, column) with the given dilation. */
export const kernelTaps = ([row, column]: Size, rate: number): Size[] =>
  [-rate, 0, rate].flatMap((dy) => [-rate, 0, rate].map((dx): Size => [row + dy, column + dx]));

/**
 * Share of all taps of a dilated 3×3 kernel, over all its positions on the map, that read data instead of zero padding:
 * (3h − 2·min(r, h)) (3w − 2·min(r, w)) / 9hw, since along one axis the two outer taps each miss r of h positions.
 */
export const shareOfTapsInside = ([height, width]: Size, rate: number): number =>
  ((3 * height - 2 * Math.min(rate, height)) * (3 * width - 2 * Math.min(rate, width))) / (9 * height * width);

/**
 * Windows [start, end) of adaptive pooling along one axis: start ⌊i·n/bins⌋, end
 * ⌈(i+1)·n/bins⌉, so neighbours may overlap.
 */
export const adaptiveWindows = (length: number, bins: number): [number, number][] =>
  Array.from({ length: bins }, (_, i) => [Math.floor((i * length) / bins), Math.ceil(((i + 1) * length) / bins)]);

interface Panel {
  title: string;
  data: Data[];
  shapes: Record<string, unknown>[];
}

const panelPixels = 215;
const bins = 3;

/** A kernel in the middle and one in the corner; what the corner one reads outside the map is zero padding. */
function kernelPanel(map: Size, rate: number, pixelsPerCell: number, axes: object, first: boolean): Panel {
  const [height, width] = map;
  const middle: Size = [Math.floor(height / 2), Math.floor(width / 2)];
  const all = [...kernelTaps(middle, rate), ...kernelTaps([0, 0], rate)];
  const inside = ([y, x]: Size): boolean => y >= 0 && x >= 0 && y < height && x < width;
  const marker = (name: string, taps: Size[], symbol: string, colour: string): Data =>
    ({
      type: 'scatter',
      mode: 'markers',
      name,
      legendgroup: name,
      showlegend: first,
      ...axes,
      x: taps.map((t) => t[1]),
      y: taps.map((t) => t[0]),
      marker: { symbol, color: colour, size: Math.max(4, Math.min(9, pixelsPerCell)) },
    }) as Data;
  const outside = all.filter((t) => !inside(t));
  const [side, share] = [2 * rate + 1, (100 * shareOfTapsInside(map, rate)).toFixed(0)];
  return {
    title: `Rate ${rate}: ${side}×${side} field<br>${share} % of all taps inside`,
    data: [
      marker('Tap on the map', all.filter(inside), 'square', colours.training),
      marker('Tap on zero padding', outside, 'x', colours.falsePositive),
    ],
    shapes: [],
  };
}

/** The overlapping windows of the pooling branch; where windows overlap the colour is stronger. */
function poolPanel([height, width]: Size, axes: object): Panel {
  const rows = adaptiveWindows(height, bins);
  const columns = adaptiveWindows(width, bins);
  const windows = rows.flatMap(([top, bottom]) =>
    columns.map(([left, right]) => ({
      type: 'rect',
      x0: left - 0.5,
      x1: right - 0.5,
      y0: top - 0.5,
      y1: bottom - 0.5,
      fillcolor: withAlpha(palette.green, 0.25),
      line: { color: palette.green, width: 1 },
    })),
  );
  return {
    title: `Pool ${bins}×${bins}, rows<br>${rows.map(([a, b]) => `${a}–${b - 1}`).join(', ')}`,
    data: [{ type: 'scatter', mode: 'markers', showlegend: false, ...axes, x: [null], y: [null] } as unknown as Data],
    shapes: windows,
  };
}

/** How the panels lie: cells of each, those before the map's first, and the pixels of the plot. */
interface Arrangement {
  readonly cells: number;
  readonly before: number;
  readonly columns: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

function arrange(map: Size, rates: readonly number[]): Arrangement {
  const largest = Math.max(...rates);
  const before = largest + 2; // left of and above the map, for the corner kernel
  const after = Math.max(0, largest - Math.floor(Math.min(...map) / 2)) + 2; // right and below, for the middle one
  const columns = Math.min(rates.length + 1, 4);
  const rowCount = Math.ceil((rates.length + 1) / columns);
  return {
    cells: Math.max(...map) + before + after,
    before,
    columns,
    widthPx: columns * (panelPixels + 12),
    heightPx: rowCount * (panelPixels + 46),
  };
}

/** Axes and heading of panel i. */
function framePanel(i: number, title: string, { cells, before, columns, widthPx, heightPx }: Arrangement) {
  const id = i === 0 ? '' : `${i + 1}`;
  const [left, top] = [(i % columns) * (panelPixels + 12), Math.floor(i / columns) * (panelPixels + 46) + 36];
  const hidden = { showgrid: false, zeroline: false, showticklabels: false, ticks: '' };
  const [low, high] = [-before - 0.5, cells - before - 0.5];
  const across = [left / widthPx, (left + panelPixels) / widthPx];
  const down = [1 - (top + panelPixels) / heightPx, 1 - top / heightPx];
  return {
    axes: {
      [`xaxis${id}`]: { ...hidden, anchor: `y${id}`, range: [low, high], domain: across },
      [`yaxis${id}`]: { ...hidden, anchor: `x${id}`, range: [high, low], domain: down },
    },
    heading: panelHeading(title, (left + panelPixels / 2) / widthPx, 1 - top / heightPx, { yshift: undefined }),
  };
}

/** The map itself, below everything else. */
const border = ([height, width]: Size): Record<string, unknown> => ({
  type: 'rect',
  x0: -0.5,
  x1: width - 0.5,
  y0: -0.5,
  y1: height - 0.5,
  line: { color: colours.quiet, width: 1.5 },
  fillcolor: '#F2F2F2',
  layer: 'below',
});

/**
 * What each branch of the ASPP block sees on a map (height, width): the taps of its dilated 3×3 kernel in the middle
 * and in a corner, and the windows of the adaptive pooling branch. A rate as large as the map leaves only the centre
 * tap, a 1×1 convolution. No rates give an empty figure.
 */
export function asppReceptiveField(map: Size, rates: readonly number[], options: { title?: string } = {}): Figure {
  const title = options.title ?? `What ASPP branches of rates ${rates.join(', ')} see on a map of ${map.join('×')}`;
  if (rates.length === 0) return emptyFigure(title, 'The network has no ASPP block.');
  const arrangement = arrange(map, rates);
  const layout: Record<string, unknown> = {};
  const [data, shapes, annotations]: [Data[], unknown[], unknown[]] = [[], [], []];
  for (const [i, rate] of [...rates, undefined].entries()) {
    const id = i === 0 ? '' : `${i + 1}`;
    const axes = { xaxis: `x${id}`, yaxis: `y${id}` };
    const panel =
      rate === undefined
        ? poolPanel(map, axes)
        : kernelPanel(map, rate, panelPixels / arrangement.cells, axes, i === 0);
    const frame = framePanel(i, panel.title, arrangement);
    Object.assign(layout, frame.axes);
    for (const shape of [border(map), ...panel.shapes]) shapes.push({ ...shape, xref: `x${id}`, yref: `y${id}` });
    annotations.push(frame.heading);
    data.push(...panel.data);
  }
  const margin = { l: 16, r: 16, t: 60, b: 44 };
  return makeFigure(data, {
    title,
    subtitle: 'taps of a 3×3 kernel in the middle of the map and in its corner; share: over all places of the kernel',
    width: arrangement.widthPx + 32,
    height: arrangement.heightPx + margin.t + margin.b,
    margin,
    legend: legendBelow,
    ...layout,
    shapes,
    annotations,
  });
}
