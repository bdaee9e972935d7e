import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, legendBelow, makeFigure, seriesColours, withAlpha } from 'axunet/figures/theme';

export interface EffectPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Legend entry, such as in which of two analyses the feature was found. */
  readonly kind: string;
}

/**
 * Two effect sizes of the same features against each other, with the line of equality: truth and estimate, expert's and
 * network's mask. Kinds take the `colours` in the order of `kinds`; without them the first is grey, the others as
 * series. No points give an empty figure.
 */
export function effectScatter(
  points: readonly EffectPoint[],
  options: {
    title: string;
    x: string;
    y: string;
    unit: string;
    kinds: readonly string[];
    colours?: readonly string[];
  },
): Figure {
  const { title, kinds } = options;
  if (points.length === 0) return emptyFigure(title, 'No feature could be compared.');
  const reach = 1.1 * Math.max(0.5, ...points.flatMap(({ x, y }) => [Math.abs(x), Math.abs(y)]));
  const traces = kinds.map((kind, k) => {
    const own = points.filter((p) => p.kind === kind);
    const colour = options.colours?.[k] ?? (k === 0 ? colours.quiet : seriesColours[(k - 1) % seriesColours.length]!);
    return {
      type: 'scatter',
      mode: 'markers',
      name: `${kind} (${own.length})`,
      x: own.map((p) => p.x),
      y: own.map((p) => p.y),
      text: own.map((p) => `${p.name}: ${p.x.toFixed(2)} | ${p.y.toFixed(2)}`),
      hoverinfo: 'text',
      marker: { size: 8, color: withAlpha(colour, 0.75) },
    } as Data;
  });
  const equal = {
    type: 'scatter',
    mode: 'lines',
    name: 'equal',
    x: [-reach, reach],
    y: [-reach, reach],
    line: { color: colours.text, width: 1, dash: 'dot' },
    hoverinfo: 'skip',
  } as Data;
  const scale = { range: [-reach, reach] as [number, number], zeroline: true, zerolinecolor: '#BBBBBB' };
  return makeFigure([...traces, equal], {
    title,
    subtitle: 'each point: one feature',
    width: 680,
    height: 620,
    margin: { b: 118 },
    legend: legendBelow,
    xaxis: axis({ title: options.x, unit: options.unit, ...scale }),
    yaxis: axis({ title: options.y, unit: options.unit, ...scale }),
  });
}
