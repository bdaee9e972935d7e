import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, makeFigure, seriesColours } from 'axunet/figures/theme';
import { rocAuc, rocCurve } from 'axunet/statistics/roc';

export interface ScoredFeature {
  readonly name: string;
  readonly values: readonly number[];
}

/** A feature that is smaller in the positive group ranks just as well the other way round. */
export const towardsPositive = (values: readonly number[], labels: readonly boolean[]): number[] =>
  rocAuc(values, labels).auc < 0.5 ? values.map((v) => -v) : [...values];

/**
 * ROC curves of single features with their area and DeLong's 95 % interval in the legend; each is turned so that larger
 * means positive, which by itself lifts the area of a useless one above 0.5. No features give an empty figure.
 */
export function rocCurves(
  features: readonly ScoredFeature[],
  labels: readonly boolean[],
  options: { title: string },
): Figure {
  if (features.length === 0) return emptyFigure(options.title, 'No feature was chosen.');
  const traces = features.map(({ name, values }, i): Data => {
    const scores = towardsPositive(values, labels);
    const { auc, interval } = rocAuc(scores, labels);
    const points = rocCurve(scores, labels);
    return {
      type: 'scatter',
      mode: 'lines',
      name: `${name}<br>AUC ${auc.toFixed(2)} [${interval.map((v) => v.toFixed(2)).join(', ')}]`,
      x: points.map((p) => p.falsePositiveRate),
      y: points.map((p) => p.truePositiveRate),
      line: { color: seriesColours[i % seriesColours.length]!, width: 2.5 },
    } as Data;
  });
  const chance = {
    type: 'scatter',
    mode: 'lines',
    name: 'chance',
    x: [0, 1],
    y: [0, 1],
    line: { color: colours.quiet, width: 1, dash: 'dot' },
    hoverinfo: 'skip',
  } as Data;
  const room = 90 + 8 * Math.max(22, ...features.map(({ name }) => name.length)); // of the legend
  return makeFigure([...traces, chance], {
    title: options.title,
    width: 470 + room,
    height: 500,
    margin: { r: room },
    legend: { x: 1.03, y: 0.5, yanchor: 'middle' },
    xaxis: axis({ title: '1 − specificity (0 to 1)', unit: 'none', range: [-0.01, 1.01] }),
    yaxis: axis({ title: 'Sensitivity (0 to 1)', unit: 'none', range: [-0.01, 1.01] }),
  });
}
