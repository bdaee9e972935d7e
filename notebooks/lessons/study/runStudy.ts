/** Runs a study: one training after another, finished ones skipped, the record renewed after each. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { firstDifference } from 'axunet/checks';
import { expected, messageOf } from 'axunet/errors';
import { codeVersion } from 'axunet/figures/saveFigure';
import { sha256, writeJson } from 'axunet/io/files';
import {
  anything,
  checkShape,
  dictionary,
  list,
  natural,
  object,
  optional,
  passing,
  readJsonAs,
  realNumber,
  type Schema,
  text,
} from 'axunet/io/schema';
import { projectPath } from 'axunet/settings';
import { type TrainConfig, trainConfig } from 'axunet/train/config';
import type { RunDescription } from 'axunet/train/description';
import { type EpochRecord, readHistory } from 'axunet/train/history';
import { loadRun } from 'axunet/train/loadRun';
import { presetConfig } from 'axunet/train/presets';
import { closeRun, describeRun, openRun } from 'axunet/train/run';
import { type TrainingResult, TrainingStopped } from 'axunet/train/trainer';
import { trainFolder } from 'axunet/train/trainFolder';
import { networkToBeginWith } from 'axunet/weights/loadNetwork';
import { currentEngine } from 'axunet-engine/engine';
import type { StudyCohort, StudySplit } from './cohort.ts';
import { stepTimes, variantCosts } from './cost.ts';
import { phantomStart } from './phantomStart.ts';
import type { StudyArm, StudyPlan } from './plan.ts';
import {
  type ArmCost,
  cropMask,
  outcomeSchema,
  readStudyRecord,
  runSchema,
  type StudyCase,
  type StudyRecord,
  type StudyRun,
  writeStudyRecord,
} from './record.ts';
import { exampleSlices, scoreStudyRun } from './scoreStudyRun.ts';

/** Raised when the scoring of a run changes, so that finished runs are scored anew. */
const scoringVersion = 1;

export interface StudyPlaces {
  /** Where run folders go, one folder a study. */
  readonly runs?: string;
  /** Where records go. */
  readonly records?: string;
}

export interface StudyResult {
  readonly record: StudyRecord;
  readonly failed: readonly { readonly run: string; readonly reason: string }[];
}

const runName = (arm: string, seed: number): string => `${arm}-seed${seed}`;

/** The configuration of one run: the demo preset, then the study's, then the arm's. */
const configOf = ({ cohort, base }: StudyPlan, { changes }: StudyArm, seed: number): TrainConfig =>
  trainConfig({ ...base, ...changes, seed }, presetConfig('demo', cohort));

interface Prepared {
  readonly arm: StudyArm;
  readonly seed: number;
  readonly split: StudySplit;
  readonly description: RunDescription;
  readonly folder: string;
}

function prepare(
  plan: StudyPlan,
  cohort: StudyCohort,
  arm: StudyArm,
  seed: number,
  runs = projectPath('runs/study'),
): Prepared {
  const split = cohort.split(arm, seed);
  const description = describeRun(configOf(plan, arm, seed), split.slices, {
    training: split.training,
    validation: [],
  });
  const { begins } = arm;
  const hash = sha256(JSON.stringify({ description, test: split.test, validation: split.validation, begins })).slice(
    0,
    8,
  );
  return { arm, seed, split, description, folder: path.join(runs, plan.name, `${runName(arm.name, seed)}-${hash}`) };
}

const resultFile = (folder: string): string => path.join(folder, 'study-run.json');

/** JSON knows no Infinity, which a missed organ has for its distances. */
const infinity = 'Infinity';
const encode = (run: StudyRun): unknown =>
  JSON.parse(JSON.stringify(run, (_, value: unknown) => (value === Infinity ? infinity : value)));
const decode = (run: unknown): unknown =>
  JSON.parse(JSON.stringify(run), (_, value: unknown) => (value === infinity ? Infinity : value));

const storedCase: Schema<StudyCase> = object({
  id: text,
  outcome: outcomeSchema,
  counts: object({ tp: natural, fp: natural, fn: natural, tn: natural }),
  imageDiagonalMm: optional(realNumber),
  values: dictionary(passing<number>((value) => typeof value === 'number', 'a number')),
});
const finishedSchema: Schema<StudyRun> = runSchema(list(storedCase));

async function finishedRun({ folder }: Prepared): Promise<StudyRun | undefined> {
  const file = resultFile(folder);
  if (!existsSync(file)) return undefined;
  const what = 'a finished run of a study';
  const { scoring, run } = await readJsonAs(file, object({ scoring: realNumber, run: anything }), what);
  return scoring === scoringVersion ? checkShape(decode(run), finishedSchema, file, what) : undefined;
}

