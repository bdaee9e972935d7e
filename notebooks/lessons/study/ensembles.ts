/**
 * What networks of the study of accuracy give together: the slices that none of them has trained on, segmented by the
 * mean of several, each at one or several sizes of its window.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expected } from 'axunet/errors';
import { overlapCounts } from 'axunet/evaluate/overlap';
import { writeFileAtomic } from 'axunet/io/files';
import {
  list,
  natural,
  object,
  optional,
  readJsonAs,
  realNumber,
  row,
  type Shape,
  text,
  tuple,
} from 'axunet/io/schema';
import { predictSlices } from 'axunet/predict/predictSlices';
import { thresholdMask } from 'axunet/predict/slices';
import { scaledGrid } from 'axunet/preprocess/grid';
import type { SliceSet } from 'axunet/preprocess/sliceSet';
import { loadRun } from 'axunet/train/loadRun';
import { slicesOf } from 'axunet/train/run';
import type { StudyCohort } from './cohort.ts';
import { accuracyName, findStudy, type StudyArm, type StudyPlan } from './plan.ts';
import { recordFile, recordText } from './record.ts';
import { finishedFolder } from './runStudy.ts';
import { UnseenSlices } from './unseen.ts';

/** Networks of these arms and repetitions of the five folds, together. */
export interface EnsemblePlan {
  readonly name: string;
  readonly label: string;
  readonly members: readonly { readonly arm: string; readonly repetitions: number }[];
  /** The window is enlarged by these, and the probabilities of all are averaged; [1] looks once. */
  readonly scales: readonly number[];
}

const recipe = (repetitions: number): EnsemblePlan['members'] => [{ arm: 'recipe', repetitions }];

/** Sizes of the window that look at a slice three times. */
const threeScales = [0.9, 1, 1.1] as const;

const ensemblePlans: readonly EnsemblePlan[] = [
  { name: 'one', label: 'One network', members: recipe(1), scales: [1] },
  { name: 'one-scales', label: 'One network, three scales', members: recipe(1), scales: threeScales },
  { name: 'two', label: 'Mean of two networks', members: recipe(2), scales: [1] },
  { name: 'two-scales', label: 'Mean of two, three scales', members: recipe(2), scales: threeScales },
];

/** What is shipped, as far as cross-validation can tell: chosen on unseen slices of the folds. */
export const chosenEnsemble = { name: 'two-scales', threshold: 0.5 } as const;

/** Probabilities from which a pixel is taken for pancreas. */
const ensembleThresholds = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7] as const;

const sliceSchema = row([text, natural], tuple([natural, natural]));
const ensemblesSchema = object({
  command: text,
  thresholds: list(realNumber),
  ensembles: list(
    object({
      name: text,
      label: text,
      members: list(object({ arm: text, repetitions: natural })),
      scales: list(realNumber),
      networks: natural,
      note: optional(text),
      slices: list(sliceSchema),
    }),
  ),
});

/** Per slice: id, pixels of the label, and for each threshold the pixels found rightly and wrongly. */
export type EnsembleRecord = Shape<typeof ensemblesSchema>;
type EnsembleSlice = EnsembleRecord['ensembles'][number]['slices'][number];

/** Beside the record of the study. */
export const ensemblesFile = (records?: string): string =>
  path.join(path.dirname(recordFile(accuracyName, records)), 'ensembles.json');

/** What was recorded; undefined where nothing was. */
export async function readEnsembles(records?: string): Promise<EnsembleRecord | undefined> {
  const file = ensemblesFile(records);
  return existsSync(file) ? readJsonAs(file, ensemblesSchema, 'a record of ensembles') : undefined;
}

/** Sums of the probabilities of each slice, by its number in the set. */
class Sums {
  private readonly maps = new Map<number, Float32Array>();
  private count = 0;

  add(probabilities: ReadonlyMap<number, Float32Array>): void {
    for (const [index, map] of probabilities) {
      const sum = this.maps.get(index);
      if (sum) for (let i = 0; i < sum.length; i++) sum[i]! += map[i]!;
      else this.maps.set(index, map.slice());
    }
    this.count++;
  }

