/** A good mask of a phantom and five bad ones, each wrong in one way that is met in practice. */
import { Random } from 'axunet/random';
import { distanceTransform } from 'axunet/volume/distance';
import { redrawMask } from 'axunet/volume/perturbMask';
import { flipRows } from 'axunet/volume/values';
import { type Affine, sliceZ, type Vec3, type Volume } from 'axunet/volume/volume';

/** A canonical CT in HU and its label: 1 pancreas, 2 tumour. */
export interface Truth {
  readonly image: Volume<Int16Array>;
  readonly label: Volume<Uint8Array>;
}

/** One mask, and what is wrong with it in a few words. */
export interface ShownMask {
  readonly name: string;
  readonly title: string;
  readonly mask: Volume<Uint8Array>;
}

const changed = (
  mask: Volume<Uint8Array>,
  change: (z: number, plane: Uint8Array) => Uint8Array,
): Volume<Uint8Array> => {
  const data = new Uint8Array(mask.data.length);
  for (let z = 0; z < mask.shape[2]; z++) data.set(change(z, sliceZ(mask, z)), z * mask.shape[0] * mask.shape[1]);
  return { ...mask, data };
};

/** Every slice front to back, on the same grid: rows were counted from the other end. */
export const flipped = (mask: Volume<Uint8Array>): Volume<Uint8Array> =>
  changed(mask, (_, plane) => flipRows(plane, mask.shape[0]));

/** The same voxels in a file that says that slices lie half as far apart. */
export function respaced(mask: Volume<Uint8Array>): Volume<Uint8Array> {
  const { spacingMm, affine } = mask;
  const spacing: Vec3 = [spacingMm[0], spacingMm[1], spacingMm[2] / 2];
  const halved: Affine = affine.map((value, i) => (i % 4 === 2 ? value / 2 : value));
  return { ...mask, spacingMm: spacing, affine: halved };
}

/** HU of bowel wall and of what fills it, and how far from the organ and to the patient's left the leak goes. */
const leak = { hu: [10, 75], mm: 20 } as const;

/** The mask and what lies beside it, to the patient's left, and looks like soft tissue. */
export function leaked({ data, shape, spacingMm, ...rest }: Volume<Uint8Array>, image: Volume): Volume<Uint8Array> {
  const columns = [...data].flatMap((v, i) => (v ? [i % shape[0]] : []));
  const middle = columns.reduce((sum, x) => sum + x, 0) / columns.length;
  const distance = distanceTransform(data, shape, spacingMm, 'foreground');
  const isLeak = (i: number): boolean =>
    i % shape[0] > middle && distance[i]! <= leak.mm && image.data[i]! >= leak.hu[0] && image.data[i]! <= leak.hu[1];
  return { ...rest, shape, spacingMm, data: data.map((v, i) => (v || isLeak(i) ? 1 : 0)) };
}

/** Every third slice without a voxel. */
export const gapped = (mask: Volume<Uint8Array>): Volume<Uint8Array> =>
  changed(mask, (z, plane) => (z % 3 === 0 ? new Uint8Array(plane.length) : plane));

/** 1 is written where 2 was meant, and 2 where 1 was. */
export const swapped = ({ data, ...rest }: Volume<Uint8Array>): Volume<Uint8Array> => ({
  ...rest,
  data: data.map((v) => (v === 0 ? 0 : 3 - v)),
});

/** A good mask first: a line that wanders by less than a voxel, as two readers differ. */
export function shownMasks({ image, label }: Truth, random: Random): ShownMask[] {
  const organ = { ...label, data: label.data.map((v) => (v ? 1 : 0)) };
  return [
    { name: 'good', title: 'good', mask: redrawMask(label, 0.25, random) },
    { name: 'flipped', title: 'flipped front to back', mask: flipped(organ) },
    { name: 'respaced', title: 'wrong spacing', mask: respaced(organ) },
    { name: 'leaked', title: 'leaked into the bowel', mask: leaked(organ, image) },
    { name: 'gapped', title: 'empty slices', mask: gapped(organ) },
    { name: 'swapped', title: 'label order swapped', mask: swapped(label) },
  ];
}
