/** `npm run study`: trains the networks of a study, or says how far the studies are. */
import { parseArgs } from 'node:util';
import { UserError } from 'axunet/errors';
import { projectPath } from 'axunet/settings';
import { TrainingStopped } from 'axunet/train/trainer';
import { startEngine } from 'axunet-engine/engine';
import { describeClassifiers } from '../realTumours/classifierSentences.ts';
import { applyModels, describeApplied } from '../realTumours/finalModel.ts';
import { readRealTumours, realTumoursName, realTumoursTitle } from '../realTumours/record.ts';
import { runClassifiers } from '../realTumours/runClassifiers.ts';
import { describeRealFindings } from '../realTumours/sentences.ts';
import { runRealTumours } from '../realTumours/study.ts';
import { greyScaleName, recordGreyScale } from '../shipped/greyScale.ts';
import { recordShipped, shippedStudyName } from '../shipped/realCases.ts';
import { runAccuracy } from './accuracy.ts';
import { describeClassesApart } from './classesApart.ts';
import { openCohort } from './cohort.ts';
import { accuracyName, classesApartName, findStudy, studies, transferNames } from './plan.ts';
import { runPlanned } from './planned.ts';
import { type PlannedSet, plannedName, plannedSets } from './plannedCohort.ts';
import { savePlannedFigure } from './plannedOutcome.ts';
import { powerStudyName, powerTitle, readPowerRecord } from './powerRecord.ts';
import { publishedName, recordPublished } from './published.ts';
import { type ArmCost, readStudyRecord, type StudyRecord } from './record.ts';
import { drawClassesApart, redrawRecorded } from './redraw.ts';
import { runPower } from './runPower.ts';
import { runStudy, type StudyResult, studyState, timeStudy, trainOne } from './runStudy.ts';
import { trainMissing } from './trainMissing.ts';
import { describeTransfer, transferParts } from './transfer.ts';

const help = `npm run study -- NAME [options]

Trains every arm of a study once per seed with an equal budget of steps, one run after the other, and records the scores
of the unseen patients in figures/recorded/study-NAME/results.json. Finished runs (runs/study/NAME/) are skipped, a
stopped one goes on where it stopped: start the command again.

  NAME         ${studies.map(({ name }) => name).join(', ')};
               ${publishedName} scores the masks of eight published networks and trains nothing;
               ${plannedName} compares a plan with the preset on ${plannedSets.map(({ name }) => name).join(', ')}
               (or one of them by its name), in equal time;
               ${powerStudyName} tests the features of many cohorts and trains nothing;
               ${realTumoursName} tests the features of real crops, and asks what classifiers read of them;
               ${greyScaleName} fits the HU behind the 2-D pictures and trains nothing;
               ${shippedStudyName} tries the networks of data/weights on real CT and trains nothing
  --state      how many runs of each study are finished
  --data DIR   where the real data lies, if not in data/NAME
               (accuracy, leakage, transfer-real, planned-pictures: nih-2d;
               published-networks: segloss-odyssey-pancreas;
               ${realTumoursName}: pancreas-crops; ${greyScaleName}, ${shippedStudyName}: a folder with several sets)
  --apply DIR  (${realTumoursName}) scores the crops of DIR by the recorded model, and records nothing
  --record     trains nothing: writes the record of what is finished
  --redraw     without NAME: draws the figures beside the records anew, and leaves the records as they are
  --one RUN    trains one run of the study alone, such as recipe-seed3, and records nothing
  --times N    trains nothing: measures the training step of all arms in turns, N times each
`;

async function showState(): Promise<void> {
  for (const plan of studies) {
    const { finished, planned } = await studyState(plan);
    console.log(`${plan.name.padEnd(16)} ${String(finished).padStart(3)} of ${planned} runs  ${plan.title}`);
  }
  for (const { name, title } of plannedSets) {
    const runs = (await readStudyRecord(name))?.runs.length ?? 0;
    console.log(`${name.padEnd(16)} ${String(runs).padStart(3)} of 6 runs  ${title}`);
  }
  const power = await readPowerRecord();
  const made = power && `recorded, ${power.cohorts} cohorts of each of ${power.sizes.length} sizes`;
  console.log(`${powerStudyName.padEnd(16)} ${made ?? 'not recorded'}  ${powerTitle}`);
  const real = (await readRealTumours()) ? 'recorded' : 'not recorded';
  console.log(`${realTumoursName.padEnd(16)} ${real}  ${realTumoursTitle}`);
}

/** Prints how far a study is, and its failures; the exit code. */
function tell(name: string, { record, failed }: StudyResult, planned: number): number {
  console.log(`${name}: ${record.runs.length} of ${planned} runs are finished`);
  for (const { run, reason } of failed) console.error(`axunet study: ${name} ${run} failed: ${reason}`);
  return failed.length ? 1 : 0;
}

/** The sets one after the other; the highest exit code of them. */
async function comparePlanned(
  sets: readonly PlannedSet[],
  dataFolder?: string,
  onlyFinished?: boolean,
): Promise<number> {
  const engine = await startEngine();
  console.log(`engine: ${engine.description}`);
  let code = 0;
  for (const set of sets) {
    const result = await runPlanned(set, { dataFolder, onlyFinished });
    code = Math.max(code, tell(set.name, result, 2 * result.record.seeds.length));
  }
  for (const line of await savePlannedFigure()) console.log(line);
  return code;
}

