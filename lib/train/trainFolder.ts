/**
 * A run from its description to its end, told on the console: the one way on which folds, studies and notebooks train.
 */
import { describeClasses } from '../dataset/classes.ts';
import { expected } from '../errors.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import { hasCheckpoint } from './checkpoint.ts';
import { describeConfig } from './config.ts';
import type { RunDescription } from './description.ts';
import { emptyClassWatch } from './emptyClasses.ts';
import type { EpochRecord } from './history.ts';
import type { TrainedRun } from './loadRun.ts';
import { consoleReport } from './report.ts';
import { closeRun, openRun, type TrainingRun } from './run.ts';
import { beginWith, patientsSeenBefore } from './startWeights.ts';
import { type TrainingResult, train } from './trainer.ts';

interface FolderOptions {
  /** Go on where the folder holds a run; without it such a folder is refused. True by default. */
  readonly resume?: boolean;
  /** Print configuration and numbers of patients first. False by default. */
  readonly tellsConfig?: boolean;
  /** The network that a run begins with where it has not begun; random weights without one. */
  readonly from?: TrainedRun;
  /** Take over from another machine that gives no sign of life. */
  readonly takeOver?: boolean;
}

/** Puts the weights in that a run begins with. Throws a UserError where it should begin with others and has none. */
async function begin(run: TrainingRun, from?: TrainedRun): Promise<void> {
  const { folder, description } = run;
  if (!from && description.from !== undefined)
    throw expected('--from with the network that the run begins with, of which it has saved nothing', 'none', folder);
  if (!from) return;
  console.log(`  ${'from'.padEnd(18)} ${await beginWith(run, from)}`);
  const seen = patientsSeenBefore(description, from);
  if (seen.length > 0) console.warn(`These validate and were known to ${from.folder}: ${seen.join(', ')}`);
}

/** Trains in a folder, with memory, progress and result on the console. Throws what `openRun` and `train` throw. */
export async function trainFolder(
  folder: string,
  description: RunDescription,
  slices: SliceSet,
  { resume = true, tellsConfig = false, from, takeOver }: FolderOptions = {},
): Promise<TrainingResult> {
  const { config, data, patients } = description;
  const report = consoleReport(config);
  const run = openRun(folder, description, slices, report.onChoice);
  try {
    if (tellsConfig) {
      const [training, validation] = [patients.training.length, patients.validation.length];
      console.log(describeConfig(config));
      if (data.classes) console.log(`  ${'classes'.padEnd(18)} ${describeClasses(data.classes)}`);
      console.log(`  ${'patients'.padEnd(18)} ${training} to train on, ${validation} to validate on`);
    }
    if (!hasCheckpoint(folder)) await begin(run, from);
    console.log(run.memory);
    const emptyClasses = emptyClassWatch(slices, run.training);
    const onEpoch = (record: EpochRecord): void => {
      report.onEpoch(record);
      for (const line of emptyClasses(record)) console.warn(line);
    };
    const result = await train(run, { resume, takeOver, ...report, onEpoch });
    report.finish(result);
    return result;
  } finally {
    closeRun(run);
  }
}
