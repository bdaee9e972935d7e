/**
 * exp, sin and cos to the nearest double. JavaScript's own are a unit in the last place off in 5 % of all cases, those
 * of the usual C library in 0.2 %; where an image is constant, that difference is all that a derivative leaves.
 */

/** Fixed point: values are integers in units of 2^-400; the largest terms for 100 are near e^100 = 2^144. */
const fractionBits = 400n;
const one = 1n << fractionBits;
const largestArgument = 100;
const smallestArgument = 1e-60;

/** Exact: every double from 1e-60 on is a multiple of 2^-400. */
function toFixed(x: number): bigint {
  const exponent = Math.floor(Math.log2(Math.abs(x))) - 53;
  return BigInt(x / 2 ** exponent) << (BigInt(exponent) + fractionBits);
}

/** The nearest double: the conversion of a BigInt rounds to nearest, and scaling by a power of two is exact. */
function toNumber(fixed: bigint): number {
  const magnitude = fixed < 0n ? -fixed : fixed;
  const surplus = BigInt(Math.max(0, magnitude.toString(2).length - 128));
  // One bit that says whether anything was cut off keeps ties apart.
  const sticky = (magnitude >> surplus) << surplus === magnitude ? 0n : 1n;
  const value = Number(((magnitude >> surplus) << 1n) | sticky) * 2 ** Number(surplus - 1n - fractionBits);
  return fixed < 0n ? -value : value;
}

/**
 * Every `step`-th term xⁿ/n! of the Taylor series of e^x from n = `first` on, with
 * alternating signs where asked, summed.
 */
function series(x: number, first: number, step: number, alternating: boolean): number {
  const fixed = toFixed(x);
  let [term, sum, sign] = [one, 0n, 1n];
  for (let n = 0; term !== 0n; term = ((term * fixed) >> fractionBits) / BigInt(++n)) {
    if (n % step !== first) continue;
    sum += sign * term;
    if (alternating) sign = -sign;
  }
  return toNumber(sum);
}

/** Where the fixed point has digits enough; below, the functions of JavaScript are as good. */
const isInRange = (x: number): boolean => Math.abs(x) >= smallestArgument && Math.abs(x) <= largestArgument;

/** e^x, to the nearest double for |x| of 1e-60 to 100. */
export const exactExp = (x: number): number => (isInRange(x) ? series(x, 0, 1, false) : Math.exp(x));
/** sin x, to the nearest double for |x| of 1e-60 to 100. */
export const exactSin = (x: number): number => (isInRange(x) ? series(x, 1, 2, true) : Math.sin(x));
/** cos x, to the nearest double for |x| of 1e-60 to 100. */
export const exactCos = (x: number): number => (isInRange(x) ? series(x, 0, 2, true) : Math.cos(x));