  /** Each slice's row of the record; `watch` is given the mean probabilities of each. */
  rows(slices: SliceSet, watch?: UnseenSlices): EnsembleSlice[] {
    return [...this.maps].map(([index, sum]) => {
      const [mean, label] = [sum.map((v) => v / this.count), slices.readLabel(index)];
      watch?.add(slices, index, mean);
      const found = ensembleThresholds.map((threshold): [number, number] => {
        const { tp, fp } = overlapCounts(thresholdMask(mean, threshold), label);
        return [tp, fp];
      });
      return [slices.entries[index]!.id, slices.entries[index]!.foreground, ...found];
    });
  }
}

/** Which networks and scales a fold's ensemble needs, by a key that tells them apart. */
function viewsOf(
  plan: StudyPlan,
  { members, scales }: EnsemblePlan,
  fold: number,
): { arm: StudyArm; seed: number; scale: number }[] {
  return members.flatMap(({ arm: name, repetitions }) => {
    const arm = plan.arms.find((one) => one.name === name);
    if (!arm) throw expected(`an arm of the study ${plan.name}`, name);
    const seeds = plan.seeds.filter((seed) => (seed - 1) % plan.folds! === fold).slice(0, repetitions);
    return seeds.flatMap((seed) => scales.map((scale) => ({ arm, seed, scale })));
  });
}

const viewKey = ({ arm, seed, scale }: { arm: StudyArm; seed: number; scale: number }): string =>
  `${arm.name}-${seed}-${scale}`;

/** Probabilities (H, W) of the unseen slices of a fold, as one network sees them at one scale. */
async function lookAt(
  plan: StudyPlan,
  cohort: StudyCohort,
  { arm, seed, scale }: { arm: StudyArm; seed: number; scale: number },
  runs?: string,
): Promise<Map<number, Float32Array>> {
  const { folder, slices, test } = await finishedFolder(plan, cohort, arm, seed, runs);
  const { model, grid } = await loadRun(folder, 'last');
  const maps = new Map<number, Float32Array>();
  try {
    const options = { grid: scaledGrid(grid, scale), batchSize: 6 };
    for await (const { index, probabilities } of predictSlices(model, slices, slicesOf(slices, test), options))
      maps.set(index, probabilities[0]!);
  } finally {
    model.dispose();
  }
  return maps;
}

/** Predicts with all ensembles, every network once at each scale, and writes the record. */
export async function recordEnsembles(
  cohort: StudyCohort,
  { plans = ensemblePlans, runs, records }: { plans?: readonly EnsemblePlan[]; runs?: string; records?: string } = {},
): Promise<EnsembleRecord> {
  const study = findStudy(accuracyName);
  const unseen = new UnseenSlices(chosenEnsemble.threshold);
  const rows = new Map(plans.map(({ name }) => [name, [] as EnsembleSlice[]]));
  for (let fold = 0; fold < study.folds!; fold++) {
    const wanted = plans.map((plan) => ({ plan, views: viewsOf(study, plan, fold), sums: new Sums() }));
    const all = new Map(wanted.flatMap(({ views }) => views.map((view) => [viewKey(view), view])));
    for (const [key, view] of all) {
      const maps = await lookAt(study, cohort, view, runs);
      for (const { views, sums } of wanted) if (views.some((one) => viewKey(one) === key)) sums.add(maps);
    }
    const { slices } = cohort.split(study.arms[0]!, fold + 1);
    for (const { plan, sums } of wanted) {
      rows.get(plan.name)!.push(...sums.rows(slices, plan.name === chosenEnsemble.name ? unseen : undefined));
    }
  }
  const record: EnsembleRecord = {
    command: `npm run study -- ${accuracyName}`,
    thresholds: [...ensembleThresholds],
    ensembles: plans.map(({ name, label, members, scales }) => ({
      name,
      label,
      members: members.map((one) => ({ ...one })),
      scales: [...scales],
      networks: members.reduce((sum, { repetitions }) => sum + repetitions, 0),
      slices: rows.get(name)!.toSorted(([a], [b]) => (a < b ? -1 : 1)),
    })),
  };
  await writeFileAtomic(ensemblesFile(records), `${recordText(record)}\n`);
  await unseen.write(chosenEnsemble.name, records);
  return record;
}
