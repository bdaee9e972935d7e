/** DICOM files that hold a mask and no image: SEG and RTSTRUCT, found among others and read. */
import { statSync } from '#system/fs';
import { codeIn, textOf } from '../dicom/attributes.ts';
import { dicomFiles, isDicomFile } from '../dicom/dicomFolder.ts';
import { type DicomHeader, dicomDamage, readDicomHeader } from '../dicom/dicomHeader.ts';
import { fileStart } from '../dicom/fileParts.ts';
import { NoSlice } from '../dicom/images.ts';
import { expected } from '../errors.ts';
import { readRtstruct, rtstructRegions } from './readRtstruct.ts';
import { readSeg, segSegments } from './readSeg.ts';
import type { Segment, SegmentChoice, SegmentedVolume } from './segments.ts';

/** The file itself, or the only DICOM file of a folder, as archives deliver a segmentation. */
function onlyFile(place: string): string | undefined {
  if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) return place;
  const files = dicomFiles(place);
  return files.length === 1 ? files[0] : undefined;
}

/** What the readers of images throw, as sentences on a label. */
function asSentence(error: unknown, file: string): unknown {
  if (error instanceof NoSlice) return expected('a segmentation on slices', error.message, file);
  // dicom-parser throws a text for an attribute that goes beyond the end.
  return typeof error === 'string' ? dicomDamage(error, file) : error;
}

/** What the two kinds of labels are read with. */
interface Readers<T> {
  readonly seg: (header: DicomHeader) => T | Promise<T>;
  readonly rtstruct: (header: DicomHeader) => T | Promise<T>;
}

/** What the reader of a label's kind makes of it; undefined for every other file or folder. */
async function readAs<T>(place: string, { seg, rtstruct }: Readers<T>): Promise<T | undefined> {
  const file = onlyFile(place);
  if (file === undefined || !isDicomFile(file)) return undefined;
  const header = await readDicomHeader(file);
  try {
    const modality = codeIn(textOf(header.data, 'modality')?.trim());
    if (modality === 'SEG') return await seg(header);
    return modality === 'RTSTRUCT' ? await rtstruct(header) : undefined;
  } catch (error) {
    throw asSentence(error, file);
  }
}

/**
 * The mask of a DICOM SEG or RTSTRUCT; undefined for every other file or folder. Throws as readSeg and readRtstruct do.
 */
export const readDicomLabel = (place: string, choice: SegmentChoice): Promise<SegmentedVolume | undefined> =>
  readAs<SegmentedVolume>(place, {
    seg: (header) => readSeg(header, choice),
    rtstruct: (header) => readRtstruct(header, choice),
  });

/** The segments of a DICOM SEG or RTSTRUCT without their voxels; none for every other file or folder. */
export const readDicomSegments = async (place: string): Promise<readonly Segment[]> =>
  (await readAs<readonly Segment[]>(place, {
    seg: ({ data, file }) => segSegments(data, file),
    rtstruct: ({ data, file }) => rtstructRegions(data, file),
  })) ?? [];

/** The classes of SEG, label map SEG and RTSTRUCT, which stand in the first part of a file. */
const labelClass = /1\.2\.840\.10008\.5\.1\.4\.1\.1\.(66\.[47]|481\.3)(?![\d.])/;
const firstPart = 512;

/** The SEG and RTSTRUCT files below a folder, by the class that their first bytes name. */
export const dicomLabelsIn = (folder: string): string[] =>
  dicomFiles(folder).filter((file) => labelClass.test(fileStart(file, firstPart)?.toString('latin1') ?? ''));
