/**
 * A CT or MR series as a volume: from a folder of DICOM files in any order, or from one file. What does not belong to
 * the volume is told, what does not fit is refused; nothing is chosen or mended in silence.
 */
import { statSync } from '#system/fs';
import path from '#system/path';
import { cleanText, expected } from '../errors.ts';
import { explainReadError } from '../io/files.ts';
import { voxelTypeOf } from '../io/voxelTypes.ts';
import { spacingOf, type Vec3, type Volume } from '../volume/volume.ts';
import { dicomCandidates, type LeftOut, leaveOut } from './dicomFolder.ts';
import { dicomDamage, readDicomHeader } from './dicomHeader.ts';
import { affineOfSlices, imagesByPlace } from './geometry.ts';
import { type DicomFile, type DicomImage, imagesOf, NoSlice } from './images.ts';
import { PixelReader, pixelCount } from './pixels.ts';
import { VoxelCollector } from './rescale.ts';
import { chooseSeries, groupSeries, type Series } from './series.ts';
import { transferSyntaxOf } from './transferSyntax.ts';

/** A volume with what its DICOM files say beyond the geometry; nothing in it tells who the patient is. */
export interface DicomVolume extends Volume {
  readonly header: {
    readonly format: 'DICOM';
    /** NumPy's name of the type of `data`. */
    readonly datatype: string;
    readonly nonFinite: 0;
    readonly modality: string;
    /** Name of the transfer syntax; of the first slice where they differ. */
    readonly transferSyntax: string;
  };
  /** File and frame (from 0) of each slice, in the order of z. */
  readonly slices: readonly { readonly file: string; readonly frame: number }[];
  /** What is odd and may be wrong, one phrase each. */
  readonly warnings: readonly string[];
}

/** So many names stand in a warning. */
const mostNamed = 3;

/** What is left out, without the label, which is used all the same. */
const describeLeftOut = (leftOut: LeftOut, label: string | undefined): string[] =>
  [...leftOut].flatMap(([reason, files]): string[] => {
    const others = files.filter((file) => label === undefined || path.resolve(file) !== path.resolve(label));
    if (others.length === 0) return [];
    const names = others.map((file) => cleanText(path.basename(file)));
    const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
    return [`left out, ${reason}: ${names.slice(0, mostNamed).join(', ')}${more}`];
  });

/** A warning without the names of files in it, for what is to tell of no person: they may be called by one. */
export const withoutFileNames = (warning: string): string => warning.replace(/^(left out, .*?): .*$/s, '$1');

async function readDicomFile(file: string): Promise<DicomFile> {
  const header = await readDicomHeader(file);
  try {
    return imagesOf(header);
  } catch (error) {
    // dicom-parser throws a text for an attribute that goes beyond the end.
    throw typeof error === 'string' ? dicomDamage(error, file) : error;
  }
}

/** So many headers are read at once. */
const headersAtOnce = 16;

/** The images of a file, or why it has none. */
const readOrReason = (file: string): Promise<DicomFile | NoSlice> =>
  readDicomFile(file).catch((error) => {
    if (error instanceof NoSlice) return error;
    throw error;
  });

/** The files of a folder that hold images; what else lies there goes to `leftOut`. */
async function readFolder(files: readonly string[], leftOut: LeftOut): Promise<DicomFile[]> {
  const found: DicomFile[] = [];
  for (let at = 0; at < files.length; at += headersAtOnce) {
    const batch = files.slice(at, at + headersAtOnce);
    for (const [i, read] of (await Promise.all(batch.map(readOrReason))).entries())
      if (read instanceof NoSlice) leaveOut(leftOut, read.message, batch[i]!);
      else found.push(read);
  }
  const slices = found.filter(({ isLocalizer }) => !isLocalizer);
  // Localizers alone are what the folder is about.
  if (slices.length === 0) return found;
  for (const { file, isLocalizer } of found) if (isLocalizer) leaveOut(leftOut, 'a localizer', file);
  return slices;
}

async function readOneFile(file: string): Promise<DicomFile[]> {
  try {
    return [await readDicomFile(file)];
  } catch (error) {
    if (error instanceof NoSlice) throw expected('a DICOM image of a volume', error.message, file);
    throw error;
  }
}

