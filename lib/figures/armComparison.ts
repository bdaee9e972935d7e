import type { Figure } from './figure.ts';
import { formatDice } from './overlayGrid.ts';
import { panelGrid, type Panel } from './panels.ts';
import { errorMasks } from './predictionOverlays.ts';
import type { SliceImage } from './slicePicture.ts';
import { dice, overlapCounts } from '../evaluate/overlap.ts';
import { colours, emptyFigure } from './theme.ts';

/** A slice with what several networks made of it. */
export interface ComparedSlice {
  readonly id: string;
  readonly slice: SliceImage;
  readonly label: ArrayLike<number>;
  readonly predictions: readonly { readonly name: string; readonly mask: ArrayLike<number> }[];
}

/** A long name of parts breaks before its last part. */
const inTwoLines = (name: string): string => (name.length > 18 ? name.replace(/ \+ (?!.* \+ )/, '<br>+ ') : name);

/** One row a patient: the slice with its label, then what each network found, predicted only and missed, with the DSC of the slice. No slice gives an empty figure. */
export function armComparison(slices: readonly ComparedSlice[], options: { title?: string; panelWidth?: number } = {}): Figure {
  const title = options.title ?? 'The same slices by several networks';
  const names = slices[0]?.predictions.map(({ name }) => name) ?? [];
  if (names.length === 0) return emptyFigure(title, 'No predictions of this study are recorded.');
  const rows = slices.map(({ id, slice, label, predictions }): Panel[] => [
    { slice, title: id, masks: [{ mask: label, name: 'Label', colour: colours.label }] },
    ...predictions.map(({ mask }): Panel => ({ slice, masks: errorMasks(label, mask), title: formatDice(dice(overlapCounts(mask, label))) })),
  ]);
  return panelGrid(rows, { title, columnTitles: ['CT and label', ...names.map(inTwoLines)], panelWidth: options.panelWidth ?? 170 });
}
