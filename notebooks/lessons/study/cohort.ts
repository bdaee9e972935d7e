/** The patients of a study: data, slices, and who trains, validates and tests. */
import { type CaseList } from 'axunet/dataset/caseList';
import { openDataset } from 'axunet/dataset/cases';
import { parseClasses } from 'axunet/dataset/classes';
import { foldsOf, makeFolds, splitFold } from 'axunet/dataset/folds';
import { makePhantomCohort } from 'axunet/dataset/phantom';
import { findDataset } from 'axunet/dataset/registry';
import { expected, UserError } from 'axunet/errors';
import { openSlices, type SliceSet } from 'axunet/preprocess/sliceSet';
import { preprocessDataset } from 'axunet/preprocess/slices';
import type { WindowHu } from 'axunet/preprocess/window';
import { startProgress } from 'axunet/progress';
import { Random } from 'axunet/random';
import { projectPath } from 'axunet/settings';
import type { StudyArm, StudyPlan } from './plan.ts';
import type { StudyRecord } from './record.ts';

/** How one run of a study sees the slices. Test patients and slices are never trained or chosen on. */
export interface StudySplit {
  readonly slices: SliceSet;
  /** Names as `slices` has them; a study of single slices has one "patient" a slice. */
  readonly training: readonly string[];
  readonly validation: readonly string[];
  readonly test: readonly string[];
}

export interface StudyCohort {
  readonly list: CaseList;
  readonly source: string;
  readonly foreground: { readonly pixels: number; readonly pancreas: number };
  readonly patients: StudyRecord['patients'];
  split(arm: StudyArm, seed: number): StudySplit;
}

const phantomPatients = 44;
/** Of eleven folds of four patients, balanced by tumour: one chooses thresholds, five test, five train. */
const [validationFolds, testFolds] = [1, 6];

/** The training patients of an arm: all, or so many as it says. Throws a UserError where there are not as many. */
export function patientsOfArm(training: readonly string[], { name, patients }: StudyArm, seed: number): string[] {
  if (patients === undefined) return [...training];
  if (patients > training.length)
    throw expected(`${patients} training patients for the arm ${name}`, `${training.length}`);
  return Random.stream(seed, 'patients of an arm')
    .shuffle([...training])
    .slice(0, patients)
    .sort();
}

/** The slices of all cases, made where they are missing; of the usual window, unless another is given. */
export async function makeSlices(list: CaseList, folder: string, windowHu?: WindowHu): Promise<SliceSet> {
  const progress = startProgress('slices', list.cases.length);
  const { failed } = await preprocessDataset(list, {
    out: folder,
    mode: 'default',
    windowHu,
    onProgress: (done, _, note) => progress.update(done, note),
  });
  progress.finish();
  const failures = failed.map(({ id, reason }) => `${id} (${reason})`).join(', ');
  if (failures) throw new UserError(`A study needs all its cases; failed: ${failures}`);
  return openSlices(folder);
}

/** How the phantom's labels are called where its classes are kept apart. */
const phantomClasses = parseClasses('pancreas=1,tumour=2');
const tumourClass = 2;

/** How often a slice with tumour stands in a study of classes kept apart, in every arm: one in ten has any. */
const tumourRepeats = 4;

/** The slices with those of the numbers in `repeated` so many times, each time under another id. */
function repeatSlices(slices: SliceSet, repeated: ReadonlySet<number>, times: number): SliceSet {
  const from = slices.entries.flatMap((_, i) => new Array<number>(repeated.has(i) ? times : 1).fill(i));
  const entries = from.map((i, k) => {
    const entry = slices.entries[i]!;
    const first = from.indexOf(i);
    return k === first ? entry : { ...entry, id: `${entry.id}-again-${k - first}` };
  });
  return {
    manifest: { ...slices.manifest, slices: entries },
    entries,
    read: (k) => slices.read(from[k]!),
    readLabel: (k) => slices.readLabel(from[k]!),
  };
}

/** Both versions of the phantom's slices, those with tumour repeated: the same slices in the same order. */
function withTumoursRepeated(united: SliceSet, apart: SliceSet): { united: SliceSet; apart: SliceSet } {
  const ids = new Set(
    apart.entries.flatMap(({ id, foreground }, i) =>
      foreground > 0 && apart.readLabel(i).includes(tumourClass) ? [id] : [],
    ),
  );
  const repeat = (slices: SliceSet): SliceSet => {
    const repeated = slices.entries.flatMap(({ id }, i) => (ids.has(id) ? [i] : []));
    return repeatSlices(slices, new Set(repeated), tumourRepeats);
  };
  return { united: repeat(united), apart: repeat(apart) };
}

const phantomFolder = projectPath('data/study/phantom');

