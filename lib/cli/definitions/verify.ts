import type { CommandDefinition, Options } from '../definition.ts';
import { dataOption, datasetNames } from '../options/datasets.ts';
import { labelMapOption, labelsOption } from '../options/labelMap.ts';
import { seriesOption } from '../options/series.ts';

export const options = {
  data: dataOption,
  'label-map': labelMapOption,
  labels: labelsOption,
  series: seriesOption,
  folds: { value: 'FILE', text: "also check that these folds fit the set's patients and overlap nowhere" },
  out: { value: 'FILE', output: 'file', text: 'write the report as JSON' },
  json: { text: 'print the report as JSON' },
} as const satisfies Options;

export const verify = {
  name: 'verify',
  summary: 'check images and labels before training',
  usage: ['NAME [options]', 'FOLDER [options]', 'IMAGE LABEL [options]'],
  about:
    'Checks images and labels before they are used for training: pairs by id, readable files, shapes, spacing, ' +
    'affine, NaN and infinite values, label values, empty labels, duplicates, HU, labels mirrored against their image.',
  operands: [
    { name: 'NAME', text: 'a data set, such as phantom (`axunet data` lists them)', offers: datasetNames },
    {
      name: 'FOLDER',
      text: 'imagesTr + labelsTr (nnU-Net, Decathlon), images + labels, images + masks, or a folder a patient',
    },
    { name: 'IMAGE', text: 'a file or DICOM folder, or a folder of them' },
    { name: 'LABEL', text: 'its label, or a folder of labels that carry the same ids' },
  ],
  options,
  notes: ['Exit code 0: fit for training (warnings may want a look); 1: errors.'],
  example: 'verify ct.nii.gz label.nii.gz --label-map 1:1,2:1',
} as const satisfies CommandDefinition;
