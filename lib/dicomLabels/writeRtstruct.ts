/** A mask as a DICOM RT Structure Set (PS3.3, A.19): contours in the slices of its source, in patient coordinates. */
import { writeFileAtomic } from '../io/files.ts';
import { plus, times } from '../volume/vectors.ts';
import { sliceZ } from '../volume/volume.ts';
import { type Label, shortText, structures } from './codes.ts';
import { type Contour, contoursOf } from './contours.ts';
import { dicomFileBytes, type Elements } from './elements.ts';
import { assertOnSource, equipment, type LabelledMask } from './labelledMask.ts';
import { type DicomSource, dicomMoment, instanceReferences, type SourceSlice, uidFrom } from './source.ts';

/** Points are told to a ten-thousandth of a millimetre. */
const decimals = 4;

function pointsMm(contour: Contour, { position, rowDirection, columnDirection, spacingMm }: SourceSlice): number[] {
  const points = contour.map(([x, y]) =>
    plus(position, plus(times(rowDirection, x * spacingMm[0]), times(columnDirection, y * spacingMm[1]))),
  );
  return points.flat().map((mm) => Number(mm.toFixed(decimals)) + 0);
}

const imageOf = ({ sopClass, sopInstance, frame }: SourceSlice): Elements => ({
  ReferencedSOPClassUID: sopClass,
  ReferencedSOPInstanceUID: sopInstance,
  ReferencedFrameNumber: frame,
});

function contourItems({ mask }: LabelledMask, { value }: Label, { slices }: DicomSource): Elements[] {
  const [width, height] = mask.shape;
  return slices.flatMap((slice, z) =>
    contoursOf(sliceZ(mask, z), height, width, value).map((contour) => ({
      ContourImageSequence: [imageOf(slice)],
      ContourGeometricType: 'CLOSED_PLANAR',
      NumberOfContourPoints: contour.length,
      ContourData: pointsMm(contour, slice),
    })),
  );
}

/** Frame of reference, study and series that the contours belong to. */
function referencedFrame({ studyUid, seriesUid, frameOfReferenceUid, slices }: DicomSource): Elements {
  const series = { SeriesInstanceUID: seriesUid, ContourImageSequence: instanceReferences(slices) };
  const detachedStudy = '1.2.840.10008.3.1.2.3.1';
  return {
    FrameOfReferenceUID: frameOfReferenceUid,
    RTReferencedStudySequence: [
      {
        ReferencedSOPClassUID: detachedStudy,
        ReferencedSOPInstanceUID: studyUid,
        RTReferencedSeriesSequence: [series],
      },
    ],
  };
}

function regions(labelled: LabelledMask, source: DicomSource): Elements {
  const { labels, algorithm } = labelled;
  const made = algorithm && shortText(`${algorithm.name} ${algorithm.version}`);
  return {
    StructureSetROISequence: labels.map(({ name }, i) => ({
      ROINumber: i + 1,
      ReferencedFrameOfReferenceUID: source.frameOfReferenceUid,
      ROIName: name,
      ROIGenerationAlgorithm: algorithm ? 'AUTOMATIC' : 'MANUAL',
      ROIGenerationDescription: made,
    })),
    ROIContourSequence: labels.map((label, i) => {
      const contours = contourItems(labelled, label, source);
      return {
        ROIDisplayColor: structures[label.name].rgb,
        ReferencedROINumber: i + 1,
        ContourSequence: contours.length > 0 ? contours : undefined,
      };
    }),
    RTROIObservationsSequence: labels.map(({ name }, i) => ({
      ObservationNumber: i + 1,
      ReferencedROINumber: i + 1,
      RTROIIdentificationCodeSequence: structures[name].type,
      RTROIInterpretedType: structures[name].roiType,
      ROIInterpreter: '',
    })),
  };
}

const structureSetClass = '1.2.840.10008.5.1.4.1.1.481.3';

/**
 * The bytes of an RT Structure Set, a region for each label. Equal mask, source, labels, maker and time give equal
 * bytes. Throws a UserError that names `file` where the mask does not lie on the source or has values without a label.
 */
export function rtstructBytes(labelled: LabelledMask, source: DicomSource, file: string, now = new Date()): Buffer {
  assertOnSource(labelled, source, file);
  const { date, time } = dicomMoment(now);
  const content = regions(labelled, source);
  const uid = (what: string): string => uidFrom(what, source.seriesUid, date, time, JSON.stringify(content));
  return dicomFileBytes({
    ...source.shared,
    ...equipment(),
    ...content,
    SOPClassUID: structureSetClass,
    SOPInstanceUID: uid('instance'),
    SeriesInstanceUID: uid('series'),
    Modality: 'RTSTRUCT',
    SeriesNumber: 9002,
    SeriesDescription: 'axunet contours',
    OperatorsName: '',
    InstanceNumber: 1,
    StructureSetLabel: 'axunet',
    StructureSetDate: date,
    StructureSetTime: time,
    ReferencedFrameOfReferenceSequence: [referencedFrame(source)],
    ApprovalStatus: 'UNAPPROVED',
  });
}

/** Writes an RT Structure Set; an existing file is replaced. Throws as rtstructBytes does, or where it cannot write. */
export const writeRtstruct = async (file: string, labelled: LabelledMask, source: DicomSource): Promise<void> =>
  writeFileAtomic(file, rtstructBytes(labelled, source, file));
