/**
 * Writing DICOM files: elements by name, explicit VR little endian, sequences of defined length. Source: DICOM PS3.5
 * (sections 6.2 and 7) and PS3.10 (section 7.1).
 */
import { explicitUid, implicitUid } from '../dicom/transferSyntax.ts';

const dictionary = {
  SpecificCharacterSet: [0x00080005, 'CS'],
  ImageType: [0x00080008, 'CS'],
  SOPClassUID: [0x00080016, 'UI'],
  SOPInstanceUID: [0x00080018, 'UI'],
  StudyDate: [0x00080020, 'DA'],
  ContentDate: [0x00080023, 'DA'],
  StudyTime: [0x00080030, 'TM'],
  ContentTime: [0x00080033, 'TM'],
  AccessionNumber: [0x00080050, 'SH'],
  Modality: [0x00080060, 'CS'],
  Manufacturer: [0x00080070, 'LO'],
  ReferringPhysicianName: [0x00080090, 'PN'],
  CodeValue: [0x00080100, 'SH'],
  CodingSchemeDesignator: [0x00080102, 'SH'],
  CodeMeaning: [0x00080104, 'LO'],
  SeriesDescription: [0x0008103e, 'LO'],
  OperatorsName: [0x00081070, 'PN'],
  ManufacturerModelName: [0x00081090, 'LO'],
  ReferencedSeriesSequence: [0x00081115, 'SQ'],
  ReferencedInstanceSequence: [0x0008114a, 'SQ'],
  ReferencedSOPClassUID: [0x00081150, 'UI'],
  ReferencedSOPInstanceUID: [0x00081155, 'UI'],
  ReferencedFrameNumber: [0x00081160, 'IS'],
  SourceImageSequence: [0x00082112, 'SQ'],
  AnatomicRegionSequence: [0x00082218, 'SQ'],
  DerivationImageSequence: [0x00089124, 'SQ'],
  DerivationCodeSequence: [0x00089215, 'SQ'],
  PatientName: [0x00100010, 'PN'],
  PatientID: [0x00100020, 'LO'],
  PatientBirthDate: [0x00100030, 'DA'],
  PatientSex: [0x00100040, 'CS'],
  SliceThickness: [0x00180050, 'DS'],
  SpacingBetweenSlices: [0x00180088, 'DS'],
  DeviceSerialNumber: [0x00181000, 'LO'],
  SoftwareVersions: [0x00181020, 'LO'],
  StudyInstanceUID: [0x0020000d, 'UI'],
  SeriesInstanceUID: [0x0020000e, 'UI'],
  StudyID: [0x00200010, 'SH'],
  SeriesNumber: [0x00200011, 'IS'],
  InstanceNumber: [0x00200013, 'IS'],
  ImagePositionPatient: [0x00200032, 'DS'],
  ImageOrientationPatient: [0x00200037, 'DS'],
  FrameOfReferenceUID: [0x00200052, 'UI'],
  PositionReferenceIndicator: [0x00201040, 'LO'],
  FrameContentSequence: [0x00209111, 'SQ'],
  PlanePositionSequence: [0x00209113, 'SQ'],
  PlaneOrientationSequence: [0x00209116, 'SQ'],
  DimensionIndexValues: [0x00209157, 'UL'],
  DimensionOrganizationUID: [0x00209164, 'UI'],
  DimensionIndexPointer: [0x00209165, 'AT'],
  FunctionalGroupPointer: [0x00209167, 'AT'],
  DimensionOrganizationSequence: [0x00209221, 'SQ'],
  DimensionIndexSequence: [0x00209222, 'SQ'],
  DimensionDescriptionLabel: [0x00209421, 'LO'],
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
  SpatialLocationsPreserved: [0x0028135a, 'CS'],
  LossyImageCompression: [0x00282110, 'CS'],
  LossyImageCompressionRatio: [0x00282112, 'DS'],
  LossyImageCompressionMethod: [0x00282114, 'CS'],
  PixelMeasuresSequence: [0x00289110, 'SQ'],
  PurposeOfReferenceCodeSequence: [0x0040a170, 'SQ'],
  SegmentationType: [0x00620001, 'CS'],
  SegmentSequence: [0x00620002, 'SQ'],
  SegmentedPropertyCategoryCodeSequence: [0x00620003, 'SQ'],
  SegmentNumber: [0x00620004, 'US'],
  SegmentLabel: [0x00620005, 'LO'],
  SegmentationAlgorithmIdentificationSequence: [0x00620007, 'SQ'],
  SegmentAlgorithmType: [0x00620008, 'CS'],
  SegmentAlgorithmName: [0x00620009, 'LO'],
  SegmentIdentificationSequence: [0x0062000a, 'SQ'],
  ReferencedSegmentNumber: [0x0062000b, 'US'],
  RecommendedDisplayCIELabValue: [0x0062000d, 'US'],
  SegmentedPropertyTypeCodeSequence: [0x0062000f, 'SQ'],
  SegmentsOverlap: [0x00620013, 'CS'],
  AlgorithmFamilyCodeSequence: [0x0066002f, 'SQ'],
  AlgorithmVersion: [0x00660031, 'LO'],
  AlgorithmName: [0x00660036, 'LO'],
  ContentLabel: [0x00700080, 'CS'],
  ContentDescription: [0x00700081, 'LO'],
  ContentCreatorName: [0x00700084, 'PN'],
  StructureSetLabel: [0x30060002, 'SH'],
  StructureSetDate: [0x30060008, 'DA'],
  StructureSetTime: [0x30060009, 'TM'],
  ReferencedFrameOfReferenceSequence: [0x30060010, 'SQ'],
  RTReferencedStudySequence: [0x30060012, 'SQ'],
  RTReferencedSeriesSequence: [0x30060014, 'SQ'],
  ContourImageSequence: [0x30060016, 'SQ'],
  StructureSetROISequence: [0x30060020, 'SQ'],
  ROINumber: [0x30060022, 'IS'],
  ReferencedFrameOfReferenceUID: [0x30060024, 'UI'],
  ROIName: [0x30060026, 'LO'],
  ROIDisplayColor: [0x3006002a, 'IS'],
  ROIGenerationAlgorithm: [0x30060036, 'CS'],
  ROIGenerationDescription: [0x30060038, 'LO'],
  ROIContourSequence: [0x30060039, 'SQ'],
  ContourSequence: [0x30060040, 'SQ'],
  ContourGeometricType: [0x30060042, 'CS'],
  NumberOfContourPoints: [0x30060046, 'IS'],
  ContourData: [0x30060050, 'DS'],
  RTROIObservationsSequence: [0x30060080, 'SQ'],
  ObservationNumber: [0x30060082, 'IS'],
  ReferencedROINumber: [0x30060084, 'IS'],
  RTROIIdentificationCodeSequence: [0x30060086, 'SQ'],
  RTROIInterpretedType: [0x300600a4, 'CS'],
  ROIInterpreter: [0x300600a6, 'PN'],
  ApprovalStatus: [0x300e0002, 'CS'],
  SharedFunctionalGroupsSequence: [0x52009229, 'SQ'],
  PerFrameFunctionalGroupsSequence: [0x52009230, 'SQ'],
  PixelData: [0x7fe00010, 'OB'],
} as const satisfies Readonly<Record<string, readonly [tag: number, vr: string]>>;

