import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, makeFigure, seriesColours, withAlpha } from 'axunet/figures/theme';
import { panelHeading } from './facets.ts';

export interface DistributionPanel {
  readonly title: string;
  /** Below the title: a p value, an effect size. */
  readonly note?: string;
  /** Of the values; none without it. */
  readonly unit?: string;
  /** Values of each group, in the same order of groups in every panel. */
  readonly groups: readonly { readonly name: string; readonly values: readonly number[] }[];
}

const perRow = 3;
const [panelWidth, panelHeight, gapX, gapY] = [210, 230, 92, 92];
/** From here on ticks are written with k and M. */
const large = 1e4;

/**
 * Violin with a narrow box inside and every value as a point beside it; it ends at the smallest and largest value, so
 * that a volume is never shown below 0.
 */
const violin = (name: string, values: readonly number[], colour: string, suffix: string): Data =>
  ({
    type: 'violin',
    name,
    y: [...values],
    x: values.map(() => name),
    xaxis: `x${suffix}`,
    yaxis: `y${suffix}`,
    showlegend: false,
    spanmode: 'hard',
    points: 'all',
    pointpos: 0,
    jitter: 0.35,
    scalemode: 'width',
    width: 0.8,
    line: { color: colour, width: 1.5 },
    fillcolor: withAlpha(colour, 0.15),
    box: { visible: true, width: 0.22, line: { color: colour, width: 1.5 }, fillcolor: 'rgba(255,255,255,0.6)' },
    marker: { size: 6, color: withAlpha(colour, 0.7) },
    hoverinfo: 'y',
  }) as unknown as Data;

/**
 * Distributions of several features in two or more groups: violin, box (median and quartiles) and every value as a
 * point, a panel per feature with an axis of its own. No panels give an empty figure.
 */
export function groupDistributions(panels: readonly DistributionPanel[], options: { title: string }): Figure {
  if (panels.length === 0) return emptyFigure(options.title, 'No feature was chosen.');
  const rows = Math.ceil(panels.length / perRow);
  const columns = Math.min(perRow, panels.length);
  const [width, height] = [columns * (panelWidth + gapX) - gapX, rows * (panelHeight + gapY) - gapY];
  const axes: Record<string, unknown> = {};
  const annotations: Record<string, unknown>[] = [];
  const data = panels.flatMap(({ title, note, unit, groups }, k) => {
    const [row, column, suffix] = [Math.floor(k / perRow), k % perRow, k === 0 ? '' : `${k + 1}`];
    const [left, top] = [column * (panelWidth + gapX), row * (panelHeight + gapY)];
    const y1 = 1 - top / height;
    axes[`xaxis${suffix}`] = axis({
      type: 'category',
      domain: [left / width, (left + panelWidth) / width],
      anchor: `y${suffix}`,
      gridcolor: 'white',
    });
    const most = Math.max(...groups.flatMap(({ values }) => values));
    axes[`yaxis${suffix}`] = axis({
      title: 'Value',
      unit: unit === undefined || unit === 'none' ? 'no unit' : unit,
      domain: [Math.max(0, 1 - (top + panelHeight) / height), y1],
      anchor: `x${suffix}`,
      linecolor: colours.quiet,
      automargin: false,
      nticks: 6,
      tickformat: most >= large ? '~s' : '~g',
    });
    const heading = `<b>${title}</b>${note ? `<br>${note}` : ''}`;
    annotations.push(panelHeading(heading, (left + panelWidth / 2) / width, y1));
    return groups.map(({ name, values }, g) => violin(name, values, seriesColours[g % seriesColours.length]!, suffix));
  });
  return makeFigure(data, {
    title: options.title,
    subtitle: 'a point: one patient; box: quartiles and median',
    width: width + 110,
    height: height + 150,
    margin: { l: 86, r: 24, t: 104, b: 46 },
    ...axes,
    annotations,
  });
}
