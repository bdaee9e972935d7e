import { expected } from '../../errors.ts';
import type { Variant } from '../../model/axunet.ts';
import type { CommandDefinition, Options } from '../definition.ts';
import { parseWindow } from '../options/window.ts';

const variantNames = [
  'residual',
  'plain',
  'grouped',
  'unet',
  'unet-aspp',
  'unet-sep',
] as const satisfies readonly Variant[];

/** Whole numbers above 0 between commas. */
const numbers =
  <T extends readonly number[]>(count: number, what: string) =>
  (text: string): T => {
    const parts = text.split(',').map((part) => (/^\s*\d{1,5}\s*$/.test(part) ? Number(part) : 0));
    if (parts.length === count && parts.every((part) => part > 0)) return parts as unknown as T;
    throw expected(what, `"${text}"`);
  };

export const options = {
  pdparams: { value: 'FILE', text: "weights of the paper's public code, as PaddlePaddle saves them" },
  out: { value: 'RUN', output: 'folder', text: 'the folder to make, for `axunet predict` and `axunet export`' },
  variant: {
    value: 'NAME',
    text: 'which network it is; the names in the file tell all but plain from residual',
    choices: variantNames,
    usually: 'as the names tell',
  },
  rates: {
    value: 'A,B,C',
    text: 'the dilations of its ASPP block',
    usually: '2,4,6; of grouped 12,24,36',
    parse: numbers<readonly [number, number, number]>(3, '--rates as three whole numbers, such as --rates 2,4,6'),
  },
  size: {
    value: 'H,W',
    text: 'height and width in pixels of the slices that it was trained on',
    usually: '512,512',
    parse: numbers<readonly [number, number]>(2, '--size as two whole numbers, such as --size 512,512'),
  },
  window: {
    value: 'LO,HI',
    text: 'the HU that it saw as 0 and as 1',
    usually: '-1024,1024',
    parse: parseWindow,
  },
  dataset: { value: 'NAME', text: 'what it was trained on, to be noted', usually: 'unknown' },
  force: { text: 'replace an earlier import; a training run is never replaced' },
} as const satisfies Options;

export const importCommand = {
  name: 'import',
  summary: "make a run from weights of the paper's public code",
  usage: ['--pdparams FILE --out RUN [options]'],
  about:
    "Makes a run folder from a .pdparams file of the paper's public code, which `axunet predict` and `axunet export` " +
    'take like one that was trained here. Nothing in the file is executed. What has no place is named.',
  options,
  notes: [
    'A network that was trained on slices in another orientation than ours (row 0 anterior, column 0 the ' +
      "patient's right) sees mirrored images here: look at an overlay before you trust a mask.",
  ],
  example: 'import --pdparams AX-Unet.pdparams --out runs/paper',
} as const satisfies CommandDefinition;
