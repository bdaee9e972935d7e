import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultFolder, openDataset, openFolder, openPair } from '../../lib/dataset/cases.ts';
import { labelMapOf } from '../../lib/dataset/layouts.ts';
import { openMasks } from '../../lib/dataset/masks.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { settings } from '../../lib/settings.ts';
import { temporaryFolder, torso, writeDecathlon, writeJpeg } from './fixtures.ts';

const shared = settings.sharedFolder;
const decathlonJson = {
  labels: { 0: 'background', 1: 'pancreas', 2: 'cancer' },
  training: [{ image: './imagesTr/pancreas_004.nii.gz', label: './labelsTr/pancreas_004.nii.gz' }],
};

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

  it('reads the Decathlon layout and counts the tumour as pancreas', async () => {
    await writeDecathlon(folder, { ids: ['pancreas_004', 'pancreas_001'], json: decathlonJson });
    const list = await openDataset('msd-task07', folder);
    expect(list).toMatchObject({
      dataset: 'msd-task07',
      kind: '3d',
      labelMap: { 1: 1, 2: 1 },
      unmatchedLabels: [],
      missingCases: [],
    });
    expect(list.cases.map((c) => [c.id, c.patient, path.basename(c.image), path.basename(c.label!)])).toEqual([
      ['pancreas_001', 'pancreas_001', 'pancreas_001.nii.gz', 'pancreas_001.nii.gz'],
      ['pancreas_004', 'pancreas_004', 'pancreas_004.nii.gz', 'pancreas_004.nii.gz'],
    ]);
  });

  it('reads nnU-Net version 2: channel number, file_ending, labels by name', async () => {
    await writeDecathlon(folder, {
      ids: ['p1', 'p2'],
      suffix: '_0000',
      json: {
        channel_names: { 0: 'CT' },
        labels: { background: 0, liver: 1, pancreas: 2, 'pancreas tumour': 3 },
        numTraining: 2,
        file_ending: '.nii.gz',
      },
    });
    const list = await openDataset(`nnunet:${folder}`);
    expect(list.cases.map((c) => c.id)).toEqual(['p1', 'p2']);
    expect(list.cases.every((c) => c.label)).toBe(true);
    expect(list.labelMap).toEqual({ 1: 0, 2: 1, 3: 1 });
  });

  it('reads nnU-Net version 1, whose dataset.json leaves the channel number out', async () => {
    await writeDecathlon(folder, {
      ids: ['a', 'b'],
      suffix: '_0000',
      json: {
        labels: { 0: 'background', 1: 'pancreas' },
        training: ['a', 'b', 'c'].map((id) => ({ image: `./imagesTr/${id}.nii.gz`, label: `./labelsTr/${id}.nii.gz` })),
      },
    });
    const list = await openDataset(`nnunet:${folder}`);
    expect(list.cases.map((c) => c.id)).toEqual(['a', 'b']);
    expect(list.missingCases).toEqual(['c']);
  });

  it('takes groups from dataset.json', async () => {
    await writeDecathlon(folder, {
      ids: ['phantom_001', 'phantom_002'],
      json: {
        labels: { background: 0, pancreas: 1, tumour: 2 },
        training: [
          { image: 'imagesTr/phantom_001.nii.gz', group: 'tumour' },
          { image: 'imagesTr/phantom_002.nii.gz', group: 'normal' },
        ],
      },
    });
    expect((await openDataset('phantom', folder)).cases.map((c) => c.group)).toEqual(['tumour', 'normal']);
  });

  it('pairs by id when positions would pair the wrong files, and names what has no partner', async () => {
    for (const id of ['a', 'c', 'd']) await make('images', `${id}.nii.gz`);
    for (const id of ['a', 'b', 'c']) await make('labels', `${id}.nii.gz`);
    const list = await openFolder(folder);
    expect(list.cases.map((c) => [c.id, c.label && path.basename(c.label)])).toEqual([
      ['a', 'a.nii.gz'],
      ['c', 'c.nii.gz'],
      ['d', undefined],
    ]);
    expect(list.unmatchedLabels).toEqual([path.join(folder, 'labels', 'b.nii.gz')]);
  });

  it('keeps ids that end in four digits when their labels do too', async () => {
    for (const part of ['images', 'labels'])
      for (const id of ['scan_0000', 'scan_0001']) await make(part, `${id}.nii.gz`);
    expect((await openFolder(folder)).cases.map((c) => c.id)).toEqual(['scan_0000', 'scan_0001']);
  });

  it('refuses a second image channel, and two files with one id', async () => {
    for (const id of ['p_0000', 'p_0001']) await make('imagesTr', `${id}.nii.gz`);
    await make('labelsTr', 'p.nii.gz');
    await expect(openDataset(`nnunet:${folder}`)).rejects.toThrow(/one image channel per case.*p_0001/);
    await rm(path.join(folder, 'imagesTr', 'p_0001.nii.gz'));
    await make('labelsTr', 'p.nii');
    await expect(openDataset(`nnunet:${folder}`)).rejects.toThrow(/one file with the id p, found p.nii and p.nii.gz/);
  });

  it('passes over the hidden ._ files of the Decathlon archive', async () => {
    await writeDecathlon(folder, { ids: ['pancreas_004'], json: decathlonJson });
    await make('imagesTr', '._pancreas_004.nii.gz');
    expect((await openDataset('msd-task07', folder)).cases).toHaveLength(1);
  });

  it('reads NIH conversions from one folder or several', async () => {
    await make('PANCREAS_0001.nii.gz');
    await make('label0001.nii.gz');
    await make('images', 'PANCREAS_0002.nii.gz');
    await make('TCIA_pancreas_labels-02-05-2017', 'label0002.nii.gz');
    await make('labels', 'PANCREAS_0003.nii.gz');
    const list = await openDataset('nih-pancreas-ct', folder);
    expect(list.cases.map((c) => [c.patient, c.label && path.basename(c.label)])).toEqual([
      ['0001', 'label0001.nii.gz'],
      ['0002', 'label0002.nii.gz'],
    ]);
    expect(list.unmatchedLabels?.map((file) => path.basename(file))).toEqual(['PANCREAS_0003.nii.gz']);
    expect(list.detectLabelFlip).toBe(true);
  });

  it('reads 2-D slices: patient and slice number from the name, spine up', async () => {
    for (const part of ['images', 'masks'])
      await writeJpeg(path.join(folder, part, 'PANCREAS_0005-1157.jpg'), 16, 16, [4, 4, 4, 4]);
    const list = await openDataset('nih-2d', folder);
    expect(list).toMatchObject({
      kind: '2d',
      imageFlipY: true,
      cases: [{ id: 'PANCREAS_0005-1157', patient: '0005', z: 1157 }],
    });
  });

  it('pairs two files whatever they are called', async () => {
    const { image, label } = torso();
    const [a, b] = [path.join(folder, 'ct.nii.gz'), path.join(folder, 'segmentation.nii.gz')];
    await writeNifti(a, image);
    await writeNifti(b, label);
    expect(await openPair(a, b)).toMatchObject({
      labelMap: { 1: 1, 2: 1 },
      otherLabels: 'assumed',
      cases: [{ id: 'ct', image: a, label: b }],
    });
    await expect(openPair(a, folder)).rejects.toThrow('two files or two folders');
  });

  it('says what is missing and how to get it', async () => {
    await expect(openDataset('msd-task07', path.join(folder, 'none'))).rejects.toThrow(
      /none.*does not exist; `axunet data msd-task07` tells how to get it/,
    );
    await expect(openDataset('no-such-set')).rejects.toThrow(/no data set or folder called "no-such-set"/);
    await expect(openDataset('panorama')).rejects.toThrow(/masks without CT/);
    await expect(openFolder(folder)).rejects.toThrow(/imagesTr \+ labelsTr/);
    expect(() => openMasks('panorama', folder)).toThrow(/axunet data panorama --download/);
    expect(path.basename(defaultFolder('nih-2d'))).toBe('nih-2d');
  });

  it('refuses labels none of which is a pancreas, and takes a single one for it', () => {
    expect(() => labelMapOf({ background: 0, liver: 1, spleen: 2 }, 'dataset.json')).toThrow(
      /a label called pancreas, or --label-map, found liver, spleen in dataset.json/,
    );
    expect(labelMapOf({ 0: 'background', 1: 'foreground' }, 'dataset.json')).toEqual({ 1: 1 });
    expect(labelMapOf({ background: 0, whole_pancreas: [1, 2], tumour: 2, liver: 3 }, 'dataset.json')).toEqual({
      1: 1,
      2: 1,
      3: 0,
    });
  });

  it.skipIf(!shared)(
    'opens the real 2-D set, the TotalSegmentator files and both sets of masks (needs the folder of extra test data)',
    async () => {
      const data = path.join(shared!, 'data');
      const slices = await openDataset('nih-2d', path.join(data, 'nih-pancreas-ct-2d'));
      const patients = new Set(slices.cases.map(({ patient }) => patient));
      expect([slices.cases.length, patients.size]).toEqual([199, 43]);
      expect((await openDataset('totalsegmentator', path.join(data, 'totalsegmentator'))).labelMap[7]).toBe(1);
      const odyssey = openMasks('segloss-odyssey-pancreas', path.join(data, 'segloss-odyssey-pancreas')).masks;
      expect([
        odyssey.length,
        new Set(odyssey.map((m) => m.patient)).size,
        new Set(odyssey.map((m) => m.author)).size,
      ]).toEqual([216, 24, 9]);
      expect(openMasks('panorama', path.join(data, 'panorama')).masks).toHaveLength(50);
    },
  );
});
