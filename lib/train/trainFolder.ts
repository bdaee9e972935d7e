/** A run from its configuration to its end, told on the console. */
import type { SliceSet } from '../preprocess/sliceSet.ts';
import { describeConfig, type TrainConfig } from './config.ts';
import { consoleReport } from './report.ts';
import { closeRun, describeRun, openRun, type PatientSplit } from './run.ts';
import { type TrainingResult, train } from './trainer.ts';

/** Trains in a folder (goes on there with `resume`), with configuration, patients, memory, progress and result on the console. */
export async function trainFolder(
  folder: string,
  config: TrainConfig,
  slices: SliceSet,
  split: PatientSplit,
  resume: boolean,
): Promise<TrainingResult> {
  const run = openRun(folder, describeRun(config, slices, split), slices);
  const report = consoleReport(run);
  try {
    console.log(describeConfig(config));
    console.log(
      `  ${'patients'.padEnd(18)} ${split.training.length} to train on, ${split.validation.length} to validate on`,
    );
    console.log(run.memory);
    const result = await train(run, { resume, ...report });
    report.finish(result);
    return result;
  } finally {
    closeRun(run);
  }
}
