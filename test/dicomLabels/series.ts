/** A made-up CT series of a person as a source of masks: 6 × 4 × 5 voxels of 0.75 × 0.5 × 2 mm. */
import { readDicom } from '../../lib/dicom/readDicom.ts';
import type { LabelledMask } from '../../lib/dicomLabels/labelledMask.ts';
import { type DicomSource, readDicomSource } from '../../lib/dicomLabels/source.ts';
import type { Volume } from '../../lib/volume/volume.ts';
import { ctSlice, type Elements, height, width } from '../dicom/makeDicom.ts';

export const depth = 5;

/** What says to whom the source belongs. */
export const person: Elements = {
  PatientName: 'Quixote^Alonso',
  PatientID: 'ROCINANTE-4711',
  PatientBirthDate: '15470929',
  PatientAddress: 'La Mancha 1605',
  PatientComments: 'fights windmills',
  ReferringPhysicianName: 'Panza^Sancho',
  InstitutionName: 'Barataria Clinic',
  AccessionNumber: 'ACC1615',
  StudyDate: '16050116',
};

/** The files of a series by name; `more` goes into each. */
export const seriesFiles = (more: Elements = {}): Record<string, Buffer> =>
  Object.fromEntries(
    Array.from({ length: depth }, (_, z) => [`s${(3 * z) % depth}`, ctSlice(z, { ...person, ...more })]),
  );

/** The series in a folder, as a volume and as a source. */
export async function openSeries(folder: string): Promise<{ image: Volume; source: DicomSource }> {
  const image = await readDicom(folder);
  return { image, source: await readDicomSource(image) };
}

/** A mask on the voxels of the series from what is in each place. */
export const maskOf = (image: Volume, value: (x: number, y: number, z: number) => number): Volume<Uint8Array> => ({
  ...image,
  data: Uint8Array.from({ length: width * height * depth }, (_, i) =>
    value(i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))),
  ),
});

/** A block of pancreas with a tumour at its end. */
export const pancreasWithTumour = (image: Volume): LabelledMask => ({
  mask: maskOf(image, (x, y, z) => {
    if (z < 1 || z > 2 || y < 1 || y > 2 || x < 1) return 0;
    return x < 4 ? 1 : 2;
  }),
  labels: [
    { value: 1, name: 'pancreas' },
    { value: 2, name: 'tumour' },
  ],
  algorithm: { name: 'AX-Unet', version: '0.1.0' },
});
