import { comparisonFigure } from 'axunet/figures/comparisonFigure';
import type { Figure } from 'axunet/figures/figure';
import { axis, shareRange } from 'axunet/figures/theme';

export interface Method {
  readonly name: string;
  /** DSC of each patient. */
  readonly dice: Readonly<Record<string, number>>;
}

/**
 * DSC of several methods on the same patients, the simplest first: what a threshold and a location prior reach shows
 * how much of the network's score is more than grey value and place. Lines join the points of a patient, bars are
 * means. No method or no patient gives an empty figure.
 */
export function baselineComparison(methods: readonly Method[], options: { title?: string } = {}): Figure {
  const values = methods.flatMap(({ dice }) => Object.values(dice));
  return comparisonFigure(
    methods.map(({ name, dice }) => ({ name, values: dice })),
    options.title ?? 'DSC of the network beside a threshold and a location prior',
    axis({ title: 'DSC of a patient (0 to 1)', unit: 'none', range: shareRange(values) }),
  );
}
