/**
 * Powers of two that bring values near 1, so that their squares neither overflow nor vanish. Multiplying by a power of
 * two changes no digit, nor does any sum, product, quotient or root of what was multiplied: results for values of
 * ordinary size are the same bits with it and without.
 */
import type { Sample } from './sample.ts';

/** Sums, means and differences of values near 1 may err by this much: what is smaller is 0 but for rounding. */
export const rounding = 2 ** -50;

/** A sample as `values` · 2^`exponent`. */
export interface Scaled {
  readonly values: Float64Array;
  readonly exponent: number;
}

/** Multiplies by 2^exponent, for exponents of any size. */
function multiplier(exponent: number): (x: number) => number {
  if (Math.abs(exponent) > 1000) {
    const step = Math.sign(exponent) * 1000;
    const rest = multiplier(exponent - step);
    return (x) => rest(x * 2 ** step);
  }
  const factor = 2 ** exponent;
  return (x) => x * factor;
}

/** x · 2^exponent. */
export const timesPower = (x: number, exponent: number): number => multiplier(exponent)(x);

/** The k for which 2^k is about the largest size among the values; −∞ where all are 0 or there are none. */
export function sizeExponent(values: Sample): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return Math.floor(Math.log2(largest));
}

/** The sample in the unit 2^`exponent`. */
export const inUnit = (sample: Scaled, exponent: number): Float64Array =>
  sample.values.map(multiplier(sample.exponent - exponent));

/** Several samples in one unit, in which the largest of all values lies near 1. */
export function scaledTogether(samples: readonly Sample[]): { samples: Float64Array[]; exponent: number } {
  const largest = samples.reduce((most, values) => Math.max(most, sizeExponent(values)), -Infinity);
  const exponent = largest === -Infinity ? 0 : largest;
  const shrink = multiplier(-exponent);
  return { samples: samples.map((values) => Float64Array.from(values, (value) => shrink(value))), exponent };
}

/** One sample so that its largest value lies near 1; all 0 stay. */
export function scaled(sample: Sample): Scaled {
  const { samples, exponent } = scaledTogether([sample]);
  return { values: samples[0]!, exponent };
}

/** a − b, unit by unit; halved where a difference would leave the doubles. */
export function differences(a: Sample, b: Sample): Scaled {
  const values = Float64Array.from(a, (value, i) => value - b[i]!);
  if (values.every(Number.isFinite)) return { values, exponent: 0 };
  return { values: Float64Array.from(a, (value, i) => value / 2 - b[i]! / 2), exponent: 1 };
}
