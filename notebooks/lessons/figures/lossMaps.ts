import type { Figure } from 'axunet/figures/figure';
import { inRows, type Panel, type PanelMask, panelGrid } from 'axunet/figures/panels';
import type { SliceImage } from 'axunet/figures/slicePicture';
import { colours, emptyFigure, palette } from 'axunet/figures/theme';
import { divergingBar, divergingRgba, largestOf, sequentialBar, sequentialRgba } from './colourMaps.ts';

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

/** The slice with the label and where the guess is 0.5 or more. */
function slicePanel({ slice, label, probability }: LossMapSlice): Panel {
  const guess = Uint8Array.from({ length: slice.height * slice.width }, (_, i) => (probability[i]! >= 0.5 ? 1 : 0));
  return {
    slice,
    title: 'CT slice',
    masks: [
      { mask: label, name: 'Label on CT', colour: colours.label },
      { mask: guess, name: 'Guess ≥ 0.5 on CT', colour: colours.prediction },
    ],
  };
}

/**
 * The slice, the guess that is judged, and the loss of every pixel for the losses that are a mean of pixels. Colours
 * are shares of the largest value of each map, which its title names, for losses differ by orders of magnitude. No such
 * loss gives an empty figure.
 */
export function lossMaps(
  shown: LossMapSlice,
  maps: readonly LossMap[],
  options: { title?: string; panelWidth?: number } = {},
): Figure {
  const title = options.title ?? 'One made-up guess, and what three losses say of each pixel';
  const { slice, label, probability } = shown;
  const masks = [outline(label)];
  const losses = maps.flatMap(({ name, loss }): Panel[] => {
    if (!loss) return [];
    const most = largestOf(loss);
    return [{ slice, rgba: sequentialRgba(loss, most), masks, title: `${name}: at most ${most.toPrecision(2)}` }];
  });
  if (losses.length === 0) return emptyFigure(title, 'There is no loss to show.');
  const guess = { slice, rgba: sequentialRgba(probability, 1), masks, title: 'Guess: probability of pancreas' };
  return panelGrid(inRows([slicePanel(shown), guess, ...losses], 3), {
    title,
    panelWidth: options.panelWidth ?? 240,
    bars: [sequentialBar('Share of the<br>map’s largest<br>value')],
  });
}

/**
 * The slice, and the derivative of each loss by the foreground logit of every pixel. Colours are shares of the largest
 * size in each map, which its title names. No loss gives an empty figure.
 */
export function lossGradients(
  shown: LossMapSlice,
  maps: readonly LossMap[],
  options: { title?: string; panelWidth?: number } = {},
): Figure {
  const title = options.title ?? 'Where each loss pulls: its gradient at every pixel, for one guess';
  if (maps.length === 0) return emptyFigure(title, 'There is no loss to show.');
  const masks = [outline(shown.label)];
  const gradients = maps.map(({ name, gradient }): Panel => {
    const most = largestOf(gradient);
    const rgba = divergingRgba(gradient, most);
    return { slice: shown.slice, rgba, masks, title: `${name}: ${most.toExponential(0).replace('-', '−')}` };
  });
  return panelGrid(inRows([slicePanel(shown), ...gradients], 4), {
    title,
    subtitle: 'behind the name of the loss: the size of its largest gradient, which is 1 or −1 on the scale',
    panelWidth: options.panelWidth ?? 186,
    bars: [divergingBar('Share of the<br>largest:<br>blue pulls<br>to pancreas,<br>orange away')],
  });
}
