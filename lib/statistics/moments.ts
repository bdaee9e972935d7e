/** Mean and sum of squares that stay exact when the values share a large offset. */
import type { Sample } from './sample.ts';
import { scaled, sizeExponent, timesPower } from './scale.ts';

/** Number and mean of some values, with the mean's rounding, and the sum of squares about it. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  /** What rounding the mean to a double left out; only a difference of two nearly equal means needs it. */
  readonly meanRest: number;
  /** Sum of squared distances from the mean; exactly 0 for a constant sample. */
  readonly squares: number;
}

/** Sum without loss of small terms. Source: Neumaier 1974, doi 10.1002/zamm.19740540106. */
export function exactSum(values: Sample): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/**
 * Two passes: the mean, then distances from it, with the mean's own rounding corrected. Empty gives NaN. Squares below
 * 1e-308 vanish and those above 1e308 are infinite: `commonMoments` is for values of any size.
 */
export function moments(values: Sample): Moments {
  const n = values.length;
  const first = values[0]!;
  if (n > 0 && Array.prototype.every.call(values, (value: number) => value === first))
    return { n, mean: first, meanRest: 0, squares: 0 };
  const mean = exactSum(values) / n;
  const distances = Float64Array.from(values, (value) => value - mean);
  const meanRest = exactSum(distances) / n;
  const squares = exactSum(distances.map((d) => (d - meanRest) ** 2));
  return { n, mean, meanRest, squares };
}

/** Moments of several samples, all in the unit 2^`exponent`, that is to say squares in its square. */
interface CommonMoments {
  readonly moments: readonly Moments[];
  readonly exponent: number;
}

/** The exponent of the spread of a sample, and of its mean; −∞ for 0. */
function exponentsOf({ mean, squares }: Moments, exponent: number): { spread: number; size: number } {
  return { spread: exponent + sizeExponent([Math.sqrt(squares)]), size: exponent + sizeExponent([mean]) };
}

/**
 * Moments of samples of any size in the unit of the largest spread among them. Where means are some 1e145 times as
 * large as all spread, in a unit in which squares of the means still are finite.
 */
export function commonMoments(samples: readonly { values: Sample; exponent: number }[]): CommonMoments {
  const own = samples.map(({ values, exponent }) => {
    // the values may be small in their unit: differences of large ones are
    const inner = scaled(values);
    return { of: moments(inner.values), exponent: exponent + inner.exponent };
  });
  const exponents = own.map(({ of, exponent }) => exponentsOf(of, exponent));
  const [spread, size] = (['spread', 'size'] as const).map((key) => Math.max(...exponents.map((e) => e[key])));
  const wanted = spread! === -Infinity ? size! : Math.max(spread!, size! - 480);
  const exponent = wanted === -Infinity ? 0 : wanted;
  return {
    exponent,
    moments: own.map(({ of: { n, mean, meanRest, squares }, exponent: from }) => ({
      n,
      mean: timesPower(mean, from - exponent),
      meanRest: timesPower(meanRest, from - exponent),
      squares: timesPower(squares, 2 * (from - exponent)),
    })),
  };
}

/** Moments of two samples in one unit, as `commonMoments`. */
export function momentsOfTwo(a: Sample, b: Sample): { moments: [Moments, Moments]; exponent: number } {
  const { moments: both, exponent } = commonMoments([a, b].map((values) => ({ values, exponent: 0 })));
  return { moments: [both[0]!, both[1]!], exponent };
}

/** Sample variance, divisor n − 1; NaN for fewer than two values. */
export const varianceOf = ({ n, squares }: Moments): number => (n > 1 ? squares / (n - 1) : NaN);

/** mean(a) − mean(b) with relative accuracy. */
export const meanDifference = (a: Moments, b: Moments): number => a.mean - b.mean + (a.meanRest - b.meanRest);
