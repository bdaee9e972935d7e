/** The slices of a report: the outline of the mask, and where a network is unsure. */
import type { LabelClass } from '../dataset/caseList.ts';
import type { Figure } from '../figures/figure.ts';
import { inRows, type Panel, type PanelMask, panelGrid } from '../figures/panels.ts';
import {
  cropSlice,
  cutWindow,
  huSlice,
  type PixelWindow,
  type SliceImage,
  sliceToRgba,
} from '../figures/slicePicture.ts';
import { classColours, colours, palette } from '../figures/theme.ts';
import { chooseSlices } from '../figures/volumeOverlay.ts';
import { boundingBox } from '../volume/foreground.ts';
import { axial } from '../volume/plane.ts';
import { sliceZ, type Volume } from '../volume/volume.ts';

/** What is drawn, all canonical and on the same voxels. */
export interface DrawnScan {
  readonly image: Volume;
  /** Class numbers. */
  readonly mask: Volume<Uint8Array>;
  readonly classes?: readonly LabelClass[];
  /** Bits of entropy, and the most that there can be. */
  readonly entropy?: { readonly bits: Volume<Float32Array>; readonly most: number };
}

/** Room around the mask, and the least side of what is shown. */
const [marginMm, leastMm] = [30, 160];
const columns = 4;

/** The square that is shown of every slice: the whole mask with room around it, or the slice where that is smaller. */
function shownWindow({ image, mask }: DrawnScan): PixelWindow {
  const [dx, dy] = image.spacingMm;
  const [widthMm, heightMm] = [image.shape[0] * dx, image.shape[1] * dy];
  const { start, shape } = boundingBox(mask.data, mask.shape) ?? { start: [0, 0, 0], shape: image.shape };
  const wantedMm = Math.max(leastMm, shape[0] * dx + 2 * marginMm, shape[1] * dy + 2 * marginMm);
  const sideMm = Math.min(wantedMm, Math.max(widthMm, heightMm));
  const [width, height] = [Math.max(1, Math.round(sideMm / dx)), Math.max(1, Math.round(sideMm / dy))];
  const left = Math.round(start[0] + (shape[0] - width) / 2);
  return { left, top: Math.round(start[1] + (shape[1] - height) / 2), width, height };
}

/** The outlines: one colour, or one a class. */
function outlines(mask: ArrayLike<number>, classes: readonly LabelClass[] = []): PanelMask[] {
  if (classes.length < 2) return [{ mask, name: classes[0]?.name ?? 'mask', colour: colours.prediction }];
  return classes.flatMap(({ name }, c) => {
    const isThere = Array.prototype.includes.call(mask, c + 1);
    return isThere ? [{ mask, name, value: c + 1, colour: classColours[c % classColours.length]! }] : [];
  });
}

const yellow = [1, 3, 5].map((i) => Number.parseInt(palette.yellow.slice(i, i + 2), 16));

/** The slice in grey with yellow over it where entropy is, all yellow where it is the most. */
function unsurePicture(slice: SliceImage, bits: ArrayLike<number>, most: number): Uint8ClampedArray {
  const rgba = sliceToRgba(slice);
  for (let i = 0; i < bits.length; i++) {
    const share = Math.min(1, bits[i]! / most);
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = (1 - share) * rgba[4 * i + c]! + share * yellow[c]!;
  }
  return rgba;
}

/** One slice: with the outline, and with the entropy where there is a network. */
function panelsOf(scan: DrawnScan, z: number, window: PixelWindow): { outlined: Panel; unsure?: Panel } {
  const whole = huSlice(scan.image, z);
  const cut = (values: ArrayLike<number>): Float32Array => cutWindow(values, whole.height, whole.width, window);
  const slice = cropSlice(whole, window);
  const masks = outlines(cut(sliceZ(scan.mask, z)), scan.classes);
  const outlined = { slice, masks, title: `slice ${z}`, edges: axial.edges };
  if (!scan.entropy) return { outlined };
  const { bits, most } = scan.entropy;
  const rgba = unsurePicture(slice, cut(sliceZ(bits, z)), most);
  return { outlined, unsure: { slice, rgba, title: `slice ${z}, unsure`, edges: axial.edges } };
}

/** Rows of four; the unsure ones below their slices. */
const rowsOf = (panels: readonly { outlined: Panel; unsure?: Panel }[]): Panel[][] =>
  inRows(panels, columns).flatMap((part) => {
    const unsure = part.flatMap((each) => each.unsure ?? []);
    return [part.map(({ outlined }) => outlined), ...(unsure.length > 0 ? [unsure] : [])];
  });

/**
 * At most `count` slices, spread evenly over those that the mask touches, and their numbers; the middle slice of an
 * empty mask.
 */
export function slicesFigure(scan: DrawnScan, count: number): { figure: Figure; slices: number[] } {
  const slices = chooseSlices([scan.mask], count);
  const window = shownWindow(scan);
  const unsure = 'Yellow: where the network is unsure (entropy); full yellow is as good as a guess.';
  const figure = panelGrid(rowsOf(slices.map((z) => panelsOf(scan, z, window))), {
    title: scan.entropy ? 'Outline, and where the network is unsure' : 'Outline of the mask',
    caption: scan.entropy ? unsure : undefined,
  });
  return { figure, slices };
}
