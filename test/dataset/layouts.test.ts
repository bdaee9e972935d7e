/** The layouts of data sets on disk, each as a list of cases. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openNihVolumes,
  openNnunet,
  openPairs,
  openSlicePictures,
  openTotalSegmentator,
} from '../../lib/dataset/layouts.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { temporaryFolder, torso, writeDecathlon, writeJpeg } from './fixtures.ts';

const decathlonJson = {
  labels: { 0: 'background', 1: 'pancreas', 2: 'cancer' },
  training: [{ image: './imagesTr/pancreas_004.nii.gz', label: './labelsTr/pancreas_004.nii.gz' }],
};

describe('layouts', () => {
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
    const list = await openNnunet(folder, 'msd-task07', {});
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
    const list = await openNnunet(folder, 'nnunet', {});
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
    const list = await openNnunet(folder, 'nnunet', {});
    expect(list.cases.map((c) => c.id)).toEqual(['a', 'b']);
    expect(list.missingCases).toEqual(['c']);
  });

  it.each<[string, unknown, string[]]>([
    ['texts', ['./imagesTr/p1.nii.gz', 'imagesTr/p3.nii.gz'], ['p3']],
    ["MONAI's lists of files", [['./imagesTr/p1.nii.gz'], ['./imagesTr/p3.nii.gz']], ['p3']],
    ['objects with a list of channels', [{ image: ['imagesTr/p3_0000.nii.gz'], label: 'x' }], ['p3']],
    ['paths of Windows', [{ image: '.\\imagesTr\\p1.nii.gz' }, { image: 'C:\\d\\imagesTr\\p3_0000.nii.gz' }], ['p3']],
    ['nothing', [], []],
  ])('takes a list of training cases as %s', async (_, training, missing) => {
    await writeDecathlon(folder, { ids: ['p1', 'p2'], json: { ...decathlonJson, training } });
    expect((await openNnunet(folder, 'nnunet', {})).missingCases).toEqual(missing);
  });
  it.each(['nii.gz', '.NII.GZ', '.nii.gz'])('takes the file_ending %s, and a byte order mark', async (ending) => {
    await writeDecathlon(folder, { ids: ['p1'] });
    const json = JSON.stringify({ labels: { background: 0, pancreas: 1 }, file_ending: ending });
    await writeFile(path.join(folder, 'dataset.json'), `\ufeff${json}`);
    expect((await openNnunet(folder, 'nnunet', {})).cases.map(({ id }) => id)).toEqual(['p1']);
  });
  it.each<[unknown, string]>([
    [null, 'the description of a data set, found null'],
    [{ ...decathlonJson, training: {} }, 'whose training is a list, found an object'],
    [{ ...decathlonJson, training: [null] }, 'training[0] is'],
    [{ ...decathlonJson, training: [{ image: 5 }] }, 'training[0]'],
    [{ ...decathlonJson, training: [{ image: 'a', group: 5 }] }, 'training[0].group is a text, found 5'],
    [{ ...decathlonJson, labels: null }, 'whose labels is an object, found null'],
    [{ ...decathlonJson, labels: ['pancreas'] }, 'whose labels is an object, found a list'],
    [{ ...decathlonJson, file_ending: 5 }, 'whose file_ending is a text, found 5'],
    [
      { ...decathlonJson, file_ending: '.png' },
      'file_ending to be one of .nii.gz, .nii, .hdr.gz, .hdr, .nrrd, .nhdr, .mha, .mhd, found ".png"',
    ],
    [{ ...decathlonJson, groups: [1] }, 'whose groups is an object, found a list'],
    [{ ...decathlonJson, groups: { p1: 3 } }, 'whose groups.p1 is a text, found 3'],
  ])('refuses the dataset.json %j with its name', async (json, sentence) => {
    await writeDecathlon(folder, { ids: ['p1'] });
    await writeFile(path.join(folder, 'dataset.json'), JSON.stringify(json));
    await expect(openNnunet(folder, 'nnunet', {})).rejects.toThrow(sentence);
    await expect(openNnunet(folder, 'nnunet', {})).rejects.toThrow(/ in .*dataset\.json$/);
  });
  it('takes no group from what every object has', async () => {
    await writeDecathlon(folder, { ids: ['constructor', 'toString'], json: { ...decathlonJson, groups: {} } });
    expect((await openNnunet(folder, 'nnunet', {})).cases.map(({ group }) => group)).toEqual([undefined, undefined]);
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
    expect((await openNnunet(folder, 'phantom', {})).cases.map((c) => c.group)).toEqual(['tumour', 'normal']);
  });

  it('reads NIH conversions from one folder or several', async () => {
    await make('PANCREAS_0001.nii.gz');
    await make('label0001.nii.gz');
    await make('images', 'PANCREAS_0002.nii.gz');
    await make('TCIA_pancreas_labels-02-05-2017', 'label0002.nii.gz');
    await make('labels', 'PANCREAS_0003.nii.gz');
    const list = await openNihVolumes(folder, 'nih-pancreas-ct', {});
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
    const list = await openSlicePictures(folder, 'nih-2d', {});
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
    expect(await openPairs(a, b, {})).toMatchObject({
      labelMap: { 1: 1, 2: 1 },
      otherLabels: 'assumed',
      cases: [{ id: 'ct', image: a, label: b }],
    });
    await expect(openPairs(a, folder, {})).rejects.toThrow('two files or two folders');
  });

  it('passes over the hidden ._ files of the Decathlon archive', async () => {
    await writeDecathlon(folder, { ids: ['pancreas_004'], json: decathlonJson });
    await make('imagesTr', '._pancreas_004.nii.gz');
    expect((await openNnunet(folder, 'msd-task07', {})).cases).toHaveLength(1);
  });

  it('reads the one CT of TotalSegmentator whose pancreas is label 7 of 117', async () => {
    await make('example_ct_sm.nii.gz');
    await expect(openTotalSegmentator(folder, 'totalsegmentator', {})).rejects.toThrow(
      'Expected example_seg.nii.gz, found no such file',
    );
    await make('example_seg.nii.gz');
    const { cases, labelMap } = await openTotalSegmentator(folder, 'totalsegmentator', {});
    expect(cases).toHaveLength(1);
    expect(Object.keys(labelMap)).toHaveLength(117);
    expect(Object.entries(labelMap).filter(([, c]) => c === 1)).toEqual([['7', 1]]);
  });

  it('lets the map of the user win', async () => {
    await writeDecathlon(folder, { ids: ['a'], json: decathlonJson });
    const options = { labelMap: { 2: 1 }, otherLabels: 'background' } as const;
    expect(await openNnunet(folder, 'x', options)).toMatchObject(options);
  });

  it('says which part of a layout is missing', async () => {
    await expect(openNnunet(folder, 'x', {})).rejects.toThrow('Expected a folder imagesTr, found none');
    await expect(openSlicePictures(folder, 'x', {})).rejects.toThrow('Expected a folder images, found none');
    await expect(openNihVolumes(folder, 'x', {})).rejects.toThrow(
      'Expected PANCREAS_0001, … (DICOM folders) or PANCREAS_0001.nii.gz',
    );
    await expect(openPairs(path.join(folder, 'a'), folder, {})).rejects.toThrow('found no such file or folder');
  });
});
