/** Grids of slice pictures in true proportions, with outlines of masks that can be switched off in the legend. */

import { outlineLoops } from '../volume/outline.ts';
import type { Data, Figure } from './figure.ts';
import { pngAddress, type SliceImage, sliceToRgba } from './slicePicture.ts';
import { colours, legendBelow, makeFigure, sizes, withAlpha } from './theme.ts';

export interface PanelMask {
  /** (height, width) of the panel's slice; non-zero, or equal to `value`, is inside. */
  readonly mask: ArrayLike<number>;
  readonly value?: number;
  readonly name: string;
  readonly colour: string;
  /** Opacity of the inside, 0 by default. */
  readonly fill?: number;
  readonly dash?: 'solid' | 'dot';
}

export interface Panel {
  readonly slice: SliceImage;
  /** A picture of the slice's size to show instead of the slice in grey. */
  readonly rgba?: Uint8ClampedArray;
  readonly title?: string;
  readonly masks?: readonly PanelMask[];
  /** Letters at the left, right, top and bottom edge, such as R, L, A, P. */
  readonly edges?: readonly [string, string, string, string];
}

/** A scale of colours beside the panels. */
export interface ColourBar {
  /** What the colours mean; the lines of a long one are parted by <br>. */
  readonly title: string;
  /** CSS colours at shares of the bar, from 0 at its bottom to 1 at its top. */
  readonly scale: readonly (readonly [number, string])[];
  readonly ticks: readonly (readonly [number, string])[];
}

export interface PanelGridOptions {
  title: string;
  subtitle?: string;
  columnTitles?: readonly string[];
  rowTitles?: readonly string[];
  /** Pixels of a panel's width, 230 by default. */
  panelWidth?: number;
  /** One line below the panels. */
  caption?: string;
  /** Pixels kept free below the panels for another plot, whose axes the caller adds; paper y = 0 is below them. */
  roomBelow?: number;
  /** Scales at the right of the panels, from top to bottom. */
  bars?: readonly ColourBar[];
  margin?: { l?: number; b?: number };
}

interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Pixels between panels. */
export const gap = 10;
/** Pixels at the right that scales of colours take. */
const barRoom = 118;
/** Behind letters at the edges, so that bone or the table below the patient does not swallow them. */
const shade = 'rgba(0,0,0,0.6)';

/** Axis options that show a slice of the given size at the top of a place, with equal scales on both axes. */
function axesAt(
  slice: SliceImage,
  place: Place,
  total: { width: number; height: number },
  index: number,
): [Record<string, unknown>, Record<string, unknown>] {
  const [widthMm, heightMm] = [slice.width * slice.spacingMm[1], slice.height * slice.spacingMm[0]];
  const mmPerPixel = Math.max(widthMm / place.width, heightMm / place.height);
  const [spareX, spareY] = [place.width * mmPerPixel - widthMm, place.height * mmPerPixel - heightMm];
  const hidden = { visible: false, fixedrange: false };
  const name = index === 0 ? '' : `${index + 1}`;
  return [
    {
      ...hidden,
      anchor: `y${name}`,
      domain: [place.left / total.width, (place.left + place.width) / total.width],
      range: [-spareX / 2, widthMm + spareX / 2],
    },
    {
      ...hidden,
      anchor: `x${name}`,
      domain: [1 - (place.top + place.height) / total.height, 1 - place.top / total.height],
      range: [heightMm + spareY, 0],
    },
  ];
}

/** One trace for all outlines of a mask, in millimetres; gaps between the loops. */
function maskTrace(panel: Panel, mask: PanelMask, axisName: string, inLegend: boolean): Data {
  const [dy, dx] = panel.slice.spacingMm;
  const x: (number | null)[] = [];
  const y: (number | null)[] = [];
  for (const loop of outlineLoops(mask.mask, panel.slice.height, panel.slice.width, mask.value)) {
    if (x.length > 0) [x.push(null), y.push(null)];
    for (const [cornerX, cornerY] of loop) [x.push(cornerX * dx), y.push(cornerY * dy)];
  }
  return {
    type: 'scatter',
    mode: 'lines',
    x,
    y,
    xaxis: `x${axisName}`,
    yaxis: `y${axisName}`,
    name: mask.name,
    legendgroup: mask.name,
    showlegend: inLegend,
    hoverinfo: 'name',
    line: { color: mask.colour, width: 1.6, dash: mask.dash ?? 'solid' },
    ...(mask.fill ? { fill: 'toself', fillcolor: withAlpha(mask.colour, mask.fill) } : {}),
  } as Data;
}