/** DICOM's keyword of an element that can be written. */
export type ElementName = keyof typeof dictionary;

/**
 * Elements by name in any order; undefined leaves one out. Several numbers and texts are one value of several parts,
 * bytes stand as they are (padded to an even count), a list of elements is a sequence.
 */
export type Elements = {
  readonly [name in ElementName]?:
    | string
    | number
    | Uint8Array
    | readonly number[]
    | readonly string[]
    | readonly Elements[]
    | undefined;
};

/** The number of a tag, for elements that point to others. */
export const tagOf = (name: ElementName): number => dictionary[name][0];

/** At most 16 characters, as a decimal string may have; of a number as many digits as fit. */
function decimal(value: number): string {
  const exact = String(value);
  if (exact.length <= 16) return exact;
  for (let digits = 15; digits > 0; digits--) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
  return '0';
}

const padded = (bytes: Uint8Array, by: number): Uint8Array =>
  bytes.length % 2 ? Buffer.concat([bytes, Buffer.from([by])]) : bytes;

function wordsOf(numbers: readonly number[], vr: 'US' | 'UL' | 'AT'): Buffer {
  const bytes = Buffer.alloc(numbers.length * (vr === 'US' ? 2 : 4));
  numbers.forEach((value, i) => {
    if (vr === 'US') bytes.writeUInt16LE(value, 2 * i);
    else if (vr === 'UL') bytes.writeUInt32LE(value, 4 * i);
    else {
      bytes.writeUInt16LE(value >>> 16, 4 * i);
      bytes.writeUInt16LE(value & 0xffff, 4 * i + 2);
    }
  });
  return bytes;
}

