/** Slices of memory as `preprocessDataset` would have written them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeNpy } from '../../lib/io/npy.ts';
import { openSlices, type SliceSet } from '../../lib/preprocess/sliceSet.ts';

/** Writes a set into a folder and opens it there. */
export async function putOnDisk(folder: string, set: SliceSet): Promise<SliceSet> {
  for (const part of ['data', 'label']) mkdirSync(path.join(folder, part), { recursive: true });
  const slices = set.entries.map((entry, i) => {
    const [image, label] = [`data/${entry.id}.npy`, `label/${entry.id}.npy`];
    const { height, width } = entry;
    writeFileSync(path.join(folder, image), encodeNpy({ data: set.read(i).image, shape: [3, height, width] }));
    writeFileSync(path.join(folder, label), encodeNpy({ data: set.read(i).label, shape: [1, height, width] }));
    return { ...entry, image, label };
  });
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify({ ...set.manifest, slices }));
  return openSlices(folder);
}
