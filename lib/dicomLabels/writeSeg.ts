/**
 * A mask as a DICOM Segmentation (PS3.3, A.51): binary, a segment for each label, on the very slices of its source.
 *
 * Frames without a voxel are left out, but those of the first and the last slice stay, so that the extent of the scan
 * is in the file and any reader gets a volume of its size.
 */
import { normalOf } from '../dicom/geometry.ts';
import { assertFitsMemory } from '../io/bytes.ts';
import { writeFileAtomic } from '../io/files.ts';
import { dot, minus } from '../volume/vectors.ts';
import { sliceZ } from '../volume/volume.ts';
import { algorithmItems, code, shortText, structures } from './codes.ts';
import { dicomFileBytes, type Elements, tagOf } from './elements.ts';
import { assertOnSource, equipment, type LabelledMask } from './labelledMask.ts';
import { type DicomSource, dicomMoment, instanceReferences, type SourceSlice, uidFrom } from './source.ts';

/** A picture of one segment in one slice. */
interface Frame {
  readonly segment: number;
  readonly z: number;
}

/** The frames that are written: those with a voxel, and for the first segment the first and the last slice. */
function framesOf({ mask, labels }: LabelledMask): Frame[] {
  const depth = mask.shape[2];
  return labels.flatMap(({ value }, i) =>
    Array.from({ length: depth }, (_, z) => z)
      .filter((z) => (i === 0 && (z === 0 || z === depth - 1)) || sliceZ(mask, z).includes(value))
      .map((z) => ({ segment: i + 1, z })),
  );
}

/** One bit for each pixel, the first in the lowest bit, frames without a gap between them. */
function packBits({ mask, labels }: LabelledMask, frames: readonly Frame[]): Uint8Array {
  const perFrame = mask.shape[0] * mask.shape[1];
  const bytes = new Uint8Array(2 * Math.ceil((frames.length * perFrame) / 16));
  for (const [f, { segment, z }] of frames.entries()) {
    const [slice, value] = [sliceZ(mask, z), labels[segment - 1]!.value];
    for (let i = 0, at = f * perFrame; i < perFrame; i++, at++)
      if (slice[i] === value) bytes[at >> 3]! |= 1 << (at & 7);
  }
  return bytes;
}

/** CIELab of sRGB in DICOM's 16 bits a channel (PS3.3, C.10.7.1.1); white D65 is taken as it is. */
function cieLab(rgb: readonly number[]): number[] {
  const [r, g, b] = rgb.map((v) => (v / 255 > 0.04045 ? ((v / 255 + 0.055) / 1.055) ** 2.4 : v / 255 / 12.92)) as [
    number,
    number,
    number,
  ];
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  const lab = [
    ((116 * y - 16) / 100) * 65535,
    ((500 * (x - y) + 128) / 255) * 65535,
    ((200 * (y - z) + 128) / 255) * 65535,
  ];
  return lab.map((v) => Math.min(65535, Math.max(0, Math.round(v))));
}

const segmentItem = ({ labels, algorithm }: LabelledMask, i: number): Elements => {
  const { name } = labels[i]!;
  const { category, type, rgb, ...rest } = structures[name];
  return {
    SegmentNumber: i + 1,
    SegmentLabel: name,
    SegmentAlgorithmType: algorithm ? 'AUTOMATIC' : 'MANUAL',
    SegmentAlgorithmName: algorithm && shortText(algorithm.name),
    SegmentationAlgorithmIdentificationSequence: algorithmItems({ algorithm }),
    SegmentedPropertyCategoryCodeSequence: category,
    SegmentedPropertyTypeCodeSequence: type,
    AnatomicRegionSequence: 'region' in rest ? rest.region : undefined,
    RecommendedDisplayCIELabValue: cieLab(rgb),
  };
};

/** The distance between slices along their normal, in mm; of a single one its thickness. */
function sliceDistanceMm(slices: readonly SourceSlice[]): number {
  const [first, last] = [slices[0]!, slices.at(-1)!];
  if (slices.length === 1) return first.sliceMm ?? 1;
  return dot(minus(last.position, first.position), normalOf(first)) / (slices.length - 1);
}

const referenceOf = ({ sopClass, sopInstance, frame }: SourceSlice): Elements => ({
  ReferencedSOPClassUID: sopClass,
  ReferencedSOPInstanceUID: sopInstance,
  ReferencedFrameNumber: frame,
  SpatialLocationsPreserved: 'YES',
  PurposeOfReferenceCodeSequence: code('121322', 'DCM', 'Source image for image processing operation'),
});

