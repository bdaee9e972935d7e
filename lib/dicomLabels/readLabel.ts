/** DICOM files that hold a mask and no image: SEG and RTSTRUCT. */
import { statSync } from 'node:fs';
import { codeIn, textOf } from '../dicom/attributes.ts';
import { dicomFiles, isDicomFile } from '../dicom/dicomFolder.ts';
import { dicomDamage, readDicomHeader } from '../dicom/dicomHeader.ts';
import { NoSlice } from '../dicom/images.ts';
import { expected } from '../errors.ts';
import { readRtstruct } from './readRtstruct.ts';
import { readSeg } from './readSeg.ts';
import type { SegmentChoice, SegmentedVolume } from './segments.ts';

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

/**
 * The mask of a DICOM SEG or RTSTRUCT; undefined for every other file or folder. Throws as readSeg and readRtstruct do.
 */
export async function readDicomLabel(place: string, choice: SegmentChoice): Promise<SegmentedVolume | undefined> {
  const file = onlyFile(place);
  if (file === undefined || !isDicomFile(file)) return undefined;
  const header = await readDicomHeader(file);
  try {
    const modality = codeIn(textOf(header.data, 'modality')?.trim());
    if (modality === 'SEG') return await readSeg(header, choice);
    return modality === 'RTSTRUCT' ? await readRtstruct(header, choice) : undefined;
  } catch (error) {
    throw asSentence(error, file);
  }
}