/** The figure of the study beside its record, and its numbers. */
async function tellClassesApart(record: StudyRecord | undefined): Promise<void> {
  if (!record?.runs.length) return;
  await drawClassesApart(projectPath('figures/recorded'));
  console.log(describeClassesApart(record));
}

/** The numbers of the studies that have some to tell. */
async function tellFindings(name: string): Promise<void> {
  if (name === classesApartName) await tellClassesApart(await readStudyRecord(name));
  if (name === transferNames.real || name === transferNames.phantom)
    for (const line of describeTransfer((await transferParts()).parts)) console.log(line);
}

/** Draws the figures of all records once more. */
async function tellRedrawn(): Promise<void> {
  console.log(`drawn anew: ${(await redrawRecorded()).join(', ')}`);
}

/** What is recorded by one function of one folder of data; undefined for other studies. */
async function recordAlone(name: string, dataFolder?: string): Promise<string[] | undefined> {
  if (name === shippedStudyName) return recordShipped(dataFolder);
  if (name === greyScaleName) return [`${name}: ${await recordGreyScale(dataFolder)}`];
  if (name !== publishedName) return undefined;
  const { networks } = await recordPublished(dataFolder);
  return [`${name}: ${networks.length} networks, ${networks[0]?.cases.length ?? 0} cases`];
}

/** Throws for an option that this study has not. */
function refuseOptions(name: string, values: Readonly<Record<string, unknown>>, options: readonly string[]): void {
  const option = options.find((one) => values[one] !== undefined);
  if (option) throw new UserError(`Expected ${name} without --${option}, which is of other studies`);
}

/** Prints the time of a step of each arm. */
function tellTimes(costs: readonly ArmCost[]): number {
  for (const { arm, stepMs, leastStepMs, timedSteps } of costs) {
    console.log(
      `${arm.padEnd(24)} median ${stepMs!.toFixed(0)} ms, least ${leastStepMs!.toFixed(0)} ms of ${timedSteps} steps`,
    );
  }
  return 0;
}

/** Both parts of the study, or the recorded model on other crops. */
async function realTumours(data?: string, apply?: string): Promise<number> {
  const say = (lines: readonly string[]): void => lines.forEach((line) => void console.log(line));
  if (apply !== undefined) {
    if (data !== undefined) throw new UserError('Expected --data or --apply, found both');
    say(describeApplied(await applyModels(apply)));
    return 0;
  }
  say(describeRealFindings(await runRealTumours(data)));
  say(describeClassifiers(await runClassifiers(undefined, { data })));
  return 0;
}

const options = {
  state: { type: 'boolean' },
  data: { type: 'string' },
  apply: { type: 'string' },
  record: { type: 'boolean' },
  redraw: { type: 'boolean' },
  times: { type: 'string' },
  one: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const [name, ...more] = positionals;
  if (values.state) return showState().then(() => 0);
  if (values.redraw && !name) return tellRedrawn().then(() => 0);
  if (values.help || !name || more.length) {
    process.stdout.write(help);
    return values.help ? 0 : 1;
  }
  const told = await recordAlone(name, values.data);
  if (told) {
    for (const line of told) console.log(line);
    return 0;
  }
  if (name === realTumoursName) {
    refuseOptions(name, values, ['record', 'redraw', 'times', 'one']);
    return realTumours(values.data, values.apply);
  }
  refuseOptions(name, values, ['apply', 'redraw']);
  if (name === powerStudyName) {
    refuseOptions(name, values, ['data', 'record', 'times']);
    const { people, cohorts, sizes } = await runPower();
    console.log(`${name}: ${people} people, ${cohorts} cohorts of each size (${sizes.join(', ')} in each group)`);
    return 0;
  }
  const sets = plannedSets.filter((set) => name === plannedName || name === set.name);
  if (sets.length > 0) {
    if (values.times !== undefined) throw new UserError(`Expected ${name} without --times, which it measures itself`);
    return comparePlanned(sets, values.data, values.record);
  }
  const plan = findStudy(name);
  const rounds = values.times === undefined ? undefined : Number(values.times);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
    throw new UserError(`Expected --times with a whole number above 0, found "${values.times}"`);
  const engine = await startEngine();
  console.log(`engine: ${engine.description}${engine.fallbackReason ? ` (${engine.fallbackReason})` : ''}`);
  if (plan.name === accuracyName && !values.one && !rounds) {
    const done = await runAccuracy({ dataFolder: values.data, onlyFinished: values.record });
    return tell(plan.name, done, plan.arms.length * plan.seeds.length);
  }
  const cohort = await openCohort(plan, values.data);
  if (values.one) return trainOne(plan, cohort, values.one).then(() => 0);
  if (rounds) return tellTimes(await timeStudy(plan, cohort, rounds));
  if (plan.sideBySide && !values.record) await trainMissing(plan, cohort, values.data);
  const result = await runStudy(plan, cohort, { onlyFinished: values.record });
  const code = tell(plan.name, result, plan.arms.length * plan.seeds.length);
  await tellFindings(plan.name);
  return code;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: NodeJS.ErrnoException) => {
    const forTheUser = error instanceof UserError || error.code?.startsWith('ERR_PARSE_ARGS');
    console.error(forTheUser ? error.message : error);
    process.exit(error instanceof TrainingStopped ? error.exitCode : 1);
  },
);
