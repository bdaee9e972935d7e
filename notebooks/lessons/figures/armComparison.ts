import { dice, overlapCounts } from 'axunet/evaluate/overlap';
import type { Figure } from 'axunet/figures/figure';
import { formatDice } from 'axunet/figures/overlayGrid';
import { type Panel, panelGrid } from 'axunet/figures/panels';
import { errorMasks } from 'axunet/figures/predictionOverlays';
import type { SliceImage } from 'axunet/figures/slicePicture';
import { colours, emptyFigure } from 'axunet/figures/theme';

/** A slice with what several networks made of it. */
export interface ComparedSlice {
  readonly id: string;
  readonly slice: SliceImage;
  readonly label: ArrayLike<number>;
  readonly predictions: readonly { readonly name: string; readonly mask: ArrayLike<number> }[];
}

/** A long name of parts breaks before its last part. */
const inTwoLines = (name: string): string => (name.length > 18 ? name.replace(/ \+ (?!.* \+ )/, '<br>+ ') : name);

/**
 * One row a patient: the slice with its label, then what each network found, predicted only and missed, with the DSC of
 * the slice. No slice gives an empty figure.
 */
export function armComparison(
  slices: readonly ComparedSlice[],
  options: { title?: string; panelWidth?: number } = {},
): Figure {
  const title = options.title ?? 'The same slices by several networks';
  const names = slices[0]?.predictions.map(({ name }) => name) ?? [];
  if (names.length === 0) return emptyFigure(title, 'No predictions of this study are recorded.');
  const rows = slices.map(({ id, slice, label, predictions }): Panel[] => [
    { slice, title: id, masks: [{ mask: label, name: 'Label', colour: colours.label }] },
    ...predictions.map(
      ({ mask }): Panel => ({
        slice,
        masks: errorMasks(label, mask),
        title: formatDice(dice(overlapCounts(mask, label))),
      }),
    ),
  ]);
  return panelGrid(rows, {
    title,
    columnTitles: ['CT and label', ...names.map(inTwoLines)],
    panelWidth: options.panelWidth ?? 170,
  });
}
