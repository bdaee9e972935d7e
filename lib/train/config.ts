/**
 * One configuration of a training run: checked, frozen, printed at the start and saved as `config.json`.
 * The default is the reference's run; presets (presets.ts) change what a smaller machine or another data set needs.
 */
import { type Check, checkOptions, count, number, oneOf, orNull, positive, yesNo } from '../checks.ts';
import { expected, UserError } from '../errors.ts';
import { passing, type Schema } from '../io/schema.ts';
import { type LossName, losses } from '../loss/losses.ts';
import { type Variant, variants } from '../model/axunet.ts';
import { type AugmentOptions, augmentDefault, augmentLight, augmentStrong } from '../preprocess/augment.ts';
import { defaultAdam, type OptimizerConfig, referenceRmsprop } from '../step/optimizers.ts';
import { type Schedule, scheduleKinds } from './schedule.ts';

/** What the names in a configuration stand for. */
export const augmentations = {
  none: undefined,
  light: augmentLight,
  default: augmentDefault,
  strong: augmentStrong,
} as const satisfies Record<string, AugmentOptions | undefined>;
const optimizers: Readonly<Record<OptimizerConfig['name'], OptimizerConfig>> = {
  rmsprop: referenceRmsprop,
  adam: defaultAdam,
  sgd: { name: 'sgd', momentum: 0.9 },
};

const precisions = ['float32', 'bfloat16'] as const;

/** Everything that decides about a training run; two runs with equal configuration and data are the same run. */
export interface TrainConfig {
  /** All randomness of the run derives from it: first weights, order, augmentation. */
  readonly seed: number;
  readonly variant: Variant;
  /** Channels of the first level. */
  readonly width: number;
  readonly asppRates: readonly [number, number, number];
  /**
   * `native`: slices as they are, padded to multiples of 16. Else height and width in pixels of a window around all
   * training masks.
   */
  readonly gridSize: 'native' | readonly [number, number];
  /** Room between the masks and the window's edge, in the unit of the slices (mm, or px for pictures). */
  readonly gridMargin: number;
  /** `none`, `light`, `default` or `strong`: the strengths of `augmentLight`, `augmentDefault` and `augmentStrong`. */
  readonly augment: keyof typeof augmentations;
  /** Share of an epoch's slices that show no pancreas, drawn anew in each epoch; null takes all slices as they are. */
  readonly emptyShare: number | null;
  /** What they are: docs/losses.md. */
  readonly loss: LossName;
  readonly optimizer: OptimizerConfig;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly batchSize: number;
  /**
   * Slices that go through the network at once; the gradients of a batch's parts are averaged. Saves memory; batch norm
   * and Dice then see a part instead of the whole batch. null takes the batch whole.
   */
  readonly microBatch: number | null;
  /**
   * `bfloat16`: convolutions and matrix products of a compiled step in it, faster where the processor has it; weights
   * stay float32.
   */
  readonly precision: (typeof precisions)[number];
  /**
   * Makes some images again in the backward pass of a compiled step instead of keeping them; null does so from 512 ×
   * 512 pixels on.
   */
  readonly recompute: boolean | null;
  /**
   * How long to train: in epochs, or (the other one null) in minutes of training time, validation and saving included.
   */
  readonly epochs: number | null;
  readonly minutes: number | null;
  /** Longest norm of the whole gradient; null does not clip. */
  readonly clipNorm: number | null;
  /** Decay per step of the averaged weights that validation and prediction then use; null does not average. */
  readonly emaDecay: number | null;
  /** Validate after every so many epochs, and always after the last. */
  readonly validateEvery: number;
  /** Stop after so many validations without a better score; null never stops early. */
  readonly patience: number | null;
  /** Minutes between two checkpoints inside an epoch; each epoch ends with one anyway. */
  readonly checkpointMinutes: number;
}

type OptimizerChanges = {
  readonly name?: OptimizerConfig['name'];
  readonly [option: string]: number | string | undefined;
};

/** What a user gives: any part of a configuration; `optimizer` and `schedule` in parts too. */
export type TrainChanges = Partial<Omit<TrainConfig, 'optimizer' | 'schedule'>> & {
  readonly optimizer?: OptimizerChanges;
  readonly schedule?: Partial<Schedule>;
};

/** The reference's run: RMSProp at a constant rate, batches of 5, 30 epochs, the full network on whole slices. */
export const referenceConfig: TrainConfig = {
  seed: 1,
  variant: 'residual',
  width: 64,
  asppRates: [2, 4, 6],
  gridSize: 'native',
  gridMargin: 0,
  augment: 'none',
  emptyShare: null,
  loss: 'ce-dice',
  optimizer: referenceRmsprop,
  learningRate: 5e-4,
  schedule: { kind: 'constant', warmUp: 0, floor: 0, power: 0.9 },
  batchSize: 5,
  microBatch: null,
  precision: 'float32',
  recompute: null,
  epochs: 30,
  minutes: null,
  clipNorm: null,
  emaDecay: null,
  validateEvery: 1,
  patience: null,
  checkpointMinutes: 5,
};

