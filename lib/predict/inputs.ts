/** What is predicted: volumes and pictures by name, and whether the networks can see them. */
import { existsSync } from '#system/fs';
import path from '#system/path';
import { aName, expected, isName, shownText } from '../errors.ts';
import { sha256File } from '../io/files.ts';
import { assertFileEach } from '../io/insideFolder.ts';
import { type SeriesChoice, volumeChecksums } from '../scan/readVolume.ts';
import { isDicomName, readableVolumes, volumeName, volumesAt } from '../scan/volumeNames.ts';
import type { EnsembleOptions, Predictor } from './ensemble.ts';
import { picturesAt } from './pictures.ts';
import type { Postprocessing } from './postprocess.ts';

/** A file to be predicted and the name that its mask gets. */
export interface VolumeInput {
  readonly file: string;
  /** Name of the file without ending, or of the DICOM folder; names the outputs. */
  readonly name: string;
  /** Which series of a DICOM folder. */
  readonly series?: string;
  readonly isPicture?: boolean;
}

/** What is said of the inputs and their masks. */
export interface InputOptions extends Pick<EnsembleOptions, 'windowHu'> {
  /** Size of a pixel of pictures, for networks whose window is in millimetres. */
  readonly spacingMm?: number;
  /** What is done to each mask; not to its probabilities. */
  readonly postprocessing?: Postprocessing;
}

/**
 * The volumes in the given folders and files, folders sorted by name: files of a known ending, and of DICOM the folder
 * itself or each folder inside it; where there are none, the pictures. Throws when a path does not exist, a folder
 * holds neither, or two inputs would have one output.
 */
export async function findVolumes(paths: readonly string[], choice: SeriesChoice = {}): Promise<VolumeInput[]> {
  const found: VolumeInput[] = [];
  for (const place of paths) {
    if (!existsSync(place)) throw expected('a volume or a folder of them', 'nothing', place);
    const volumes = volumesAt(place).map((file) => ({
      file,
      name: volumeName(file),
      ...(isDicomName(file) && choice),
    }));
    const inputs: VolumeInput[] = volumes.length > 0 ? volumes : picturesAt(place);
    if (inputs.length === 0)
      throw expected(`volumes (${readableVolumes}), or pictures (.png, .jpg, .tif)`, 'none', place);
    const odd = inputs.find(({ name }) => !isName(name));
    if (odd) throw expected(`the name of a volume (${aName})`, shownText(odd.name), place);
    found.push(...inputs);
  }
  const seen = new Map<string, string>();
  for (const { name, file } of found) {
    const other = seen.get(name);
    if (other) throw expected('volumes with different names, for their outputs to differ', `${other} and ${file}`);
    seen.set(name, file);
  }
  assertFileEach([...seen.keys()], 'names of volumes', paths.join(', '));
  return found;
}

/** What an input is made from: sha256 by file name. */
export const inputChecksums = async (input: VolumeInput): Promise<Readonly<Record<string, string>>> =>
  input.isPicture ? { [path.basename(input.file)]: await sha256File(input.file) } : volumeChecksums(input.file, input);

/**
 * Refuses inputs of another kind than the networks were trained on, unless it is said which HU are black and white (and
 * how large a pixel is, where the network's window is in millimetres).
 */
export function refuseOtherKind(
  predictors: readonly Predictor[],
  inputs: readonly VolumeInput[],
  { windowHu, spacingMm, postprocessing }: InputOptions,
): void {
  const [picture, volume] = [true, false].map((kind) => inputs.find(({ isPicture = false }) => isPicture === kind));
  const ofVolumes = predictors.filter(({ isOfPictures }) => !isOfPictures);
  const isStrange = (volume && ofVolumes.length < predictors.length) || (picture && ofVolumes.length > 0);
  const both = 'the HU that are black and white';
  if (volume && ofVolumes.length < predictors.length && !windowHu)
    throw expected(`pictures for a network trained on pictures, or --window with ${both}`, 'a volume', volume.file);
  if (picture && ofVolumes.length > 0 && !windowHu)
    throw expected(`volumes for a network trained on CT, or --window with ${both}`, 'a picture', picture.file);
  if (windowHu && !isStrange)
    throw expected('--window only for data of another kind than the network was trained on', windowHu.join(','));
  const inMm = ofVolumes.some(({ grid }) => grid.unit === 'mm');
  if (picture && inMm && spacingMm === undefined)
    throw expected('--spacing, the mm of a pixel, for a network whose window is in mm', 'none', picture.file);
  if (spacingMm !== undefined && !(picture && inMm))
    throw expected('--spacing only of pictures for a network whose window is in mm', `${spacingMm}`);
  if (picture && predictors.some(({ classes = [] }) => classes.length > 1))
    throw expected(
      'volumes for a network of several classes',
      'a picture, whose mask is black and white',
      picture.file,
    );
  if (picture && typeof postprocessing?.keep === 'object')
    throw expected('--postprocess of pictures without ml', `${postprocessing.keep.minimumMl}ml`);
}
