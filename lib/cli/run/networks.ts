/** What `axunet predict` and `axunet report` share: the networks of runs, and what was chosen with them. */
import { type Choice, readChoice, runFolders } from '../../crossval/models.ts';
import { describeClasses } from '../../dataset/classes.ts';
import { expected } from '../../errors.ts';
import type { Postprocessing } from '../../predict/postprocess.ts';
import type { CheckpointSlot } from '../../train/checkpoint.ts';
import type { TrainedRun } from '../../train/loadRun.ts';
import { loadNetwork } from '../../weights/loadNetwork.ts';

/** On what kind of data a network was trained, for the reader to see whether the volumes are of that kind. */
function describeTraining({ folder, windowHu, grid, description: { data } }: TrainedRun): string {
  const seen = data.unit === 'px' ? 'pictures' : `window ${windowHu.join(' to ')} HU`;
  const extent = grid.unit === 'px' ? '' : ` over ${grid.extent.map((mm) => Math.round(mm)).join('×')} mm`;
  return (
    `${folder}: trained on ${data.dataset}, mode ${data.mode}, ${seen}, ` +
    `${grid.size.join('×')} pixels${extent}${data.classes ? `, classes ${describeClasses(data.classes)}` : ''}`
  );
}

/** The networks of the runs, of cross-validations those of all folds; tells of each what it was trained on. */
export async function loadNetworks(folders: readonly string[], weights: CheckpointSlot): Promise<TrainedRun[]> {
  const networks: TrainedRun[] = [];
  for (const folder of (await Promise.all(folders.map(runFolders))).flat()) {
    const trained = await loadNetwork(folder, weights);
    console.log(describeTraining(trained));
    networks.push(trained);
  }
  return networks;
}

/** Threshold and post-processing, with what the run chose where that is asked for. */
export async function settle(
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
