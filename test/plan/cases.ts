/** Cases on disk whose numbers are known: boxes of soft tissue in air, with boxes as organs. */
import path from 'node:path';
import type { CaseList } from '../../lib/dataset/caseList.ts';
import { openDataset } from '../../lib/dataset/cases.ts';
import { writeJson } from '../../lib/io/files.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import type { Affine } from '../../lib/volume/volume.ts';

/** Columns, rows and slices; spacing 1, 2 and 5 mm. */
const [width, height, depth] = [32, 24, 4];

/** [first column, first row, columns, rows] */
export type Organ = readonly [number, number, number, number];

const isIn = ([left, top, columns, rows]: Organ, x: number, y: number): boolean =>
  x >= left && x < left + columns && y >= top && y < top + rows;

/**
 * A folder in the Decathlon's layout with a case for each organ: 40 HU in columns 4 to 27 and rows 2 to 21, 100 HU in
 * the organ (label 1, in slices 1 and 2), 60 HU in its first column where it has a tumour (label 2). `affine` has edges
 * of 1, 2 and 5 mm.
 */
export async function writeCases(
  folder: string,
  organs: readonly { readonly organ: Organ; readonly tumour?: boolean }[],
  affine: Affine = [-1, 0, 0, 0, 0, -2, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1],
): Promise<CaseList> {
  const geometry = {
    shape: [width, height, depth] as const,
    spacingMm: [1, 2, 5] as const,
    affine,
  };
  const place = (i: number): readonly [x: number, y: number, z: number] => [
    i % width,
    Math.floor(i / width) % height,
    Math.floor(i / (width * height)),
  ];
  for (const [k, { organ, tumour }] of organs.entries()) {
    const label = Uint8Array.from({ length: width * height * depth }, (_, i) => {
      const [x, y, z] = place(i);
      if (z < 1 || z > 2 || !isIn(organ, x, y)) return 0;
      return tumour && x === organ[0] ? 2 : 1;
    });
    const image = Int16Array.from(label, (value, i) => {
      const [x, y] = place(i);
      if (value > 0) return value === 1 ? 100 : 60;
      return isIn([4, 2, 24, 20], x, y) ? 40 : -1000;
    });
    await writeNifti(path.join(folder, 'imagesTr', `case_${k + 1}.nii.gz`), { ...geometry, data: image });
    await writeNifti(path.join(folder, 'labelsTr', `case_${k + 1}.nii.gz`), { ...geometry, data: label });
  }
  await writeJson(path.join(folder, 'dataset.json'), { labels: { 0: 'background', 1: 'pancreas', 2: 'tumour' } });
  return openDataset(folder);
}
