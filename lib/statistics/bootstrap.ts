/**
 * Bootstrap confidence intervals, seeded: θ* is the statistic θ of the units drawn anew with replacement, many times.
 *
 * Percentile: the α/2 and 1 − α/2 quantiles of the θ*. BCa: their Φ(z₀ + (z₀ + z)/(1 − a·(z₀ + z))) quantiles with
 * z = Φ⁻¹(α/2) and Φ⁻¹(1 − α/2), z₀ = Φ⁻¹(share of the θ* below θ), and a = Σ (θ̄ − θᵢ)³ / (6 (Σ (θ̄ − θᵢ)²)^1.5), θᵢ
 * being the statistic without unit i. Source: Efron 1987, doi:10.1080/01621459.1987.10478410.
 */
import { mean } from 'simple-statistics';
import { expected } from '../errors.ts';
import { Random } from '../random.ts';
import { normalCdf, normalQuantile } from './distributions/normal.ts';
import {
  checkConfidence,
  checkList,
  checkPairs,
  checkResamples,
  checkSeed,
  checkWord,
  type Sample,
  shownArgument,
} from './sample.ts';
import { rounding, scaled } from './scale.ts';
import { meanAndSd, quantileOf } from './summary.ts';

/** Confidence (0.95), resamples (9999), kind of interval (BCa) and seed. */
export interface BootstrapOptions {
  readonly confidence?: number;
  readonly resamples?: number;
  /** `bca` (default): bias-corrected and accelerated. `percentile`: plain quantiles of the resamples. */
  readonly method?: 'bca' | 'percentile';
  readonly seed?: number;
}

/** An estimate with its interval and standard error. */
export interface Bootstrap {
  /** The statistic of the sample itself. */
  readonly estimate: number;
  readonly interval: readonly [number, number];
  /** SD of the statistic over the resamples. */
  readonly standardError: number;
}

type Statistic<T> = (units: readonly T[]) => number;

/** Acceleration from leaving out one unit at a time; 0 when that changes nothing (where SciPy gives no interval). */
function acceleration<T>(units: readonly T[], statistic: Statistic<T>): number {
  const values = units.map((_, left) => statistic(units.filter((_, i) => i !== left)));
  if (values.every((value) => value === values[0])) return 0;
  const { values: near } = scaled(values);
  const centre = mean(Array.from(near));
  const { values: distances } = scaled(near.map((value) => centre - value));
  const [squares, cubes] = [2, 3].map((power) => distances.reduce((sum, d) => sum + d ** power, 0));
  return cubes! / (6 * squares! ** 1.5);
}

/**
 * The two quantiles that BCa takes (Efron 1987, doi 10.1080/01621459.1987.10478410); NaN when no
 * resample lies on one side of the estimate.
 */
function bcaLevels(sorted: readonly number[], estimate: number, accelerate: number, tail: number): [number, number] {
  // a resample that is the sample in another order differs by rounding only
  const tolerance = 1e-12 * sorted.at(-1)! - 1e-12 * sorted[0]!;
  const below = sorted.filter((value) => value < estimate - tolerance).length;
  const notAbove = sorted.filter((value) => value <= estimate + tolerance).length;
  const bias = normalQuantile((below + notAbove) / (2 * sorted.length));
  const level = (z: number): number => normalCdf(bias + (bias + z) / (1 - accelerate * (bias + z)));
  return [level(normalQuantile(tail)), level(-normalQuantile(tail))];
}

/** The statistic of every resample, in ascending order. Refuses one that is no finite number. */
function resampled<T>(units: readonly T[], statistic: Statistic<T>, resamples: number, seed: number): number[] {
  const random = Random.stream(seed, 'bootstrap');
  const values = Array.from({ length: resamples }, () =>
    statistic(units.map(() => units[random.integer(units.length)]!)),
  );
  const bad = values.filter((value) => !Number.isFinite(value));
  if (bad.length > 0)
    throw expected(
      'a statistic that is a finite number for every resample',
      `${shownArgument(bad[0])} for ${bad.length} of ${resamples}`,
    );
  return values.sort((a, b) => a - b);
}

