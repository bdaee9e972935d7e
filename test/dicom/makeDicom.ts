/** DICOM files made by hand for tests, from the standard alone (PS3.5 and PS3.10). */
import { deflateRawSync } from 'node:zlib';

/** Elements by name; a list of elements is a sequence. undefined leaves one out. */
export interface Elements {
  [name: string]: string | number | Uint8Array | readonly Elements[] | undefined;
}

const dictionary: Readonly<Record<string, readonly [tag: number, vr: string]>> = {
  ImageType: [0x00080008, 'CS'],
  SOPClassUID: [0x00080016, 'UI'],
  SOPInstanceUID: [0x00080018, 'UI'],
  StudyDate: [0x00080020, 'DA'],
  StudyTime: [0x00080030, 'TM'],
  AccessionNumber: [0x00080050, 'SH'],
  Modality: [0x00080060, 'CS'],
  InstitutionName: [0x00080080, 'LO'],
  ReferringPhysicianName: [0x00080090, 'PN'],
  SeriesDescription: [0x0008103e, 'LO'],
  OperatorsName: [0x00081070, 'PN'],
  PatientName: [0x00100010, 'PN'],
  PatientID: [0x00100020, 'LO'],
  PatientBirthDate: [0x00100030, 'DA'],
  PatientSex: [0x00100040, 'CS'],
  PatientAddress: [0x00101040, 'LO'],
  PatientComments: [0x00104000, 'LT'],
  SliceThickness: [0x00180050, 'DS'],
  SpacingBetweenSlices: [0x00180088, 'DS'],
  StudyInstanceUID: [0x0020000d, 'UI'],
  SeriesInstanceUID: [0x0020000e, 'UI'],
  StudyID: [0x00200010, 'SH'],
  SeriesNumber: [0x00200011, 'IS'],
  ImagePositionPatient: [0x00200032, 'DS'],
  ImageOrientationPatient: [0x00200037, 'DS'],
  FrameOfReferenceUID: [0x00200052, 'UI'],
  PlanePositionSequence: [0x00209113, 'SQ'],
  PlaneOrientationSequence: [0x00209116, 'SQ'],
  SamplesPerPixel: [0x00280002, 'US'],
  PhotometricInterpretation: [0x00280004, 'CS'],
  NumberOfFrames: [0x00280008, 'IS'],
  Rows: [0x00280010, 'US'],
  Columns: [0x00280011, 'US'],
  PixelSpacing: [0x00280030, 'DS'],
  BitsAllocated: [0x00280100, 'US'],
  BitsStored: [0x00280101, 'US'],
  HighBit: [0x00280102, 'US'],
  PixelRepresentation: [0x00280103, 'US'],
  PixelPaddingValue: [0x00280120, 'US'],
  PixelPaddingRangeLimit: [0x00280121, 'US'],
  RescaleIntercept: [0x00281052, 'DS'],
  RescaleSlope: [0x00281053, 'DS'],
  LossyImageCompression: [0x00282110, 'CS'],
  ModalityLUTSequence: [0x00283000, 'SQ'],
  PixelMeasuresSequence: [0x00289110, 'SQ'],
  PixelValueTransformationSequence: [0x00289145, 'SQ'],
  SharedFunctionalGroupsSequence: [0x52009229, 'SQ'],
  PerFrameFunctionalGroupsSequence: [0x52009230, 'SQ'],
};

export const syntaxes = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  bigEndian: '1.2.840.10008.1.2.2',
  rle: '1.2.840.10008.1.2.5',
  jpeg: '1.2.840.10008.1.2.4.50',
  jpegExtended: '1.2.840.10008.1.2.4.51',
  jpegLossless: '1.2.840.10008.1.2.4.57',
  jpegLosslessSv1: '1.2.840.10008.1.2.4.70',
  jpegLs: '1.2.840.10008.1.2.4.80',
  jpegLsNear: '1.2.840.10008.1.2.4.81',
  jpeg2000: '1.2.840.10008.1.2.4.90',
  jpeg2000Lossy: '1.2.840.10008.1.2.4.91',
  htj2k: '1.2.840.10008.1.2.4.201',
  htj2kRpcl: '1.2.840.10008.1.2.4.202',
} as const;

interface Form {
  readonly isExplicit: boolean;
  readonly isBig: boolean;
}

function word(value: number, bytes: 2 | 4, isBig: boolean): Buffer {
  const out = Buffer.alloc(bytes);
  if (isBig) out.writeUIntBE(value, 0, bytes);
  else out.writeUIntLE(value, 0, bytes);
  return out;
}

const tagBytes = (tag: number, { isBig }: Form): Buffer =>
  Buffer.concat([word(tag >>> 16, 2, isBig), word(tag & 0xffff, 2, isBig)]);

function element(tag: number, vr: string, bytes: Uint8Array, form: Form, length = bytes.length): Buffer {
  const isLong = /^(OB|OW|SQ|UN|UT)$/.test(vr);
  const size = !form.isExplicit || isLong ? word(length >>> 0, 4, form.isBig) : word(length, 2, form.isBig);
  const kind = form.isExplicit ? Buffer.from(isLong ? `${vr}\0\0` : vr) : Buffer.alloc(0);
  return Buffer.concat([tagBytes(tag, form), kind, size, bytes]);
}

function valueBytes(value: string | number | Uint8Array, vr: string, form: Form): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (vr === 'US') return word(Number(value) & 0xffff, 2, form.isBig);
  const text = Buffer.from(String(value), 'latin1');
  return text.length % 2 ? Buffer.concat([text, Buffer.from(vr === 'UI' ? '\0' : ' ')]) : text;
}

