/**
 * The phantom cohort: synthetic abdominal CT volumes with a labelled pancreas, made from a seed, so that everything can
 * be shown and tested without a download.
 */

import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isSameJson } from '../checks.ts';
import { expected } from '../errors.ts';
import { sha256File, writeFileAtomic, writeJson } from '../io/files.ts';
import { insideFolder, ownPlace } from '../io/insideFolder.ts';
import { writeNifti } from '../io/nifti.ts';
import {
  anything,
  checkShape,
  choice,
  list,
  natural,
  object,
  optional,
  readJsonAs,
  realNumber,
  text,
  tuple,
} from '../io/schema.ts';
import type { Profile } from '../settings.ts';
import { type Vec3, voxelVolumeMl } from '../volume/volume.ts';
import { makePhantomPatient, type PhantomPatient } from './phantom/make.ts';
import { tumourLabel } from './phantom/pancreas.ts';
import { phantomProfiles } from './phantom/profiles.ts';
import { cohortReadme } from './phantom/readme.ts';
import { generatorName, syntheticDescription } from './synthetic.ts';

export { makePhantomPatient, type PhantomOptions, type PhantomPatient } from './phantom/make.ts';
export { type PhantomProfile, phantomProfiles } from './phantom/profiles.ts';

/** Raised whenever the same seed would give other voxels, so that cohorts of an older generator are made anew. */
export const phantomGeneratorVersion = 2;

export interface PhantomCohortOptions {
  /** Number of patients and size; default `demo`. */
  readonly profile?: Profile;
  /** Replaces the profile's number of patients. */
  readonly patients?: number;
  /** Default 1. */
  readonly seed?: number;
  readonly onProgress?: (done: number, total: number, note: string) => void;
}

/** One patient in dataset.json. */
interface CohortEntry {
  readonly image: string;
  readonly label: string;
  readonly group: 'tumour' | 'normal';
  readonly tumourSite?: string;
  readonly pancreasMl: number;
  readonly tumourMl: number;
  readonly orientation: string;
  readonly spacingMm: Vec3;
  readonly shape: Vec3;
  readonly sha256: { readonly image: string; readonly label: string };
}

const cohortSchema = object({
  training: list(
    object({
      image: text,
      label: text,
      group: choice(['tumour', 'normal']),
      tumourSite: optional(text),
      pancreasMl: realNumber,
      tumourMl: realNumber,
      orientation: text,
      spacingMm: tuple([realNumber, realNumber, realNumber]),
      shape: tuple([natural, natural, natural]),
      sha256: object({ image: text, label: text }),
    }),
  ),
});

interface Generator {
  readonly name: string;
  readonly version: number;
  readonly seed: number;
  readonly size: Vec3;
}

const idOf = (index: number): string => `phantom_${String(index).padStart(3, '0')}`;
const imageFile = (id: string): string => `imagesTr/${id}.nii.gz`;
const labelFile = (id: string): string => `labelsTr/${id}.nii.gz`;
const round = (value: number): number => Math.round(value * 100) / 100;

/** Entries of an earlier run that this generator would make again, by image file. */
async function earlierEntries(file: string, generator: Generator): Promise<Map<string, CohortEntry>> {
  if (!existsSync(file)) return new Map();
  const whose = await readJsonAs(file, object({ generator: optional(object({ name: optional(anything) })) }));
  if (whose.generator?.name !== generatorName)
    throw expected('a folder for the phantom cohort', 'another data set', file);
  if (!isSameJson(whose.generator, generator)) return new Map();
  const { training } = checkShape(whose, cohortSchema, file);
  return new Map(training.map((entry) => [entry.image, entry]));
}

async function isIntact(folder: string, entry: CohortEntry | undefined): Promise<boolean> {
  if (!entry) return false;
  for (const part of ['image', 'label'] as const) {
    const file = insideFolder(folder, entry[part], path.join(folder, 'dataset.json'));
    if (!existsSync(file) || (await sha256File(file)) !== entry.sha256[part]) return false;
  }
  return true;
}

function volumesMl({ label }: PhantomPatient): { pancreasMl: number; tumourMl: number } {
  let foreground = 0;
  let tumour = 0;
  for (const value of label.data) {
    if (value !== 0) foreground++;
    if (value === tumourLabel) tumour++;
  }
  const ml = voxelVolumeMl(label);
  return { pancreasMl: round(foreground * ml), tumourMl: round(tumour * ml) };
}

