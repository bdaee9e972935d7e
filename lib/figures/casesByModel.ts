import type { CasePlot } from '../evaluate/cohort.ts';
import { comparisonFigure } from './comparisonFigure.ts';
import type { Figure } from './figure.ts';
import { axis, shareRange } from './theme.ts';

/**
 * One metric of every case for each model, lines joining the points of a case, bars at the means. A case whose metric
 * has no number (a distance with an empty mask) cannot be drawn; the title counts these. No case gives an empty figure.
 */
export function casesByModel({ label, unit, cases, models }: CasePlot, options: { title?: string } = {}): Figure {
  const methods = models.map(({ name, values }) => ({
    name,
    values: Object.fromEntries(cases.flatMap((id, i) => (values[i] === null ? [] : [[id, values[i]]]))),
  }));
  const missing = models.reduce((sum, { values }) => sum + values.filter((value) => value === null).length, 0);
  const counted = `${cases.length} ${cases.length === 1 ? 'case' : 'cases'}`;
  const title = options.title ?? `${label} of ${counted}${missing ? `; ${missing} without a value` : ''}`;

  const values = models.flatMap((model) => model.values.filter((value) => value !== null));
  const isShare = unit === '' && values.every((value) => value >= 0 && value <= 1);
  const scale = isShare ? { range: shareRange(values) } : { rangemode: 'tozero' };
  return comparisonFigure(methods, title, axis({ title: label, unit: unit || 'none', ...scale }));
}
