import type { Data, Figure } from 'axunet/figures/figure';
import { axis, emptyFigure, legendBelow, makeFigure, seriesColours, shareRange, sizes } from 'axunet/figures/theme';
import { facetAxes, panelHeading } from './facets.ts';

export interface ThresholdCurve {
  readonly arm: string;
  readonly seed: number;
  readonly points: readonly { readonly threshold: number; readonly dice: number }[];
  readonly chosen: number;
}

/** Looks of the seeds, told apart without colour too. */
const symbols = ['circle', 'square', 'triangle-up', 'x', 'star', 'cross'] as const;
const dashes = ['solid', 'dash', 'dot'] as const;

/** The line of a run, its chosen threshold as a larger mark with a black edge; `isFirst` of its seed in the legend. */
function runTraces({ points, chosen, seed }: ThresholdCurve, s: number, k: number, isFirst: boolean): Data[] {
  const colour = seriesColours[s % seriesColours.length]!;
  const symbol = symbols[s % symbols.length]!;
  const name = `seed ${seed}`;
  const line = {
    type: 'scatter',
    mode: 'lines+markers',
    name,
    legendgroup: name,
    showlegend: isFirst,
    ...facetAxes(k),
    x: points.map((p) => p.threshold),
    y: points.map((p) => p.dice),
    line: { color: colour, width: 1.5, dash: dashes[s % dashes.length]! },
    marker: { size: 5, symbol, color: colour },
    hoverinfo: 'name+y',
  };
  const best = points.filter((p) => p.threshold === chosen);
  const mark = {
    type: 'scatter',
    mode: 'markers',
    showlegend: false,
    ...facetAxes(k),
    x: best.map((p) => p.threshold),
    y: best.map((p) => p.dice),
    marker: { size: 12, symbol, color: colour, line: { color: 'black', width: 1.5 } },
    hoverinfo: 'skip',
  };
  return [line, mark] as unknown as Data[];
}

const columns = 2;
const [plotPixels, linePixels] = [170, 256];

/** Axes and heading of the plot of arm `k`. */
function plotOf(arm: string, k: number, tall: number, range: [number, number]) {
  const suffix = k ? `${k + 1}` : '';
  const x: [number, number] = k % columns ? [0.55, 1] : [0, 0.45];
  const top = 1 - (Math.floor(k / columns) * linePixels + 24) / tall;
  return {
    heading: panelHeading(`<b>${arm}</b>`, (x[0] + x[1]) / 2, top),
    axes: {
      [`xaxis${suffix}`]: axis({
        title: 'Threshold on the probability (0 to 1)',
        unit: 'none',
        range: [0.05, 0.95],
        dtick: 0.2,
        tick0: 0.1,
        domain: x,
        anchor: `y${suffix}`,
        tickfont: { size: sizes.small },
      }),
      [`yaxis${suffix}`]: axis({
        title: 'Mean DSC (0 to 1)',
        unit: 'none',
        range,
        domain: [Math.max(0, top - plotPixels / tall), top],
        anchor: `x${suffix}`,
        tickfont: { size: sizes.small },
      }),
    },
  };
}

/**
 * DSC of the validation patients against the threshold, one plot a loss, one line a run, the chosen threshold marked.
 * No run gives an empty figure.
 */
export function thresholdCurves(curves: readonly ThresholdCurve[], options: { title?: string } = {}): Figure {
  const title = options.title ?? 'Choosing the threshold of each run on four validation patients';
  if (curves.length === 0) return emptyFigure(title, 'No run of this study is recorded.');
  const arms = [...new Set(curves.map(({ arm }) => arm))];
  const seeds = [...new Set(curves.map(({ seed }) => seed))];
  const [low] = shareRange(curves.flatMap(({ points }) => points.map(({ dice }) => dice)));
  const most = Math.max(...curves.flatMap(({ points }) => points.map(({ dice }) => dice)));
  const tall = Math.ceil(arms.length / columns) * linePixels;
  const plots = arms.map((arm, k) => plotOf(arm, k, tall, [low, Math.min(1.02, most + 0.03)]));
  const named = new Set<number>();
  const data = curves.flatMap((curve) => {
    const isFirst = !named.has(curve.seed);
    named.add(curve.seed);
    return runTraces(curve, seeds.indexOf(curve.seed), arms.indexOf(curve.arm), isFirst);
  });
  return makeFigure(data, {
    title,
    subtitle: 'large mark with a black edge: the threshold that was chosen',
    width: 860,
    height: tall + 64 + 14,
    legend: legendBelow,
    margin: { b: 14 },
    ...Object.assign({}, ...plots.map(({ axes }) => axes)),
    annotations: plots.map(({ heading }) => heading),
  });
}
