import type { Data, Figure } from 'axunet/figures/figure';
import { axis, emptyFigure, legendBelow, makeFigure, seriesColours, withAlpha } from 'axunet/figures/theme';
import { facetAxes, panelHeading } from './facets.ts';

/** One way of doing it, at each place of the x axis. */
export interface WithoutOrWith {
  /** Legend entry. */
  readonly name: string;
  /** Of each place the values of its repetitions. */
  readonly values: readonly (readonly number[])[];
  readonly means: readonly number[];
}

export interface WithoutOrWithPanel {
  readonly title: string;
  /** What the places of the x axis are, such as `4`, `12`. */
  readonly places: readonly string[];
  readonly ways: readonly WithoutOrWith[];
}

/** Sideways distance of the ways at one place, and of the repetitions of one way. */
const [apart, spread] = [0.16, 0.035];

function wayTraces({ name, values, means }: WithoutOrWith, w: number, ways: number, panel: number): Data[] {
  const colour = seriesColours[w % seriesColours.length]!;
  const centre = (place: number): number => place + apart * (w - (ways - 1) / 2);
  const points = values.flatMap((own, place) =>
    own.map((value, k) => ({ x: centre(place) + spread * (k - (own.length - 1) / 2), value })),
  );
  const common = { type: 'scatter', name, legendgroup: name, ...facetAxes(panel) };
  return [
    {
      ...common,
      mode: 'lines+markers',
      showlegend: panel === 0,
      x: means.map((_, place) => centre(place)),
      y: means,
      line: { color: colour, width: 2 },
      marker: { color: colour, size: 12, symbol: 'line-ew', line: { color: colour, width: 3 } },
      hovertemplate: `${name}: mean %{y:.3f}<extra></extra>`,
    } as Data,
    {
      ...common,
      mode: 'markers',
      showlegend: false,
      x: points.map(({ x }) => x),
      y: points.map(({ value }) => value),
      marker: { color: withAlpha(colour, 0.5), size: 8 },
      hovertemplate: `${name}: %{y:.3f}<extra></extra>`,
    } as Data,
  ];
}

/**
 * Panels with one y axis: a point for each repetition, a line through the means. Panels without places are left out;
 * none at all give an empty figure.
 */
export function withAndWithout(
  panels: readonly WithoutOrWithPanel[],
  options: { title: string; x: string; y: string },
): Figure {
  const shown = panels.filter(({ places }) => places.length > 0);
  if (shown.length === 0) return emptyFigure(options.title, 'No run of these studies is recorded.');
  const all = shown.flatMap(({ ways }) => ways.flatMap(({ values }) => values.flat()));
  const range: [number, number] = [Math.min(...all) - 0.03, Math.max(...all) + 0.03];
  const width = 1 / shown.length;
  const axes = Object.fromEntries(
    shown.flatMap(({ places }, k) => {
      const suffix = k ? `${k + 1}` : '';
      const x = axis({
        title: options.x,
        unit: 'number',
        domain: [k * width + (k ? 0.04 : 0), (k + 1) * width - 0.02],
        range: [-0.5, places.length - 0.5],
        tickmode: 'array',
        tickvals: places.map((_, i) => i),
        ticktext: [...places],
        anchor: `y${suffix}`,
      });
      const y = axis({
        range,
        anchor: `x${suffix}`,
        ...(k ? { showticklabels: false } : { title: options.y, unit: 'none' }),
      });
      return [
        [`xaxis${suffix}`, x],
        [`yaxis${suffix}`, y],
      ];
    }),
  );
  const traces = shown.flatMap(({ ways }, k) => ways.flatMap((way, w) => wayTraces(way, w, ways.length, k)));
  return makeFigure(traces, {
    title: options.title,
    width: 900,
    height: 460,
    margin: { t: 84, b: 96 },
    legend: legendBelow,
    annotations: shown.map(({ title }, k) => panelHeading(`<b>${title}</b>`, (k + 0.5) * width)),
    ...axes,
  });
}
