/** A trained network from its run folder. */
import path from '#system/path';
import { numberedClasses } from '../dataset/classes.ts';
import { expected } from '../errors.ts';
import { sha256File } from '../io/files.ts';
import { createAxUnet } from '../model/axunet.ts';
import type { Predictor } from '../predict/ensemble.ts';
import type { TrainedOn } from '../predict/trainedOn.ts';
import { paperWindowHu, softTissueWindowHu } from '../preprocess/window.ts';
import type { NamedArrays } from '../step/step.ts';
import { storedArray, writeWeights } from '../step/weights.ts';
import { type CheckpointSlot, groupOf, readNewestCheckpoint } from './checkpoint.ts';
import { type CheckpointMeta, checkpointMetaSchema, type RunDescription } from './description.ts';
import type { Position } from './position.ts';

/** A trained network ready to predict, with what is known about its training. */
export interface TrainedRun extends Predictor {
  readonly folder: string;
  readonly description: RunDescription;
  /** Where training stood when these weights were saved. */
  readonly position: Position;
}

/**
 * Rebuilds the network of a run from its `best` checkpoint (the one with the highest validation Dice), or from `last`
 * when asked or where nothing was validated (or best is gone, which it says), with the grid and window that it was
 * trained with. The engine must have been started. Throws when the folder holds no whole checkpoint.
 */
export async function loadRun(
  folder: string,
  slot: CheckpointSlot = 'best',
  warn: (message: string) => void = console.warn,
): Promise<TrainedRun> {
  const wanted = await readNewestCheckpoint(folder, slot, warn, checkpointMetaSchema);
  const found = wanted ?? (await readNewestCheckpoint(folder, 'last', warn, checkpointMetaSchema));
  if (!found) throw expected('a training run (a folder with best/ or last/)', 'none', folder);
  const { best } = found.meta.position;
  if (!wanted && best !== null)
    warn(`Expected the best checkpoint, of epoch ${best.epoch}, found none in ${folder}: last is used`);
  const sums = path.join(found.folder, 'SHA256SUMS');
  return trainedRun(folder, found.meta, groupOf(found, 'weights'), await sha256File(sums));
}

/** What a checkpoint says of its training. Phantoms of earlier versions are known by the name of their set alone. */
function trainedOnOf({ data, patients, seen }: RunDescription): TrainedOn {
  return {
    dataset: data.dataset,
    isSynthetic: data.isSynthetic ?? data.dataset === 'phantom',
    patients: patients.training.length,
    ...(seen && { scans: seen }),
  };
}

/** The network of a checkpoint's parts, which lie in `folder`. Throws a UserError where they do not fit together. */
export function trainedRun(
  folder: string,
  { description, position }: CheckpointMeta,
  weights: NamedArrays,
  sha256: string,
): TrainedRun {
  const { windowHu, mode, unit } = description.data;
  const count = description.model.classes - 1;
  const classes = description.data.classes ?? (count > 1 ? numberedClasses(count) : undefined);
  if (classes && classes.length !== count) throw expected(`names of ${count} classes`, `${classes.length}`, folder);
  const { inputChannels, width } = description.model;
  storedArray(weights, 'c1/conv1/kernel', [3, 3, inputChannels, width]); // before memory for a wrong width is taken
  const model = createAxUnet(description.model);
  writeWeights(model, weights);
  return {
    folder,
    description,
    position,
    model,
    grid: description.grid,
    isOfPictures: unit === 'px',
    trainedOn: trainedOnOf(description),
    ...(classes && { classes }),
    windowHu: windowHu ?? (mode === 'paper' ? paperWindowHu : softTissueWindowHu),
    sha256,
  };
}