/** The phantom patients of all studies, made where they are missing. */
async function openPhantoms(): Promise<CaseList> {
  const progress = startProgress('phantom patients', phantomPatients);
  await makePhantomCohort(phantomFolder, {
    profile: 'demo',
    patients: phantomPatients,
    seed: 1,
    onProgress: (done, _, note) => progress.update(done, note),
  });
  progress.finish();
  return openDataset('phantom', phantomFolder);
}

const slicesOfPhantoms = (list: CaseList): Promise<SliceSet> =>
  makeSlices(list, projectPath('data/study/phantom-slices'));

/** Slices of all phantom patients, pancreas and tumour as one class. */
export const phantomSlices = async (): Promise<SliceSet> => slicesOfPhantoms(await openPhantoms());

async function phantomCohort(keepsClasses: boolean): Promise<StudyCohort> {
  const list = await openPhantoms();
  const slices = await slicesOfPhantoms(list);
  const sets = keepsClasses
    ? withTumoursRepeated(
        slices,
        await makeSlices(
          await openDataset('phantom', phantomFolder, phantomClasses),
          projectPath('data/study/phantom-apart'),
        ),
      )
    : { united: slices, apart: slices };
  const { folds } = foldsOf(list, { count: 11, seed: 1 });
  const patients = {
    validation: folds.slice(0, validationFolds).flat().sort(),
    test: folds.slice(validationFolds, testFolds).flat().sort(),
    training: folds.slice(testFolds).flat().sort(),
  };
  return {
    list,
    source: `${phantomPatients} phantom patients of the size of profile demo, seed 1 (synthetic: easier than people)`,
    patients,
    foreground: foregroundOf(slices),
    split: (arm, seed) => ({
      slices: arm.keepsClasses ? sets.apart : sets.united,
      ...patients,
      training: patientsOfArm(patients.training, arm, seed),
    }),
  };
}

/** Pixels of all slices, and those of the foreground. */
export const foregroundOf = ({ entries }: SliceSet): StudyCohort['foreground'] =>
  entries.reduce(
    (sum, { height, width, foreground }) => ({
      pixels: sum.pixels + height * width,
      pancreas: sum.pancreas + foreground,
    }),
    { pixels: 0, pancreas: 0 },
  );

/** The same slices, each a patient of its own: what a split of slices at random takes them for. */
function slicesAsPatients(slices: SliceSet): SliceSet {
  const entries = slices.entries.map((entry) => ({ ...entry, patient: entry.id }));
  return {
    ...slices,
    entries,
    manifest: { ...slices.manifest, slices: entries },
    read: (i) => slices.read(i),
    readLabel: (i) => slices.readLabel(i),
  };
}

const numbers = ['no', 'one', 'two', 'three', 'four', 'five'];

/**
 * Folds of slices or of patients; run `seed` tests fold `seed − 1`, begun anew after the last, so that every slice is
 * tested equally often in each arm.
 */
async function pictureCohort({ folds: count = 4, seeds }: StudyPlan, dataFolder?: string): Promise<StudyCohort> {
  const list = await openDataset('nih-2d', dataFolder);
  const slices = await makeSlices(list, projectPath('data/study/nih-2d-slices'));
  const single = slicesAsPatients(slices);
  const patientsIn = (set: SliceSet): string[] => set.entries.map(({ patient }) => patient);
  const entry = findDataset('nih-2d')!;
  const times = seeds.length / count;
  const [again, often] = times > 1 ? [`, run k + ${count} fold k again`, `${times} times`] : ['', 'once'];
  const counted = `${slices.entries.length} slices of ${new Set(patientsIn(slices)).size} patients`;
  return {
    list,
    foreground: foregroundOf(slices),
    source: `${entry.title}: ${counted} (TCIA, ${entry.licence})`,
    patients: `${numbers[count]} folds; run k tests fold k${again}, so every slice is unseen ${often} in each arm`,
    split(arm, seed) {
      const set = arm.split === 'slices' ? single : slices;
      const folds = makeFolds(patientsIn(set), { count, seed: 1 });
      const { training, validation: test } = splitFold(folds, (seed - 1) % count);
      return { slices: set, training: patientsOfArm(training, arm, seed), validation: [], test };
    },
  };
}

/**
 * Opens the cohort of a study and makes what can be made. Throws a sentence that says
 * how to get the data that is missing.
 */
export function openCohort(plan: StudyPlan, dataFolder?: string): Promise<StudyCohort> {
  const keepsClasses = plan.arms.some((arm) => arm.keepsClasses);
  return plan.cohort === 'phantom' ? phantomCohort(keepsClasses) : pictureCohort(plan, dataFolder);
}
