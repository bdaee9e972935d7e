/** DICOM files that hold a mask and no image: SEG and RTSTRUCT. */
import { statSync } from 'node:fs';
import { codeIn, textOf } from '../dicom/attributes.ts';
import { dicomFiles, isDicomFile } from '../dicom/dicomFolder.ts';
import { readDicomHeader } from '../dicom/dicomHeader.ts';
import { readRtstruct } from './readRtstruct.ts';
import { readSeg } from './readSeg.ts';
import type { SegmentChoice, SegmentedVolume } from './segments.ts';

/** The file itself, or the only DICOM file of a folder, as archives deliver a segmentation. */
function onlyFile(place: string): string | undefined {
  if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) return place;
  const files = dicomFiles(place);
  return files.length === 1 ? files[0] : undefined;
}

/**
 * The mask of a DICOM SEG or RTSTRUCT; undefined for every other file or folder. Throws as readSeg and readRtstruct do.
 */
export async function readDicomLabel(place: string, choice: SegmentChoice): Promise<SegmentedVolume | undefined> {
  const file = onlyFile(place);
  if (file === undefined || !isDicomFile(file)) return undefined;
  const header = await readDicomHeader(file);
  const modality = codeIn(textOf(header.data, 'modality')?.trim());
  if (modality === 'SEG') return readSeg(header, choice);
  return modality === 'RTSTRUCT' ? readRtstruct(header, choice) : undefined;
}
