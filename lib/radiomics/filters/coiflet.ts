/**
 * The two filters of the wavelet coif1, over samples in memory.
 *
 * The low-pass in closed form is (−3 + √7, 1 − √7, 14 − 2√7, 14 + 2√7, 5 + √7, 1 − √7) / (16√2): Daubechies' coiflet of
 * six taps. I. Daubechies, Orthonormal bases of compactly supported wavelets II, SIAM J. Math. Anal. 24:499–519, 1993,
 * doi:10.1137/0524031. The digits are those of PyWavelets, 1e-15 from the closed form, and so is the order of the sums,
 * which decides their last bits: where an image is constant these bits are all that a high-pass leaves, and their sign
 * chooses the bin of a texture feature.
 */
export type Floats = Float32Array | Float64Array;
type Taps = readonly [number, number, number, number, number, number];

/** How many samples the filters see before and after their place: out(i) = Σ f(j) · in(i + 3 − j), j = 0 to 5. */
export const reach = { before: 2, after: 3 } as const;

const lowPass: Taps = [
  -0.015655728135791993, -0.07273261951252645, 0.3848648468648578, 0.8525720202116004, 0.3378976624574818,
  -0.07273261951252645,
];
/** In single precision, where PyWavelets' largest tap is rounded down. */
const lowPassSingle = Array.from(lowPass, (tap, j) =>
  Math.fround(j === 3 ? 0.852571964263916 : tap),
) as unknown as Taps;
/** The quadrature mirror: reversed, every other sign changed. */
const highPassOf = (low: Taps): Taps => [-low[5], low[4], -low[3], low[2], -low[1], low[0]];

/**
 * Runs of samples: `count` outputs from index `at` on; their inputs begin at `start`, and
 * the six of one output are `step` apart.
 */
export interface Run {
  readonly start: number;
  readonly step: number;
  readonly at: number;
  readonly count: number;
}

function splitDouble(from: Float64Array, low: Float64Array, high: Float64Array, { start, step, at, count }: Run): void {
  const [l0, l1, l2, l3, l4, l5] = lowPass;
  const [h0, h1, h2, h3, h4, h5] = highPassOf(lowPass);
  const [two, three, four, five] = [2 * step, 3 * step, 4 * step, 5 * step];
  for (let p = start, q = at, end = at + count; q < end; p++, q++) {
    const x0 = from[p + five]!;
    const x1 = from[p + four]!;
    const x2 = from[p + three]!;
    const x3 = from[p + two]!;
    const x4 = from[p + step]!;
    const x5 = from[p]!;
    low[q] = l0 * x0 + l1 * x1 + l2 * x2 + l3 * x3 + l4 * x4 + l5 * x5;
    high[q] = h0 * x0 + h1 * x1 + h2 * x2 + h3 * x3 + h4 * x4 + h5 * x5;
  }
}

/** Σ taps[j] · from[p + (5 − j)·step], with every product and sum rounded to single precision. */
function sumSingle(from: Float32Array, p: number, step: number, [t0, t1, t2, t3, t4, t5]: Taps): number {
  const round = Math.fround;
  const two = round(round(t0 * from[p + 5 * step]!) + round(t1 * from[p + 4 * step]!));
  const four = round(round(two + round(t2 * from[p + 3 * step]!)) + round(t3 * from[p + 2 * step]!));
  return round(round(four + round(t4 * from[p + step]!)) + round(t5 * from[p]!));
}

function splitSingle(from: Float32Array, low: Float32Array, high: Float32Array, { start, step, at, count }: Run): void {
  const highPass = highPassOf(lowPassSingle);
  for (let p = start, q = at, end = at + count; q < end; p++, q++) {
    low[q] = sumSingle(from, p, step, lowPassSingle);
    high[q] = sumSingle(from, p, step, highPass);
  }
}

/** Low-pass and high-pass of a run, in the precision of the arrays, which are all three of the same type. */
export function splitRun(from: Floats, low: Floats, high: Floats, run: Run): void {
  if (from instanceof Float64Array) splitDouble(from, low as Float64Array, high as Float64Array, run);
  else splitSingle(from, low as Float32Array, high as Float32Array, run);
}

/**
 * The same for the last samples of a period, which PyWavelets sums in another order: from inside the image outwards.
 */
export function splitLast(from: Floats, low: Floats, high: Floats, { start, step, at, count }: Run): void {
  const isDouble = from instanceof Float64Array;
  const round = isDouble ? (x: number): number => x : Math.fround;
  const taps = isDouble ? lowPass : lowPassSingle;
  for (const [filter, out] of [
    [taps, low],
    [highPassOf(taps), high],
  ] as const) {
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (const j of [2, 1, 0, 3, 4, 5]) sum = round(sum + round(filter[j]! * from[start + i + (5 - j) * step]!));
      out[at + i] = sum;
    }
  }
}
