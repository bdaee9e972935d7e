/** Which files of a folder are DICOM: known by their first bytes, whatever they are called. */
import { readdirSync, statSync } from '#system/fs';
import path from '#system/path';
import { expected } from '../errors.ts';
import { looksLikeDicom } from './dicomHeader.ts';
import { fileStart } from './fileParts.ts';

/** DICOM comes in folders of patient, study and series. */
const deepest = 5;
/** A folder with more files is not one series, and not one study. */
const mostFiles = 100_000;
/** Volumes of other formats lie beside DICOM as its masks and are not meant. */
const volumeKinds = /\.(nii|nii\.gz|hdr|img|hdr\.gz|img\.gz|nrrd|nhdr|mha|mhd|raw|zraw)$/i;
/** Nor do notes make a folder one of DICOM; they are not looked into for that. */
const noteKinds = /\.(json|txt|csv|tsv|md|xml|html)$/i;
const mayBeDicom = (file: string): boolean => !volumeKinds.test(file) && !noteKinds.test(file) && isDicomFile(file);

/** Whether a file begins as DICOM does; false where it cannot be read. */
export function isDicomFile(file: string): boolean {
  const head = fileStart(file, 132);
  return head !== undefined && looksLikeDicom(head);
}

/** Files that are no part of the volume, by the reason. */
export type LeftOut = Map<string, string[]>;

export function leaveOut(leftOut: LeftOut, reason: string, file: string): void {
  if (!leftOut.has(reason)) leftOut.set(reason, []);
  leftOut.get(reason)!.push(file);
}

/** The files below a folder, by name, without hidden ones and indexes of media. */
function* filesBelow(folder: string, depth = deepest): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name } of entries) {
    if (name.startsWith('.') || name.toUpperCase() === 'DICOMDIR') continue;
    const file = path.join(folder, name);
    const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
    if (!isFolder) yield file;
    else if (depth > 1) yield* filesBelow(file, depth - 1);
  }
}

/** Whether a folder, or one inside it, holds a DICOM file. */
export function isDicomFolder(folder: string): boolean {
  for (const file of filesBelow(folder)) if (mayBeDicom(file)) return true;
  return false;
}

/** Whether DICOM files lie in the folder itself. */
export const holdsDicom = (folder: string): boolean => [...filesBelow(folder, 1)].some(mayBeDicom);

/**
 * The DICOM files below a folder. Other files are put to `leftOut`, volumes of other formats in silence. Throws a
 * UserError for a folder with more files than a study has.
 */
export function dicomCandidates(folder: string, leftOut: LeftOut): string[] {
  const found: string[] = [];
  let count = 0;
  for (const file of filesBelow(folder)) {
    if (++count > mostFiles) throw expected(`at most ${mostFiles} files of one series`, 'more', folder);
    if (isDicomFile(file)) found.push(file);
    else if (!volumeKinds.test(file)) leaveOut(leftOut, 'not DICOM', file);
  }
  return found;
}

/** The DICOM files below a folder. Throws as dicomCandidates does. */
export const dicomFiles = (folder: string): string[] => dicomCandidates(folder, new Map());