async function writePatient(folder: string, index: number, generator: Generator): Promise<CohortEntry> {
  const made = makePhantomPatient(index, generator);
  const id = idOf(index);
  const description = syntheticDescription(id, generator.seed, generator.version);
  const [image, label] = [imageFile(id), labelFile(id)];
  await writeNifti(path.join(folder, image), made.image, { description });
  await writeNifti(path.join(folder, label), made.label, { description });
  return {
    image,
    label,
    group: made.group,
    ...(made.patient.tumour && { tumourSite: made.patient.tumour.site }),
    ...volumesMl(made),
    orientation: made.orientation,
    spacingMm: made.image.spacingMm,
    shape: made.image.shape,
    sha256: { image: await sha256File(path.join(folder, image)), label: await sha256File(path.join(folder, label)) },
  };
}

/** dataset.json in the form of the Medical Segmentation Decathlon, with label names as nnU-Net has them. */
function datasetJson(generator: Generator, training: CohortEntry[]): object {
  return {
    name: 'AX-Unet phantom cohort',
    description: 'Synthetic abdominal CT with pancreas and tumour; no patient was ever scanned',
    licence: 'MIT',
    modality: { 0: 'CT' },
    channel_names: { 0: 'CT' },
    labels: { background: 0, pancreas: 1, tumour: 2 },
    file_ending: '.nii.gz',
    numTraining: training.length,
    numTest: 0,
    generator,
    training,
    test: [],
  };
}

/** Removes phantom files that are no longer part of the cohort: readers of the folder pair whatever lies there. */
async function removeOthers(folder: string, training: CohortEntry[]): Promise<void> {
  const kept = new Set(training.flatMap(({ image, label }) => [image, label]));
  for (const part of ['imagesTr', 'labelsTr']) {
    for (const name of await readdir(path.join(folder, part))) {
      if (/^phantom_\d{3,}\.nii\.gz$/.test(name) && !kept.has(`${part}/${name}`))
        await rm(path.join(folder, part, name));
    }
  }
}

/**
 * Makes the cohort as NIfTI files: imagesTr/phantom_001.nii.gz, labelsTr/phantom_001.nii.gz, …, dataset.json,
 * README.md.
 *
 * Idempotent: patients whose files are there with the recorded checksums are kept, missing or damaged ones are made
 * again, and files of a larger cohort that stood in the folder are removed. dataset.json is rewritten after each
 * patient, so that an interrupted run continues where it was.
 *
 * @throws UserError when the folder holds another data set or the number of patients is not a positive integer
 */
export async function makePhantomCohort(folder: string, options: PhantomCohortOptions = {}): Promise<void> {
  const { profile = 'demo', seed = 1, onProgress } = options;
  const { size } = phantomProfiles[profile];
  const patients = options.patients ?? phantomProfiles[profile].patients;
  if (!(Number.isInteger(patients) && patients >= 1))
    throw expected('a whole number of patients from 1', `${patients}`);
  if (!Number.isInteger(seed)) throw expected('a whole number as seed', `${seed}`);
  const generator: Generator = { name: generatorName, version: phantomGeneratorVersion, seed, size };
  for (const part of ['imagesTr', 'labelsTr']) ownPlace(folder, part);
  const file = path.join(folder, 'dataset.json');
  const earlier = await earlierEntries(file, generator);
  const training: CohortEntry[] = [];
  let changed = false;
  for (let index = 1; index <= patients; index++) {
    const known = earlier.get(imageFile(idOf(index)));
    const intact = await isIntact(folder, known);
    if (intact) training.push(known!);
    else {
      training.push(await writePatient(folder, index, generator));
      earlier.delete(imageFile(idOf(index)));
      changed = true;
      // What comes later is known already after a repair, and must not be forgotten when that is interrupted.
      const later = [...earlier.values()].filter((entry) => !training.includes(entry));
      await writeJson(file, datasetJson(generator, [...training, ...later]));
    }
    onProgress?.(index, patients, intact ? `${idOf(index)} is there` : idOf(index));
  }
  if (changed || earlier.size !== training.length) await writeJson(file, datasetJson(generator, training));
  await removeOthers(folder, training);
  await writeFileAtomic(
    path.join(folder, 'README.md'),
    cohortReadme({ patients, seed, size, version: phantomGeneratorVersion }),
  );
}
