import type { Data, Figure } from 'axunet/figures/figure';
import {
  axis,
  colours,
  emptyFigure,
  findingColours,
  legendBelow,
  makeFigure,
  sizes,
  withAlpha,
} from 'axunet/figures/theme';
import type { FeatureComparison, GroupComparison } from 'axunet/statistics/compareFeatures';

interface Class {
  readonly name: string;
  readonly colour: string;
  readonly holds: (f: FeatureComparison) => boolean;
}

/** From weak to strong; a feature belongs to the last class that holds. */
const classes = (level: number): Class[] => [
  { name: `p > ${level}`, colour: findingColours.none, holds: () => true },
  { name: `p ≤ ${level}, not after correction`, colour: findingColours.uncorrected, holds: (f) => f.welchP <= level },
  { name: 'also after Benjamini-Hochberg', colour: findingColours.benjaminiHochberg, holds: (f) => f.bhP <= level },
  { name: 'also after Holm', colour: findingColours.holm, holds: (f) => f.holmP <= level },
];

const height = (p: number): number => -Math.log10(Math.max(p, 1e-300));

/**
 * Names of the few strongest points, written towards the middle so that no edge cuts them, apart from each other and
 * beside the points of about the same height.
 */
function namesOf(
  points: readonly FeatureComparison[],
  all: readonly FeatureComparison[],
  name: (feature: string) => string,
  ySpan: number,
): Record<string, unknown>[] {
  const placed: { side: number; y: number }[] = [];
  return points.flatMap((f) => {
    const [side, y] = [Math.sign(f.g), height(f.welchP)];
    if (placed.some((other) => other.side === side && Math.abs(other.y - y) < 0.045 * ySpan)) return [];
    placed.push({ side, y });
    const place = side > 0 ? { xanchor: 'right', xshift: -7 } : { xanchor: 'left', xshift: 7 };
    const beside = all.filter(
      (other) => Math.sign(other.g) === side && Math.abs(height(other.welchP) - y) < 0.025 * ySpan,
    );
    return [
      {
        text: name(f.feature),
        x: side * Math.min(...beside.map(({ g }) => Math.abs(g))),
        y,
        ...place,
        showarrow: false,
        font: { size: sizes.small },
      },
    ];
  });
}

/**
 * Effect size against evidence for every feature: Hedges' g of the first group against −log₁₀ of Welch's
 * p, coloured by the correction that it survives; the line is the uncorrected level. A comparison
 * without features gives an empty figure.
 */
export function volcanoPlot(
  { features, n }: GroupComparison,
  options: {
    title: string;
    groups: readonly [string, string];
    name?: (feature: string) => string;
    level?: number;
    labelled?: number;
  },
): Figure {
  const { title, groups, name = (f: string): string => f, level = 0.05, labelled = 6 } = options;
  if (features.length === 0) return emptyFigure(title, 'No feature could be compared.');
  const kinds = classes(level);
  const classOf = (f: FeatureComparison): Class => kinds.findLast((kind) => kind.holds(f))!;
  const traces = kinds.map((kind) => {
    const own = features.filter((f) => classOf(f) === kind);
    return {
      type: 'scatter',
      mode: 'markers',
      name: `${kind.name} (${own.length})`,
      x: own.map((f) => f.g),
      y: own.map((f) => height(f.welchP)),
      text: own.map((f) => `${name(f.feature)}: g ${f.g.toFixed(2)}, p ${f.welchP.toPrecision(2)}`),
      hoverinfo: 'text',
      marker: { size: 8, color: withAlpha(kind.colour, 0.75) },
    } as Data;
  });
  const strongest = [...features].sort((a, b) => a.welchP - b.welchP).slice(0, 3 * labelled);
  const reach = 1.12 * Math.max(1, ...features.map((f) => Math.abs(f.g)));
  const top = Math.max(height(level) * 1.3, ...features.map((f) => height(f.welchP))) * 1.08;
  const line = {
    type: 'line',
    x0: -reach,
    x1: reach,
    y0: height(level),
    y1: height(level),
    line: { color: colours.text, width: 1, dash: 'dot' },
  };
  const said = {
    text: `p = ${level}`,
    x: reach,
    y: height(level),
    xanchor: 'right',
    yanchor: 'bottom',
    showarrow: false,
    font: { size: sizes.small },
  };
  return makeFigure(traces, {
    title,
    width: 820,
    height: 520,
    margin: { b: 108 },
    legend: legendBelow,
    shapes: [line],
    annotations: [said, ...namesOf(strongest, features, name, top).slice(0, labelled)],
    xaxis: axis({
      title: `Hedges' g: ${groups[0]} (n = ${n[0]}) minus ${groups[1]} (n = ${n[1]})`,
      range: [-reach, reach],
      zeroline: true,
      zerolinecolor: colours.grid,
    }),
    yaxis: axis({ title: '−log₁₀ p (Welch)', range: [0, top] }),
  });
}