const tagBytes = (tag: number): Buffer => wordsOf([tag], 'AT');

function itemBytes(item: Elements, encode: Encode): Buffer {
  const bytes = dataSetBytes(item, encode);
  return Buffer.concat([tagBytes(0xfffee000), wordsOf([bytes.length], 'UL'), bytes]);
}

function valueBytes(value: NonNullable<Elements[ElementName]>, vr: string, encode: Encode): Uint8Array {
  if (value instanceof Uint8Array) return padded(value, /^(UI|OB)$/.test(vr) ? 0 : 0x20);
  const parts = (Array.isArray(value) ? value : [value]) as readonly (string | number | Elements)[];
  if (vr === 'SQ') return Buffer.concat((parts as readonly Elements[]).map((item) => itemBytes(item, encode)));
  if (vr === 'US' || vr === 'UL' || vr === 'AT') return wordsOf(parts as readonly number[], vr);
  const text = parts.map((part) => (typeof part === 'number' ? decimal(part) : part)).join('\\');
  return padded(Buffer.from(text, 'latin1'), vr === 'UI' ? 0 : 0x20);
}

type Encode = (tag: number, vr: string, bytes: Uint8Array) => Buffer;

/** An element with its type, and 16 bits for the length of most. */
const explicit: Encode = (tag, vr, bytes) => {
  const hasLongLength = vr === 'OB' || vr === 'SQ';
  const length = hasLongLength ? wordsOf([bytes.length], 'UL') : wordsOf([bytes.length], 'US');
  return Buffer.concat([tagBytes(tag), Buffer.from(hasLongLength ? `${vr}\0\0` : vr), length, bytes]);
};

/** An element without its type, and 32 bits for every length. */
const implicit: Encode = (tag, _vr, bytes) => Buffer.concat([tagBytes(tag), wordsOf([bytes.length], 'UL'), bytes]);

/**
 * Whether a text is too long for `explicit`, such as the points of a long outline. PS3.5, 6.2.2 would have such a one
 * without a type (UN), of which pydicom makes no numbers.
 */
const hasLongText = (elements: Elements): boolean =>
  (Object.keys(elements) as ElementName[]).some((name) => {
    const [value, vr] = [elements[name], dictionary[name][1]];
    if (value === undefined || vr === 'OB') return false;
    if (vr === 'SQ') return [value].flat().some((item) => hasLongText(item as Elements));
    return valueBytes(value, vr, explicit).length > 0xffff;
  });

/** The bytes of a data set, elements in the order of their tags. */
function dataSetBytes(elements: Elements, encode: Encode): Buffer {
  const parts = (Object.keys(elements) as ElementName[])
    .filter((name) => elements[name] !== undefined)
    .sort((a, b) => tagOf(a) - tagOf(b))
    .map((name) => {
      const [tag, vr] = dictionary[name];
      return encode(tag, vr, valueBytes(elements[name]!, vr, encode));
    });
  return Buffer.concat(parts);
}

/** Says which program wrote a file; made once, of a random UUID. */
const implementation = '2.25.275961538413302497431718208862271498716';

/**
 * The bytes of a DICOM file, with the types of its elements unless one is too long for that. `elements` must have
 * SOPClassUID and SOPInstanceUID as texts.
 */
export function dicomFileBytes(elements: Elements): Buffer {
  const text = (tag: number, vr: string, value: string): Buffer => explicit(tag, vr, valueBytes(value, vr, explicit));
  const encode = hasLongText(elements) ? implicit : explicit;
  const preface = Buffer.concat([
    explicit(0x00020001, 'OB', Buffer.from([0, 1])),
    text(0x00020002, 'UI', elements.SOPClassUID as string),
    text(0x00020003, 'UI', elements.SOPInstanceUID as string),
    text(0x00020010, 'UI', encode === explicit ? explicitUid : implicitUid),
    text(0x00020012, 'UI', implementation),
    text(0x00020013, 'SH', 'AXUNET'),
  ]);
  const size = explicit(0x00020000, 'UL', wordsOf([preface.length], 'UL'));
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), size, preface, dataSetBytes(elements, encode)]);
}
