/** What time-to-dice.ts measured, as `results.json` holds it, and the seconds to a DSC that follow from it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { writeJson } from '../lib/io/files.ts';
import {
  atLeastOne,
  choice,
  exactly,
  flag,
  list,
  natural,
  nullable,
  object,
  oneLine,
  optional,
  readJsonAs,
  realNumber,
  type Shape,
  text,
} from '../lib/io/schema.ts';
import { configSchema } from '../lib/train/config.ts';
import { median, minimum } from './job.ts';

/** Seconds from the start of the process, without validation; DSC of the averaged weights on the unseen patients. */
export type DicePoint = Shape<typeof pointSchema>;
const pointSchema = object({
  epoch: atLeastOne,
  step: atLeastOne,
  seconds: realNumber,
  /** Mean over patients of the DSC of all their slices together. */
  dice: realNumber,
  /** Mean over slices. */
  sliceDice: realNumber,
});

/** One program on one fold. */
export type DiceRun = Shape<typeof runSchema>;
const runSchema = object({
  name: oneLine,
  /** Runnable programs on the machine over the minute before it began. */
  load: realNumber,
  /** Until the first step was done: starting, reading, compiling. */
  firstStepS: realNumber,
  seconds: realNumber,
  steps: natural,
  rssMb: realNumber,
  points: list(pointSchema),
});

/** nnU-Net on one fold in the wall time of another run. */
export type NnunetRun = Shape<typeof nnunetSchema>;
export const nnunetSchema = object({
  name: oneLine,
  load: realNumber,
  /** Its plan's: with the default memory target, or with another in GB. */
  memoryTargetGb: nullable(realNumber),
  patchSize: list(atLeastOne),
  batchSize: atLeastOne,
  parameters: natural,
  firstStepS: realNumber,
  seconds: realNumber,
  steps: natural,
  rssMb: realNumber,
  dice: realNumber,
  sliceDice: realNumber,
});

/** How the peer ran, and what its steps took: bench/time_to_dice_torch.py. */
export type PeerWay = Shape<typeof waySchema>;
export const waySchema = object({
  layout: choice(['contiguous', 'channels_last']),
  compiled: flag,
  /** The compiled graph was on the disk from the time before. */
  cached: flag,
  worker: flag,
  firstStepS: realNumber,
  stepS: realNumber,
  fastestStepS: realNumber,
});

/** Our steps in the same turn. */
export const oursProbeSchema = object({ firstStepS: realNumber, stepS: realNumber, fastestStepS: realNumber });

/** How far both programs agree before they are timed. */
export type DiceCheck = Shape<typeof checkSchema>;
export const checkSchema = object({
  /** Trainable ones, the same on both sides. */
  parameters: natural,
  /** Largest difference of the images of a batch without augmentation, values from 0 to 1. */
  images: realNumber,
  /** Share of its mask pixels that differ. */
  labels: realNumber,
  /** Largest difference of the logits from the same weights and images, in standard deviations of the logits. */
  logits: realNumber,
  /** Largest relative difference of the losses of three steps. */
  losses: realNumber,
  /** Difference of the last averaged kernel after these steps, as a share of how far it moved. */
  averages: realNumber,
});

export type FoldRecord = Shape<typeof foldSchema>;
const foldSchema = object({
  fold: natural,
  /** Who began. */
  first: choice(['ours', 'peer']),
  trainingSlices: natural,
  validationSlices: natural,
  validationPatients: natural,
  ours: optional(runSchema),
  peer: optional(runSchema),
  nnunet: optional(list(nnunetSchema)),
});

export type DiceRecord = Shape<typeof recordSchema>;
export const recordSchema = object({
  version: exactly(1),
  command: text,
  source: text,
  node: oneLine,
  machine: oneLine,
  threads: atLeastOne,
  /** Where only so many on either side of a fold were used, to try the commands. */
  patients: optional(atLeastOne),
  /** A snapshot after every so many epochs. */
  every: atLeastOne,
  config: configSchema,
  check: checkSchema,
  probe: object({ steps: atLeastOne, ours: oursProbeSchema, peer: list(waySchema), load: realNumber }),
  folds: list(foldSchema),
});

export const recordFile = (folder: string): string => path.join(folder, 'results.json');

/** The record of a folder; undefined where it has none. Throws a UserError for one that is damaged. */
export const readRecord = async (folder: string): Promise<DiceRecord | undefined> =>
  existsSync(recordFile(folder)) ? readJsonAs(recordFile(folder), recordSchema, 'a record of time-to-dice') : undefined;

export const writeRecord = (folder: string, record: DiceRecord): Promise<void> => writeJson(recordFile(folder), record);

/** Levels of DSC that the table asks for. */
export const diceLevels = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75] as const;

/** Seconds of the first point whose DSC is at least `level`; null where none is. Nothing is interpolated. */
export const secondsToLevel = (points: readonly DicePoint[], level: number): number | null =>
  points.find(({ dice }) => dice >= level)?.seconds ?? null;

