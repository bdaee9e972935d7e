/**
 * Single attributes of a DICOM data set, checked. Only what is asked for here leaves a file: names and dates of persons
 * are never read, and their id goes into a checksum alone (images.ts), to keep two persons apart.
 * (`dicomLabels/source.ts` repeats some, unread, in DICOM files of the same person.)
 */
import type { DataSet } from 'dicom-parser';
import { expected, shownText } from '../errors.ts';

/** dicom-parser's names of the attributes that are read. */
export const tags = {
  transferSyntax: 'x00020010',
  metaInstance: 'x00020003',
  imageType: 'x00080008',
  instance: 'x00080018',
  modality: 'x00080060',
  thickness: 'x00180050',
  sliceSpacing: 'x00180088',
  study: 'x0020000d',
  series: 'x0020000e',
  seriesNumber: 'x00200011',
  codeMeaning: 'x00080104',
  position: 'x00200032',
  orientation: 'x00200037',
  samples: 'x00280002',
  photometric: 'x00280004',
  frames: 'x00280008',
  rows: 'x00280010',
  columns: 'x00280011',
  pixelSpacing: 'x00280030',
  bitsAllocated: 'x00280100',
  bitsStored: 'x00280101',
  highBit: 'x00280102',
  pixelRepresentation: 'x00280103',
  padding: 'x00280120',
  paddingLimit: 'x00280121',
  intercept: 'x00281052',
  slope: 'x00281053',
  lossy: 'x00282110',
  modalityTable: 'x00283000',
  planePosition: 'x00209113',
  planeOrientation: 'x00209116',
  pixelMeasures: 'x00289110',
  pixelTransformation: 'x00289145',
  segmentationType: 'x00620001',
  segments: 'x00620002',
  segmentNumber: 'x00620004',
  segmentLabel: 'x00620005',
  segmentIdentification: 'x0062000a',
  referencedSegment: 'x0062000b',
  segmentType: 'x0062000f',
  rois: 'x30060020',
  roiNumber: 'x30060022',
  roiName: 'x30060026',
  roiContours: 'x30060039',
  contours: 'x30060040',
  contourType: 'x30060042',
  contourData: 'x30060050',
  referencedRoi: 'x30060084',
  sharedGroups: 'x52009229',
  frameGroups: 'x52009230',
  pixelData: 'x7fe00010',
} as const;
export type Attribute = keyof typeof tags;

/** No attribute that is read is longer. */
const longest = 1024;

/** `PixelSpacing (0028,0030)`-like: the tag as DICOM writes it. */
const tagText = (name: Attribute): string => {
  const tag = tags[name];
  return `(${tag.slice(1, 5)},${tag.slice(5)})`;
};

const nameOf = (name: Attribute): string => `${name} ${tagText(name)}`;

/** The text of an attribute without its padding; undefined where it is absent or empty. */
export function textOf(data: DataSet, name: Attribute): string | undefined {
  const element = data.elements[tags[name]];
  if (!element || element.length === 0 || element.length > longest) return undefined;
  return data.string(tags[name])?.replace(/[\0 ]+$/, '') || undefined;
}

/** An unsigned 16-bit number; undefined where it is absent. */
export function wordOf(data: DataSet, name: Attribute): number | undefined {
  const element = data.elements[tags[name]];
  return element && element.length >= 2 ? data.uint16(tags[name]) : undefined;
}

/** The same for an attribute that must be there. */
export function requiredWord(data: DataSet, name: Attribute, file: string): number {
  const value = wordOf(data, name);
  if (value === undefined) throw expected(`a DICOM image with ${nameOf(name)}`, 'none', file);
  return value;
}

/** Decimal numbers, `count` of them; undefined where the attribute is absent. Throws where they are something else. */
export function numbersOf(data: DataSet, name: Attribute, count: number, file: string): number[] | undefined {
  const text = textOf(data, name);
  if (text === undefined) return undefined;
  const numbers = text.split('\\').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (numbers.length !== count || !numbers.every(Number.isFinite))
    throw expected(`${nameOf(name)} of ${count} finite numbers`, shownText(text), file);
  return numbers;
}

/** One decimal number; undefined where the attribute is absent. */
export const numberOf = (data: DataSet, name: Attribute, file: string): number | undefined =>
  numbersOf(data, name, 1, file)?.[0];

/** A code in capital letters, such as `CT`; anything else that stands there is told as `unknown`. */
export const codeIn = (text: string | undefined): string =>
  text !== undefined && /^[A-Z0-9_ ]{1,16}$/.test(text) ? text : 'unknown';

/** The data sets of a sequence; none where it is absent. */
export const itemsOf = (data: DataSet, name: Attribute): DataSet[] =>
  (data.elements[tags[name]]?.items ?? []).flatMap((item) => item.dataSet ?? []);