function text(label: string, x: number, y: number, options: Record<string, unknown> = {}): Record<string, unknown> {
  return { text: label, x, y, xref: 'paper', yref: 'paper', xanchor: 'center', showarrow: false, ...options };
}

/** R, L, A, P and the like, white on the picture's edges. */
function edgeLetters(panel: Panel, axisName: string): Record<string, unknown>[] {
  if (!panel.edges) return [];
  const { slice } = panel;
  const [w, h] = [slice.width * slice.spacingMm[1], slice.height * slice.spacingMm[0]];
  const places = [
    [0.04 * w, h / 2],
    [0.96 * w, h / 2],
    [w / 2, 0.05 * h],
    [w / 2, 0.95 * h],
  ];
  return panel.edges.map((letter, i) =>
    text(letter, places[i]![0]!, places[i]![1]!, {
      xref: `x${axisName}`,
      yref: `y${axisName}`,
      font: { color: 'white', size: sizes.font },
      bgcolor: shade,
      borderpad: 1,
    }),
  );
}

/** A trace without points that brings a scale of colours, `k` of so many. */
const barTrace = ({ title, scale, ticks }: ColourBar, k: number, count: number): Data =>
  ({
    type: 'scatter',
    mode: 'markers',
    x: [null],
    y: [null],
    showlegend: false,
    marker: {
      color: [0],
      cmin: 0,
      cmax: 1,
      colorscale: scale,
      showscale: true,
      colorbar: {
        title: { text: `${title}<br> `, side: 'top', font: { size: sizes.small } },
        tickvals: ticks.map(([at]) => at),
        ticktext: ticks.map(([, text]) => text),
        tickfont: { size: sizes.small },
        thickness: 14,
        outlinewidth: 0,
        len: 0.96 / count,
        y: 1 - (k + 0.5) / count,
        yanchor: 'middle',
        x: 1.01,
        xanchor: 'left',
      },
    },
  }) as unknown as Data;

/** Where everything of a grid lies, in pixels inside the margins. */
function gridPlaces(
  rows: readonly (readonly (Panel | undefined)[])[],
  panelWidth: number,
): { places: Place[][]; width: number; height: number } {
  const panels = rows.flat().filter((p) => p !== undefined);
  const tallest = Math.max(
    ...panels.map(({ slice }) => (slice.height * slice.spacingMm[0]) / (slice.width * slice.spacingMm[1])),
  );
  const panelHeight = Math.round(panelWidth * Math.min(tallest, 2));
  const lines = Math.max(...panels.map(({ title }) => (title ? title.split('<br>').length : 0)));
  const titled = lines > 0 ? Math.round(sizes.font * (1 + 1.3 * (lines - 1))) + 8 : 0;
  const columns = Math.max(...rows.map((row) => row.length));
  const places = rows.map((row, r) =>
    row.map((_, c) => ({
      left: c * (panelWidth + gap),
      top: titled + r * (panelHeight + gap + titled),
      width: panelWidth,
      height: panelHeight,
    })),
  );
  return {
    places,
    width: columns * (panelWidth + gap) - gap,
    height: rows.length * (panelHeight + gap + titled) - gap,
  };
}

/** Titles of columns (above), rows (at the left, turned), and the caption (below). */
function gridTexts(
  options: PanelGridOptions,
  places: Place[][],
  size: { width: number; height: number },
): Record<string, unknown>[] {
  const widest = places.reduce((a, b) => (b.length > a.length ? b : a));
  const columns = (options.columnTitles ?? []).map((label, c) =>
    text(`<b>${label}</b>`, (widest[c]!.left + widest[c]!.width / 2) / size.width, 1, { yanchor: 'bottom', yshift: 3 }),
  );
  const rows = (options.rowTitles ?? []).map((label, r) =>
    text(label, 0, 1 - (places[r]![0]!.top + places[r]![0]!.height / 2) / size.height, {
      textangle: -90,
      xanchor: 'right',
      yanchor: 'middle',
      xshift: -6,
    }),
  );
  const caption = options.caption
    ? [text(options.caption, 0.5, 0, { yanchor: 'top', yshift: -6, font: { size: sizes.small } })]
    : [];
  return [...columns, ...rows, ...caption];
}

