/** Which mask is scored against which: files paired by id, and the authors of a set against its reference. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { MaskList } from '../dataset/masks.ts';
import { listFiles, type NamedFile, pairById, picturesIn, volumesIn } from '../dataset/pairing.ts';
import { expected } from '../errors.ts';
import { readableVolumes } from '../scan/volumeNames.ts';

/** Two files to be compared; without one of them the case fails with its name. */
export interface FilePair {
  readonly id: string;
  readonly prediction?: string;
  readonly reference?: string;
  /** Where there is no reference, one whose name differs in capital letters alone. */
  readonly almostReference?: string;
}

/** The pairs of one folder of predictions. */
export interface FilePairs {
  /** Name of the model. */
  readonly name: string;
  readonly pairs: readonly FilePair[];
}

/**
 * The volumes (else the pictures) of a folder, without the probability maps, one or one a class, that
 * `axunet predict --probability` writes beside its masks.
 */
function masksIn(folder: string): NamedFile[] {
  const all = listFiles(folder, 1);
  const volumes = volumesIn(all);
  const files = volumes.length > 0 ? volumes : picturesIn(all);
  const masks = new Set(files.map(({ id }) => id));
  return files.filter(({ id }) => !masks.has(/^(.+)_probability(_[a-z][\w-]*)?$/i.exec(id)?.[1] ?? ''));
}

/**
 * Pairs two files, whatever they are called (the reference names the case), or the files of two folders by id (names
 * without ending; nnU-Net's `_0000` counts as none). Every mask of either side becomes a case. Throws when a path does
 * not exist, one is a file and one a folder, or neither holds a volume.
 */
export function pairFiles(prediction: string, reference: string): FilePairs {
  for (const file of [prediction, reference])
    if (!existsSync(file)) throw expected('a mask or a folder of masks', 'no such file or folder', file);
  const nameOf = (file: string): string =>
    [volumesIn, picturesIn].flatMap((list) => list([file]))[0]?.id ?? path.basename(path.resolve(file));
  const name = nameOf(prediction);
  const [predictionIsFolder, referenceIsFolder] = [prediction, reference].map((file) => statSync(file).isDirectory());
  if (predictionIsFolder !== referenceIsFolder)
    throw expected('two files or two folders', 'one of each', `${prediction} and ${reference}`);
  if (!predictionIsFolder) return { name, pairs: [{ id: nameOf(reference), prediction, reference }] };
  const { pairs, unmatchedLabels } = pairById(masksIn(prediction), masksIn(reference));
  const unpredicted = unmatchedLabels.map((file): FilePair => ({ id: nameOf(file), reference: file }));
  const all = [
    ...pairs.map(
      ({ id, image, label, almostLabel }): FilePair => ({
        id,
        prediction: image,
        ...(label && { reference: label }),
        ...(almostLabel && { almostReference: almostLabel }),
      }),
    ),
    ...unpredicted,
  ];
  if (all.length === 0)
    throw expected(`masks (${readableVolumes}, or .png of pictures)`, 'none', `${prediction} and ${reference}`);
  return { name, pairs: all.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** The masks of each author of a set against its reference, such as the networks of `segloss-odyssey-pancreas`. */
export function pairAuthors({ dataset, masks }: MaskList): FilePairs[] {
  const references = new Map(
    masks.filter(({ author }) => author === 'reference').map(({ patient, file }) => [patient, file]),
  );
  const authors = [...new Set(masks.map(({ author }) => author))].filter((author) => author !== 'reference').sort();
  if (authors.length === 0) throw expected(`masks of ${dataset} beside its references`, 'none');
  return authors.map((name) => {
    const own = new Map(masks.filter(({ author }) => author === name).map(({ patient, file }) => [patient, file]));
    const patients = [...new Set([...references.keys(), ...own.keys()])].sort();
    return {
      name,
      pairs: patients.map((id): FilePair => ({ id, prediction: own.get(id), reference: references.get(id) })),
    };
  });
}
