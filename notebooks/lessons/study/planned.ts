/**
 * Is a planned run at least as good as the preset in equal time? A plan is made from the training patients alone. Both
 * training steps are measured in turns, in time of the processor, and the planned run gets as many whole epochs as fit
 * into the preset's: a budget in steps, which other programs on the machine cannot change.
 */
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeJson } from 'axunet/io/files';
import { atLeastOne, natural, object, readJsonAs, realNumber } from 'axunet/io/schema';
import { makePlan } from 'axunet/plan/makePlan';
import { type PlanFile, planSchema } from 'axunet/plan/planFile';
import { stepping } from 'axunet/plan/rules/fit';
import { measureStep } from 'axunet/plan/stepTime';
import type { SliceSet } from 'axunet/preprocess/sliceSet';
import { projectPath } from 'axunet/settings';
import { type TrainConfig, trainConfig } from 'axunet/train/config';
import { batchesPerEpoch } from 'axunet/train/position';
import { presetConfig } from 'axunet/train/presets';
import { closeRun, describeRun, openRun, slicesOf } from 'axunet/train/run';
import { makeSlices, type StudyCohort } from './cohort.ts';
import { type StepTime, stepTimes } from './cost.ts';
import type { StudyArm, StudyPlan } from './plan.ts';
import { casesOf, openPlannedCohort, type PlannedCohort, type PlannedSet, planOf } from './plannedCohort.ts';
import { recordFile } from './record.ts';
import { runStudy, type StudyPlaces, type StudyResult } from './runStudy.ts';

/** What an arm costs: steps of an epoch, epochs, and the median milliseconds that processors work on a step. */
interface Budget {
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly stepMs: number;
}

/** How the arms of a set are trained, found once and kept, for a resumed study must go on with the same. */
export interface EqualTime {
  readonly plan: PlanFile;
  readonly preset: Budget;
  readonly planned: Budget;
  /** Load of the machine (runnable programs over the last minute) while the steps were measured. */
  readonly load: number;
}

const budgetSchema = object({ stepsPerEpoch: natural, epochs: atLeastOne, stepMs: realNumber });
const equalTimeSchema = object({
  plan: planSchema,
  preset: budgetSchema,
  planned: budgetSchema,
  load: realNumber,
});

/** Beside the record of the set. */
export const equalTimeFile = (set: string, records?: string): string =>
  path.join(path.dirname(recordFile(set, records)), 'plan.json');

/**
 * Milliseconds that the processors have worked for this program, all threads together: the same to a few percent
 * whether the machine is busy or not, unlike the milliseconds that pass.
 */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Steps of an epoch of the training patients. */
const stepsPerEpoch = (config: TrainConfig, slices: SliceSet, training: readonly string[]): number =>
  batchesPerEpoch(slices, slicesOf(slices, training), config);

/** Whole epochs that fit into a time; at least one. */
export const epochsIn = (seconds: number, { stepsPerEpoch: steps, stepMs }: Omit<Budget, 'epochs'>): number =>
  Math.max(1, Math.floor((1000 * seconds) / (steps * stepMs)));

/** Both steps in turns, each on a batch of its own size. */
async function timeBoth(
  arms: readonly { readonly config: TrainConfig; readonly slices: SliceSet }[],
  training: readonly string[],
): Promise<StepTime[]> {
  const runs = arms.map(({ config, slices }) =>
    openRun(projectPath('runs/study/unused'), describeRun(config, slices, { training, validation: [] }), slices),
  );
  try {
    const steps = runs.map(({ step, description: { model, config } }) => ({
      step,
      model,
      batchSize: config.batchSize,
    }));
    return await stepTimes(steps, { batchSize: 1, rounds: 20, clock: processorMs });
  } finally {
    runs.forEach(closeRun);
  }
}

/** The slices of the plan's window; those of the preset where it has none. */
const plannedSlices = ({ name }: PlannedSet, cohort: PlannedCohort, { preprocess }: PlanFile): Promise<SliceSet> =>
  preprocess.windowHu
    ? makeSlices(cohort.list, projectPath(`data/study/${name}-slices`), preprocess.windowHu)
    : Promise.resolve(cohort.slices);

/** Plans for as long as the preset takes, and finds how many epochs that is. */
async function findEqualTime(set: PlannedSet, cohort: PlannedCohort): Promise<EqualTime> {
  const { training } = cohort.patients;
  const config = trainConfig({ epochs: set.epochs }, presetConfig('demo', set.cohort));
  const steps = stepsPerEpoch(config, cohort.slices, training);
  const { grid } = describeRun(config, cohort.slices, { training, validation: [] });
  const measure: typeof measureStep = (...step) => measureStep(step[0], step[1], step[2], processorMs);
  const presetSeconds = set.epochs * steps * (await measure(config, grid.size, 1));
  const plan = await makePlan(casesOf(cohort.list, training), { minutes: presetSeconds / 60 / stepping, measure });
  const slices = await plannedSlices(set, cohort, plan);
  const planned = trainConfig(plan.train);
  const arms = [
    { config, slices: cohort.slices },
    { config: planned, slices },
  ];
  const [presetTime, plannedTime] = await timeBoth(arms, training);
  const preset = { stepsPerEpoch: steps, epochs: set.epochs, stepMs: presetTime!.stepMs };
  const own = { stepsPerEpoch: stepsPerEpoch(planned, slices, training), stepMs: plannedTime!.stepMs };
  const epochs = epochsIn((preset.epochs * steps * preset.stepMs) / 1000, own);
  return { plan, preset, planned: { ...own, epochs }, load: os.loadavg()[0]! };
}

/** The plan and budget of a set, found where it has none yet. */
async function equalTimeOf(set: PlannedSet, cohort: PlannedCohort, records?: string): Promise<EqualTime> {
  const file = equalTimeFile(set.name, records);
  if (existsSync(file)) return readJsonAs(file, equalTimeSchema, 'a plan with its budget');
  const found = await findEqualTime(set, cohort);
  await writeJson(file, found);
  return found;
}

const presetArm: StudyArm = { name: 'preset', label: 'Preset', changes: {} };

/** The study of a set: the preset against the plan. */
export function plannedStudy(set: PlannedSet, { plan, planned: { epochs } }: EqualTime): StudyPlan {
  const changes = { ...plan.train, epochs, minutes: null };
  return { ...planOf(set), arms: [presetArm, { name: 'planned', label: 'Planned', changes }] };
}

/** Trains and scores what is missing of a set, as `runStudy` does. */
export async function runPlanned(
  set: PlannedSet,
  options: StudyPlaces & { onlyFinished?: boolean; dataFolder?: string } = {},
): Promise<StudyResult> {
  const cohort = await openPlannedCohort(set, options.dataFolder);
  const equalTime = await equalTimeOf(set, cohort, options.records);
  const slices = await plannedSlices(set, cohort, equalTime.plan);
  const { patients, list, source, foreground } = cohort;
  const studied: StudyCohort = {
    list,
    source,
    foreground,
    patients,
    split: ({ name }) => ({ slices: name === 'planned' ? slices : cohort.slices, ...patients }),
  };
  return runStudy(plannedStudy(set, equalTime), studied, options);
}
