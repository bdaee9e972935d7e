import type { Data, Figure } from 'axunet/figures/figure';
import {
  axis,
  colours,
  emptyFigure,
  findingColours,
  legendBelow,
  logAxis,
  makeFigure,
  sizes,
} from 'axunet/figures/theme';
import type { FeatureComparison, GroupComparison } from 'axunet/statistics/compareFeatures';

interface Class {
  readonly name: string;
  readonly colour: string;
  readonly symbol: string;
  readonly holds: (f: FeatureComparison) => boolean;
}

/** From weak to strong; a feature belongs to the last class that holds. */
const classes = (level: number): Class[] => [
  { name: `p > ${level}`, colour: findingColours.none, symbol: 'circle-open', holds: () => true },
  {
    name: `p ≤ ${level}, not after correction`,
    colour: findingColours.uncorrected,
    symbol: 'square',
    holds: (f) => f.welchP <= level,
  },
  {
    name: 'also after Benjamini-Hochberg',
    colour: findingColours.benjaminiHochberg,
    symbol: 'circle',
    holds: (f) => f.bhP <= level,
  },
  { name: 'also after Holm', colour: findingColours.holm, symbol: 'diamond', holds: (f) => f.holmP <= level },
];

/** p is drawn from here on. */
const leastP = 1e-12;
const drawnP = ({ welchP }: FeatureComparison): number => Math.max(welchP, leastP);

/** What each rule asks of the p of rank k among m, as a line. */
const rules = (level: number, m: number): Data[] =>
  [
    { name: `no correction: ${level}`, dash: 'dot', limit: () => level },
    { name: `Benjamini-Hochberg: ${level} · rank / ${m}`, dash: 'dash', limit: (k: number) => (level * k) / m },
    { name: `Holm: ${level} / (${m + 1} − rank)`, dash: 'solid', limit: (k: number) => level / (m - k + 1) },
  ].map(({ name, dash, limit }) => {
    const ranks = Array.from({ length: m }, (_, i) => i + 1);
    return {
      ...{ type: 'scatter', mode: 'lines', name, x: ranks, y: ranks.map(limit), hoverinfo: 'name' },
      line: { color: colours.text, width: 1, dash },
    } as Data;
  });

/** Names and effects of the strongest, in a column at the right of the points, each with a line to its point. */
function namesOf(
  strongest: readonly FeatureComparison[],
  m: number,
  [low, high]: readonly [number, number],
  name: (feature: string) => string,
): Record<string, unknown>[] {
  return strongest.map((f, i) => ({
    text: `${name(f.feature)}: g ${f.g.toFixed(2).replace('-', '−')}`,
    ...{ x: i + 1, y: Math.log10(drawnP(f)), xref: 'x', yref: 'y', axref: 'x', ayref: 'y' },
    ...{ ax: 0.14 * m, ay: low + (i + 0.7) * 0.052 * (high - low), xanchor: 'left', yanchor: 'middle' },
    ...{ showarrow: true, arrowhead: 0, arrowwidth: 0.7, arrowcolor: colours.quiet, standoff: 5 },
    font: { size: sizes.small },
    bgcolor: 'rgba(255,255,255,0.85)',
  }));
}

/**
 * What correction leaves: p of every feature (Welch) by its rank, coloured by the strictest correction that it
 * survives, with the limits of the three rules as lines; the strongest with name and effect (Hedges' g, the first group
 * minus the second). A comparison without features gives an empty figure.
 */
export function correctionSteps(
  { features }: GroupComparison,
  options: { title: string; name?: (feature: string) => string; level?: number; labelled?: number },
): Figure {
  const { title, name = (f: string): string => f, level = 0.05, labelled = 6 } = options;
  if (features.length === 0) return emptyFigure(title, 'No feature could be compared.');
  const sorted = [...features].sort((a, b) => a.welchP - b.welchP);
  const m = sorted.length;
  const kinds = classes(level);
  const classOf = (f: FeatureComparison): Class => kinds.findLast((kind) => kind.holds(f))!;
  const points = kinds.map((kind) => {
    const own = sorted.flatMap((f, i) => (classOf(f) === kind ? [{ f, rank: i + 1 }] : []));
    return {
      type: 'scatter',
      mode: 'markers',
      name: `${kind.name} (${own.length})`,
      x: own.map(({ rank }) => rank),
      y: own.map(({ f }) => drawnP(f)),
      text: own.map(({ f }) => `${name(f.feature)}: g ${f.g.toFixed(2)}, p ${f.welchP.toPrecision(2)}`),
      hoverinfo: 'text',
      marker: { size: 7, color: kind.colour, symbol: kind.symbol },
    } as unknown as Data;
  });
  const least = Math.log10(Math.min(level / m, drawnP(sorted[0]!)));
  const range: [number, number] = [least - 0.12 * (0.1 - least), 0.1];
  return makeFigure([...rules(level, m), ...points], {
    title,
    subtitle: "lines: how small p must be at each rank; beside names: Hedges' g",
    width: 820,
    height: 560,
    margin: { b: 140 },
    legend: legendBelow,
    annotations: namesOf(sorted.slice(0, labelled), m, range, name),
    xaxis: axis({ title: 'Rank of the feature by its p', unit: 'number', range: [0, m + 1] }),
    yaxis: logAxis([10 ** range[0], 1], { title: "p of Welch's test, logarithmic", unit: 'none', range }),
  });
}