/** One level: seconds of both programs on each fold that has both, and the ratios of those that both reached. */
export interface LevelRow {
  readonly level: number;
  readonly folds: readonly {
    readonly fold: number;
    readonly ours: number | null;
    readonly peer: number | null;
    readonly ratio: number | null;
  }[];
  /** Over the folds in which both reached it; null without one. */
  readonly leastRatio: number | null;
  readonly medianRatio: number | null;
}

type BothRuns = FoldRecord & Required<Pick<FoldRecord, 'ours' | 'peer'>>;
/** Folds that both programs have finished. */
export const finishedFolds = (folds: readonly FoldRecord[]): BothRuns[] =>
  folds.filter((one): one is BothRuns => one.ours !== undefined && one.peer !== undefined);

const ratiosOf = (ratios: readonly (number | null)[]): Pick<LevelRow, 'leastRatio' | 'medianRatio'> => {
  const known = ratios.filter((ratio) => ratio !== null);
  return known.length > 0
    ? { leastRatio: minimum(known), medianRatio: median(known) }
    : { leastRatio: null, medianRatio: null };
};

/** The rows of the levels; a ratio is our seconds over the peer's. */
export function levelRows(folds: readonly FoldRecord[], levels: readonly number[] = diceLevels): LevelRow[] {
  const finished = finishedFolds(folds);
  return levels.map((level) => {
    const own = finished.map(({ fold, ours, peer }) => {
      const [a, b] = [secondsToLevel(ours.points, level), secondsToLevel(peer.points, level)];
      return { fold, ours: a, peer: b, ratio: a !== null && b !== null ? a / b : null };
    });
    return { level, folds: own, ...ratiosOf(own.map(({ ratio }) => ratio)) };
  });
}

/** Our seconds over the peer's for all the steps, fold by fold. */
export const wholeRatios = (folds: readonly FoldRecord[]) =>
  ratiosOf(finishedFolds(folds).map(({ ours, peer }) => ours.seconds / peer.seconds));

/** What a choice of epochs is made from. */
interface EpochBudget {
  readonly minutes: number;
  readonly folds: number;
  readonly stepsPerEpoch: number;
  /** Seconds a step of both programs together, and until their first steps. */
  readonly stepS: number;
  readonly firstStepS: number;
}

/** Time beside the steps: checkpoints, snapshots, and their scoring, which the clocks do not count. */
const besideSteps = 1.35;

/** Whole epochs with which both programs train all folds in the given minutes; at least one. */
export function epochsWithin({ minutes, folds, stepsPerEpoch, stepS, firstStepS }: EpochBudget): number {
  const seconds = (60 * minutes) / folds - firstStepS;
  return Math.max(1, Math.floor(seconds / (stepsPerEpoch * stepS * besideSteps)));
}

/** The way whose steps, with the wait for the first one, take least for a number of steps. */
export const bestWay = (ways: readonly PeerWay[], steps: number): PeerWay =>
  ways.toSorted((a, b) => a.firstStepS + steps * a.stepS - (b.firstStepS + steps * b.stepS))[0]!;

const seconds = (value: number | null): string => (value === null ? '–' : value.toFixed(1));
const share = (value: number | null): string => (value === null ? '–' : value.toFixed(2));

/** The table of docs/benchmarks.md: seconds to each level, ours / peer by fold, and the ratios. */
export function levelTable(folds: readonly FoldRecord[]): string {
  const finished = finishedFolds(folds);
  const cells = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const names = finished.map(({ fold }) => `fold ${fold}`);
  const whole = wholeRatios(folds);
  const rows = [
    ['DSC', ...names, 'ratio, least', 'median'],
    ['---', ...names.map(() => '---'), '---', '---'],
    ...levelRows(folds).map(({ level, folds: own, leastRatio, medianRatio }) => [
      level.toFixed(2),
      ...own.map(({ ours, peer }) => `${seconds(ours)} / ${seconds(peer)}`),
      share(leastRatio),
      share(medianRatio),
    ]),
    [
      'all steps',
      ...finished.map(({ ours, peer }) => `${seconds(ours.seconds)} / ${seconds(peer.seconds)}`),
      share(whole.leastRatio),
      share(whole.medianRatio),
    ],
    ['DSC at the end', ...finished.map(({ ours, peer }) => `${lastDice(ours)} / ${lastDice(peer)}`), '', ''],
  ];
  return rows.map(cells).join('\n');
}

const lastDice = ({ points }: DiceRun): string => points.at(-1)?.dice.toFixed(3) ?? '–';

/** nnU-Net beside ours in the same time, one row a run. */
export function nnunetTable(folds: readonly FoldRecord[]): string {
  const rows = folds.flatMap(({ fold, ours, nnunet = [] }) =>
    nnunet.map((one) => {
      const plan = `${one.patchSize.join(' × ')}, batch ${one.batchSize}`;
      const scores = `${one.dice.toFixed(3)} (${one.sliceDice.toFixed(3)})`;
      const own = ours?.points.at(-1);
      const ownScores = own ? `${own.dice.toFixed(3)} (${own.sliceDice.toFixed(3)})` : '–';
      return `| ${fold} | ${seconds(one.seconds)} | ${plan}, ${one.steps} steps | ${scores} | ${ownScores} |`;
    }),
  );
  if (rows.length === 0) return '';
  return ['| fold | seconds | nnU-Net | its DSC by patient (slice) | ours |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}
