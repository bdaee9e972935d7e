/** A folder of small made-up crops in the layout of pancreas-crops, for tests. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeGreyPng } from '../../../lib/io/greyPng.ts';
import { Random } from '../../../lib/random.ts';

export interface MadeCrops {
  readonly patients: { readonly MSD: number; readonly NIH: number };
  readonly slices: number;
  /** Patients of each source, from the first, who have masks and a spacing. */
  readonly masked: number;
}

/** Grey values of HU in the window of the crops. */
const greyOf = (hu: number): number => Math.max(0, Math.min(255, Math.round(((hu + 150) * 255) / 400)));

/**
 * Writes slices.json, images and masks: an ellipse of 100 HU in fat of −90 HU with noise of 12 HU. MSD has crops of 20
 * × 16 pixels, NIH of 28 × 20; every patient an own level of HU.
 */
export function writeCrops(folder: string, { patients, slices, masked }: MadeCrops): void {
  for (const name of ['images', 'masks']) mkdirSync(path.join(folder, name), { recursive: true });
  const random = Random.stream(1, 'crops');
  const rows = (['MSD', 'NIH'] as const).flatMap((source) =>
    Array.from({ length: patients[source] }, (_, p) => {
      const level = random.normal(0, 15);
      return Array.from({ length: slices }, (_, k) => {
        const [width, height] = source === 'MSD' ? [20, 16] : [28, 20];
        const file = `${source}_${p}_slice_${k}.png`;
        const inside = Array.from({ length: width * height }, (_, i) => {
          const [x, y] = [((i % width) + 0.5) / width - 0.5, (Math.floor(i / width) + 0.5) / height - 0.5];
          return x * x + y * y < 0.09;
        });
        const grey = Uint8Array.from(inside, (isOrgan) => greyOf((isOrgan ? 100 + level : -90) + random.normal(0, 12)));
        const hasMask = p < masked;
        const picture = (kind: string, data: Uint8Array): void =>
          writeFileSync(path.join(folder, kind, file), encodeGreyPng({ data, width, height }));
        picture('images', grey);
        if (hasMask)
          picture(
            'masks',
            Uint8Array.from(inside, (isOrgan) => (isOrgan ? 255 : 0)),
          );
        return {
          ...{ file, patient: `${source}_${p}`, slice: 10 + k, source, tumour: Number(source === 'MSD') },
          ...{ w: width, h: height, mask: hasMask ? file : '' },
          ...(hasMask && { spacing_xy: [0.8, 0.8], spacing_z: source === 'MSD' ? 2.5 : 1 }),
        };
      });
    }).flat(),
  );
  writeFileSync(path.join(folder, 'slices.json'), JSON.stringify(rows));
}
