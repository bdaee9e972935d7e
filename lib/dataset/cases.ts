/**
 * From a folder on disk to a list of cases: which image belongs to which label and to which patient.
 * Files are paired by id, never by their position in a list.
 */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { expected, UserError } from '../errors.ts';
import { isDicomName } from '../scan/volumeNames.ts';
import { type Profile, projectPath, projectRoot, settings } from '../settings.ts';
import type { CaseList, OpenOptions } from './caseList.ts';
import {
  openNihVolumes,
  openNnunet,
  openPairs,
  openPatients,
  openSlicePictures,
  openTotalSegmentator,
} from './layouts.ts';
import { dicomFoldersIn } from './pairing.ts';
import { findDataset } from './registry.ts';

/**
 * Where a set lies unless told otherwise: `data/<name>` in the project. Phantom cohorts differ by profile and have a
 * folder each, `data/phantom` being the one of the demo.
 */
export const defaultFolder = (name: string, profile: Profile = settings.profile): string =>
  projectPath('data', name === 'phantom' && profile !== 'demo' ? `phantom-${profile}` : name);

/** A path as a reader of a message wants it: relative to the project when it lies inside. */
export function shortPath(file: string): string {
  const relative = path.relative(projectRoot, file);
  return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative || '.';
}

/** The folder a set is looked for in: the given one, AXUNET_DATA when it speaks of this set, else `data/<name>`. */
export function datasetFolder(name: string, folder?: string): string {
  const configured = name === settings.dataset ? settings.dataFolder : undefined;
  return path.resolve(folder ?? configured ?? defaultFolder(name));
}

type Opener = (folder: string, name: string, options: OpenOptions) => Promise<CaseList>;

const openers: Record<string, Opener> = {
  phantom: openNnunet,
  'msd-task07': openNnunet,
  'nih-2d': openSlicePictures,
  'nih-pancreas-ct': openNihVolumes,
  totalsegmentator: openTotalSegmentator,
};

/**
 * Opens a data set by name (`phantom`, `nih-2d`, `nih-pancreas-ct`, `msd-task07`, `totalsegmentator`),
 * an nnU-Net raw folder as `nnunet:<folder>`, or any other folder by its path (its layout is recognised).
 *
 * Throws a UserError saying what is missing and how to get it; a set of masks without CT is refused.
 */
export async function openDataset(name: string, folder?: string, options: OpenOptions = {}): Promise<CaseList> {
  return withSeries(withFittingClasses(await openNamed(name, folder, options)), options);
}

/** Refuses several classes of pictures, whose masks are black and white. */
function withFittingClasses(list: CaseList): CaseList {
  if (list.kind === '3d' || (list.classes?.length ?? 1) === 1) return list;
  const names = list.classes!.map(({ name }) => name).join(', ');
  throw expected('one class of pictures, whose masks are black and white', names, shortPath(list.folder));
}

/** Which series of each DICOM image is meant. */
function withSeries(list: CaseList, { series }: OpenOptions): CaseList {
  if (series === undefined || list.kind === '2d') return list;
  return { ...list, cases: list.cases.map((one) => (isDicomName(one.image) ? { ...one, series } : one)) };
}

async function openNamed(name: string, folder: string | undefined, options: OpenOptions): Promise<CaseList> {
  if (name.startsWith('nnunet:')) return openNnunet(path.resolve(name.slice('nnunet:'.length)), name, options);
  const entry = findDataset(name);
  if (!entry) {
    if (isFolder(name)) return openFolder(name, options);
    throw new UserError(`There is no data set or folder called "${name}"; \`axunet data\` lists the sets`);
  }
  const open = openers[name];
  if (!open)
    throw new UserError(
      `The set ${name} holds ${entry.kind === 'masks' ? 'masks without CT' : 'files for tests'}, ` +
        'no image and label pairs to train on',
    );
  const place = datasetFolder(name, folder);
  if (!isFolder(place)) {
    throw new UserError(
      `The data set ${name} was looked for in ${shortPath(place)}, which does not exist; ` +
        `\`axunet data ${name}\` tells how to get it`,
    );
  }
  return open(place, name, options);
}

const isFolder = (file: string): boolean => existsSync(file) && statSync(file).isDirectory();

/** Opens a folder whose layout is recognised by what lies in it (see `recogniseLayout`). */
async function openFolder(folder: string, options: OpenOptions = {}): Promise<CaseList> {
  const place = path.resolve(folder);
  const name = path.basename(place);
  if (existsSync(path.join(place, 'imagesTr'))) return openNnunet(place, name, options);
  if (existsSync(path.join(place, 'example_ct_sm.nii.gz'))) return openTotalSegmentator(place, name, options);
  if (existsSync(path.join(place, 'images')) && existsSync(path.join(place, 'masks')))
    return openSlicePictures(place, name, options);
  for (const labels of ['labels', 'masks']) {
    if (existsSync(path.join(place, 'images')) && existsSync(path.join(place, labels))) {
      return openPairs(path.join(place, 'images'), path.join(place, labels), options);
    }
  }
  const nih = await openNihVolumes(place, name, options).catch(() => undefined);
  if (nih) return nih;
  if (dicomFoldersIn(place).length > 0) return openPatients(place, name, options);
  throw expected(
    'imagesTr + labelsTr, images + labels, images + masks, PANCREAS_0001.nii.gz + label0001.nii.gz, ' +
      'or a folder a patient with DICOM files',
    'none of them',
    shortPath(place),
  );
}

/** One image and its label, or two folders whose files carry the same ids. */
export async function openPair(image: string, label: string, options: OpenOptions = {}): Promise<CaseList> {
  const list = withFittingClasses(await openPairs(path.resolve(image), path.resolve(label), options));
  return withSeries(list, options);
}