/** Trains as described, beginning with the weights of another network where the arm does. */
async function trainRun({ arm, split, description, folder }: Prepared): Promise<TrainingResult> {
  if (!arm.begins) return trainFolder(folder, description, split.slices);
  const from =
    arm.begins === 'weights'
      ? await networkToBeginWith(arm.begins)
      : await phantomStart(description.config, path.dirname(path.dirname(folder)));
  try {
    return await trainFolder(folder, { ...description, from: from.sha256 }, split.slices, { from });
  } finally {
    from.model.dispose();
  }
}

async function trainAndScore(one: Prepared, cohort: StudyCohort): Promise<StudyRun> {
  const { arm, seed, split, description, folder } = one;
  const result = await trainRun(one);
  const trained = await loadRun(folder, 'last');
  try {
    const scores = await scoreStudyRun(trained, cohort, split);
    const epochs = readHistory(folder).filter((record): record is EpochRecord => record.kind === 'epoch');
    const done: StudyRun = {
      arm: arm.name,
      seed,
      config: description.config,
      version: codeVersion(),
      steps: result.steps,
      seconds: Math.round(result.seconds),
      loss: epochs.at(-1)?.loss ?? NaN,
      ...scores,
    };
    await writeJson(resultFile(folder), { scoring: scoringVersion, run: encode(done) });
    return done;
  } finally {
    trained.model.dispose();
  }
}

/**
 * Trains and scores one run of a plan where that was not done, and records nothing: what several processes do side by
 * side, before one of them records all. Throws a UserError for a run that the plan does not have.
 */
export async function trainOne(
  plan: StudyPlan,
  cohort: StudyCohort,
  name: string,
  places: StudyPlaces = {},
): Promise<void> {
  const found = plan.seeds
    .flatMap((seed) => plan.arms.map((arm) => ({ arm, seed })))
    .find(({ arm, seed }) => runName(arm.name, seed) === name);
  if (!found) throw expected(`a run of the study ${plan.name}, such as ${runName(plan.arms[0]!.name, 1)}`, name);
  const one = prepare(plan, cohort, found.arm, found.seed, places.runs);
  if (!(await finishedRun(one))) await trainAndScore(one, cohort);
}

/** Where a finished run of a plan lies, and the slices that it has not seen. Throws a UserError where it is missing. */
export async function finishedFolder(
  plan: StudyPlan,
  cohort: StudyCohort,
  arm: StudyArm,
  seed: number,
  runs?: string,
): Promise<{ folder: string } & Pick<StudySplit, 'slices' | 'test'>> {
  const one = prepare(plan, cohort, arm, seed, runs);
  if (!(await finishedRun(one))) throw expected(`the finished run ${runName(arm.name, seed)}`, 'none', one.folder);
  return { folder: one.folder, slices: one.split.slices, test: one.split.test };
}

/** Names of the runs that are not finished, in the order in which they are done. */
export async function unfinishedRuns(
  plan: StudyPlan,
  cohort: StudyCohort,
  places: StudyPlaces = {},
): Promise<string[]> {
  const { prepared } = prepareAll(plan, cohort, places.runs);
  const finished = await Promise.all(prepared.map(finishedRun));
  return prepared.filter((_, i) => !finished[i]).map(({ arm, seed }) => runName(arm.name, seed));
}

/** Everything of the record that the runs do not say themselves. */
async function recordHead(
  plan: StudyPlan,
  cohort: StudyCohort,
  first: Prepared | undefined,
  records?: string,
): Promise<Omit<StudyRecord, 'runs'>> {
  const old = await readStudyRecord(plan.name, records).catch(() => undefined);
  const measured = new Map(old?.costs?.map((cost) => [cost.arm, cost]));
  const costs =
    first && plan.arms.some(({ changes }) => changes.variant)
      ? plan.arms.map((arm): ArmCost => {
          const { variant, width } = configOf(plan, arm, plan.seeds[0]!);
          const { stepMs, leastStepMs, timedSteps } = measured.get(arm.name) ?? {};
          return {
            arm: arm.name,
            ...variantCosts(variant, { width, inputSize: [...first.description.grid.size] }),
            ...(stepMs && { stepMs, leastStepMs, timedSteps }),
          };
        })
      : undefined;
  const examples = first ? await exampleSlices(cohort, first.split) : [];
  return {
    study: plan.name,
    title: plan.title,
    command: `npm run study -- ${plan.name}`,
    source: cohort.source,
    engine: currentEngine().description,
    node: process.versions.node,
    patients: cohort.patients,
    arms: plan.arms.map(({ name, label }) => ({ name, label })),
    seeds: plan.seeds,
    foreground: cohort.foreground,
    ...(costs && { costs }),
    ...(examples.length && { examples }),
  };
}

/**
 * The runs of an earlier record that are still to be made here: they stay in the record until they are.
 * Another configuration is another run.
 */
