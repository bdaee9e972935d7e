/** What all sessions of the course work on: six made patients, and what is made of their labels. */
import path from 'node:path';
import type { CaseList } from 'axunet/dataset/caseList';
import { openDataset } from 'axunet/dataset/cases';
import { makePhantomCohort } from 'axunet/dataset/phantom';
import { readCase } from 'axunet/dataset/readCase';
import { expected } from 'axunet/errors';
import type { OverlayCase } from 'axunet/figures/overlayGrid';
import { huSlice } from 'axunet/figures/slicePicture';
import { makeFolder } from 'axunet/io/writable';
import { startProgress } from 'axunet/progress';
import { projectPath, settings } from 'axunet/settings';
import { toCanonical } from 'axunet/volume/orientation';
import { binaryMask, shiftMask } from 'axunet/volume/perturbMask';
import { fullestSlice } from 'axunet/volume/values';
import { sliceZ, type Volume } from 'axunet/volume/volume';
import { flipped } from '../badMasks/masks.ts';
import type { Session } from '../session.ts';

/** How many patients there are. They are the first of `npm start`'s cohort, so that pictures look alike. */
const patientCount = 6;

/** What the course makes lies here, and can be deleted at any time. */
const courseFolder = projectPath('data/course');

/**
 * The settings of the course, whatever AXUNET_PROFILE and AXUNET_DATASET say: everybody has the same patients, and so
 * the same right answers.
 */
export function openCourse(): Session {
  return {
    profile: 'demo',
    dataset: 'phantom',
    seed: 1,
    data: path.join(courseFolder, 'phantom'),
    slices: path.join(courseFolder, 'slices'),
    runs: path.join(courseFolder, 'runs'),
    figures: path.join(settings.figuresFolder, 'course'),
  };
}

let patients: Promise<CaseList> | undefined;

/** The patients of the course; made where they are not there yet, in some seconds. */
export const openPatients = (): Promise<CaseList> => (patients ??= makePatients(openCourse()));

async function makePatients({ data, profile, seed }: Session): Promise<CaseList> {
  await makeFolder(data);
  const progress = startProgress('course patients', patientCount);
  await makePhantomCohort(data, {
    profile,
    seed,
    patients: patientCount,
    onProgress: (done, _, note) => progress.update(done, note),
  });
  progress.finish();
  return openDataset('phantom', data);
}

/** A patient as stored on disk: HU, and a label of 0 (background), 1 (pancreas) and 2 (tumour). */
export interface CoursePatient {
  readonly id: string;
  readonly image: Volume<Int16Array>;
  readonly label: Volume<Uint8Array>;
}

/** Patient 1 to 6, read anew at every call. Throws a UserError for another number. */
export async function openPatient(number: number): Promise<CoursePatient> {
  const { cases } = await openPatients();
  const found = cases[number - 1];
  if (!found) throw expected(`a patient from 1 to ${patientCount}`, `${number}`);
  const { id, image, label } = await readCase(found);
  return {
    id,
    image: { ...image, data: Int16Array.from(image.data) },
    label: { ...label, data: Uint8Array.from(label.data) },
  };
}

/** The same patient with the axes towards left, back and up. */
export async function canonicalPatient(number: number): Promise<CoursePatient> {
  const { id, image, label } = await openPatient(number);
  return { id, image: toCanonical(image), label: toCanonical(label) };
}

/** A label that somebody handed in, with the CT that it belongs to. */
export interface Suspect {
  readonly letter: string;
  readonly image: Volume<Int16Array>;
  readonly label: Volume<Uint8Array>;
}

/** Four labels of patient 2, A to D. One of them does not lie on the organ. */
export async function suspectLabels(): Promise<Suspect[]> {
  const { image, label } = await canonicalPatient(2);
  const organ = { ...label, data: binaryMask(label) };
  const labels: Volume<Uint8Array>[] = [
    { ...organ, data: organ.data.map((value) => 255 * value) },
    shiftMask(organ, [0, 0, 1]),
    flipped(organ),
    label,
  ];
  return labels.map((one, i) => ({ letter: 'ABCD'[i], image, label: one }));
}

/** Two predictions for patient 1: the organ shifted by one voxel, and the organ with a small island far away. */
export async function twoPredictions(): Promise<{
  reference: Volume<Uint8Array>;
  shifted: Uint8Array;
  island: Uint8Array;
}> {
  const { label } = await canonicalPatient(1);
  const reference = { ...label, data: binaryMask(label) };
  const [width, height, depth] = label.shape;
  const island = reference.data.slice();
  const [left, back, up] = [width >> 3, height >> 1, depth >> 1];
  for (let z = up; z < up + 3; z++)
    for (let y = back; y < back + 3; y++)
      island.fill(1, left + width * (y + height * z), left + 3 + width * (y + height * z));
  return { reference, shifted: shiftMask(reference, [1, 0, 0]).data, island };
}

/** So many slices of a volume with their mask, evenly from the lowest to the highest that the mask touches. */
export function slicesThrough(image: Volume, label: Volume, count: number): (OverlayCase & { readonly z: number })[] {
  const touched = Array.from({ length: label.shape[2] }, (_, z) => z).filter((z) =>
    sliceZ(label, z).some((v) => v > 0),
  );
  const picked = Array.from(
    { length: Math.min(count, touched.length) },
    (_, k) => touched[Math.round((k * (touched.length - 1)) / Math.max(1, count - 1))],
  );
  return picked.map((z) => ({ z, id: `slice ${z}`, slice: huSlice(image, z), label: sliceZ(label, z) }));
}

/** The fullest slice of each suspect, for an overlay. */
export const suspectSlices = (suspects: readonly Suspect[]): OverlayCase[] =>
  suspects.map(({ letter, image, label }) => {
    const z = fullestSlice(label);
    return { id: `label ${letter}`, slice: huSlice(image, z), label: sliceZ(label, z) };
  });

/** First and last column (x) of a volume that hold organ. */
export function organColumns({ data, shape: [width] }: Volume<Uint8Array>): [first: number, last: number] {
  let [first, last] = [width, -1];
  for (let i = 0; i < data.length; i++)
    if (data[i] > 0) [first, last] = [Math.min(first, i % width), Math.max(last, i % width)];
  return [first, last];
}
