import type { Figure } from 'axunet/figures/figure';
import { type Panel, panelGrid } from 'axunet/figures/panels';
import type { SliceImage } from 'axunet/figures/slicePicture';
import { colours, emptyFigure } from 'axunet/figures/theme';

export interface OrientedSlice {
  readonly slice: SliceImage;
  readonly label?: ArrayLike<number>;
}

export interface OrientationExample {
  readonly id: string;
  /** Axis codes of the stored array, as `orientationCodes` gives them: `RAS`, `LPS`, … */
  readonly codes: string;
  /** A slice as it is stored: rows along the second axis of the array, columns along the first. */
  readonly stored: OrientedSlice;
  /** The same in the canonical frame. */
  readonly canonical: OrientedSlice;
}

const opposite: Record<string, string> = { L: 'R', R: 'L', A: 'P', P: 'A', S: 'I', I: 'S' };

/**
 * The letters at the left, right, top and bottom of a picture whose columns run
 * towards codes[0] and rows towards codes[1].
 */
export const edgeCodes = ([columns, rows]: string): [string, string, string, string] => [
  opposite[columns!] ?? '?',
  columns!,
  opposite[rows!] ?? '?',
  rows!,
];

const panelOf = ({ slice, label }: OrientedSlice, codes: string, title: string): Panel => ({
  slice,
  title,
  edges: edgeCodes(codes),
  masks: label ? [{ mask: label, name: 'Label', colour: colours.label, fill: 0.25 }] : [],
});

/**
 * Each volume as it is stored (above) and in the canonical frame (below): after reorientation every patient must lie
 * alike, with the label on the same organ. No example gives an empty figure.
 */
export function orientationCheck(
  examples: readonly OrientationExample[],
  options: { title?: string; panelWidth?: number } = {},
): Figure {
  const title = options.title ?? 'Orientation of three volumes: as stored, and in the common frame';
  if (examples.length === 0) return emptyFigure(title, 'There is no volume to show.');
  const stored = examples.map((e) => panelOf(e.stored, e.codes, `${e.id}: ${e.codes}`));
  const canonical = examples.map((e) => panelOf(e.canonical, 'LPS', `${e.id}: LPS`));
  return panelGrid([stored, canonical], {
    title,
    rowTitles: ['Stored', 'Canonical'],
    panelWidth: options.panelWidth ?? 250,
  });
}
