/** The table of a cohort. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCohort } from '../../lib/radiomics/table.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-table-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const table = (text: string): string => {
  const file = path.join(folder, 'cohort.csv');
  writeFileSync(file, text);
  return file;
};

describe('a cohort table', () => {
  it.each([
    ['id,image\na,b\n', 'Expected the columns id, image and mask, found id, image'],
    ['', 'Expected the columns id, image and mask, found an empty table'],
    ['id,image,mask\n', 'Expected at least one case, found only a heading'],
    ['id,image,mask\na,b\n', 'Expected 3 cells in row 1, found 2'],
    [
      'id,image,mask\n../a,b,c\n',
      'Expected ids of at most 200 letters, digits, dots, dashes and underscores, found "../a"',
    ],
    [
      `id,image,mask\n${'a'.repeat(201)},b,c\n`,
      `Expected ids of at most 200 letters, digits, dots, dashes and underscores, found "${'a'.repeat(80)}…"`,
    ],
    ['id,image,mask\na,b,c\na,d,e\n', 'Expected each id once, found a twice'],
    [
      'id,image,mask\nCase1,b,c\ncase1,d,e\n',
      'Expected ids that differ in more than capital letters (macOS and Windows take them for one file), ' +
        'found "Case1" and "case1"',
    ],
    ['id,image,mask\na,,c\n', 'Expected an image and a mask for a, found an empty cell'],
    [
      'id,image,mask,voxels\na,b,c,1\n',
      'Expected columns that are called otherwise than those of the features, found voxels',
    ],
    [
      'id,original_shape_MeshVolume,image,mask\na,1,b,c\n',
      'Expected columns that are called otherwise than those of the features, found original_shape_MeshVolume',
    ],
    ['id,image,mask,site,site\na,b,c,d,e\n', 'Expected each column once, found id, image, mask, site, site'],
    ['id,image,mask,label\na,b,c,x\n', 'Expected a positive label for a, found "x"'],
    ['id,image,mask\n"a,b,c\n', 'Expected a closing quote, found the end of the table'],
  ])('%j is refused', async (text, sentence) => {
    const file = table(text);
    await expect(readCohort(file)).rejects.toThrow(`${sentence} in ${file}`);
  });

  it('has paths from its folder, also when it has Windows line ends and a byte order mark', async () => {
    const file = table('\ufeffid,image,mask\r\na,b.nii,c.nii\r\n');
    expect(await readCohort(file)).toEqual([
      { id: 'a', image: path.join(folder, 'b.nii'), mask: path.join(folder, 'c.nii'), others: {} },
    ]);
    await expect(readCohort(path.join(folder, 'none.csv'))).rejects.toThrow(
      'Expected a cohort table, found no such file',
    );
  });

  it('carries other columns along as they are, and takes a label where its cell has one', async () => {
    const file = table('id,group,image,mask,label\na,"x, y",b.nii,c.nii,7\nb,,d.nii,e.nii,\n');
    expect(await readCohort(file)).toMatchObject([
      { id: 'a', label: 7, others: { group: 'x, y' } },
      { id: 'b', others: { group: '' } },
    ]);
    expect('label' in (await readCohort(file))[1]).toBe(false);
  });
});