/** Refuses gaps among the units, and where some are numbers, whatever else is none or not finite. */
function checkUnits<T>(units: readonly T[]): void {
  checkList(units, 'the bootstrap', 'units');
  if (units.length < 2) throw expected('at least 2 units to resample', `${units.length}`);
  const areNumbers = Array.from(units).some((unit) => ['number', 'bigint'].includes(typeof unit));
  for (let i = 0; i < units.length; i++) {
    const isGap = units[i] === undefined || units[i] === null;
    if (isGap || (areNumbers && !Number.isFinite(units[i])))
      throw expected(
        areNumbers ? 'finite numbers as units' : 'units without gaps',
        `${shownArgument(units[i])} at position ${i}`,
      );
  }
}

/**
 * Bootstrap interval of any statistic of independent units: units (patients, or pairs of values of a patient) are drawn
 * with replacement, so whatever belongs to one stays together. SciPy's `bootstrap`, 9999 resamples. Equal seeds give
 * equal intervals. A statistic that is the same in all resamples, but for rounding, gives [estimate, estimate]; a BCa
 * interval that cannot be computed is NaN. Refuses fewer than 2 units, gaps, NaN and ±∞ among numbers, and a statistic
 * that is no finite number for a resample.
 */
export function bootstrap<T>(units: readonly T[], statistic: Statistic<T>, options: BootstrapOptions = {}): Bootstrap {
  return bootstrapOf(units, statistic, options, 0);
}

/** `unit`: the size of the numbers from which the statistic is made, of which its rounding is a part. */
function bootstrapOf<T>(
  units: readonly T[],
  statistic: Statistic<T>,
  options: BootstrapOptions,
  unit: number,
): Bootstrap {
  const { confidence = 0.95, resamples = 9999, method = 'bca', seed = 0 } = options;
  checkUnits(units);
  if (typeof statistic !== 'function') throw expected('a function as statistic', shownArgument(statistic));
  checkConfidence(confidence);
  checkResamples(resamples, 2);
  checkWord(method, ['bca', 'percentile'], 'the method');
  checkSeed(seed);
  const own = Array.from(units);
  const estimate = statistic(own);
  if (!Number.isFinite(estimate))
    throw expected('a statistic that is a finite number for the units', shownArgument(estimate));
  const sorted = resampled(own, statistic, resamples, seed);
  const [least, most] = [Math.min(estimate, sorted[0]!), Math.max(estimate, sorted.at(-1)!)];
  if (most - least <= rounding * Math.max(unit, Math.abs(least), Math.abs(most)))
    return { estimate, interval: [estimate, estimate], standardError: 0 };
  const tail = (1 - confidence) / 2;
  const levels =
    method === 'percentile' ? [tail, 1 - tail] : bcaLevels(sorted, estimate, acceleration(own, statistic), tail);
  const [low, high] = levels.map((level) => (Number.isNaN(level) ? NaN : quantileOf(sorted, level)));
  return { estimate, interval: [low!, high!], standardError: meanAndSd(sorted).sd };
}

/**
 * Paired bootstrap of statistic(a) − statistic(b), by default of the mean: the same units (patients) are drawn for
 * both, as two networks scored on the same cases need. Refuses unequal lengths and as `bootstrap`.
 */
export function pairedBootstrap(
  a: Sample,
  b: Sample,
  statistic: (values: number[]) => number = mean,
  options: BootstrapOptions = {},
): Bootstrap {
  checkPairs(a, b, 2);
  if (typeof statistic !== 'function') throw expected('a function as statistic', shownArgument(statistic));
  const pairs = Array.from(a, (value, i): [number, number] => [value, b[i]!]);
  const [ofFirst, ofSecond] = ([0, 1] as const).map(
    (side) => (drawn: readonly (readonly [number, number])[]) => statistic(drawn.map((pair) => pair[side])),
  );
  return bootstrapOf(
    pairs,
    (drawn) => ofFirst!(drawn) - ofSecond!(drawn),
    options,
    Math.max(Math.abs(ofFirst!(pairs)), Math.abs(ofSecond!(pairs))),
  );
}
