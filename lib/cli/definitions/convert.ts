import { structureNames } from '../../dicomLabels/codes.ts';
import type { CommandDefinition, Options } from '../definition.ts';
import { parseAlgorithm, parseLabels } from '../options/maskFormat.ts';
import { seriesOption } from '../options/series.ts';

export const options = {
  out: {
    value: 'FILE',
    output: 'file',
    text: 'the mask to write: .nii or .nii.gz for NIfTI, .dcm for DICOM',
  },
  source: {
    value: 'IMAGE',
    text: 'the image that the mask belongs to: a DICOM series for DICOM, any volume for an RTSTRUCT that is read',
  },
  format: {
    value: 'FORMAT',
    text: 'which DICOM object .dcm is',
    choices: ['dicom-seg', 'rtstruct'],
    default: 'dicom-seg',
  },
  labels: {
    value: 'LIST',
    text:
      `what the values of the mask stand for, for DICOM: ${structureNames.join(', ')}; ` +
      '*=0 behind takes all others for background',
    usually: 'pancreas=1, or what a SEG or RTSTRUCT calls its segments',
    parse: parseLabels,
  },
  algorithm: {
    value: 'NAME:VERSION',
    text: 'the program that made the mask, for DICOM',
    usually: 'none: the mask counts as drawn by hand',
    parse: parseAlgorithm,
  },
  segment: {
    value: 'N|NAME',
    text: 'of a SEG or RTSTRUCT the one that becomes 1',
    usually: 'all, with their numbers',
  },
  series: seriesOption,
  force: { text: 'replace a file that is there' },
} as const satisfies Options;

export const convert = {
  name: 'convert',
  summary: 'turn a mask into DICOM-SEG, RTSTRUCT or NIfTI',
  usage: ['MASK --source SERIES --out FILE.dcm [options]', 'MASK --out FILE.nii.gz [--source IMAGE] [options]'],
  about:
    'Writes a mask for other programs: as DICOM Segmentation or RT Structure Set that belongs to a DICOM series, or ' +
    'as NIfTI from these and any other format. No voxel is resampled: a mask on other voxels than its image is ' +
    'refused.',
  operands: [{ name: 'MASK', text: 'NIfTI, NRRD, MetaImage, DICOM-SEG, RTSTRUCT' }],
  options,
  notes: [
    'DICOM files carry name, id, birth date and sex of the patient and the ids of study and series as the source has ' +
      'them, which archives need to file them; treat them as you treat the source.',
  ],
  example: 'convert mask.nii.gz --source CT-FOLDER --out mask.seg.dcm --labels pancreas=1,tumour=2',
} as const satisfies CommandDefinition;
