/** The final account of a run: how its network does on the patients that it was not trained on. */
import path from 'node:path';
import type { ScoreTables } from '../evaluate/formatScores.ts';
import { dice, overlapByPatient } from '../evaluate/overlap.ts';
import { type ScoredSlice, scoreSlices } from '../evaluate/slices.ts';
import { overlapByClass } from '../evaluate/validation.ts';
import { writeJson } from '../io/files.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import { summarise } from '../statistics/summary.ts';
import type { TrainedRun } from './loadRun.ts';
import { slicesOf } from './run.ts';

/** The tables of a run's scores, and what they come from. */
export interface RunScores extends ScoreTables {
  readonly slices: readonly ScoredSlice[];
}

/**
 * Scores the validation patients of a run (or the given ones) on the slices' own pixels and writes `scores.json` into
 * the run folder. These patients chose the `best` checkpoint, which flatters it a little; `last` is free of that.
 */
export async function scoreRun(
  run: TrainedRun,
  slices: SliceSet,
  options: { patients?: readonly string[]; onProgress?: (done: number, total: number) => void } = {},
): Promise<RunScores> {
  const { patients = run.description.patients.validation, onProgress } = options;
  const scored = await scoreSlices(run.model, slices, slicesOf(slices, patients), {
    grid: run.grid,
    batchSize: run.description.config.batchSize,
    onProgress,
  });
  const classes = overlapByClass(scored, run.classes);
  const withPancreas = scored.filter(({ counts }) => counts.tp + counts.fn > 0);
  const scores: RunScores = {
    volume: overlapByPatient(scored, 'volume'),
    pancreas: overlapByPatient(scored, 'pancreas'),
    sliceDice: summarise(withPancreas.map(({ counts }) => dice(counts))),
    slices: scored,
    ...(classes.length > 0 && { classes }),
  };
  const named = scored.map(({ index, ...rest }) => ({ id: slices.entries[index].id, ...rest }));
  await writeJson(path.join(run.folder, 'scores.json'), {
    step: run.position.step,
    sha256: run.sha256,
    ...scores,
    slices: named,
  });
  return scores;
}
