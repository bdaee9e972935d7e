import type { CommandDefinition, Options } from '../definition.ts';
import { dataOption } from '../options/datasets.ts';
import { labelMapOption, labelsOption } from '../options/labelMap.ts';
import { integer } from '../options/numbers.ts';
import { shardOption } from '../options/shard.ts';
import { takeOverOption } from '../options/takeOver.ts';

export const options = {
  prediction: {
    value: 'P',
    text:
      'a mask (NIfTI, NRRD, MetaImage, DICOM-SEG, RTSTRUCT) or a PNG of a picture, or a folder of masks that are ' +
      'paired with the references by id; ' +
      'given several times, the models are compared case by case',
    multiple: true,
  },
  reference: { value: 'R', text: 'a mask, or a folder of masks' },
  data: dataOption,
  'label-map': { ...labelMapOption, text: `of the references: ${labelMapOption.text}`, usually: '1:1,2:1' },
  'prediction-map': { ...labelMapOption, text: 'the same of the predictions', usually: '1:1,2:1' },
  labels: {
    ...labelsOption,
    text: `of both, scored one by one and as one: ${labelsOption.text}`,
  },
  out: {
    value: 'DIR',
    output: 'folder',
    text: 'for report.json, report.txt, cases.csv, summary.csv and, with --labels, detection.csv',
  },
  figures: { text: 'and for a figure of every case, for three metrics (<metric>.png, .svg, .json)' },
  seed: {
    value: 'N',
    text: 'of the bootstrap intervals',
    default: '0',
    parse: integer('--seed with a whole number'),
  },
  shard: shardOption('case'),
  'take-over': takeOverOption,
  json: { text: 'print the report as JSON' },
} as const satisfies Options;

export const evaluate = {
  name: 'evaluate',
  summary: 'score predicted masks against references',
  usage: ['--prediction P --reference R [options]', 'NAME [--data DIR] [options]'],
  about: 'Scores predicted masks against reference masks: overlap, surface distances, volumes (docs/metrics.md).',
  operands: [
    {
      name: 'NAME',
      text: 'a set that holds masks of several authors: segloss-odyssey-pancreas',
      offers: async () => ['segloss-odyssey-pancreas'],
    },
  ],
  options,
  notes: [
    'Masks on different grids are refused, naming both. ' +
      'Exit code 1 when a case failed or lacks its partner; the others are scored all the same.',
  ],
  example: 'evaluate --prediction masks/ --reference labelsTr/ --out scores/',
} as const satisfies CommandDefinition;
