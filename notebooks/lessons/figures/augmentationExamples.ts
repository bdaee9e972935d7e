import type { Figure } from 'axunet/figures/figure';
import { inRows, type Panel, panelGrid } from 'axunet/figures/panels';
import type { SliceImage } from 'axunet/figures/slicePicture';
import { colours, emptyFigure } from 'axunet/figures/theme';

export interface AugmentedExample {
  /** What was done, for instance `original` or `rotation`. */
  readonly name: string;
  readonly slice: SliceImage;
  readonly label?: ArrayLike<number>;
}

/**
 * Augmented versions of a slice, each with its mask, which must move with the image. No example gives an empty figure.
 */
export function augmentationExamples(
  examples: readonly AugmentedExample[],
  options: { title?: string; columns?: number } = {},
): Figure {
  const title = options.title ?? 'Augmentation: the same geometry for image and mask';
  if (examples.length === 0) return emptyFigure(title, 'There is no example to show.');
  const panels = examples.map(
    ({ name, slice, label }): Panel => ({
      slice,
      title: name,
      masks: label ? [{ mask: label, name: 'Label', colour: colours.label, fill: 0.15 }] : [],
    }),
  );
  return panelGrid(inRows(panels, options.columns ?? 4), { title, panelWidth: 200 });
}
