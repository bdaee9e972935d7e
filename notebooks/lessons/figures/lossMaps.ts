import type { Figure } from 'axunet/figures/figure';
import { inRows, type Panel, type PanelMask, panelGrid } from 'axunet/figures/panels';
import type { SliceImage } from 'axunet/figures/slicePicture';
import { colours, emptyFigure, palette } from 'axunet/figures/theme';
import { divergingRgba, largestOf, sequentialRgba } from './colourMaps.ts';

/** What one loss sees on a slice; arrays of (height, width). */
export interface LossMap {
  readonly name: string;
  /** Loss of each pixel; absent where the loss is one number for all pixels together. */
  readonly loss?: ArrayLike<number>;
  /** Derivative of the loss by the foreground logit. */
  readonly gradient: ArrayLike<number>;
}

export interface LossMapSlice {
  readonly slice: SliceImage;
  readonly label: ArrayLike<number>;
  /** Probability of the foreground that is judged. */
  readonly probability: ArrayLike<number>;
}

const outline = (mask: ArrayLike<number>): PanelMask => ({ mask, name: 'Label', colour: palette.black });

/**
 * The slice, the guess that is judged, and for each loss its value (where it has one for each pixel) and its gradient
 * at every pixel. Each map has its own scale (the largest value of it, in its title), for the losses differ by orders
 * of magnitude. No loss gives an empty figure.
 */
export function lossMaps(
  { slice, label, probability }: LossMapSlice,
  maps: readonly LossMap[],
  options: { title?: string; panelWidth?: number } = {},
): Figure {
  const title = options.title ?? 'What each loss sees on the same slice';
  if (maps.length === 0) return emptyFigure(title, 'There is no loss to show.');
  const masks = [outline(label)];
  const guess = Uint8Array.from({ length: slice.height * slice.width }, (_, i) => (probability[i]! >= 0.5 ? 1 : 0));
  const first: Panel[] = [
    {
      slice,
      title: 'Slice',
      masks: [
        { mask: label, name: 'Label on CT', colour: colours.label },
        { mask: guess, name: 'Guess ≥ 0.5 on CT', colour: colours.prediction },
      ],
    },
    { slice, rgba: sequentialRgba(probability, 1), masks, title: 'Guess: probability of pancreas' },
  ];
  const lossPanel = ({ name, loss }: LossMap): Panel[] => {
    if (!loss) return [];
    const most = largestOf(loss);
    return [{ slice, rgba: sequentialRgba(loss, most), masks, title: `${name}: loss ≤ ${most.toPrecision(2)}` }];
  };
  const gradientPanel = ({ name, gradient }: LossMap): Panel => ({
    slice,
    rgba: divergingRgba(gradient, largestOf(gradient)),
    masks,
    title: `${name}: gradient ≤ ${largestOf(gradient).toExponential(0)}`,
  });
  const panels = [...first, ...maps.flatMap((one) => [...lossPanel(one), gradientPanel(one)])];
  return panelGrid(inRows(panels, 4), {
    title,
    panelWidth: options.panelWidth ?? 236,
    caption:
      'Loss: darker is more. Gradient: blue pulls towards pancreas, red away from it. ' +
      'No loss map: the loss is one number for all pixels.',
  });
}
