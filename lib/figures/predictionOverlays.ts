import type { Figure } from './figure.ts';
import { formatDice, type OverlayCase, zoomCase } from './overlayGrid.ts';
import { gap, inRows, type Panel, type PanelMask, panelGrid } from './panels.ts';
import { colours, emptyFigure, sizes } from './theme.ts';

/** Where label and prediction agree, what was predicted only and what was missed, as three masks. */
export function errorMasks(label: ArrayLike<number>, prediction: ArrayLike<number>): PanelMask[] {
  const codes = Uint8Array.from({ length: label.length }, (_, i) => (label[i] ? 1 : 0) + (prediction[i] ? 2 : 0));
  return [
    { mask: codes, value: 3, name: 'Found', colour: colours.agreement, fill: 0.35 },
    { mask: codes, value: 2, name: 'Predicted only', colour: colours.falsePositive, fill: 0.6 },
    { mask: codes, value: 1, name: 'Missed', colour: colours.missed, fill: 0.6 },
  ];
}

/** Width of a figure whose texts are read as they are set; wider ones are shrunk to it on most pages. */
const readableWidth = 890;
/** Of a letter, in its height. */
const letterWidth = 0.57;

/** A case's name and score, in two lines where one would be wider than the panel. */
function titleOf({ id, dice }: OverlayCase, panelWidth: number): string {
  if (dice === undefined) return id;
  const title = `${id}, ${formatDice(dice)}`;
  return letterWidth * sizes.font * title.length > panelWidth ? `${id}<br>${formatDice(dice)}` : title;
}

/**
 * Where predictions are right and wrong, one picture per case that has label and prediction: found, predicted only,
 * missed. `zoomMm` shows a square of that side around the masks. Panels are 250 pixels wide, those of many columns
 * less. No such case gives an empty figure.
 */
export function predictionOverlays(
  cases: readonly OverlayCase[],
  options: { title?: string; zoomMm?: number; columns?: number; panelWidth?: number } = {},
): Figure {
  const title = options.title ?? 'What the network found and what it missed';
  const complete = cases.filter((c) => c.label && c.prediction);
  if (complete.length === 0) return emptyFigure(title, 'There is no case with a label and a prediction.');
  const { columns = 3, panelWidth = Math.min(250, Math.floor(readableWidth / columns) - gap) } = options;
  const panels = complete.map((whole): Panel => {
    const { slice, label, prediction } = options.zoomMm ? zoomCase(whole, options.zoomMm) : whole;
    return {
      slice,
      title: titleOf(whole, panelWidth),
      masks: errorMasks(label!, prediction!),
    };
  });
  return panelGrid(inRows(panels, columns), { title, panelWidth });
}
