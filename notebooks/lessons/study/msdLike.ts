/**
 * Phantom patients as another hospital would scan them, in the layout of the Medical Segmentation Decathlon: slices of
 * 5 mm, a field of view wider than the body, and a body that seldom lies in its middle.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { makePhantomPatient } from 'axunet/dataset/phantom';
import { writeJson } from 'axunet/io/files';
import { writeNifti } from 'axunet/io/nifti';
import { startProgress } from 'axunet/progress';
import { Random } from 'axunet/random';
import { affineFrom } from 'axunet/volume/crop';
import { toCanonical } from 'axunet/volume/orientation';
import { resampleVolume } from 'axunet/volume/resample';
import { type Vec3, type Volume, type VoxelArray, voxelCount } from 'axunet/volume/volume';

/** Voxels before resampling and widening. */
const size: Vec3 = [160, 160, 32];
const sliceMm = 5;
/** Columns and rows that are added on both sides together, and how far the body may lie off the middle. */
const added = [48, 32] as const;
const offCentre = 14;

/** The volume in a larger one, `left` columns and `above` rows from its corner; `outside` is around it. */
function widened<T extends VoxelArray>(
  volume: Volume<T>,
  [left, above]: readonly [number, number],
  outside: number,
): Volume<T> {
  const [width, height, depth] = volume.shape;
  const shape: Vec3 = [width + added[0], height + added[1], depth];
  const data = new (volume.data.constructor as new (n: number) => T)(voxelCount(shape)).fill(outside) as T;
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++) {
      const from = width * (y + height * z);
      data.set(volume.data.subarray(from, from + width), left + shape[0] * (above + y + shape[1] * z));
    }
  return { ...volume, data, shape, affine: affineFrom(volume.affine, [-left, -above, 0]) };
}

/** One patient: 208 × 192 voxels, slices of 5 mm. */
export function msdLikePatient(index: number, seed: number): { image: Volume<Int16Array>; label: Volume<Uint8Array> } {
  const made = makePhantomPatient(index, { seed, size });
  const [image, label] = [toCanonical(made.image), toCanonical(made.label)];
  const spacing: Vec3 = [image.spacingMm[0], image.spacingMm[1], sliceMm];
  const random = Random.stream(seed, 'off centre', index);
  const shift = (room: number): number => Math.round(room / 2 + random.uniform(-offCentre, offCentre));
  const corner = [shift(added[0]), shift(added[1])] as const;
  return {
    image: widened(resampleVolume(image, spacing, { interpolation: 'linear' }), corner, -1024),
    label: widened(resampleVolume(label, spacing, { interpolation: 'nearest' }), corner, 0),
  };
}

/** Writes patients `pancreas_001`, … where the folder has not all of them yet. */
export async function makeMsdLike(
  folder: string,
  { patients, seed }: { patients: number; seed: number },
): Promise<void> {
  const done = path.join(folder, 'dataset.json');
  if (existsSync(done)) return;
  const progress = startProgress('patients', patients);
  const training: { image: string; label: string }[] = [];
  for (let i = 1; i <= patients; i++) {
    const id = `pancreas_${String(i).padStart(3, '0')}.nii.gz`;
    const { image, label } = msdLikePatient(i, seed);
    await writeNifti(path.join(folder, 'imagesTr', id), image);
    await writeNifti(path.join(folder, 'labelsTr', id), label);
    training.push({ image: `./imagesTr/${id}`, label: `./labelsTr/${id}` });
    progress.update(i, id);
  }
  progress.finish();
  // last, so that it stands for all of them
  await writeJson(done, { name: 'made up', labels: { 0: 'background', 1: 'pancreas', 2: 'cancer' }, training });
}
