/** Tables of the course's third session: features of 24 made patients, noise, and what studies recorded. */
import { expected } from 'axunet/errors';
import type { Table } from 'axunet/figures/table';
import { readText } from 'axunet/io/files';
import { Random } from 'axunet/random';
import { projectPath } from 'axunet/settings';
import { mannWhitney } from 'axunet/statistics/mannWhitney';
import { welchTTest } from 'axunet/statistics/welch';
import { leakageValues } from '../boundaryAware/cleaning.ts';
import { tableFromCsv } from '../radiomics/tableCache.ts';
import { compareGroups } from '../radiomics/tests.ts';
import { readClassifiers } from '../realTumours/classifierRecord.ts';
import { patientOfSlice } from '../study/compare.ts';
import { readStudyRecord, type StudyRecord } from '../study/record.ts';

/** Features of the 24 patients of `npm start`, 12 of them with a tumour; `npm run course -- --material` makes it. */
export const featuresFile = projectPath('notebooks/course/features.csv');

/** One row a patient: id, group, acquisition and 107 features. */
export const openFeatures = async (): Promise<Table> =>
  tableFromCsv(await readText(featuresFile, 'the features of the course'), featuresFile);

/** The values of a feature in patients with a tumour and in the others. */
export async function groupsOf(feature: string): Promise<{ ill: number[]; well: number[] }> {
  const table = await openFeatures();
  const of = (group: string): number[] => table.where((row) => row.group === group).numbers(feature);
  return { ill: of('tumour'), well: of('normal') };
}

/** A feature that is nothing but noise. */
export interface NoiseFeature {
  readonly ill: number[];
  readonly well: number[];
}

/** Features of pure noise: the same normal distribution in both groups of so many patients. */
export function noiseFeatures(seed: number, { features = 92, patients = 12 } = {}): NoiseFeature[] {
  const random = Random.stream(seed, 'noise features');
  const group = (): number[] => Array.from({ length: patients }, () => random.normal());
  return Array.from({ length: features }, () => ({ ill: group(), well: group() }));
}

/** Two groups that differ by `shift` standard deviations, so many times over. */
export function shiftedCohorts(shift: number, { patients = 12, cohorts = 2000, seed = 1 } = {}): NoiseFeature[] {
  const random = Random.stream(seed, 'shifted cohorts', patients);
  return Array.from({ length: cohorts }, () => ({
    ill: Array.from({ length: patients }, () => random.normal(shift)),
    well: Array.from({ length: patients }, () => random.normal()),
  }));
}

const tests = { welch: welchTTest, mannWhitney } as const;

/** p of each feature by a test of two groups, two-sided. */
export const pValues = (features: readonly NoiseFeature[], test: keyof typeof tests = 'welch'): number[] =>
  features.map(({ ill, well }) => tests[test](ill, well).p);

/** A slice of the leakage study and the fold that it was tested in, when slices were dealt at random. */
export type DealtSlice = { readonly slice: string; readonly patient: string; readonly fold: number };

async function leakageStudy(): Promise<StudyRecord> {
  const record = await readStudyRecord('leakage');
  if (!record) throw expected('the record of the study leakage', 'none');
  return record;
}

/** How the recorded study `leakage` dealt 199 real slices into four folds at random. */
export async function dealtSlices(): Promise<DealtSlice[]> {
  const { runs } = await leakageStudy();
  return runs
    .filter(({ arm }) => arm === 'by-slice')
    .flatMap(({ seed, cases }) => cases.map(({ id }) => ({ slice: id, patient: patientOfSlice(id), fold: seed })));
}

/** DSC of each real patient by how slices were split: `bySlice` with leakage, `byPatient` without. */
export async function leakageScores(): Promise<{ patient: string; bySlice: number; byPatient: number }[]> {
  const [bySlice, byPatient] = leakageValues(await leakageStudy());
  if (!bySlice || !byPatient) throw expected('the whole record of the study leakage', 'a part of it');
  const patients = Object.keys(bySlice.values);
  return patients.map((patient) => ({
    patient,
    bySlice: bySlice.values[patient],
    byPatient: byPatient.values[patient],
  }));
}

/** What each classifier of the recorded study `real-tumours` reads, and its AUC. */
export async function classifierArms(): Promise<{ name: string; reads: string; kind: string; auc: number }[]> {
  const record = await readClassifiers();
  if (!record) throw expected('the record of the study real-tumours', 'none');
  const wanted = ['slice', 'size', 'box', 'scan-and-box', 'matched-box', 'NIH-noise'];
  return record.arms
    .filter(({ name }) => wanted.includes(name))
    .map(({ name, label, kind, auc }) => ({ name, reads: label, kind, auc }));
}

/** p of every feature of the table that can be compared, tumour against normal, by Welch's test. */
export async function tableP(): Promise<number[]> {
  const table = await openFeatures();
  return compareGroups(table, 'tumour').features.map(({ welchP }) => welchP);
}
