import type { Data, Figure } from 'axunet/figures/figure';
import { emptyFigure, makeFigure, seriesColours, sizes, withAlpha } from 'axunet/figures/theme';
import { facetAxes, facetGrid, facetLayout } from './facets.ts';

/** One metric of a study. */
export interface SeedMetric {
  /** With its definition, as the heading says it. */
  readonly label: string;
  /** None for shares. */
  readonly unit?: string;
  readonly better: 'higher' | 'lower' | 'none';
  readonly arms: readonly {
    readonly label: string;
    readonly seeds: readonly { readonly seed: number; readonly mean: number }[];
    readonly mean: number;
  }[];
}

/**
 * One row an arm, one column a metric: a point for each seed (mean over its test patients), a bar at the mean of the
 * seeds. No run gives an empty figure.
 */
export function seedPoints(metrics: readonly SeedMetric[], options: { title?: string } = {}): Figure {
  const title = options.title ?? 'The same budget for every arm';
  const rows = metrics[0]?.arms.map(({ label }) => label) ?? [];
  if (!metrics.some(({ arms }) => arms.some(({ seeds }) => seeds.length)))
    return emptyFigure(title, 'No run of this study is recorded.');
  const data = metrics.flatMap(({ arms }, k): Data[] =>
    arms.flatMap(({ label, seeds, mean }, i): Data[] => {
      const colour = seriesColours[i % seriesColours.length]!;
      const common = { type: 'scatter', showlegend: false, ...facetAxes(k) };
      return [
        {
          ...common,
          mode: 'lines',
          x: [mean, mean],
          y: [i - 0.32, i + 0.32],
          line: { color: colour, width: 3 },
          hoverinfo: 'x',
        } as Data,
        {
          ...common,
          mode: 'markers',
          name: label,
          x: seeds.map((s) => s.mean),
          y: seeds.map((_, s) => i + (s - (seeds.length - 1) / 2) * 0.16),
          text: seeds.map((s) => `${label}, seed ${s.seed}: ${s.mean.toPrecision(4)}`),
          hoverinfo: 'text',
          marker: { size: 10, color: withAlpha(colour, 0.65) },
        } as Data,
      ];
    }),
  );
  const reading = { higher: '; higher is better', lower: '; lower is better', none: '' };
  const grid = facetGrid(metrics.length, rows, { rowPixels: 36 });
  const layout = facetLayout(
    metrics.map(({ label, better, unit }) => ({
      title: label,
      x: { title: `Mean of a seed${reading[better]}`, unit: unit || 'none', tickfont: { size: sizes.small } },
    })),
    rows,
    grid,
  );
  return makeFigure(data, {
    title,
    subtitle: 'a point: one seed, the mean of its test patients; the line: mean of the seeds',
    width: grid.width,
    height: grid.height,
    margin: grid.margin,
    ...layout,
  });
}
