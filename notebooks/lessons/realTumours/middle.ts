/** Features of as many pixels in everyone: the middle of each crop, which knows nothing of the crop's size. */
import { type Row, toTable } from 'axunet/figures/table';
import { breathe, startProgress } from 'axunet/progress';
import { extractFeatures } from 'axunet/radiomics/extract';
import { asSlice, settingsForPictures, valuesOf } from 'axunet/radiomics/pictures';
import { radiomicsSettings } from 'axunet/radiomics/settings';
import { cachedTable } from '../radiomics/tableCache.ts';
import { cropWindowHu, readCrop, readCrops, sliceFile } from './crops.ts';

/** Width and height of the middle; smaller crops have none. */
export const middlePx = 32;

const textureSettings = settingsForPictures(
  radiomicsSettings({ families: ['firstorder', 'glcm', 'glrlm', 'glszm', 'gldm', 'ngtdm'] }),
);

/** The middle square of an image, a row after the other. */
export function middleOf(values: Float64Array, width: number, height: number, side: number): Float64Array {
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  return Float64Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [left + (i % side), top + Math.floor(i / side)];
    return values[x + width * y]!;
  });
}

/** Features of the middle of every crop that is large enough, by file; measured once, then read. */
export async function middleFeatures(folder: string): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
  const crops = (await readCrops(folder)).filter(({ width, height }) => Math.min(width, height) >= middlePx);
  const files = [sliceFile(folder), ...crops.map(({ image }) => image)];
  const from = { files, window: cropWindowHu, settings: textureSettings, middlePx, version: 1 };
  const table = await cachedTable('real-tumours-middle', from, async () => {
    const progress = startProgress('middles of crops', crops.length);
    const rows: Row[] = [];
    const size = { width: middlePx, height: middlePx };
    const everything = asSlice(new Uint8Array(middlePx ** 2).fill(1), size);
    for (const crop of crops) {
      const { grey } = await readCrop(crop);
      const hu = middleOf(valuesOf(grey, cropWindowHu), crop.width, crop.height, middlePx);
      rows.push({ file: crop.file, ...extractFeatures(asSlice(hu, size), everything, textureSettings).features });
      progress.update(rows.length, crop.file);
      await breathe();
    }
    progress.finish();
    return toTable(rows);
  });
  return new Map(table.rows.map(({ file, ...values }) => [file as string, values as Record<string, number>] as const));
}
