import { dice, overlapCounts } from 'axunet/evaluate/overlap';
import type { Figure } from 'axunet/figures/figure';
import { inRows, type Panel, type PanelMask, panelGrid } from 'axunet/figures/panels';
import type { SliceImage } from 'axunet/figures/slicePicture';
import { colours, emptyFigure, palette } from 'axunet/figures/theme';

export interface AugmentedExample {
  /** What was done, for instance `original` or `rotation`. */
  readonly name: string;
  readonly slice: SliceImage;
  readonly label?: ArrayLike<number>;
}

/** The `count` examples whose label moved furthest from that of the first, in their order. */
function furthest([first, ...others]: readonly AugmentedExample[], count: number): readonly AugmentedExample[] {
  const overlap = ({ label }: AugmentedExample): number =>
    label && first?.label ? dice(overlapCounts(label, first.label)) : 1;
  const kept = new Set([...others].sort((a, b) => overlap(a) - overlap(b)).slice(0, count));
  return others.filter((one) => kept.has(one));
}

/**
 * A slice as it is (the first example), and the `shown` changed versions of it whose mask moved furthest, each with its
 * mask, which must move with the image; the mask before the change is dotted. No example gives an empty figure.
 */
export function augmentationExamples(
  examples: readonly AugmentedExample[],
  options: { title?: string; shown?: number; columns?: number } = {},
): Figure {
  const changed = furthest(examples, options.shown ?? 3);
  const all = Math.max(0, examples.length - 1);
  const title =
    options.title ?? `Augmentation moves image and mask alike: the ${changed.length} largest of ${all} changes`;
  const first = examples[0];
  if (!first) return emptyFigure(title, 'There is no example to show.');
  const mask = (label: ArrayLike<number> | undefined, look: Omit<PanelMask, 'mask'>): PanelMask[] =>
    label ? [{ ...look, mask: label }] : [];
  const panels = [first, ...changed].map(
    ({ name, slice, label }, i): Panel => ({
      slice,
      title: name,
      masks: [
        ...mask(label, { name: 'Label', colour: colours.label, fill: 0.15 }),
        ...(i > 0 ? mask(first.label, { name: 'Label before the change', colour: palette.yellow, dash: 'dot' }) : []),
      ],
    }),
  );
  return panelGrid(inRows(panels, options.columns ?? 4), { title, panelWidth: 208 });
}