const notNegative = number('a number of 0 or more', (v) => v >= 0);
const share = number('a number from 0 to below 1', (v) => v >= 0 && v < 1);
const counts = (n: number, multipleOf = 1): Check => [
  `${n} positive whole numbers${multipleOf > 1 ? `, multiples of ${multipleOf}` : ''}`,
  (v) => Array.isArray(v) && v.length === n && v.every((x) => Number.isInteger(x) && x > 0 && x % multipleOf === 0),
];
const options: Check = ['an object of options', (v) => typeof v === 'object' && v !== null && !Array.isArray(v)];
const anything: Check = ['', () => true];

const checks: Record<keyof TrainConfig, Check> = {
  seed: number('a whole number of at most 16 digits', Number.isSafeInteger),
  variant: oneOf(variants),
  width: count,
  asppRates: counts(3),
  gridSize: [`"native" or ${counts(2, 16)[0]}`, (v) => v === 'native' || counts(2, 16)[1](v)],
  gridMargin: notNegative,
  augment: oneOf(Object.keys(augmentations)),
  emptyShare: orNull(share),
  loss: oneOf(Object.keys(losses)),
  optimizer: anything,
  learningRate: positive,
  schedule: anything,
  batchSize: count,
  microBatch: orNull(count),
  precision: oneOf(precisions),
  recompute: orNull(yesNo),
  epochs: orNull(count),
  minutes: orNull(positive),
  clipNorm: orNull(positive),
  emaDecay: orNull(share),
  validateEvery: count,
  patience: orNull(count),
  checkpointMinutes: notNegative,
};
const scheduleChecks: Record<keyof Schedule, Check> = {
  kind: oneOf(scheduleKinds),
  warmUp: share,
  floor: share,
  power: positive,
};

const check = (values: object, table: Readonly<Record<string, Check>>, prefix?: string): void =>
  checkOptions(values, table, 'a training option', prefix);

/** What one kind of optimizer has for options is told by its defaults. */
function mergeOptimizer(base: OptimizerConfig, given: OptimizerChanges): OptimizerConfig {
  const name = given.name ?? base.name;
  check({ name }, { name: oneOf(Object.keys(optimizers)) }, 'optimizer.');
  const start = name === base.name ? base : optimizers[name];
  check(
    given,
    Object.fromEntries(Object.keys(start).map((key) => [key, key === 'name' ? anything : notNegative])),
    'optimizer.',
  );
  return Object.freeze({ ...start, ...given } as OptimizerConfig);
}

/** Epochs or minutes, the other one cleared; nothing where the changes name neither or both. */
function timeOf({ epochs, minutes }: TrainChanges): Partial<TrainConfig> {
  if (minutes != null && epochs === undefined) return { epochs: null };
  if (epochs != null && minutes === undefined) return { minutes: null };
  return {};
}

/**
 * The configuration `base` with `changes`, checked and frozen. Giving `minutes` clears the base's `epochs` and the
 * other way round. Throws a sentence that names an unknown option or a value that cannot be.
 */
export function trainConfig(changes: TrainChanges = {}, base: TrainConfig = referenceConfig): TrainConfig {
  const { optimizer: given = {}, schedule: wanted = {} } = changes;
  check({ optimizer: given, schedule: wanted }, { optimizer: options, schedule: options });
  const duration = timeOf(changes);
  const schedule = { ...base.schedule, ...wanted };
  const config: TrainConfig = {
    ...base,
    ...changes,
    ...duration,
    schedule,
    optimizer: mergeOptimizer(base.optimizer, given),
  };
  check(config, checks);
  check(schedule, scheduleChecks, 'schedule.');
  if ((config.epochs === null) === (config.minutes === null)) {
    throw new UserError(`Expected either epochs or minutes, found ${config.epochs === null ? 'neither' : 'both'}`);
  }
  return Object.freeze({ ...config, schedule: Object.freeze(schedule) });
}

/** Whether a stored value is a whole configuration, as `trainConfig` makes them. */
function isTrainConfig(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const config = value as TrainConfig;
  if (!options[1](config.optimizer) || !options[1](config.schedule)) return false;
  try {
    trainConfig(config);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** A configuration as a file of a run holds it. */
export const configSchema: Schema<TrainConfig> = passing<TrainConfig>(isTrainConfig, 'a training configuration');

/**
 * Reads `width=16` and `optimizer.name=adam`, as `--set` takes them, into changes; values are JSON where they can be.
 */
export function parseChanges(assignments: readonly string[]): TrainChanges {
  const changes: Record<string, unknown> = {};
  for (const assignment of assignments) {
    const [, key, inner, text] = /^(\w+)(?:\.(\w+))?=(.*)$/.exec(assignment) ?? [];
    if (key === undefined) throw expected('an assignment such as width=16', `"${assignment}"`);
    let value: unknown = text;
    try {
      value = JSON.parse(text);
    } catch {
      /* a plain word such as adam */
    }
    changes[key] = inner === undefined ? value : { ...(changes[key] as object | undefined), [inner]: value };
  }
  return changes as TrainChanges;
}

function shownOption(value: unknown): string {
  if (Array.isArray(value)) return value.join(' × ');
  if (typeof value !== 'object' || value === null) return String(value ?? '-');
  return Object.entries(value)
    .map(([key, inner]) => `${key} ${inner}`)
    .join(', ');
}

/** One `name value` line for each option, for the start of a run. */
export const describeConfig = (config: TrainConfig): string =>
  Object.entries(config)
    .map(([key, value]) => `  ${key.padEnd(18)} ${shownOption(value)}`)
    .join('\n');