const endless = 0xffffffff;

/** Sequences of undefined length and of defined items, as many writers have them. */
function sequenceBytes(items: readonly Elements[], form: Form): Buffer {
  const parts = items.map((item) => {
    const bytes = dataSet(item, form);
    return Buffer.concat([tagBytes(0xfffee000, form), word(bytes.length, 4, form.isBig), bytes]);
  });
  return Buffer.concat([...parts, tagBytes(0xfffee0dd, form), word(0, 4, form.isBig)]);
}

function dataSet(elements: Elements, form: Form): Buffer {
  const parts = Object.entries(elements)
    .filter((entry): entry is [string, Exclude<(typeof entry)[1], undefined>] => entry[1] !== undefined)
    .map(([name, value]) => ({ tag: dictionary[name]![0], vr: dictionary[name]![1], value }))
    .sort((a, b) => a.tag - b.tag)
    .map(({ tag, vr, value }) =>
      Array.isArray(value)
        ? element(tag, vr, sequenceBytes(value as readonly Elements[], form), form, endless)
        : element(tag, vr, valueBytes(value as string, vr, form), form),
    );
  return Buffer.concat(parts);
}

/** Items of packed pixels: a table of offsets (empty or whole), then the fragments of each frame. */
export function encapsulated(frames: readonly (readonly Uint8Array[])[], { hasTable = false } = {}): Buffer {
  const form = { isExplicit: true, isBig: false };
  const item = (bytes: Uint8Array): Buffer => {
    const even = bytes.length % 2 ? Buffer.concat([bytes, Buffer.from([0])]) : bytes;
    return Buffer.concat([tagBytes(0xfffee000, form), word(even.length, 4, false), even]);
  };
  const packed = frames.map((fragments) => Buffer.concat(fragments.map(item)));
  let offset = 0;
  const offsets = packed.map((bytes) => {
    offset += bytes.length;
    return word(offset - bytes.length, 4, false);
  });
  const table = item(hasTable ? Buffer.concat(offsets) : Buffer.alloc(0));
  return Buffer.concat([table, ...packed, tagBytes(0xfffee0dd, form), word(0, 4, false)]);
}

export interface FileOptions {
  readonly syntax?: string;
  /** False: no preamble and no group 2, as older files are. */
  readonly hasPreface?: boolean;
  /** The packed pixels have undefined length. */
  readonly isPacked?: boolean;
  /** In group 2 alone, as some writers leave it. */
  readonly metaInstance?: string;
  /** undefined leaves the pixels out. */
  readonly pixels?: Uint8Array;
}

/** The bytes of a file. */
export function dicom(elements: Elements, options: FileOptions = {}): Buffer {
  const { syntax = syntaxes.explicit, hasPreface = true, isPacked = false, pixels, metaInstance = '2.25.1' } = options;
  const form: Form = { isExplicit: syntax !== syntaxes.implicit, isBig: syntax === syntaxes.bigEndian };
  const packed = pixels && element(0x7fe00010, isPacked ? 'OB' : 'OW', pixels, form, isPacked ? endless : undefined);
  const data = Buffer.concat([dataSet(elements, form), ...(packed ? [packed] : [])]);
  if (!hasPreface) return data;
  const plain: Form = { isExplicit: true, isBig: false };
  const text = (tag: number, value: string): Buffer => element(tag, 'UI', valueBytes(value, 'UI', plain), plain);
  const meta = Buffer.concat([
    element(0x00020001, 'OB', Buffer.from([0, 1]), plain),
    text(0x00020003, metaInstance),
    text(0x00020010, syntax),
  ]);
  const group = element(0x00020000, 'UL', word(meta.length, 4, false), plain);
  const body = syntax === syntaxes.deflated ? deflateRawSync(data) : data;
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), group, meta, body]);
}

export const [width, height] = [6, 4];

/** The pixels of slice `z`: values that no other place has. */
export const sliceValues = (z: number): Int16Array =>
  Int16Array.from({ length: width * height }, (_, i) => 1000 + 100 * z + i);

/** What a CT slice says of itself; slices lie 2 mm apart from z = 10 mm on. */
export const ctElements = (z: number, more: Elements = {}): Elements => ({
  ImageType: 'ORIGINAL\\PRIMARY\\AXIAL',
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
  SOPInstanceUID: `2.25.7.${z}`,
  Modality: 'CT',
  SliceThickness: '2',
  StudyInstanceUID: '2.25.5',
  SeriesInstanceUID: '2.25.6',
  SeriesNumber: '4',
  ImagePositionPatient: `-20\\-30\\${10 + 2 * z}`,
  ImageOrientationPatient: '1\\0\\0\\0\\1\\0',
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  Rows: height,
  Columns: width,
  PixelSpacing: '0.5\\0.75',
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 1,
  RescaleIntercept: '-1024',
  RescaleSlope: '1',
  ...more,
});

/** The bytes of numbers in one order. */
export function pixelBytes(values: ArrayBufferView, isBig = false): Buffer {
  const bytes = Buffer.from(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  return isBig ? bytes.swap16() : bytes;
}

/** The file of a CT slice. */
export const ctSlice = (z: number, more: Elements = {}, options: FileOptions = {}): Buffer =>
  dicom(ctElements(z, more), {
    pixels: pixelBytes(sliceValues(z), options.syntax === syntaxes.bigEndian),
    metaInstance: `2.25.7.${z}`,
    ...options,
  });
