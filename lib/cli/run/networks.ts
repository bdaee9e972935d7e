/** What `axunet predict` and `axunet report` share: the networks of runs, and what was chosen with them. */
import { type Choice, readChoice, runFolders } from '../../crossval/models.ts';
import { expected } from '../../errors.ts';
import type { Postprocessing } from '../../predict/postprocess.ts';
import type { CheckpointSlot } from '../../train/checkpoint.ts';
import type { TrainedRun } from '../../train/loadRun.ts';
import { describeTraining } from '../../weights/describeTraining.ts';
import { loadNetwork } from '../../weights/loadNetwork.ts';
import { describeShipped, isShippedName, loadShipped, type ShippedName, shippedFiles } from '../../weights/shipped.ts';

/** The networks that come with the project; tells what must be said of them. */
async function loadOurs(name: ShippedName, weights?: CheckpointSlot): Promise<TrainedRun[]> {
  if (weights === 'last')
    throw expected("a run's folder for the weights of its last step", 'networks that came so', name);
  const { index } = await shippedFiles(name);
  for (const sentence of describeShipped(index, name)) console.log(`${name}: ${sentence}`);
  return loadShipped(name);
}

/** What is named where no run is: the networks of the project. */
export const runsOr = (runs: readonly string[]): readonly string[] => (runs.length > 0 ? runs : ['weights']);

/**
 * The networks of the runs, of cross-validations those of all folds, of `weights` and `small` those of the project;
 * tells of each what it was trained on.
 */
export async function loadNetworks(runs: readonly string[], weights?: CheckpointSlot): Promise<TrainedRun[]> {
  const networks: TrainedRun[] = [];
  for (const run of runs) {
    if (isShippedName(run)) {
      networks.push(...(await loadOurs(run, weights)));
      continue;
    }
    for (const folder of await runFolders(run)) {
      const trained = await loadNetwork(folder, weights ?? 'best');
      console.log(describeTraining(trained));
      networks.push(trained);
    }
  }
  return networks;
}

/** The threshold of the project's networks where they alone are named. */
async function usualThreshold(runs: readonly string[]): Promise<number> {
  const ours = runs.filter(isShippedName);
  return ours.length === runs.length ? (await shippedFiles(ours[0]!)).index.threshold : 0.5;
}

/** Threshold and post-processing, with what the run chose where that is asked for. */
export async function settle(
  folders: readonly string[],
  asked: number | 'chosen' | undefined,
  postprocessing: Postprocessing | 'chosen' | undefined,
): Promise<Partial<Choice>> {
  const threshold = asked ?? (await usualThreshold(folders));
  if (threshold !== 'chosen' && postprocessing !== 'chosen') return { threshold, postprocessing };
  if (folders.length > 1) throw expected('one --run to take what it chose', `${folders.length}`);
  const choice = await readChoice(folders[0]);
  return {
    threshold: threshold === 'chosen' ? choice.threshold : threshold,
    postprocessing: postprocessing === 'chosen' ? choice.postprocessing : postprocessing,
  };
}
