import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, findingColours, legendBelow, makeFigure } from 'axunet/figures/theme';
import type { FoundCounts } from 'axunet/statistics/compareFeatures';

export interface FoundBar {
  readonly name: string;
  readonly counts: FoundCounts;
  /** Findings (uncorrected) that 95 % of label permutations do not exceed. */
  readonly byChance?: number;
}

const shown: readonly (readonly [keyof FoundCounts, string, string])[] = [
  ['welch', 'p ≤ 0.05 (Welch)', findingColours.uncorrected],
  ['bh', 'after Benjamini-Hochberg', findingColours.benjaminiHochberg],
  ['holm', 'after Holm', findingColours.holm],
];

/** Room between groups of bars, as Plotly counts it: a group is 1 wide. */
const bargap = 0.35;

/**
 * How many features several comparisons find, uncorrected and corrected; a black mark across the uncorrected bar shows
 * what shuffled labels give in 19 of 20 tries at most. No comparisons give an empty figure.
 */
export function foundFeatures(bars: readonly FoundBar[], options: { title: string }): Figure {
  if (bars.length === 0) return emptyFigure(options.title, 'Nothing was compared.');
  const names = bars.map(({ name, counts }) => `${name}<br>(${counts.compared} features)`);
  const places = bars.map((_, i) => i);
  const barWidth = (1 - bargap) / shown.length;
  const [width, sides] = [Math.max(640, 120 + 205 * bars.length), 100];
  const traces = shown.map(
    ([key, name, colour]) =>
      ({
        type: 'bar',
        name,
        x: places,
        y: bars.map(({ counts }) => counts[key]),
        text: bars.map(({ counts }) => `${counts[key]}`),
        textposition: 'outside',
        cliponaxis: false,
        marker: { color: colour },
      }) as Data,
  );
  const marks = bars.some((bar) => bar.byChance !== undefined)
    ? [
        {
          type: 'scatter',
          mode: 'markers',
          name: 'uncorrected, shuffled labels: 95 % quantile',
          x: places.map((i) => i - barWidth),
          y: bars.map((bar) => bar.byChance ?? null),
          marker: {
            symbol: 'line-ew',
            size: (0.8 * barWidth * (width - sides)) / bars.length,
            line: { color: colours.text, width: 2.5 },
          },
        } as Data,
      ]
    : [];
  const most = Math.max(1, ...bars.flatMap(({ counts, byChance = 0 }) => [counts.welch, byChance]));
  return makeFigure([...traces, ...marks], {
    title: options.title,
    width,
    height: 460,
    margin: { b: 112 },
    bargap,
    legend: legendBelow,
    xaxis: axis({
      tickmode: 'array',
      tickvals: places,
      ticktext: names,
      range: [-0.5, bars.length - 0.5],
      gridcolor: 'white',
    }),
    yaxis: axis({ title: 'Features found', unit: 'number', range: [0, 1.14 * most] }),
  });
}
