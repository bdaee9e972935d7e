import type { Data, Figure } from 'axunet/figures/figure';
import {
  colours,
  emptyFigure,
  formatCount,
  legendBelow,
  makeFigure,
  palette,
  sizes,
  withAlpha,
} from 'axunet/figures/theme';
import { type PlacedLayer, placeLayers, stackPitch } from './architectureLayout.ts';
import type { LayerKind, LayerNode } from './modelLayers.ts';

const looks: Record<LayerKind, { name: string; colour: string; mark?: string }> = {
  input: { name: 'Input', colour: colours.quiet },
  block: { name: 'Two 3×3 convolutions', colour: palette.orange },
  separable: { name: 'Separable, then 3×3 convolution', colour: palette.blue },
  convolution: { name: 'Convolution', colour: palette.green },
  shortcut: { name: '1×1, stride 2 (shortcut)', colour: palette.vermillion, mark: '½' },
  grouped: { name: 'Grouped 3×3', colour: palette.purple, mark: 'g' },
  pool: { name: 'Max pooling', colour: palette.purple, mark: '↓' },
  up: { name: 'Transposed 2×2', colour: palette.sky, mark: '↑' },
  join: { name: 'Join of channels', colour: palette.black, mark: '∥' },
  add: { name: 'Sum', colour: palette.vermillion, mark: '+' },
  resize: { name: 'Resize', colour: palette.sky, mark: '↔' },
  other: { name: 'Other', colour: colours.quiet },
};

const columnPixels = 98;
const levelPixels = 108;
const box = { width: 92, height: 50 };
const markSize = 20;

type EdgeKind = 'flow' | 'skip' | 'residual';
const edgeLooks: Record<EdgeKind, { name: string; colour: string; width: number }> = {
  flow: { name: 'Data flow', colour: '#555555', width: 1.2 },
  skip: { name: 'Skip connection', colour: palette.blue, width: 2 },
  residual: { name: 'Residual shortcut', colour: palette.vermillion, width: 1.8 },
};

/**
 * A skip joins an encoder block to the decoder, a residual edge touches a shortcut or leads from one sum to the next.
 */
function edgeKind(from: PlacedLayer, to: PlacedLayer): EdgeKind {
  if (from.kind === 'shortcut' || to.kind === 'shortcut') return 'residual';
  return to.kind === 'join' && (from.kind === 'block' || from.kind === 'separable') ? 'skip' : 'flow';
}

/** Centre and half size in pixels from the top left. */
const centre = (l: PlacedLayer): { x: number; y: number; halfWidth: number; halfHeight: number } => ({
  x: l.x * columnPixels,
  y: l.level * levelPixels + l.drop,
  halfWidth: (l.main ? box.width : markSize) / 2,
  halfHeight: (l.main ? box.height : markSize) / 2,
});

/** From border to border: upright where one layer is above the other, else from right to left. */
function arrow(from: PlacedLayer, to: PlacedLayer): Record<string, unknown> {
  const [a, b] = [centre(from), centre(to)];
  const { colour, width } = edgeLooks[edgeKind(from, to)];
  const upright = Math.abs(b.x - a.x) < 0.3 * columnPixels;
  const down = b.y > a.y ? 1 : -1;
  return {
    x: upright ? b.x : b.x - b.halfWidth,
    y: upright ? b.y - down * b.halfHeight : b.y,
    ax: upright ? a.x : a.x + a.halfWidth,
    ay: upright ? a.y + down * a.halfHeight : a.y,
    xref: 'x',
    yref: 'y',
    axref: 'x',
    ayref: 'y',
    text: '',
    showarrow: true,
    font: { size: 1 },
    borderpad: 0, // the arrow starts at the edge of its (empty) text
    arrowhead: 2,
    arrowsize: 0.9,
    arrowwidth: width,
    arrowcolor: colour,
  };
}

function shapeOf(layer: PlacedLayer): Record<string, unknown> {
  const { x, y, halfWidth, halfHeight } = centre(layer);
  const { colour } = looks[layer.kind];
  return {
    type: layer.main ? 'rect' : 'circle',
    xref: 'x',
    yref: 'y',
    x0: x - halfWidth,
    x1: x + halfWidth,
    y0: y - halfHeight,
    y1: y + halfHeight,
    fillcolor: withAlpha(colour, layer.main ? 0.16 : 0.12),
    line: { color: colour, width: 1.5 },
  };
}

