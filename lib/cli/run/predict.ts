import { startEngine } from 'axunet-engine/engine';
import { type Choice, readChoice, runFolders } from '../../crossval/models.ts';
import { describeClasses } from '../../dataset/classes.ts';
import { cleanText, expected, UserError } from '../../errors.ts';
import { type PredictReport, predictFiles } from '../../predict/files.ts';
import { findVolumes } from '../../predict/inputs.ts';
import { describePostprocessing, type Postprocessing } from '../../predict/postprocess.ts';
import { startProgress } from '../../progress.ts';
import type { CheckpointSlot } from '../../train/checkpoint.ts';
import type { TrainedRun } from '../../train/loadRun.ts';
import { loadNetwork } from '../../weights/loadNetwork.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/predict.ts';
import { seriesOf } from '../options/series.ts';
import { shardOf } from '../options/shard.ts';

/** On what kind of data a network was trained, for the reader to see whether the volumes are of that kind. */
function describeTraining({ folder, windowHu, grid, description: { data } }: TrainedRun): string {
  const seen = data.unit === 'px' ? 'pictures' : `window ${windowHu.join(' to ')} HU`;
  const extent = grid.unit === 'px' ? '' : ` over ${grid.extent.map((mm) => Math.round(mm)).join('×')} mm`;
  return (
    `${folder}: trained on ${data.dataset}, mode ${data.mode}, ${seen}, ` +
    `${grid.size.join('×')} pixels${extent}${data.classes ? `, classes ${describeClasses(data.classes)}` : ''}`
  );
}

async function loadNetworks(folders: readonly string[], weights: CheckpointSlot): Promise<TrainedRun[]> {
  const networks: TrainedRun[] = [];
  for (const folder of (await Promise.all(folders.map(runFolders))).flat()) {
    const trained = await loadNetwork(folder, weights);
    console.log(describeTraining(trained));
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

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const { run: folders, out, weights, mirror = [], probability } = values;
  if (operands.length === 0 || folders.length === 0 || out === undefined)
    throw new UserError('Expected axunet predict FOLDER|FILE... --run RUN --out DIR');
  const { threshold, postprocessing } = await settle(folders, values.threshold ?? 0.5, values.postprocess);
  const inputs = shardOf(await findVolumes(operands, seriesOf(values)), values.shard);
  await startEngine();
  const networks = await loadNetworks(folders, weights ?? 'best');
  if (networks.length > 1) console.log(`Averaging the probabilities of ${networks.length} networks`);
  const progress = startProgress('predict', inputs.length);
  const report = await predictFiles(networks, inputs, {
    out,
    formats: values.format,
    probability,
    threshold,
    mirror,
    postprocessing,
    windowHu: values.window,
    spacingMm: values.spacing,
    onChoice: (line) => console.log(line),
    onProgress: (done, _, note) => progress.update(Math.round(100 * done) / 100, note),
  });
  const { made, skipped, failed } = report;
  progress.finish(
    `${made.length} made, ${skipped.length} complete already, ${failed.length} failed; masks are in ${out}`,
  );
  if (postprocessing) tellPostprocessed(report, postprocessing);
  for (const { file, message } of report.warnings ?? [])
    console.error(`axunet predict: warning: ${cleanText(file)}: ${message}`);
  for (const { file, reason } of failed) console.error(`axunet predict: ${cleanText(file)} failed: ${reason}`);
  return failed.length ? 1 : 0;
}
