/** What is written for an input: the mask in the formats that are asked for, and probabilities. */
import { realpathSync } from '#system/fs';
import path from '#system/path';
import type { LabelClass } from '../dataset/caseList.ts';
import { probabilitySuffixes, storedValues } from '../dataset/classes.ts';
import { type Label, pancreasOnly, structureCalled, structureNames } from '../dicomLabels/codes.ts';
import { expected } from '../errors.ts';
import { wouldTouch } from '../io/insideFolder.ts';
import { writeNifti } from '../io/nifti.ts';
import { packageVersion } from '../io/packageVersion.ts';
import { dicomSourceOf, isDicomFormat, type MaskFormat, maskFileName, writeMask } from '../scan/maskFiles.ts';
import type { AnyVolume } from '../scan/readVolume.ts';
import { isDicomName } from '../scan/volumeNames.ts';
import type { Ensemble } from './ensemble.ts';
import type { VolumeInput } from './inputs.ts';
import type { PredictedVolume } from './volume.ts';

/** Where masks go, and what is written beside them. */
export interface OutputOptions {
  /**
   * Folder for the masks, `<name>.json` and, when asked for, `<name>_probability.nii.gz`, of several classes
   * `<name>_probability_<class>.nii.gz`; of pictures `.png` instead.
   */
  readonly out: string;
  /** `<name>.nii.gz` by default; of DICOM series `<name>.seg.dcm` and `<name>.rtstruct.dcm` too. */
  readonly formats?: readonly MaskFormat[];
  readonly probability?: boolean;
}

/** The classes of a network; undefined: pancreas alone, stored as 1. */
type Classes = readonly LabelClass[] | undefined;

/** The files of one input's outputs: the mask in each format, then the probabilities. */
export function outputFiles(
  { name, isPicture }: VolumeInput,
  { formats = ['nifti'], probability }: OutputOptions,
  classes: Classes,
): string[] {
  const masks = isPicture ? [`${name}.png`] : formats.map((format) => maskFileName(name, format));
  const suffixes = probability ? probabilitySuffixes(classes) : [];
  return [...masks, ...suffixes.map((suffix) => `${name}${suffix}${isPicture ? '.png' : '.nii.gz'}`)];
}

/** What the stored values stand for in DICOM's codes. Throws a UserError for a class of another name. */
function labelsOf(classes: Classes): readonly Label[] {
  if (!classes) return pancreasOnly;
  return classes.map(({ name, values }): Label => {
    const structure = structureCalled(name);
    if (structure !== undefined) return { value: values[0], name: structure };
    const known = `classes that have a code for DICOM (${structureNames.join(', ')}; of others make NIfTI)`;
    throw expected(known, `a network with the class ${name}`);
  });
}

/**
 * Writes a mask in all formats that are asked for, and its probabilities, as the files that `outputFiles` names. What
 * is odd in the volume as a source of DICOM.
 */
export async function writeOutputs(
  { mask, probabilities }: Pick<PredictedVolume, 'mask' | 'probabilities'>,
  { volume, input }: { readonly volume: AnyVolume; readonly input: VolumeInput },
  { classes, sha256 }: Pick<Ensemble, 'classes' | 'sha256'>,
  options: OutputOptions,
): Promise<readonly string[]> {
  const { formats = ['nifti'], out } = options;
  const isDicom = formats.some(isDicomFormat);
  const source = isDicom ? await dicomSourceOf(volume, input.file) : undefined;
  const short = sha256.split('+').map((each) => each.slice(0, 8));
  const algorithm = { name: 'AX-Unet', version: `axunet ${packageVersion()}, weights ${short.join(' ')}` };
  const stored = { ...mask, data: storedValues(mask.data, classes) };
  const finished = { mask: stored, labels: isDicom ? labelsOf(classes) : [], algorithm };
  const places = outputFiles(input, options, classes).map((file) => path.join(out, file));
  for (const [i, format] of formats.entries()) await writeMask(finished, { file: places[i]!, format, source });
  for (const [i, place] of places.slice(formats.length).entries()) {
    const description = `axunet ${classes?.[i]!.name ?? 'pancreas'} probability`;
    await writeNifti(place, probabilities[i]!, { description });
  }
  return source?.warnings ?? [];
}

/**
 * DICOM results belong to a DICOM series and say in codes what they show. Throws a UserError that names an input of
 * another format, or a class without a code.
 */
export function assertDicomPossible(
  inputs: readonly VolumeInput[],
  { formats = [] }: OutputOptions,
  classes: Classes,
): void {
  const format = formats.find(isDicomFormat);
  if (!format) return;
  labelsOf(classes);
  const other = inputs.find(({ file, isPicture }) => isPicture || !isDicomName(file));
  const found = other?.isPicture ? 'a picture' : 'another format';
  if (other) throw expected(`DICOM series to write ${format} for`, found, other.file);
}

/**
 * Refuses outputs that would take the place of a volume, as when the folder of the scans is named for the masks too,
 * or of one another, as probabilities of `a` and the mask of `a_probability`, and DICOM in the folder of a series,
 * which would be taken for a part of it.
 */
export function refuseOverwriting(inputs: readonly VolumeInput[], options: OutputOptions, classes: Classes): void {
  const { out, formats = [] } = options;
  const place = realpathSync(out);
  const files = inputs.flatMap((input) => [...new Set(outputFiles(input, options, classes))]);
  const written = new Set<string>();
  for (const file of files.map((name) => path.join(place, name))) {
    if (written.has(file)) throw expected('volumes whose outputs have different names', 'one name for two', file);
    written.add(file);
  }
  const isDicom = formats.some(isDicomFormat);
  const refused = (found: string) => expected('another folder for the masks than that of the volumes', found, out);
  for (const { file } of inputs) {
    if (isDicom && wouldTouch(out, file)) throw refused(`that of the series ${file}`);
    if (written.has(path.join(realpathSync(path.dirname(file)), path.basename(file))))
      throw refused(`outputs that would replace ${file}`);
  }
}
