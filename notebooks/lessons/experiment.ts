/** Training and scoring by folds, as the notebooks do it: resumable, with a progress line, one run folder a fold. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Folds, splitFold } from 'axunet/dataset/folds';
import { UserError } from 'axunet/errors';
import type { PatientOverlap } from 'axunet/evaluate/overlap';
import { sha256, writeJson } from 'axunet/io/files';
import { object, readJsonAs } from 'axunet/io/schema';
import { epochOrder, makeBatch } from 'axunet/preprocess/batches';
import type { SliceSet } from 'axunet/preprocess/sliceSet';
import { breathe, startProgress } from 'axunet/progress';
import { settings } from 'axunet/settings';
import { type TrainChanges, type TrainConfig, trainConfig } from 'axunet/train/config';
import { type HistoryRecord, readHistory } from 'axunet/train/history';
import { loadRun, type TrainedRun } from 'axunet/train/loadRun';
import { presetConfig } from 'axunet/train/presets';
import { closeRun, describeRun, openRun } from 'axunet/train/run';
import { type RunScores, scoreRun } from 'axunet/train/scores';
import { networkChanges } from 'axunet/train/startWeights';
import { trainFolder } from 'axunet/train/trainFolder';
import { networkToBeginWith } from 'axunet/weights/loadNetwork';
import { currentEngine } from 'axunet-engine/engine';
import type { LossCurve } from './figures/optimizerComparison.ts';
import type { Session } from './session.ts';

/**
 * The preset of the session's profile and data set; AXUNET_MINUTES replaces its time box.
 * WebAssembly gets three times the time. The network is of the kind of `from`, where training begins with that.
 */
export function sessionConfig(session: Session, changes: TrainChanges = {}, from?: TrainedRun): TrainConfig {
  const preset = presetConfig(session.profile, session.dataset);
  const minutes =
    settings.minutes ?? (preset.minutes && currentEngine().name !== 'tensorflow' ? 3 * preset.minutes : undefined);
  return trainConfig(
    { seed: session.seed, ...(minutes ? { minutes } : {}), ...networkChanges(from), ...changes },
    preset,
  );
}

/** The network that AXUNET_FROM names, for training to begin with its weights; undefined without the variable. */
export async function startNetwork(): Promise<TrainedRun | undefined> {
  return settings.from === undefined ? undefined : networkToBeginWith(settings.from);
}

/** The folds to train: AXUNET_FOLDS, a number from 0 or `all`; the first one by default. */
export function chosenFolds(folds: Folds): number[] {
  const all = folds.folds.map((_, k) => k);
  if (settings.folds === 'all') return all;
  const k = Number(settings.folds ?? 0);
  if (all.includes(k)) return [k];
  throw new UserError(
    `Expected AXUNET_FOLDS to be "all" or a fold from 0 to ${all.length - 1}, found "${settings.folds}"`,
  );
}

export interface TrainedFold {
  readonly fold: number;
  readonly folder: string;
  readonly trained: TrainedRun;
  readonly history: HistoryRecord[];
  /** How the network of the last epoch does on the fold's unseen patients, who chose nothing. */
  readonly scores: RunScores;
}

/**
 * Trains one fold, from the weights of `from` where it is given, or goes on where it stopped; a finished one is only
 * loaded. Then scores its unseen
 * patients with the weights after the last epoch: the best epoch would be chosen by these same patients.
 * The folder's name ends in a hash of all that describes the run: another configuration, data or version
 * starts a run of its own.
 */
export async function trainFold(
  session: Session,
  slices: SliceSet,
  folds: Folds,
  fold: number,
  { config, from }: { readonly config: TrainConfig; readonly from?: TrainedRun },
): Promise<TrainedFold> {
  const description = {
    ...describeRun(config, slices, splitFold(folds, fold)),
    ...(from && { from: from.sha256 }),
  };
  const folder = path.join(session.runs, `fold-${fold}-${sha256(JSON.stringify(description)).slice(0, 8)}`);
  await trainFolder(folder, description, slices, { from });
  const trained = await loadRun(folder, 'last');
  return { fold, folder, trained, history: readHistory(folder), scores: await scoreRun(trained, slices) };
}

/** Trains the same network from the same weights on the same batches with several optimizers; one loss a step. */
export async function compareOptimizers(
  session: Session,
  slices: SliceSet,
  folds: Folds,
  optimizers: Readonly<Record<string, TrainChanges>>,
  steps: number,
): Promise<LossCurve[]> {
  const curves: LossCurve[] = [];
  const progress = startProgress('optimizers', steps * Object.keys(optimizers).length);
  for (const [name, changes] of Object.entries(optimizers)) {
    const config = sessionConfig(session, { ...changes, emaDecay: null, clipNorm: null });
    const run = openRun(session.runs, describeRun(config, slices, splitFold(folds, 0)), slices);
    const order = Array.from({ length: 1 + Math.ceil((steps * config.batchSize) / run.training.length) }, (_, epoch) =>
      epochOrder([...run.training], config.seed, epoch),
    ).flat();
    const losses: number[] = [];
    for (let k = 0; k < steps; k++) {
      const batch = makeBatch(
        slices,
        order.slice(k * config.batchSize, (k + 1) * config.batchSize),
        run.description.grid,
        { seed: config.seed, epoch: 0 },
      );
      losses.push((await run.step.run(batch, config.learningRate)).loss);
      progress.update(curves.length * steps + k + 1, name);
      await breathe();
    }
    closeRun(run);
    curves.push({ name, losses });
  }
  progress.finish();
  return curves;
}

/** Scores by patient over all folds: each patient was unseen in exactly one of them. */
export const scoresByPatient = (
  results: readonly TrainedFold[],
): { volume: PatientOverlap[]; pancreas: PatientOverlap[] } => ({
  volume: results.flatMap((r) => r.scores.volume),
  pancreas: results.flatMap((r) => r.scores.pancreas),
});

/** Adds this notebook's numbers to `summary.json` beside the figures; `npm start` prints it at the end. */
export async function writeSummary(session: Session, numbers: Readonly<Record<string, unknown>>): Promise<void> {
  const file = path.join(session.figures, 'summary.json');
  const old = existsSync(file) ? await readJsonAs(file, object({}), 'the numbers of notebooks') : {};
  await writeJson(file, {
    ...old,
    engine: currentEngine().description,
    dataset: session.dataset,
    profile: session.profile,
    ...numbers,
  });
}
