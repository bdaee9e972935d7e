/** The trained network of pipeline.ipynb, and regions on the masks that it makes for patients whom it never saw. */

import { type CaseList } from 'axunet/dataset/caseList';
import { foldsOf } from 'axunet/dataset/folds';
import { readCase } from 'axunet/dataset/readCase';
import { dice, overlapCounts } from 'axunet/evaluate/overlap';
import { foregroundNetwork } from 'axunet/predict/slices';
import { predictVolume } from 'axunet/predict/volume';
import { openSlices } from 'axunet/preprocess/sliceSet';
import { preprocessDataset } from 'axunet/preprocess/slices';
import { startProgress } from 'axunet/progress';
import { MaskError } from 'axunet/radiomics/maskCheck';
import type { TrainedRun } from 'axunet/train/loadRun';
import { largestComponent } from 'axunet/volume/components';
import { chosenFolds, sessionConfig, startNetwork, trainFold } from '../experiment.ts';
import type { Session } from '../session.ts';
import { type Region, regionOf } from './region.ts';

/** The first chosen fold's network after its last epoch: loaded where pipeline.ipynb has trained it, else trained. */
export async function trainedNetwork(session: Session, list: CaseList): Promise<TrainedRun> {
  await preprocessDataset(list, { out: session.slices, mode: 'default' });
  const slices = await openSlices(session.slices);
  const folds = foldsOf(list, { count: 4, seed: session.seed });
  const from = await startNetwork();
  const how = { config: sessionConfig(session, {}, from), from };
  return (await trainFold(session, slices, folds, chosenFolds(folds)[0]!, how)).trained;
}

export interface PredictedRegions {
  /** On the expert's masks and on the network's, the same patients in the same order. */
  readonly expert: Region[];
  readonly predicted: Region[];
  readonly dice: Readonly<Record<string, number>>;
  /** Patients in whom the network found nothing that features can be taken of. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Segments every volume of the list without looking at its label (largest connected piece), and takes the region of
 * that mask and of the expert's. A patient whose predicted mask cannot be used is named and missing on both sides.
 */
export async function predictedRegions(run: TrainedRun, list: CaseList): Promise<PredictedRegions> {
  const found = {
    expert: [] as Region[],
    predicted: [] as Region[],
    dice: {} as Record<string, number>,
    failed: [] as { id: string; reason: string }[],
  };
  const network = foregroundNetwork(run.model);
  const progress = startProgress('predicted masks', list.cases.length);
  try {
    for (const one of list.cases) {
      const { id, image, label } = await readCase(one);
      const { mask } = await predictVolume(run.model, image, { grid: run.grid, windowHu: run.windowHu, network });
      const largest = { ...mask, data: largestComponent(mask.data, mask.shape) };
      try {
        const predicted = regionOf(id, one.group ?? '', image, largest);
        found.expert.push(regionOf(id, one.group ?? '', image, label));
        found.predicted.push(predicted);
        found.dice[id] = dice(overlapCounts(largest.data, label.data));
      } catch (error) {
        if (!(error instanceof MaskError)) throw error;
        found.failed.push({ id, reason: error.message });
      }
      progress.update(list.cases.indexOf(one) + 1, id);
    }
  } finally {
    network.close();
  }
  progress.finish();
  return found;
}
