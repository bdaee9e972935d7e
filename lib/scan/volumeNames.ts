/** What volumes are called, and which of them lie in a folder. */
import { readdirSync, statSync } from '#system/fs';
import path from '#system/path';
import { holdsDicom, isDicomFile, isDicomFolder } from '../dicom/dicomFolder.ts';

const endingsOf = {
  NIfTI: ['.nii.gz', '.nii', '.hdr.gz', '.hdr', '.img.gz', '.img'],
  NRRD: ['.nrrd', '.nhdr'],
  MetaImage: ['.mha', '.mhd'],
} as const;

/** A format that is known by the ending of a name. */
export type NamedFormat = keyof typeof endingsOf;

/** The format that a name promises; undefined where it promises none: DICOM, if it is a volume. */
export const formatOfName = (file: string): NamedFormat | undefined =>
  (Object.keys(endingsOf) as NamedFormat[]).find((format) =>
    endingsOf[format].some((ending) => file.toLowerCase().endsWith(ending)),
  );

/** Endings of volumes in files; `.hdr` stands for its pair, `.nhdr` and `.mhd` for the files that they name. */
export const volumeEndings: readonly string[] = Object.values(endingsOf)
  .flat()
  .filter((ending) => !ending.startsWith('.img'));

/** What a message says of them. */
export const readableVolumes = '.nii, .nii.gz, .hdr, .nrrd, .nhdr, .mha, .mhd or DICOM';

const endingOf = (file: string): string | undefined => volumeEndings.find((end) => file.toLowerCase().endsWith(end));

/** Not the name of a volume in a file: DICOM, if it is a volume. */
export const isDicomName = (place: string): boolean => endingOf(place) === undefined;

/** The name of a file without the ending of its format; of a DICOM folder its own name. */
export function volumeName(place: string): string {
  const name = path.basename(path.resolve(place));
  const ending = endingOf(name) ?? (/\.dcm$/i.test(name) ? '.dcm' : '');
  return name.slice(0, name.length - ending.length) || name;
}

const isFolder = (place: string): boolean => statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Whether a folder is one DICOM volume: files of it lie in it, or in folders inside it. */
export const isDicomScan = (place: string): boolean => isFolder(place) && isDicomFolder(place);

function volumesInFolder(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  const places = names.sort().map((name) => path.join(folder, name));
  return places.filter((place) =>
    isFolder(place) ? isDicomFolder(place) : endingOf(path.basename(place)) !== undefined,
  );
}

/**
 * The volumes that a path stands for. A file is one; a folder in which DICOM files lie is one, whatever lies beside
 * them (a label, as a rule); any other folder stands for the volumes in it, a folder with DICOM in it being one of
 * them. None for a file of another kind.
 */
export function volumesAt(place: string): string[] {
  if (!isFolder(place)) return endingOf(path.basename(place)) || isDicomFile(place) ? [place] : [];
  return holdsDicom(place) ? [place] : volumesInFolder(place);
}
