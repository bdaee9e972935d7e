import type { Figure } from 'axunet/figures/figure';
import { inRows, type Panel, type PanelMask, panelGrid } from 'axunet/figures/panels';
import type { SliceImage } from 'axunet/figures/slicePicture';
import { colours, emptyFigure } from 'axunet/figures/theme';

export interface CohortPatient {
  readonly id: string;
  /** For instance `tumour` or `normal`. */
  readonly group?: string;
  /** One slice through the middle of the pancreas. */
  readonly slice: SliceImage;
  /** 1 pancreas, 2 tumour. */
  readonly label?: ArrayLike<number>;
}

const classes = [
  { value: 1, name: 'Pancreas', colour: colours.label },
  { value: 2, name: 'Tumour', colour: colours.tumour },
];

function masksOf(label: ArrayLike<number> | undefined): PanelMask[] {
  if (!label) return [];
  const present = new Set(Array.from(label));
  return classes.filter(({ value }) => present.has(value)).map((c) => ({ ...c, mask: label }));
}

/**
 * One slice of each patient with its label, sorted as given; the title says of how many patients these are some where
 * `of` tells. No patient gives an empty figure.
 */
export function cohortOverview(
  patients: readonly CohortPatient[],
  options: { title?: string; of?: number; columns?: number; panelWidth?: number } = {},
): Figure {
  const { of = patients.length } = options;
  const who =
    of > patients.length ? `The first ${patients.length} of ${of} patients` : `All ${patients.length} patients`;
  const title = options.title ?? `${who}: the slice with most pancreas`;
  if (patients.length === 0) return emptyFigure(title, 'The cohort has no patients.');
  const panels = patients.map(
    ({ id, group, slice, label }): Panel => ({ slice, title: group ? `${id} (${group})` : id, masks: masksOf(label) }),
  );
  return panelGrid(inRows(panels, options.columns ?? 4), { title, panelWidth: options.panelWidth ?? 208 });
}
