/** The three sets on which a planned run is compared with the preset, with patients that nothing is chosen on. */
import type { CaseList } from 'axunet/dataset/caseList';
import { openDataset } from 'axunet/dataset/cases';
import { foldsOf } from 'axunet/dataset/folds';
import type { SliceSet } from 'axunet/preprocess/sliceSet';
import { projectPath } from 'axunet/settings';
import { foregroundOf, makeSlices, openCohort, type StudyCohort } from './cohort.ts';
import { makeMsdLike } from './msdLike.ts';
import type { StudyPlan } from './plan.ts';

/** A set of the study, and how long the preset trains on it. */
export interface PlannedSet {
  readonly name: string;
  readonly title: string;
  /** Whose preset is taken. */
  readonly cohort: StudyPlan['cohort'];
  /** Epochs of the preset's run. */
  readonly epochs: number;
}

/** All of them. */
export const plannedName = 'planned';

export const plannedSets: readonly PlannedSet[] = [
  { name: 'planned-phantom', title: 'Phantom cohort', cohort: 'phantom', epochs: 2 },
  { name: 'planned-msd', title: 'Other scanner, MSD layout', cohort: 'phantom', epochs: 2 },
  { name: 'planned-pictures', title: 'NIH slices (pictures)', cohort: 'nih-2d', epochs: 8 },
];

/** What a set offers a study: its cases, its slices as the preset has them, and who trains and tests. */
export interface PlannedCohort extends Pick<StudyCohort, 'list' | 'source' | 'foreground'> {
  readonly slices: SliceSet;
  readonly patients: Record<'training' | 'validation' | 'test', readonly string[]>;
}

const msdPatients = 28;

async function msdCohort(): Promise<PlannedCohort> {
  const folder = projectPath('data/study/msd-like');
  await makeMsdLike(folder, { patients: msdPatients, seed: 3 });
  const list = await openDataset(folder);
  const slices = await makeSlices(list, projectPath('data/study/msd-like-slices'));
  const { folds } = foldsOf(list, { count: 7, seed: 1 });
  return {
    list,
    slices,
    source: `${msdPatients} phantom patients, seed 3: 5 mm slices, wide field of view, off the middle (synthetic)`,
    foreground: foregroundOf(slices),
    patients: { validation: folds[0]!, test: folds.slice(1, 4).flat().sort(), training: folds.slice(4).flat().sort() },
  };
}

/** The preset's slices and parts of a cohort that other studies have too. */
async function sharedCohort(set: PlannedSet, dataFolder?: string): Promise<PlannedCohort> {
  const arm = { name: 'preset', label: 'Preset', changes: {}, split: 'patients' as const };
  const { list, source, foreground, split } = await openCohort({ ...planOf(set), arms: [arm] }, dataFolder);
  const { slices, training, validation, test } = split(arm, 1);
  return { list, source, foreground, slices, patients: { training, validation, test } };
}

/** The study of a set without its arms. */
export const planOf = ({ name, title, cohort, epochs }: PlannedSet): StudyPlan => ({
  name,
  title,
  cohort,
  base: { epochs },
  arms: [],
  seeds: [1, 2, 3],
});

/**
 * Opens the cohort of a set and makes what can be made. All seeds test the same patients, so that rules may be tried on
 * the others.
 */
export const openPlannedCohort = (set: PlannedSet, dataFolder?: string): Promise<PlannedCohort> =>
  set.name === 'planned-msd' ? msdCohort() : sharedCohort(set, dataFolder);

/** The cases of some patients alone. */
export const casesOf = (list: CaseList, patients: readonly string[]): CaseList => ({
  ...list,
  cases: list.cases.filter(({ patient }) => patients.includes(patient)),
});
