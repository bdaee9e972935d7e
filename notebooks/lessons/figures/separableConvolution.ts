import type { Data, Figure } from 'axunet/figures/figure';
import {
  axis,
  colours,
  emptyFigure,
  formatCount,
  legendBelow,
  logAxis,
  makeFigure,
  palette,
  sizes,
} from 'axunet/figures/theme';

export interface ConvolutionLevel {
  readonly name: string;
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** Size of the output map. */
  readonly height: number;
  readonly width: number;
}

export interface ConvolutionCost {
  /** Weights and biases. */
  readonly parameters: number;
  /** Multiply-adds for one slice; biases not counted. */
  readonly macs: number;
}

/** An ordinary 3×3 convolution: 9·i·o weights and o biases. */
export function standardCost({
  inputChannels: i,
  outputChannels: o,
  height,
  width,
}: ConvolutionLevel): ConvolutionCost {
  return { parameters: 9 * i * o + o, macs: height * width * 9 * i * o };
}

/** The separable one, pointwise i → o and then depthwise 3×3: i·o + 9·o weights and 2·o biases. */
export function separableCost({
  inputChannels: i,
  outputChannels: o,
  height,
  width,
}: ConvolutionLevel): ConvolutionCost {
  return { parameters: i * o + 9 * o + 2 * o, macs: height * width * (i * o + 9 * o) };
}

const kinds = [
  { name: 'Standard 3×3', cost: standardCost, colour: palette.orange, symbol: 'circle' },
  { name: 'Separable: pointwise, then depthwise 3×3', cost: separableCost, colour: palette.blue, symbol: 'diamond' },
] as const;

/**
 * Points of one quantity, a line from the one to the other of a block, and a sentence with the totals. Points, because
 * the axis is logarithmic: the length of a bar would have no meaning there.
 */
function quantityPanel(levels: readonly ConvolutionLevel[], quantity: keyof ConvolutionCost, suffix: '' | '2') {
  const values = kinds.map(({ cost }) => levels.map((level) => cost(level)[quantity]));
  const points = kinds.map(
    ({ name, colour, symbol }, k) =>
      ({
        type: 'scatter',
        mode: 'markers',
        name,
        legendgroup: name,
        showlegend: suffix === '',
        x: levels.map((l) => l.name),
        y: values[k],
        marker: { color: colour, symbol, size: 11 },
        xaxis: `x${suffix}`,
        yaxis: `y${suffix}`,
      }) as Data,
  );
  const joins = {
    type: 'scatter',
    mode: 'lines',
    showlegend: false,
    hoverinfo: 'skip',
    x: levels.flatMap((l) => [l.name, l.name, null]),
    y: levels.flatMap((_, i) => [values[0]![i]!, values[1]![i]!, null]),
    line: { color: colours.quiet, width: 1 },
    xaxis: `x${suffix}`,
    yaxis: `y${suffix}`,
  } as Data;
  const [standard, separable] = values.map((own) => own.reduce((a, b) => a + b, 0));
  const times = (standard / separable).toFixed(1);
  const note = {
    text: `all: ${formatCount(standard)} → ${formatCount(separable)} (${times} times fewer)`,
    xref: `x${suffix} domain`,
    yref: `y${suffix} domain`,
    x: 0.5,
    y: 1,
    yanchor: 'bottom',
    showarrow: false,
    font: { size: sizes.small + 1, color: colours.quiet },
  };
  return { traces: [joins, ...points], note, values: values.flat() };
}

/**
 * Parameters and multiply-adds of the first convolution of each block, were it an ordinary 3×3, and separable as it
 * is. (The second convolution of each block stays ordinary and is not counted.) No level gives an empty figure.
 */
export function separableConvolution(levels: readonly ConvolutionLevel[], options: { title?: string } = {}): Figure {
  const title = options.title ?? 'Cost of the first convolution of each block: standard 3×3 and separable';
  if (levels.length === 0) return emptyFigure(title, 'The network has no separable convolution.');
  const [left, right] = [quantityPanel(levels, 'parameters', ''), quantityPanel(levels, 'macs', '2')];
  return makeFigure([...left.traces, ...right.traces], {
    title,
    width: 900,
    height: 450,
    margin: { t: 84, b: 92 },
    legend: legendBelow,
    annotations: [left.note, right.note],
    xaxis: axis({ title: 'Block of the network', unit: 'none', domain: [0, 0.43], type: 'category' }),
    yaxis: logAxis(left.values, { title: 'Parameters, logarithmic', unit: 'number' }),
    xaxis2: axis({ title: 'Block of the network', unit: 'none', domain: [0.57, 1], type: 'category', anchor: 'y2' }),
    yaxis2: logAxis(right.values, { title: 'Multiply-adds a slice, logarithmic', unit: 'number', anchor: 'x2' }),
  });
}
