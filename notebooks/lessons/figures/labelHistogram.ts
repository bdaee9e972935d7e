import type { Data, Figure } from 'axunet/figures/figure';
import { axis, emptyFigure, logAxis, makeFigure, seriesColours } from 'axunet/figures/theme';

export interface LabelCount {
  readonly name: string;
  /** Voxels or pixels with this label. */
  readonly count: number;
}

/** A share in percent with as many digits as it needs: `99.3 %`, `0.69 %`, `0.004 %`. */
export function formatShare(share: number): string {
  const percent = 100 * share;
  if (percent >= 10) return `${percent.toFixed(1)} %`;
  return `${Number(percent.toPrecision(2))} %`;
}

/**
 * How unequal the classes are: one bar per label on a logarithmic axis, with its share of all voxels. A label that does
 * not occur keeps its place without a bar. No voxels at all give an empty figure.
 */
export function labelHistogram(
  counts: readonly LabelCount[],
  options: { title?: string; unit?: 'voxels' | 'pixels' } = {},
): Figure {
  const title = options.title ?? 'Class imbalance of the labels';
  const unit = options.unit ?? 'voxels';
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return emptyFigure(title, 'There are no labels to count.');
  const scale = logAxis([1, ...counts.map((c) => c.count)], { title: `Number of ${unit} (logarithmic)` }) as {
    range: [number, number];
  };
  const bars = counts.map(
    ({ name, count }, i) =>
      ({
        type: 'bar',
        orientation: 'h',
        name,
        y: [name],
        x: [count > 0 ? count : null],
        marker: { color: seriesColours[i % seriesColours.length] },
        showlegend: false,
      }) as Data,
  );
  const shares = counts.map(({ name, count }) => ({
    text: `${count.toLocaleString('en')} (${formatShare(count / all)})`,
    y: name,
    x: Math.max(Math.log10(count), 0),
    xanchor: 'left',
    xshift: 4,
    showarrow: false,
  }));
  const longest = Math.max(...shares.map((s) => s.text.length));
  return makeFigure(bars, {
    title,
    width: 720,
    height: 150 + 46 * counts.length,
    margin: { r: 20 + 8 * longest },
    annotations: shares,
    bargap: 0.4,
    xaxis: { ...scale, range: [0, Math.max(scale.range[1], 1)] },
    yaxis: axis({
      type: 'category',
      categoryorder: 'array',
      categoryarray: counts.map((c) => c.name).reverse(),
      gridcolor: 'white',
    }),
  });
}
