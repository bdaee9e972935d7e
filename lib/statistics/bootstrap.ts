/**
 * Bootstrap confidence intervals, seeded: θ* is the statistic θ of the units drawn anew with replacement, many times.
 *
 * Percentile: the α/2 and 1 − α/2 quantiles of the θ*. BCa: their Φ(z₀ + (z₀ + z)/(1 − a·(z₀ + z))) quantiles with
 * z = Φ⁻¹(α/2) and Φ⁻¹(1 − α/2), z₀ = Φ⁻¹(share of the θ* below θ), and a = Σ (θ̄ − θᵢ)³ / (6 (Σ (θ̄ − θᵢ)²)^1.5), θᵢ
 * being the statistic without unit i. Source: Efron 1987, doi:10.1080/01621459.1987.10478410.
 */
import { mean, quantileSorted, sampleStandardDeviation } from 'simple-statistics';
import { expected } from '../errors.ts';
import { Random } from '../random.ts';
import { normalCdf, normalQuantile } from './distributions/normal.ts';
import { checkConfidence, checkPairs, type Sample } from './sample.ts';

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

/** Acceleration from leaving out one unit at a time; 0 when that changes nothing (where SciPy gives no interval). */
function acceleration<T>(units: readonly T[], statistic: (units: readonly T[]) => number): number {
  const values = units.map((_, left) => statistic(units.filter((_, i) => i !== left)));
  const centre = mean(values);
  const [squares, cubes] = [2, 3].map((power) => values.reduce((sum, value) => sum + (centre - value) ** power, 0));
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/**
 * The two quantiles that BCa takes (Efron 1987, doi 10.1080/01621459.1987.10478410); NaN when no
 * resample lies on one side of the estimate.
 */
function bcaLevels(sorted: readonly number[], estimate: number, accelerate: number, tail: number): [number, number] {
  // a resample that is the sample in another order differs by rounding only
  const rounding = 1e-12 * (sorted.at(-1)! - sorted[0]!);
  const below = sorted.filter((value) => value < estimate - rounding).length;
  const notAbove = sorted.filter((value) => value <= estimate + rounding).length;
  const bias = normalQuantile((below + notAbove) / (2 * sorted.length));
  const level = (z: number): number => normalCdf(bias + (bias + z) / (1 - accelerate * (bias + z)));
  return [level(normalQuantile(tail)), level(-normalQuantile(tail))];
}

/**
 * Bootstrap interval of any statistic of independent units: units (patients, or pairs of values of a patient) are drawn
 * with replacement, so whatever belongs to one stays together. SciPy's `bootstrap`, 9999 resamples. Equal seeds give
 * equal intervals. A statistic that is the same in all resamples gives [estimate, estimate]; a BCa interval that cannot
 * be computed is NaN. Refuses fewer than 2 units and a statistic that is NaN for a resample.
 */
export function bootstrap<T>(
  units: readonly T[],
  statistic: (units: readonly T[]) => number,
  options: BootstrapOptions = {},
): Bootstrap {
  const { confidence = 0.95, resamples = 9999, method = 'bca', seed = 0 } = options;
  checkConfidence(confidence);
  if (units.length < 2) throw expected('at least 2 units to resample', `${units.length}`);
  if (!(Number.isInteger(resamples) && resamples >= 2))
    throw expected('a whole number of resamples above 1', `${resamples}`);
  const random = Random.stream(seed, 'bootstrap');
  const values = Array.from({ length: resamples }, () =>
    statistic(units.map(() => units[random.integer(units.length)]!)),
  );
  const undefinedOnes = values.filter(Number.isNaN).length;
  if (undefinedOnes > 0)
    throw expected('a statistic that is a number for every resample', `NaN for ${undefinedOnes} of ${resamples}`);
  const sorted = values.sort((a, b) => a - b);
  const estimate = statistic(units);
  const tail = (1 - confidence) / 2;
  const levels =
    method === 'percentile' ? [tail, 1 - tail] : bcaLevels(sorted, estimate, acceleration(units, statistic), tail);
  const [low, high] = levels.map((level) => (Number.isNaN(level) ? NaN : quantileSorted(sorted, level)));
  return { estimate, interval: [low, high], standardError: sampleStandardDeviation(sorted) };
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
  const pairs = Array.from(a, (value, i): [number, number] => [value, b[i]!]);
  return bootstrap(
    pairs,
    (drawn) => statistic(drawn.map(([first]) => first)) - statistic(drawn.map(([, second]) => second)),
    options,
  );
}
