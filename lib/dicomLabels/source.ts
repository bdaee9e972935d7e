/**
 * What an object made from a series must repeat of it: to whom and to which study it belongs, and the ids of its
 * images.
 *
 * The attributes of a person are copied as bytes, undecoded and unread, and only those that the Patient and General
 * Study modules demand (PS3.3, C.7.1.1 and C.7.2.1, types 1 and 2). Without them no archive could file the object.
 */
import type { DataSet } from 'dicom-parser';
import { readDicomHeader } from '../dicom/dicomHeader.ts';
import { type DicomFile, type ImagePlane, imagesOf } from '../dicom/images.ts';
import type { DicomVolume } from '../dicom/readDicom.ts';
import { sha256 } from '../io/files.ts';
import { type ElementName, type Elements, tagOf } from './elements.ts';

/** One slice of the source: where it lies and by which ids it is known. */
export interface SourceSlice extends ImagePlane {
  readonly sopClass: string;
  readonly sopInstance: string;
  /** From 1; undefined for a file of one image. */
  readonly frame: number | undefined;
}

/** What is repeated of a series. */
export interface DicomSource {
  /** Patient, study and the place that positions count from. */
  readonly shared: Elements;
  /** What must be said of lossy compression, once it was there. */
  readonly loss: Elements;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly frameOfReferenceUid: string;
  /** In the order of z. */
  readonly slices: readonly SourceSlice[];
  /** Ids that the source lacks. */
  readonly warnings: readonly string[];
}

const parserTag = (name: ElementName): string => `x${tagOf(name).toString(16).padStart(8, '0')}`;

/** No attribute that is repeated is longer. */
const longest = 1024;

function bytesOf(data: DataSet, name: ElementName): Uint8Array | undefined {
  const element = data.elements[parserTag(name)];
  if (!element || element.length > longest) return undefined;
  return Buffer.from(data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length));
}

function uidOf(data: DataSet, name: ElementName): string | undefined {
  const text = Buffer.from(bytesOf(data, name) ?? [])
    .toString('latin1')
    .replace(/[\0 ]+$/, '');
  return /^[0-2](\.\d+)+$/.test(text) && text.length <= 64 ? text : undefined;
}

/** An id that only these parts give: 2.25 and 128 bits of their checksum as a number (PS3.5, B.2). */
export const uidFrom = (...parts: readonly (string | Uint8Array)[]): string =>
  `2.25.${BigInt(`0x${sha256(parts.map((part) => sha256(part)).join()).slice(0, 32)}`)}`;

const mustBeThere = [
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'PatientSex',
  'StudyDate',
  'StudyTime',
  'AccessionNumber',
  'ReferringPhysicianName',
  'StudyID',
  'PositionReferenceIndicator',
] as const satisfies readonly ElementName[];

function repeated(data: DataSet): Elements {
  const copied = mustBeThere.map((name) => [name, bytesOf(data, name) ?? ''] as const);
  const characters = bytesOf(data, 'SpecificCharacterSet');
  return { ...Object.fromEntries(copied), ...(characters?.length && { SpecificCharacterSet: characters }) };
}

function lossOf(data: DataSet): Elements {
  const isLossy =
    Buffer.from(bytesOf(data, 'LossyImageCompression') ?? [])
      .toString('latin1')
      .trim() === '01';
  if (!isLossy) return { LossyImageCompression: '00' };
  return {
    LossyImageCompression: '01',
    LossyImageCompressionRatio: bytesOf(data, 'LossyImageCompressionRatio') ?? '1',
    LossyImageCompressionMethod: bytesOf(data, 'LossyImageCompressionMethod') ?? 'ISO_10918_1',
  };
}

const classes: Readonly<Record<string, string>> = {
  CT: '1.2.840.10008.5.1.4.1.1.2',
  MR: '1.2.840.10008.5.1.4.1.1.4',
};
const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';

function sliceOf({ images, modality }: DicomFile, frame: number): SourceSlice & { isMadeUp: boolean } {
  const { header, position, rowDirection, columnDirection, spacingMm, sliceMm } = images[frame]!;
  const preface = /^[0-2](\.\d+)+$/.test(header.metaInstance ?? '') ? header.metaInstance : undefined;
  const known = uidOf(header.data, 'SOPInstanceUID') ?? preface;
  return {
    ...{ position, rowDirection, columnDirection, spacingMm, sliceMm },
    sopClass: uidOf(header.data, 'SOPClassUID') ?? classes[modality] ?? secondaryCapture,
    sopInstance: known ?? uidFrom(header.file, position.join()),
    frame: images.length > 1 ? frame + 1 : undefined,
    isMadeUp: known === undefined,
  };
}

/** The source of a volume that `readDicom` gave. Throws where its files are gone or damaged by now. */
export async function readDicomSource({ slices }: Pick<DicomVolume, 'slices'>): Promise<DicomSource> {
  const files = new Map<string, DicomFile>();
  const found: (SourceSlice & { isMadeUp: boolean })[] = [];
  for (const { file, frame } of slices) {
    if (!files.has(file)) files.set(file, imagesOf(await readDicomHeader(file)));
    found.push(sliceOf(files.get(file)!, frame));
  }
  const { data } = files.get(slices[0]!.file)!.images[0]!.header;
  const uids = { study: uidOf(data, 'StudyInstanceUID'), series: uidOf(data, 'SeriesInstanceUID') };
  const place = uidOf(data, 'FrameOfReferenceUID');
  const seed = found.map(({ sopInstance }) => sopInstance).join();
  const missing = [
    ...(uids.study === undefined ? ['study'] : []),
    ...(uids.series === undefined ? ['series'] : []),
    ...(found.some(({ isMadeUp }) => isMadeUp) ? ['instance'] : []),
    ...(place === undefined ? ['frame of reference'] : []),
  ];
  const instead = 'one is made up, and viewers cannot link the result';
  const warning = `the source has no id of its ${missing.join(', ')}; ${instead}`;
  const [studyUid, seriesUid] = [uids.study ?? uidFrom('study', seed), uids.series ?? uidFrom('series', seed)];
  const frameOfReferenceUid = place ?? uidFrom('place', seed);
  return {
    shared: {
      ...repeated(data),
      StudyInstanceUID: studyUid,
      FrameOfReferenceUID: frameOfReferenceUid,
    },
    loss: lossOf(data),
    ...{ studyUid, seriesUid, frameOfReferenceUid },
    slices: found,
    warnings: missing.length > 0 ? [warning] : [],
  };
}

/** References to the images of some slices, each instance once. */
export function instanceReferences(slices: readonly SourceSlice[]): Elements[] {
  const classOf = new Map(slices.map(({ sopInstance, sopClass }) => [sopInstance, sopClass]));
  return [...classOf].map(([ReferencedSOPInstanceUID, ReferencedSOPClassUID]) => ({
    ReferencedSOPClassUID,
    ReferencedSOPInstanceUID,
  }));
}

/** Date and time as DICOM writes them, in local time. */
export function dicomMoment(now: Date): { date: string; time: string } {
  const two = (n: number): string => String(n).padStart(2, '0');
  return {
    date: `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`,
    time: `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`,
  };
}
