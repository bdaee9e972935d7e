/** One mask beside its label: an axial slice and a coronal one, each where the file's own header puts it. */
import type { Figure } from 'axunet/figures/figure';
import { type Panel, type PanelMask, panelGrid } from 'axunet/figures/panels';
import { huSlice, type SliceImage } from 'axunet/figures/slicePicture';
import { colours } from 'axunet/figures/theme';
import { softTissueWindowHu } from 'axunet/preprocess/window';
import { coronal, cutPlane } from 'axunet/volume/plane';
import { fullestSlice } from 'axunet/volume/values';
import { sliceZ, type Volume, type VoxelArray } from 'axunet/volume/volume';
import type { ShownMask, Truth } from './masks.ts';

/** The label's tumour alone, where it has one. */
const tumourOf = (label: Volume<Uint8Array>): Volume<Uint8Array> =>
  label.data.includes(2) ? { ...label, data: label.data.map((v) => Number(v === 2)) } : label;

/** The row in which the label has most voxels. */
function fullestRow({ data, shape: [nx, ny] }: Volume): number {
  const counts = new Float64Array(ny);
  (data as VoxelArray).forEach((v, i) => {
    if (v) counts[Math.floor(i / nx) % ny]!++;
  });
  return counts.indexOf(Math.max(...counts));
}

/** The slices of a mask at the places of the image's, whatever distance its header gives them. */
function onImage(mask: Volume<Uint8Array>, image: Volume): Volume<Uint8Array> {
  const size = mask.shape[0] * mask.shape[1];
  const data = new Uint8Array(mask.data.length);
  for (let z = 0; z < mask.shape[2]; z++) {
    const own = Math.round((z * image.spacingMm[2]) / mask.spacingMm[2]);
    if (own < mask.shape[2]) data.set(sliceZ(mask, own), z * size);
  }
  return { ...mask, data };
}

/** Labels dotted, the mask in colours of its own values. */
function looks(label: ArrayLike<number>, mask: ArrayLike<number>, isOfClasses: boolean): PanelMask[] {
  const truth: PanelMask = { name: 'label', colour: colours.label, mask: label, dash: 'dot' };
  if (!isOfClasses) return [truth, { name: 'mask', colour: colours.prediction, mask, fill: 0.3 }];
  return [
    truth,
    { name: 'mask, value 1', colour: colours.prediction, mask, value: 1, fill: 0.3 },
    { name: 'mask, value 2', colour: colours.label, mask, value: 2, fill: 0.5 },
  ];
}

/** Two panels: an axial slice through the fullest place of the tumour, and a coronal one. */
export function badMaskFigure({ image, label }: Truth, { title, mask }: ShownMask): Figure {
  const placed = onImage(mask, image);
  const middle = tumourOf(label);
  const [z, y] = [fullestSlice(middle), fullestRow(middle)];
  const isOfClasses = mask.data.includes(2);
  const [dx, , dz] = image.spacingMm;
  const across: SliceImage = {
    values: cutPlane(image, coronal, y),
    height: image.shape[2],
    width: image.shape[0],
    spacingMm: [dz, dx],
    range: softTissueWindowHu,
  };
  const panels: Panel[] = [
    { slice: huSlice(image, z), masks: looks(sliceZ(label, z), sliceZ(placed, z), isOfClasses) },
    { slice: across, masks: looks(cutPlane(label, coronal, y), cutPlane(placed, coronal, y), isOfClasses) },
  ];
  return panelGrid([panels], {
    title: `Mask of a phantom: ${title}`,
    columnTitles: ['axial', 'coronal'],
    panelWidth: 300,
  });
}
