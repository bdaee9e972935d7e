/** A tiny cohort on disk: volumes of 24 × 20 × 4 voxels, bright where the label is. */
import path from 'node:path';
import { openDataset } from '../../../lib/dataset/cases.ts';
import { writeJson } from '../../../lib/io/files.ts';
import { writeNifti } from '../../../lib/io/nifti.ts';
import { preprocessDataset } from '../../../lib/preprocess/slices.ts';
import { Random } from '../../../lib/random.ts';
import type { Volume } from '../../../lib/volume/volume.ts';

export function patient(seed: number): { image: Volume<Int16Array>; label: Volume<Uint8Array> } {
  const random = Random.stream(seed, 'cli patient');
  const shape = [24, 20, 4] as const;
  const [x0, y0] = [6 + random.integer(6), 5 + random.integer(5)];
  const label = Uint8Array.from({ length: 24 * 20 * 4 }, (_, i) => {
    const [x, y, z] = [i % 24, Math.floor(i / 24) % 20, Math.floor(i / 480)];
    return Number(z > 0 && x >= x0 && x < x0 + 8 && y >= y0 && y < y0 + 7);
  });
  const geometry = { shape, spacingMm: [1, 1, 3] as const, affine: [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1] };
  return {
    image: { ...geometry, data: Int16Array.from(label, (v) => 100 * v + random.integer(20)) },
    label: { ...geometry, data: label },
  };
}

/** Patients `case_1` to `case_<count>` as an nnU-Net raw folder in `raw`, and their slices in `slices`. */
export async function makeCohort(folder: string, count = 4): Promise<void> {
  const raw = path.join(folder, 'raw');
  const training = [];
  for (let i = 1; i <= count; i++) {
    const { image, label } = patient(i);
    await writeNifti(path.join(raw, 'imagesTr', `case_${i}_0000.nii.gz`), image);
    await writeNifti(path.join(raw, 'labelsTr', `case_${i}.nii.gz`), label);
    training.push({ image: `./imagesTr/case_${i}_0000.nii.gz`, label: `./labelsTr/case_${i}.nii.gz` });
  }
  await writeJson(path.join(raw, 'dataset.json'), {
    name: 'test',
    labels: { background: 0, pancreas: 1 },
    channel_names: { 0: 'CT' },
    numTraining: count,
    file_ending: '.nii.gz',
    training,
  });
  await preprocessDataset(await openDataset(`nnunet:${raw}`), { out: path.join(folder, 'slices'), mode: 'default' });
}