/** One image for each slice: of equal ones the first. Throws where images at one place differ. */
async function oneEach(
  slices: readonly DicomImage[][],
  place: string,
): Promise<{ images: DicomImage[]; twice: number }> {
  let twice = 0;
  for (const images of slices) {
    const [first, ...others] = images as [DicomImage, ...DicomImage[]];
    if (others.length === 0) continue;
    const reader = new PixelReader();
    const values = (await reader.read(first)).slice();
    for (const other of others) {
      const copy = await reader.read(other);
      const isEqual = copy.every((value, i) => value === values[i]);
      if (!isEqual || other.slope !== first.slope || other.intercept !== first.intercept)
        throw expected(
          'one image at each place (phases and kernels in folders of their own)',
          `two that differ: ${[first, other].map(({ header }) => path.basename(header.file)).join(' and ')}`,
          place,
        );
      twice++;
    }
  }
  return { images: slices.map((images) => images[0]!), twice };
}

function warningsOf({ files, images }: Series, twice: number): string[] {
  const warnings: string[] = [];
  if (twice > 0) warnings.push(`${twice} image${twice > 1 ? 's are' : ' is'} there twice and counted once`);
  if (files.some(({ isInverted }) => isInverted))
    warnings.push('MONOCHROME1: shown inverted by viewers; the numbers are taken as they are');
  const isLossy = ({ isLossy: said, images: [image] }: DicomFile): boolean => said && !lossyByName(image!);
  if (files.some(isLossy)) warnings.push('the pixels were once compressed with loss, as the files say');
  if (new Set(images.map(({ header }) => header.transferSyntaxUid)).size > 1)
    warnings.push('the files have different transfer syntaxes');
  return warnings;
}

const lossyByName = ({ header }: DicomImage): boolean =>
  transferSyntaxOf(header.transferSyntaxUid, header.file).isLossy;

async function readSeries(series: Series, place: string): Promise<DicomVolume> {
  const { images, twice } = await oneEach(imagesByPlace(series.images), place);
  const { affine, warnings } = affineOfSlices(images, place);
  const [{ format, header }] = images as [DicomImage];
  const reader = new PixelReader();
  let voxels: VoxelCollector | undefined;
  for (const [z, image] of images.entries()) {
    const values = await reader.read(image);
    // Memory for all is asked for when there is a first slice: its header may promise what is not there.
    voxels ??= new VoxelCollector(images, pixelCount(format), place);
    voxels.put(z, values, image);
  }
  const { data, replaced } = voxels!.finish();
  const padding = `${replaced} padding voxels are brighter than the darkest others and were set to these`;
  const shape: Vec3 = [format.columns, format.rows, images.length];
  return {
    data,
    shape,
    spacingMm: spacingOf(affine),
    affine,
    header: {
      format: 'DICOM',
      datatype: voxelTypeOf(data).name,
      nonFinite: 0,
      modality: series.files[0]!.modality,
      transferSyntax: transferSyntaxOf(header.transferSyntaxUid, header.file).name,
    },
    slices: images.map((image) => ({ file: image.header.file, frame: image.frame })),
    warnings: [...warnings, ...(replaced > 0 ? [padding] : []), ...reader.warnings, ...warningsOf(series, twice)],
  };
}

/**
 * Reads one series as a volume: of a folder (and the folders inside it) or of one file. Axis order x along rows, y
 * along columns as stored (so the first row is y = 0, unlike in NIfTI files of dcm2niix), z along the normal; values
 * with rescale slope and intercept; affine to RAS+ mm, sheared where the gantry was tilted.
 *
 * `series` is a number of the list that the refusal of several series shows, or a Series Instance UID; `label` is the
 * label that is read beside the image, which is not told as left out where it lies among the slices. Throws a
 * UserError that names the file, what was expected and found: several series, missing or uneven slices, two different
 * images at one place, damage, and what is not read (transfer syntax, colour, objects without slices).
 */
export async function readDicom(
  place: string,
  { series: wanted, label }: { series?: string; label?: string } = {},
): Promise<DicomVolume> {
  const leftOut: LeftOut = new Map();
  const files = isFolder(place) ? await readFolder(dicomCandidates(place, leftOut), leftOut) : await readOneFile(place);
  const others = describeLeftOut(leftOut, label);
  if (files.length === 0) throw expected('DICOM images', others.join('; ') || 'none', place);
  const volume = await readSeries(chooseSeries(groupSeries(files), wanted, place), place);
  return { ...volume, warnings: [...volume.warnings, ...others] };
}

function isFolder(place: string): boolean {
  try {
    return statSync(place).isDirectory();
  } catch (error) {
    throw explainReadError(error, 'a DICOM file or folder', place);
  }
}
