import type { CommandDefinition, Options } from '../definition.ts';
import { datasetNames } from '../options/datasets.ts';
import { seriesOption } from '../options/series.ts';

export const options = {
  download: { text: 'fetch it where a public address allows that; the same command continues a broken download' },
  verify: { text: 'check the files against their checksums, and images and labels as `axunet verify` does' },
  out: { value: 'DIR', text: 'where the set lies or goes', usually: 'data/NAME' },
  series: seriesOption,
  json: { text: 'print as JSON' },
} as const satisfies Options;

export const data = {
  name: 'data',
  summary: 'list, explain, download and check data sets',
  usage: ['[NAME] [options]'],
  about:
    'Without a name: the data sets that this project knows and whether they are here. ' +
    'With a name: what the set is, its licence, how to get it, and where it is looked for.',
  operands: [{ name: 'NAME', text: 'a data set, such as phantom', offers: datasetNames }],
  options,
  example: 'data nih-2d --download',
} as const satisfies CommandDefinition;
