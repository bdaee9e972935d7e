/**
 * The low-pass and the high-pass of a wavelet, over samples in memory: out(i) = Σ f(j) · in(i + F/2 − j), j from 0 to
 * F − 1.
 *
 * The order of the sums is PyWavelets', which decides their last bits: where an image is constant these bits are all
 * that a high-pass leaves, and their sign chooses the bin of a texture feature.
 */
import { expected } from '../../errors.ts';
import { singleTaps, waveletTaps } from './waveletTaps.ts';

export type Floats = Float32Array | Float64Array;

/** The taps of both filters, of one length, in double and in single precision. */
export interface FilterPair {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly lowSingle: Float32Array;
  readonly highSingle: Float32Array;
}

/** How many samples the filters see before and after their place. */
export const reachOf = ({ low }: FilterPair): { before: number; after: number } => ({
  before: low.length / 2 - 1,
  after: low.length / 2,
});

/** The lines of a table by their first word; a line that begins with a blank goes on. */
const rowsOf = (table: string): Map<string, string> => {
  const lines = table.replace(/\n +/g, ' ').split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
};
const taps = rowsOf(waveletTaps);
const numbersOf = (text: string): number[] => text.trim().split(' ').map(Number);

/** Names of all wavelets: PyWavelets' families haar, db, sym, coif, bior, rbio and dmey. */
export const waveletNames: readonly string[] = [...taps.keys()].flatMap((name) =>
  name.startsWith('bior') ? [name, name.replace('bior', 'rbio')] : [name],
);

/** The quadrature mirror: every other sign changed. */
const mirrorOf = <T extends Floats>(reconstruction: T): T =>
  reconstruction.map((tap, k) => (k % 2 === 0 ? -tap : tap)) as T;

/** The low-pass of the decomposition and that of the reconstruction. */
function lowPasses(name: string): [number[], number[]] {
  if (name.startsWith('rbio')) {
    const [low, back] = lowPasses(name.replace('rbio', 'bior'));
    return [back.reverse(), low.reverse()];
  }
  const [low, back] = taps.get(name)!.split('|').map(numbersOf);
  return [low!, back ?? [...low!].reverse()];
}

/** The filters of a wavelet. Throws a UserError for a name that is not in `waveletNames`. */
export function filterPairOf(name: string): FilterPair {
  if (!waveletNames.includes(name)) throw expected(`a wavelet of ${waveletNames.join(', ')}`, `"${name}"`);
  const [forth, back] = lowPasses(name);
  const [low, lowSingle] = [Float64Array.from(forth), Float32Array.from(forth)];
  const backSingle = Float32Array.from(back);
  const odd = numbersOf(rowsOf(singleTaps).get(name) ?? '');
  for (let i = 0; i + 1 < odd.length; i += 2) {
    lowSingle[odd[i]!] = odd[i + 1]!;
    backSingle[lowSingle.length - 1 - odd[i]!] = odd[i + 1]!;
  }
  return { low, high: mirrorOf(Float64Array.from(back)), lowSingle, highSingle: mirrorOf(backSingle) };
}

/**
 * Runs of samples: `count` outputs from index `at` on; their inputs begin at `start`, and
 * those of one output are `step` apart.
 */
export interface Run {
  readonly start: number;
  readonly step: number;
  readonly at: number;
  readonly count: number;
}

/** Six taps at once, which is twice as fast as one after another. */
function splitSix(from: Float64Array, low: Float64Array, high: Float64Array, run: Run, pair: FilterPair): void {
  const { start, step, at, count } = run;
  const [l0, l1, l2, l3, l4, l5] = pair.low as unknown as number[] as [number, number, number, number, number, number];
  const [h0, h1, h2, h3, h4, h5] = pair.high as unknown as number[] as [number, number, number, number, number, number];
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

/** Outputs that are worked on together, so that they stay in the cache while one tap follows another. */
const together = 2048;

/** Adds tap after tap to all outputs of a run; what is stored is rounded to the arrays' precision each time. */
function accumulate(from: Floats, out: Floats, { start, step, at, count }: Run, filter: Floats): void {
  const round = from instanceof Float32Array ? Math.fround : (x: number): number => x;
  for (let first = 0; first < count; first += together) {
    const end = Math.min(first + together, count);
    out.fill(0, at + first, at + end);
    for (let j = 0; j < filter.length; j++) {
      const tap = filter[j]!;
      const shift = start + (filter.length - 1 - j) * step;
      for (let i = first; i < end; i++) out[at + i]! += round(tap * from[shift + i]!);
    }
  }
}

/** Low-pass and high-pass of a run, in the precision of the arrays, which are all three of the same type. */
export function splitRun(from: Floats, low: Floats, high: Floats, run: Run, pair: FilterPair): void {
  const isDouble = from instanceof Float64Array;
  if (isDouble && pair.low.length === 6) return splitSix(from, low as Float64Array, high as Float64Array, run, pair);
  accumulate(from, low, run, isDouble ? pair.low : pair.lowSingle);
  accumulate(from, high, run, isDouble ? pair.high : pair.highSingle);
}

/**
 * The same for samples near the end of a period, which PyWavelets sums in another order: where the filter reaches over
 * the end by `over` samples, those from the end on outwards come first. With `over` 0 or 1 nothing differs.
 */
export function splitNearEnd(
  from: Floats,
  low: Floats,
  high: Floats,
  { start, step, at, count }: Run,
  { pair, over }: { pair: FilterPair; over: number },
): void {
  const isDouble = from instanceof Float64Array;
  const round = isDouble ? (x: number): number => x : Math.fround;
  const length = pair.low.length;
  const order = Array.from({ length }, (_, k) => (k <= over ? over - k : k));
  const both = isDouble
    ? ([[pair.low, low] as const, [pair.high, high] as const] as const)
    : ([[pair.lowSingle, low] as const, [pair.highSingle, high] as const] as const);
  for (const [filter, out] of both) {
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (const j of order) sum = round(sum + round(filter[j]! * from[start + i + (length - 1 - j) * step]!));
      out[at + i] = sum;
    }
  }
}
