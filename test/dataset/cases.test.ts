import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetFolder, defaultFolder, openDataset, shortPath } from '../../lib/dataset/cases.ts';
import { settings } from '../../lib/settings.ts';
import { temporaryFolder } from './fixtures.ts';

const shared = settings.sharedFolder;
describe('opening data sets', () => {
  let folder: string;
  const make = async (...parts: string[]): Promise<void> => {
    const file = path.join(folder, ...parts);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, '');
  };
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('recognises a folder by what lies in it', async () => {
    await make('images', 'a.nii.gz');
    await make('labels', 'a.nii.gz');
    expect(await openDataset(folder)).toMatchObject({ kind: '3d', otherLabels: 'assumed', cases: [{ id: 'a' }] });
    await make('masks', 'a.nii.gz');
    await expect(openDataset(folder)).rejects.toThrow('Expected JPEG, PNG or TIFF pictures'); // images and masks are pictures
    await make('imagesTr', 'b.nii.gz');
    expect((await openDataset(folder)).cases.map(({ id }) => id)).toEqual(['b']);
    expect((await openDataset(folder)).cases.map(({ id }) => id)).toEqual(['b']);
    expect((await openDataset(`nnunet:${folder}`)).cases.map(({ id }) => id)).toEqual(['b']);
  });

  it('opens a set by its name from the folder given', async () => {
    await make('PANCREAS_0001.nii.gz');
    await make('label0001.nii.gz');
    const { dataset, cases } = await openDataset('nih-pancreas-ct', folder);
    expect([dataset, cases.map(({ patient }) => patient)]).toEqual(['nih-pancreas-ct', ['0001']]);
  });

  it('says what is missing and how to get it', async () => {
    await expect(openDataset('msd-task07', path.join(folder, 'none'))).rejects.toThrow(
      /none.*does not exist; `axunet data msd-task07` tells how to get it/,
    );
    await expect(openDataset('no-such-set')).rejects.toThrow(/no data set or folder called "no-such-set"/);
    await expect(openDataset('panorama')).rejects.toThrow(/masks without CT/);
    await expect(openDataset(folder)).rejects.toThrow(/imagesTr \+ labelsTr/);
  });

  it('looks for a set where it is told to, else in data/<name>; phantoms of each profile have their own', () => {
    expect(datasetFolder('nih-2d', folder)).toBe(folder);
    expect(shortPath(defaultFolder('nih-2d'))).toBe(path.join('data', 'nih-2d'));
    expect(shortPath(defaultFolder('phantom', 'demo'))).toBe(path.join('data', 'phantom'));
    expect(shortPath(defaultFolder('phantom', 'tiny'))).toBe(path.join('data', 'phantom-tiny'));
    expect(shortPath(folder)).toBe(folder);
  });

  it.skipIf(!shared)(
    'opens the real 2-D set and the TotalSegmentator files (needs the folder of extra test data)',
    async () => {
      const data = path.join(shared!, 'data');
      const slices = await openDataset('nih-2d', path.join(data, 'nih-pancreas-ct-2d'));
      const patients = new Set(slices.cases.map(({ patient }) => patient));
      expect([slices.cases.length, patients.size]).toEqual([199, 43]);
      expect((await openDataset('totalsegmentator', path.join(data, 'totalsegmentator'))).labelMap[7]).toBe(1);
    },
  );
});
