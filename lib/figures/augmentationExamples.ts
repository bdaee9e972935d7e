import type { Figure } from './figure.ts';
import { panelGrid, type Panel } from './panels.ts';
import type { SliceImage } from './slicePicture.ts';
import { colours, emptyFigure } from './theme.ts';

export interface AugmentedExample {
  /** What was done, for instance `original` or `rotation`. */
  readonly name: string;
  readonly slice: SliceImage;
  readonly label?: ArrayLike<number>;
}

/** Cuts a list into rows of the given length. */
export const inRows = <T>(items: readonly T[], columns: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / columns) }, (_, r) => items.slice(r * columns, (r + 1) * columns));

/** Augmented versions of a slice, each with its mask, which must move with the image. No example gives an empty figure. */
export function augmentationExamples(examples: readonly AugmentedExample[], options: { title?: string; columns?: number } = {}): Figure {
  const title = options.title ?? 'Augmentation: the same geometry for image and mask';
  if (examples.length === 0) return emptyFigure(title, 'There is no example to show.');
  const panels = examples.map(({ name, slice, label }): Panel =>
    ({ slice, title: name, masks: label ? [{ mask: label, name: 'Label', colour: colours.label, fill: 0.15 }] : [] }));
  return panelGrid(inRows(panels, options.columns ?? 4), { title, panelWidth: 200 });
}