function frameGroups(frames: readonly Frame[], slices: readonly SourceSlice[]): Elements[] {
  const places = [...new Set(frames.map(({ z }) => z))].sort((a, b) => a - b);
  return frames.map(({ segment, z }) => ({
    DerivationImageSequence: [
      {
        DerivationCodeSequence: code('113076', 'DCM', 'Segmentation'),
        SourceImageSequence: [referenceOf(slices[z]!)],
      },
    ],
    FrameContentSequence: [{ DimensionIndexValues: [segment, places.indexOf(z) + 1] }],
    PlanePositionSequence: [{ ImagePositionPatient: slices[z]!.position }],
    SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segment }],
  }));
}

function sharedGroups(slices: readonly SourceSlice[]): Elements {
  const { rowDirection, columnDirection, spacingMm } = slices[0]!;
  const distanceMm = sliceDistanceMm(slices);
  return {
    PlaneOrientationSequence: [{ ImageOrientationPatient: [...rowDirection, ...columnDirection] }],
    PixelMeasuresSequence: [
      {
        SliceThickness: slices[0]!.sliceMm ?? distanceMm,
        SpacingBetweenSlices: distanceMm,
        PixelSpacing: [spacingMm[1], spacingMm[0]],
      },
    ],
  };
}

/** Frames in the order of segments, and of places along the normal. */
function dimensions(uid: string): Elements {
  const index = (label: string, pointer: number, group: number): Elements => ({
    DimensionOrganizationUID: uid,
    DimensionIndexPointer: pointer,
    FunctionalGroupPointer: group,
    DimensionDescriptionLabel: label,
  });
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: uid }],
    DimensionIndexSequence: [
      index('Segment', tagOf('ReferencedSegmentNumber'), tagOf('SegmentIdentificationSequence')),
      index('Position', tagOf('ImagePositionPatient'), tagOf('PlanePositionSequence')),
    ],
  };
}

const pixelElements = (columns: number, rows: number, frames: number): Elements => ({
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  NumberOfFrames: frames,
  Rows: rows,
  Columns: columns,
  BitsAllocated: 1,
  BitsStored: 1,
  HighBit: 0,
  PixelRepresentation: 0,
});

const segmentationClass = '1.2.840.10008.5.1.4.1.1.66.4';

/**
 * The bytes of a DICOM Segmentation. Equal mask, source, labels, maker and time give equal bytes. Throws a UserError
 * that names `file` where the mask does not lie on the source or has values without a label.
 */
export function segBytes(labelled: LabelledMask, source: DicomSource, file: string, now = new Date()): Buffer {
  assertOnSource(labelled, source, file);
  const { mask, labels } = labelled;
  const frames = framesOf(labelled);
  assertFitsMemory((frames.length * mask.shape[0] * mask.shape[1]) / 4, file);
  const pixels = packBits(labelled, frames);
  const { date, time } = dicomMoment(now);
  const segments = labels.map((_, i) => segmentItem(labelled, i));
  const uid = (what: string): string =>
    uidFrom(what, source.seriesUid, JSON.stringify([labels, labelled.algorithm, date, time]), pixels);
  return dicomFileBytes({
    ...source.shared,
    ...source.loss,
    ...equipment(),
    ...dimensions(uid('dimensions')),
    ...pixelElements(mask.shape[0], mask.shape[1], frames.length),
    ImageType: ['DERIVED', 'PRIMARY'],
    SOPClassUID: segmentationClass,
    SOPInstanceUID: uid('instance'),
    SeriesInstanceUID: uid('series'),
    Modality: 'SEG',
    SeriesNumber: 9001,
    SeriesDescription: 'axunet segmentation',
    InstanceNumber: 1,
    ContentDate: date,
    ContentTime: time,
    ContentLabel: 'SEGMENTATION',
    ContentDescription: shortText(labels.map(({ name }) => name).join(', ')),
    ContentCreatorName: '',
    ReferencedSeriesSequence: [
      { SeriesInstanceUID: source.seriesUid, ReferencedInstanceSequence: instanceReferences(source.slices) },
    ],
    SegmentationType: 'BINARY',
    SegmentsOverlap: 'NO',
    SegmentSequence: segments,
    SharedFunctionalGroupsSequence: [sharedGroups(source.slices)],
    PerFrameFunctionalGroupsSequence: frameGroups(frames, source.slices),
    PixelData: pixels,
  });
}

/** Writes a DICOM Segmentation; an existing file is replaced. Throws as segBytes does, or where it cannot write. */
export const writeSeg = async (file: string, labelled: LabelledMask, source: DicomSource): Promise<void> =>
  writeFileAtomic(file, segBytes(labelled, source, file));