/** A thin line around a picture that is not a slice: a map of small values is white on white. */
const frameOf = ({ width, height, spacingMm }: SliceImage, axisName: string): Record<string, unknown> => ({
  type: 'rect',
  xref: `x${axisName}`,
  yref: `y${axisName}`,
  ...{ x0: 0, x1: width * spacingMm[1], y0: 0, y1: height * spacingMm[0] },
  line: { color: colours.grid, width: 1 },
});

/** All panels of the grid as Plotly traces, axes, pictures and texts. */
function drawPanels(
  rows: readonly (readonly (Panel | undefined)[])[],
  places: Place[][],
  size: { width: number; height: number },
) {
  const data: Data[] = [];
  const axes: Record<string, unknown> = {};
  const images: unknown[] = [];
  const annotations: Record<string, unknown>[] = [];
  const frames: Record<string, unknown>[] = [];
  const named = new Set<string>();
  let index = 0;
  rows.forEach((row, r) =>
    row.forEach((panel, c) => {
      if (!panel) return;
      const name = index === 0 ? '' : `${index + 1}`;
      const place = places[r]![c]!;
      const { slice } = panel;
      [axes[`xaxis${name}`], axes[`yaxis${name}`]] = axesAt(slice, place, size, index);
      images.push({
        source: pngAddress(panel.rgba ?? sliceToRgba(slice), slice.width, slice.height),
        xref: `x${name}`,
        yref: `y${name}`,
        x: 0,
        y: 0,
        sizex: slice.width * slice.spacingMm[1],
        sizey: slice.height * slice.spacingMm[0],
        xanchor: 'left',
        yanchor: 'top',
        sizing: 'stretch',
        layer: 'below',
      });
      const axesOfPanel = { xaxis: `x${name}`, yaxis: `y${name}` };
      data.push({ type: 'scatter', mode: 'markers', x: [null], y: [null], ...axesOfPanel, showlegend: false } as Data);
      for (const mask of panel.masks ?? []) {
        // a mask without a pixel here draws nothing, and would take the legend of those in later panels
        const isDrawn = Array.prototype.some.call(mask.mask, (v) => (mask.value === undefined ? v : v === mask.value));
        data.push(maskTrace(panel, mask, name, isDrawn && !named.has(mask.name)));
        if (isDrawn) named.add(mask.name);
      }
      if (panel.title)
        annotations.push(
          text(panel.title, (place.left + place.width / 2) / size.width, 1 - place.top / size.height, {
            yanchor: 'bottom',
          }),
        );
      annotations.push(...edgeLetters(panel, name));
      if (panel.rgba) frames.push(frameOf(slice, name));
      index++;
    }),
  );
  return { data, axes, images, annotations, frames, legend: named.size > 0 };
}

/**
 * A grid of slices as pictures (never as numbers: small and fast everywhere), each in its true proportions; `undefined`
 * leaves a place empty. Expects at least one panel.
 */
export function panelGrid(rows: readonly (readonly (Panel | undefined)[])[], options: PanelGridOptions): Figure {
  const { places, width, height } = gridPlaces(rows, options.panelWidth ?? 230);
  const size = { width, height: height + (options.roomBelow ?? 0) };
  const { data, axes, images, annotations, frames, legend } = drawPanels(rows, places, size);
  const bars = options.bars ?? [];
  const sides = Math.max(16, (0.3 * sizes.title * options.title.length + 24 - size.width) / 2); // half the title a line
  const margin = {
    l: sides + (options.rowTitles ? 18 : 0),
    r: bars.length > 0 ? barRoom : sides,
    t: options.columnTitles ? 74 : 54,
    b: 14 + (legend ? 34 : 0) + (options.caption ? 22 : 0),
    ...options.margin,
  };
  return makeFigure([...data, ...bars.map((bar, k) => barTrace(bar, k, bars.length))], {
    title: options.title,
    ...(options.subtitle && { subtitle: options.subtitle }),
    width: size.width + margin.l + margin.r,
    height: size.height + margin.t + margin.b,
    margin,
    ...axes,
    images,
    ...(frames.length > 0 && { shapes: frames }),
    annotations: [...annotations, ...gridTexts(options, places, size)],
    legend: { ...legendBelow, bgcolor: 'white' },
  });
}

/** Cuts a list into rows of the given length. */
export const inRows = <T>(items: readonly T[], columns: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / columns) }, (_, r) => items.slice(r * columns, (r + 1) * columns));
