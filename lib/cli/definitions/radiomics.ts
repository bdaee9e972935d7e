import type { CommandDefinition, Options } from '../definition.ts';
import { labelsOf } from '../options/labels.ts';
import { wholeNumberOption } from '../options/numbers.ts';
import { seriesOption } from '../options/series.ts';
import { shardOption } from '../options/shard.ts';
import { parseSpacing } from '../options/spacing.ts';
import { takeOverOption } from '../options/takeOver.ts';
import { parseWindow } from '../options/window.ts';

export const options = {
  settings: {
    value: 'FILE',
    text: 'options in YAML or JSON (docs/radiomics.md lists them), or a parameter file of PyRadiomics',
    usually: "PyRadiomics' defaults",
  },
  set: {
    value: 'NAME=V',
    text: 'one option, such as --set binWidth=10 --set logSigmasMm=[1.0,3.0]; may be repeated',
    multiple: true,
  },
  label: {
    value: 'N[,N]',
    text: 'value of the region in the mask, or of several regions that are taken one after another',
    usually: '1',
    parse: labelsOf,
  },
  series: seriesOption,
  spacing: {
    value: 'MM',
    text: 'size of a pixel of pictures, for lengths and areas in mm',
    usually: 'lengths in pixels',
    parse: parseSpacing,
  },
  window: {
    value: 'LO,HI',
    text: 'the HU that 0 and 255 of pictures stand for, for grey values in HU',
    usually: 'grey values as they are',
    parse: parseWindow,
  },
  json: { text: 'one JSON object, of several labels a list: features and what they were made from' },
  csv: { text: 'a heading and a row for each label' },
  cohort: {
    value: 'TABLE',
    text:
      'CSV with the columns id, image, mask and, where wanted, label and (of pictures) spacingMm; others are carried ' +
      'along. ' +
      "Paths are meant from the table's folder",
    group: 'A cohort',
  },
  out: { value: 'DIR', output: 'continued', text: 'where cases/<id>.json and features.csv go', group: 'A cohort' },
  workers: {
    value: 'N',
    text: 'processes at once',
    usually: 'one for each core',
    parse: wholeNumberOption('--workers to be a positive whole number', 1),
    group: 'A cohort',
  },
  shard: { ...shardOption('case'), group: 'A cohort' },
  'take-over': { ...takeOverOption, group: 'A cohort' },
} as const satisfies Options;

export const radiomics = {
  name: 'radiomics',
  summary: 'take radiomics features of a region of interest',
  usage: ['IMAGE MASK [options]', '--cohort TABLE --out DIR [options]'],
  about: 'Takes radiomics features of a region of interest.',
  operands: [
    {
      name: 'IMAGE',
      text:
        'NIfTI (.nii, .nii.gz, .hdr), NRRD (.nrrd, .nhdr), MetaImage (.mha, .mhd) or a DICOM folder; or a picture ' +
        '(PNG, JPEG, TIFF)',
    },
    {
      name: 'MASK',
      text:
        'the same, on the same grid; of a picture a picture: what is brighter than 127 is label 1, and where nothing ' +
        'is, values are labels',
    },
  ],
  options,
  notes: [
    'Pictures give the features of a plane (shape2D in the place of shape, force2D).',
    'A cohort can be interrupted and started again: what is complete (same files, same settings) is skipped. ' +
      'Exit code 1 when a case failed; the others are made all the same.',
  ],
  example: 'radiomics ct.nii.gz label.nii.gz --label 7 --csv',
} as const satisfies CommandDefinition;
