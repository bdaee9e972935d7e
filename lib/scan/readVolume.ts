/** Volumes of any format that can be read, by file or folder, and the files that they are made of. */
import { existsSync, statSync } from '#system/fs';
import { readdir, stat } from '#system/fsPromises';
import path from '#system/path';
import { dicomFiles, isDicomFile } from '../dicom/dicomFolder.ts';
import { type DicomVolume, readDicom } from '../dicom/readDicom.ts';
import type { Segment } from '../dicomLabels/segments.ts';
import { expected } from '../errors.ts';
import { explainReadError, sha256, sha256File } from '../io/files.ts';
import { niftiFiles, readNifti } from '../io/nifti.ts';
import type { Volume } from '../volume/volume.ts';
import { readMetaImage } from './metaImage.ts';
import { type NrrdImage, readNrrd } from './nrrd.ts';
import { formatOfName } from './volumeNames.ts';

/** Which of several DICOM series is meant: its number in the list that their refusal shows, or its UID. */
export interface SeriesChoice {
  readonly series?: string;
}

/** What every format says of itself; each adds its own. */
export interface VolumeHeader {
  /** Such as NIfTI-1. */
  readonly format: string;
  /** NumPy's name of the stored type; of a DICOM volume that of `data`. */
  readonly datatype: string;
  /** How many voxels are NaN or infinite. */
  readonly nonFinite: number;
  readonly littleEndian?: boolean;
  readonly slope?: number;
  readonly intercept?: number;
  readonly description?: string;
  readonly lengthUnit?: string;
  readonly placedBy?: string;
  /** False where the header has no spacing, and 1 mm stands for it. */
  readonly givesSpacing?: boolean;
  readonly qformDistance?: number;
  /** Of DICOM. */
  readonly modality?: string;
  readonly transferSyntax?: string;
}

/** A volume of any format. */
export interface AnyVolume extends Volume {
  readonly header: VolumeHeader;
  /** What the reader found odd. */
  readonly warnings?: readonly string[];
  /** Of DICOM images: file and frame of each slice, in the order of z. */
  readonly slices?: DicomVolume['slices'];
  /** Of DICOM-SEG and RTSTRUCT: what the values of the mask stand for. */
  readonly segments?: readonly Segment[];
}

/** What an NRRD header leaves open, and how it is taken, as ITK does. */
function nrrdDoubts({ givesSpacing, space, spaceUnits = '' }: NrrdImage['header']): string[] {
  const units = [...spaceUnits.matchAll(/"([^"]*)"/g)].map(([, unit]) => unit!);
  const other = units.find((unit) => !/^(mm|millimet(er|re)s?|)$/i.test(unit.trim()));
  const names = space === undefined ? 'no space' : `the space ${space}, which says nothing of the patient`;
  return [
    ...(other === undefined ? [] : [`the header gives lengths in "${other}"; they are taken for mm`]),
    ...(givesSpacing ? [] : ['the header gives no spacing; 1 mm is assumed']),
    ...(/anterior|posterior|^[rl][ap]s$/i.test(space ?? '') ? [] : [`the header names ${names}: LPS is assumed`]),
  ];
}

async function isFolder(place: string): Promise<boolean> {
  return stat(place).then(
    (status) => status.isDirectory(),
    (error) => {
      throw explainReadError(error, 'a volume', place);
    },
  );
}

/** Where the name does not tell the format the first bytes do. */
async function isDicom(place: string): Promise<boolean> {
  if (formatOfName(place)) return false;
  if ((await isFolder(place)) || /\.dcm$/i.test(place) || isDicomFile(place)) return true;
  const suffix = path.extname(place);
  throw expected(
    'a name that ends in .nii, .nii.gz, .hdr, .img, .nrrd, .nhdr, .mha or .mhd, or DICOM',
    suffix ? `the suffix ${suffix}` : 'no suffix',
    place,
  );
}

/**
 * Reads a volume by the ending of its name: NIfTI, NRRD or MetaImage; a folder and a file of another name as DICOM.
 * Throws as readNifti, readNrrd, readMetaImage and readDicom do.
 */
export async function readVolume(place: string, choice: SeriesChoice & { label?: string } = {}): Promise<AnyVolume> {
  if (await isDicom(place)) return readDicom(place, choice);
  if (choice.series !== undefined) throw expected('a DICOM folder to choose a series of', 'another format', place);
  const format = formatOfName(place);
  if (format === 'NRRD') {
    const { header, ...volume } = await readNrrd(place);
    const { givesSpacing: _, ...kept } = header; // said among the warnings
    return { ...volume, header: { format, ...kept }, warnings: nrrdDoubts(header) };
  }
  if (format === 'MetaImage') {
    const read = await readMetaImage(place);
    return { ...read, header: { format, ...read.header } };
  }
  const read = await readNifti(place);
  return { ...read, header: { format: `NIfTI-${read.header.version}`, ...read.header } };
}

/** The header and what lies beside it with the same stem; a missing header is told by its own name. */
async function filesOfStem(file: string, stem: string): Promise<string[]> {
  const folder = path.dirname(file);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(`${stem}.`)).sort();
  return (names.includes(path.basename(file)) ? names : [path.basename(file)]).map((name) => path.join(folder, name));
}

/**
 * The files of a volume that is no folder: of a header without voxels (.hdr, .nhdr, .mhd) those that belong to it too.
 */
async function filesOf(file: string): Promise<string[]> {
  if (formatOfName(file) === 'NIfTI') return niftiFiles(file);
  const [, stem] = /^(.*)\.(nhdr|mhd)$/i.exec(path.basename(file)) ?? [];
  return stem === undefined ? [file] : filesOfStem(file, stem);
}

/** One sum for all DICOM files of a folder, whatever they are called. */
async function folderChecksum(folder: string): Promise<string> {
  const sums: string[] = [];
  for (const file of dicomFiles(folder)) sums.push(await sha256File(file));
  return sha256(sums.sort().join('\n'));
}

/**
 * SHA-256 of the files of a volume by name; a DICOM folder counts as one, and a chosen series belongs to its name.
 * Throws a UserError where a file cannot be read.
 */
export async function volumeChecksums(place: string, { series }: SeriesChoice = {}): Promise<Record<string, string>> {
  const suffix = series === undefined ? '' : `, series ${series}`;
  if (existsSync(place) && statSync(place).isDirectory())
    return { [`${path.basename(path.resolve(place))}${suffix}`]: await folderChecksum(place) };
  const sums: [string, string][] = [];
  for (const file of await filesOf(place)) sums.push([`${path.basename(file)}${suffix}`, await sha256File(file)]);
  return Object.fromEntries(sums);
}
