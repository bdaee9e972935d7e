import { parseArgs } from 'node:util';
import { startEngine } from 'axunet-engine/engine';
import { type Choice, readChoice, runFolders } from '../crossval/models.ts';
import { expected, UserError } from '../errors.ts';
import { findVolumes, type PredictReport, predictFiles } from '../predict/files.ts';
import { describePostprocessing, type Postprocessing } from '../predict/postprocess.ts';
import { startProgress } from '../progress.ts';
import type { CheckpointSlot } from '../train/checkpoint.ts';
import { loadRun, type TrainedRun } from '../train/loadRun.ts';
import type { Command } from './command.ts';
import { evaluationHelp, mirrorOf, postprocessingOf, thresholdOf, weightsOf } from './predictOptions.ts';
import { shardOf } from './shard.ts';

const help = `Segments CT volumes with a trained network, or with the mean of several.

Usage: axunet predict FOLDER|FILE... --run RUN --out DIR [options]

  FOLDER|FILE     NIfTI volumes in HU, in any orientation; labels are not needed
  --run RUN       the folder that \`axunet train\` made, or that of \`axunet crossval\`, which stands for all its folds; given several
                  times, the networks' probabilities are averaged. --model is another name for it
  --out DIR       for each volume <name>.nii.gz (0 and 1, on the voxels of the source) and <name>.json
  --probability   also <name>_probability.nii.gz, 0 to 1 on the voxels of the source; --probabilities is another name for it
${evaluationHelp}
                  chosen: what \`axunet crossval\` chose on validation patients, for one --run of it or of one of its folds
  --shard I/N     only every N-th volume from the I-th (1 to N), for several machines on one folder

What is complete is skipped (same input, networks and options), so an interrupted run is simply started again.
Exit code 1 when a volume failed; the others are made all the same.

Example: axunet predict scans/ --run runs/nih --out masks/`;

const options = {
  run: { type: 'string', multiple: true, default: [] as string[] },
  model: { type: 'string', multiple: true, default: [] as string[] },
  out: { type: 'string' },
  probability: { type: 'boolean', default: false },
  probabilities: { type: 'boolean', default: false },
  threshold: { type: 'string' },
  mirror: { type: 'string' },
  postprocess: { type: 'string' },
  weights: { type: 'string' },
  shard: { type: 'string' },
} as const;

async function loadNetworks(folders: readonly string[], weights: CheckpointSlot): Promise<TrainedRun[]> {
  const networks: TrainedRun[] = [];
  for (const folder of (await Promise.all(folders.map(runFolders))).flat()) {
    const trained = await loadRun(folder, weights);
    const { data } = trained.description;
    if (data.unit === 'px')
      throw expected(
        'a network trained on CT volumes',
        `one trained on pictures without CT numbers and spacing (${data.dataset})`,
        folder,
      );
    networks.push(trained);
  }
  return networks;
}

/** Threshold and post-processing, with what the run chose where that is asked for. */
async function settle(
  folders: readonly string[],
  threshold: number | 'chosen',
  postprocessing: Postprocessing | 'chosen' | undefined,
): Promise<Partial<Choice>> {
  if (threshold !== 'chosen' && postprocessing !== 'chosen') return { threshold, postprocessing };
  if (folders.length > 1) throw expected('one --run to take what it chose', `${folders.length}`);
  const choice = await readChoice(folders[0]);
  return {
    threshold: threshold === 'chosen' ? choice.threshold : threshold,
    postprocessing: postprocessing === 'chosen' ? choice.postprocessing : postprocessing,
  };
}

/** What post-processing did to each mask. */
function tellPostprocessed({ postprocessed = [] }: PredictReport, postprocessing: Postprocessing): void {
  const widest = Math.max(...postprocessed.map(({ name }) => name.length));
  console.log(`Post-processing (${describePostprocessing(postprocessing)}), ml before and after:`);
  for (const { name, beforeMl, afterMl } of postprocessed)
    console.log(`  ${name.padEnd(widest)}  ${beforeMl.toFixed(2)}  ${afterMl.toFixed(2)}`);
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const { out } = values;
  const folders = [...values.run, ...values.model];
  if (positionals.length === 0 || folders.length === 0 || out === undefined)
    throw new UserError('Expected axunet predict FOLDER|FILE... --run RUN --out DIR');
  const [weights, mirror] = [weightsOf(values.weights), mirrorOf(values.mirror)];
  const { threshold, postprocessing } = await settle(
    folders,
    thresholdOf(values.threshold),
    postprocessingOf(values.postprocess),
  );
  const inputs = shardOf(await findVolumes(positionals), values.shard);
  await startEngine();
  const networks = await loadNetworks(folders, weights);
  if (networks.length > 1) console.log(`Averaging the probabilities of ${networks.length} networks`);
  const progress = startProgress('predict', inputs.length);
  const report = await predictFiles(networks, inputs, {
    out,
    probability: values.probability || values.probabilities,
    threshold,
    mirror,
    postprocessing,
    onChoice: (line) => console.log(line),
    onProgress: (done, _, note) => progress.update(Math.round(100 * done) / 100, note),
  });
  progress.finish(
    `${report.made.length} made, ${report.skipped.length} complete already, ${report.failed.length} failed; masks are in ${out}`,
  );
  if (postprocessing) tellPostprocessed(report, postprocessing);
  for (const { file, reason } of report.failed) console.error(`axunet predict: ${file} failed: ${reason}`);
  return report.failed.length ? 1 : 0;
}

export const predict: Command = {
  name: 'predict',
  summary: 'segment CT volumes with a trained network, or the mean of several',
  help,
  run,
};
