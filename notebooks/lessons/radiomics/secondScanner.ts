/** The same anatomy as another hospital would deliver it: thicker slices, more noise, masks drawn more generously. */
import { expected } from 'axunet/errors';
import { Random } from 'axunet/random';
import { affineFrom } from 'axunet/volume/crop';
import { toCanonical } from 'axunet/volume/orientation';
import { binaryMask, dilateMask } from 'axunet/volume/perturbMask';
import type { Vec3, Volume } from 'axunet/volume/volume';

export interface ScanProtocol {
  /** So many slices are averaged into one. */
  readonly slicesMerged: number;
  /** SD in HU of the noise that is added. */
  readonly addedNoiseHu: number;
  /** Share of the voxels around the mask that are drawn into it: 1 is a line one voxel further out. */
  readonly maskMargin: number;
}

/** A plausible second hospital: double slice thickness, visibly noisier, contours drawn half a voxel further out. */
export const secondProtocol: ScanProtocol = { slicesMerged: 2, addedNoiseHu: 9, maskMargin: 0.5 };

/** Averages each `count` slices; a rest at the end is dropped. The affine keeps every slice where it is. */
function mergeSlices(volume: Volume, count: number): Volume<Float32Array> {
  const [width, height, depth] = volume.shape;
  const area = width * height;
  const slices = Math.floor(depth / count);
  const data = new Float32Array(area * slices);
  for (let z = 0; z < slices * count; z++) {
    const at = Math.floor(z / count) * area;
    for (let i = 0; i < area; i++) data[at + i]! += volume.data[z * area + i]! / count;
  }
  const start = affineFrom(volume.affine, [0, 0, (count - 1) / 2]);
  const affine = start.map((value, i) => (i % 4 === 2 && i < 12 ? value * count : value));
  const [dx, dy, dz] = volume.spacingMm;
  return { data, shape: [width, height, slices] as Vec3, spacingMm: [dx, dy, dz * count], affine };
}

/**
 * Image (HU, whole numbers) and mask (0, 1) under another protocol, in the canonical frame. A merged
 * slice's voxel is in the mask when at least half of its slices had it there. Throws when there are
 * fewer slices than are merged into one.
 */
export function scanAgain(
  image: Volume,
  mask: Volume,
  protocol: ScanProtocol,
  seed: number,
): { image: Volume<Int16Array>; mask: Volume<Uint8Array> } {
  const [source, label] = [toCanonical(image), toCanonical(mask)];
  if (source.shape[2] < protocol.slicesMerged)
    throw expected(`at least ${protocol.slicesMerged} slices`, `${source.shape[2]}`);
  const random = Random.stream(seed, 'second scanner');
  const thick = mergeSlices(source, protocol.slicesMerged);
  const merged = mergeSlices({ ...label, data: binaryMask(label) }, protocol.slicesMerged);
  const noisy = new Int16Array(thick.data.length);
  const drawn: Volume<Uint8Array> = { ...merged, data: new Uint8Array(noisy.length) };
  for (let i = 0; i < noisy.length; i++) {
    noisy[i] = Math.round(thick.data[i]! + random.normal(0, protocol.addedNoiseHu));
    drawn.data[i] = merged.data[i]! >= 0.5 ? 1 : 0;
  }
  return { image: { ...thick, data: noisy }, mask: dilateMask(drawn, protocol.maskMargin, random) };
}