function keptRuns(prepared: readonly Prepared[], done: readonly StudyRun[], earlier: readonly StudyRun[]): StudyRun[] {
  const isDone = (arm: string, seed: number): boolean => done.some((run) => run.arm === arm && run.seed === seed);
  return prepared
    .filter(({ arm, seed }) => !isDone(arm.name, seed))
    .flatMap(({ arm, seed, description }) =>
      earlier.filter(
        (run) =>
          run.arm === arm.name &&
          run.seed === seed &&
          firstDifference(run.config, JSON.parse(JSON.stringify(description.config))) === undefined,
      ),
    );
}

/** Masks of the first seed alone, as the examples show them. */
function withExamples(run: StudyRun, { seeds }: StudyPlan, slices: StudyRecord['examples'] = []): StudyRun {
  const shown =
    run.seed === seeds[0]
      ? run.examples?.flatMap((one) => slices.filter(({ id }) => id === one.id).map((slice) => cropMask(one, slice)))
      : undefined;
  return { ...run, examples: shown };
}

/**
 * All runs of a plan in the order in which they are done: seed after seed, so that an unfinished study is even. A run
 * that cannot be described is a failure.
 */
function prepareAll(
  plan: StudyPlan,
  cohort: StudyCohort,
  runs?: string,
): { prepared: Prepared[]; failed: { run: string; reason: string }[] } {
  const [prepared, failed]: [Prepared[], { run: string; reason: string }[]] = [[], []];
  for (const seed of plan.seeds) {
    for (const arm of plan.arms) {
      try {
        prepared.push(prepare(plan, cohort, arm, seed, runs));
      } catch (error) {
        failed.push({ run: runName(arm.name, seed), reason: messageOf(error) });
      }
    }
  }
  return { prepared, failed };
}

/**
 * Trains and scores what is missing and writes the record after every run; runs of an earlier record stay until they
 * are made here. A run that fails is named in the result and the others go on; a signal ends the study with
 * `TrainingStopped`, and the next start goes on from there. `onlyFinished` trains nothing.
 */
export async function runStudy(
  plan: StudyPlan,
  cohort: StudyCohort,
  options: StudyPlaces & { onlyFinished?: boolean; say?: (line: string) => void } = {},
): Promise<StudyResult> {
  const { onlyFinished = false, say = console.log } = options;
  const { prepared, failed } = prepareAll(plan, cohort, options.runs);
  const head = await recordHead(plan, cohort, prepared[0], options.records);
  const earlier = (await readStudyRecord(plan.name, options.records).catch(() => undefined))?.runs ?? [];
  const runs: StudyRun[] = [];
  for (const one of prepared) {
    const name = runName(one.arm.name, one.seed);
    try {
      const finished = await finishedRun(one);
      if (!finished && onlyFinished) continue;
      const place = `${runs.length + failed.length + 1} of ${prepared.length + failed.length}`;
      say(`${plan.name} ${name}: ${finished ? 'was finished' : 'starts'} (${place})`);
      runs.push(finished ?? (await trainAndScore(one, cohort)));
    } catch (error) {
      if (error instanceof TrainingStopped) throw error;
      failed.push({ run: name, reason: messageOf(error) });
      say(`${plan.name} ${name} failed: ${messageOf(error)}`);
    }
    const own = runs.map((run) => withExamples(run, plan, head.examples));
    await writeStudyRecord({ ...head, runs: [...own, ...keptRuns(prepared, runs, earlier)] }, options.records);
  }
  return { record: { ...head, runs }, failed };
}

/** Measures the step time of all arms in turns and puts it into the record of a study. */
export async function timeStudy(plan: StudyPlan, cohort: StudyCohort, rounds = 40): Promise<ArmCost[]> {
  const record = await readStudyRecord(plan.name);
  const prepared = plan.arms.map((arm) => prepare(plan, cohort, arm, plan.seeds[0]!));
  const opened = prepared.map((one) => openRun(one.folder, one.description, one.split.slices));
  try {
    const times = await stepTimes(
      opened.map((run) => ({ step: run.step, model: run.description.model })),
      { batchSize: prepared[0]!.description.config.batchSize, rounds },
    );
    const costs = prepared.map(
      ({ arm, description }, i): ArmCost => ({
        arm: arm.name,
        ...variantCosts(description.config.variant, {
          width: description.config.width,
          inputSize: [...description.grid.size],
        }),
        ...times[i]!,
      }),
    );
    if (record) await writeStudyRecord({ ...record, costs });
    return costs;
  } finally {
    opened.forEach(closeRun);
  }
}

/** How far a study is: finished and planned runs, without opening its data. */
export async function studyState(plan: StudyPlan): Promise<{ finished: number; planned: number }> {
  const record = await readStudyRecord(plan.name);
  return { finished: record?.runs.length ?? 0, planned: plan.arms.length * plan.seeds.length };
}
