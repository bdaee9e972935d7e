import type { Figure } from './figure.ts';
import { inRows, type Panel, type PanelMask, panelGrid } from './panels.ts';
import { cropSlice, cutWindow, type SliceImage, windowAround } from './slicePicture.ts';
import { classColours, colours, emptyFigure } from './theme.ts';

/** A slice with label and prediction where there are any, each 0 or more, of the size of the slice. */
export interface OverlayCase {
  readonly id: string;
  readonly slice: SliceImage;
  /** Masks of the slice's size, non-zero is pancreas, or a class where the grid is given their names. */
  readonly label?: ArrayLike<number>;
  readonly prediction?: ArrayLike<number>;
  /** DSC of the prediction, written above it. */
  readonly dice?: number;
}

/** DSC as it is written in every figure. */
export const formatDice = (dice: number): string =>
  Number.isFinite(dice) ? `DSC ${dice.toFixed(3)}` : 'DSC not defined';

/** The same case seen through a window of `sideMm` around its masks. */
export function zoomCase(one: OverlayCase, sideMm: number): OverlayCase {
  const { slice, label, prediction } = one;
  const window = windowAround(slice, [label, prediction], sideMm);
  const cut = (mask?: ArrayLike<number>): Float32Array | undefined =>
    mask && cutWindow(mask, slice.height, slice.width, window);
  return { ...one, slice: cropSlice(slice, window), label: cut(label), prediction: cut(prediction) };
}

const [labelLook, predictionLook] = [
  { name: 'Label', colour: colours.label },
  { name: 'Prediction', colour: colours.prediction },
];
const labelMask = (mask: ArrayLike<number>, fill: number): PanelMask => ({ ...labelLook, mask, fill });
const predictionMask = (mask: ArrayLike<number>, fill: number): PanelMask => ({ ...predictionLook, mask, fill });

/** The masks of label and prediction, one or one a class, filled so far and with the lines told apart where wanted. */
type ToMasks = (mask: ArrayLike<number>, fill: number) => PanelMask[];

/** How label and prediction are drawn: in a colour each, or, of several classes, in a colour a class. */
function looksOf(classes: readonly string[]): { label: ToMasks; prediction: ToMasks } {
  if (classes.length === 0)
    return {
      label: (mask, fill) => [labelMask(mask, fill)],
      prediction: (mask, fill) => [predictionMask(mask, fill)],
    };
  const inColours =
    (what: string, dash: PanelMask['dash']): ToMasks =>
    (mask, fill) =>
      // a class without a pixel here would take the place in the legend and draw nothing
      classes.flatMap((name, i) => {
        const colour = classColours[i % classColours.length]!;
        const isThere = Array.prototype.includes.call(mask, i + 1);
        return isThere ? [{ name: `${name}, ${what}`, colour, mask, value: i + 1, fill, dash }] : [];
      });
  return { label: inColours('label', 'dot'), prediction: inColours('prediction', 'solid') };
}

/** Cases beside each other; more begin anew below. */
const perBlock = 4;

/**
 * One column per case: the CT slice alone, below it with its label, and with the prediction (the label's outline
 * beside it); the last row is left out where no case has a prediction. With the names of `classes` each has a colour,
 * its label dotted lines. `zoomMm` shows a square of that side around the masks instead of the whole slice. No case
 * gives an empty figure.
 */
export function overlayGrid(
  cases: readonly OverlayCase[],
  options: { title?: string; zoomMm?: number; panelWidth?: number; classes?: readonly string[] } = {},
): Figure {
  const looks = looksOf(options.classes ?? []);
  const predicted = cases.some(({ prediction }) => prediction);
  const counted = cases.length === 1 ? 'one slice' : `${cases.length} slices`;
  const title = options.title ?? (predicted ? `CT, label and prediction of ${counted}` : `CT and label of ${counted}`);
  if (cases.length === 0) return emptyFigure(title, 'There is no case to show.');
  const columns = cases.map((whole): Panel[] => {
    const { slice, label, prediction, dice } = options.zoomMm ? zoomCase(whole, options.zoomMm) : whole;
    const masks = [...(label ? looks.label(label, 0) : []), ...(prediction ? looks.prediction(prediction, 0.25) : [])];
    const unscored = prediction ? 'no score' : 'no prediction';
    const score = dice === undefined ? unscored : formatDice(dice);
    return [
      { slice, title: whole.id },
      { slice, masks: label ? looks.label(label, 0.25) : [], title: label ? '' : 'no label' },
      ...(predicted ? [{ slice, masks, title: score }] : []),
    ];
  });
  const names = ['CT', 'Label', ...(predicted ? ['Prediction'] : [])].map((name) => `<b>${name}</b>`);
  const blocks = inRows(columns, perBlock);
  return panelGrid(
    blocks.flatMap((block) => names.map((_, row) => block.map((column) => column[row]))),
    {
      title,
      rowTitles: blocks.flatMap(() => names),
      panelWidth: options.panelWidth ?? (cases.length > 2 ? 205 : 290),
    },
  );
}