function textOf(layer: PlacedLayer): Record<string, unknown> {
  const { x, y } = centre(layer);
  const lines = [
    `<b>${layer.name}</b>`,
    layer.detail ?? `${layer.outputShape[2]} ch`,
    layer.parameters > 0 ? formatCount(layer.parameters) : '',
  ].filter(Boolean);
  return {
    text: layer.main ? lines.join('<br>') : (looks[layer.kind].mark ?? ''),
    x,
    y,
    xref: 'x',
    yref: 'y',
    xanchor: 'center',
    yanchor: 'middle',
    showarrow: false,
    font: { size: layer.main ? sizes.small + 1 : sizes.font },
  };
}

/** Resolution at the left of each row, above its box in the first one. */
function levelTexts(placed: readonly PlacedLayer[], left: number): Record<string, unknown>[] {
  const levels = [...new Set(placed.map((l) => l.level))];
  return levels.map((level) => {
    const [height, width] =
      placed.find((l) => l.level === level && l.main)?.outputShape ??
      placed.find((l) => l.level === level)!.outputShape;
    return {
      text: `${height}×${width}`,
      x: left,
      y: level === 0 ? -box.height / 2 - 12 : level * levelPixels,
      xref: 'x',
      yref: 'y',
      xanchor: 'left',
      yanchor: 'middle',
      showarrow: false,
      font: { color: colours.quiet },
    };
  });
}

/** Hover texts and the legend. */
function traces(placed: readonly PlacedLayer[], edges: readonly EdgeKind[]): Data[] {
  const hover = placed.map(({ name, kind, detail, outputShape, parameters }) => {
    const what = `${name}: ${looks[kind].name}${detail ? ` ${detail}` : ''}`;
    return `${what}<br>${outputShape.join('×')}, ${parameters.toLocaleString('en')} parameters`;
  });
  const points = {
    type: 'scatter',
    mode: 'markers',
    showlegend: false,
    hoverinfo: 'text',
    text: hover,
    x: placed.map((l) => centre(l).x),
    y: placed.map((l) => centre(l).y),
    marker: { opacity: 0, size: 24 },
  } as Data;
  const key = (name: string, mode: string, look: object): Data =>
    ({ type: 'scatter', mode, name, x: [null], y: [null], ...look }) as unknown as Data;
  const kinds = [...new Set(placed.map((l) => l.kind))].map((kind) => {
    const { name, colour, mark } = looks[kind];
    return key(mark ? `${mark} ${name}` : name, 'markers', {
      marker: {
        symbol: mark ? 'circle' : 'square',
        size: 12,
        color: withAlpha(colour, 0.3),
        line: { color: colour, width: 1.5 },
      },
    });
  });
  const lines = [...new Set(edges)].map((kind) =>
    key(edgeLooks[kind].name, 'lines', { line: { color: edgeLooks[kind].colour, width: 2.5 } }),
  );
  return [points, ...kinds, ...lines];
}

/**
 * The network as a U: resolution falls from top to bottom, computation runs from left to right. Boxes carry name,
 * channels (or kernel) and parameters, running statistics included. Drawn from `modelLayers(model)`, so that picture
 * and network cannot differ. No layers give an empty figure.
 */
export function architectureDiagram(layers: readonly LayerNode[], options: { title?: string } = {}): Figure {
  const total = layers.reduce((sum, l) => sum + l.parameters, 0);
  const title =
    options.title ??
    `The network, drawn from the model: ${total.toLocaleString('en')} parameters in ${layers.length} layers`;
  if (layers.length === 0) return emptyFigure(title, 'There is no network to draw.');
  const placed = placeLayers(layers);
  const byName = new Map(placed.map((l) => [l.name, l]));
  const edges = placed.flatMap((to) => to.inputs.map((name) => [byName.get(name)!, to] as const));
  const right = Math.max(...placed.map((l) => centre(l).x + centre(l).halfWidth)) + 12;
  const bottom = Math.max(...placed.map((l) => centre(l).y)) + stackPitch / 2 + 8;
  const [left, top] = [-0.55 * columnPixels, -box.height];
  const hidden = { visible: false, fixedrange: false };
  const margin = { l: 16, r: 16, t: 50, b: 76 };
  const kinds = edges.map(([from, to]) => edgeKind(from, to));
  return makeFigure(traces(placed, kinds), {
    title,
    width: right - left + margin.l + margin.r,
    height: bottom - top + margin.t + margin.b,
    margin,
    legend: legendBelow,
    xaxis: { ...hidden, range: [left, right] },
    yaxis: { ...hidden, range: [bottom, top] },
    shapes: placed.map(shapeOf),
    annotations: [...edges.map(([from, to]) => arrow(from, to)), ...placed.map(textOf), ...levelTexts(placed, left)],
  });
}
