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

/** Taps in the order of their sums: what each multiplies lies so many samples behind the first that is seen. */
export interface OrderedTaps {
  readonly places: Int32Array;
  readonly low: Floats;
  readonly high: Floats;
}

/**
 * The taps for images in double or single precision. Near the end of a period PyWavelets sums in another order: where
 * the filter reaches over the end by `over` samples, those from the end on outwards come first. With `over` 0 or 1
 * nothing differs.
 */
export function tapsInOrder(
  { low, high, lowSingle, highSingle }: FilterPair,
  isDouble: boolean,
  over = 0,
): OrderedTaps {
  const order = Int32Array.from(low, (_, k) => (k <= over ? over - k : k));
  const inOrder = (filter: Floats): Floats => filter.map((_, k) => filter[order[k]!]!);
  return {
    places: order.map((j) => low.length - 1 - j),
    low: inOrder(isDouble ? low : lowSingle),
    high: inOrder(isDouble ? high : highSingle),
  };
}

/** All taps of one output after another, for few of them. */
function splitFew(from: Float64Array, low: Float64Array, high: Float64Array, run: Run, taps: OrderedTaps): void {
  const { places, low: l, high: h } = taps;
  for (let i = 0; i < run.count; i++) {
    let [lowSum, highSum] = [0, 0];
    for (let k = 0; k < places.length; k++) {
      const x = from[run.start + i + places[k]! * run.step]!;
      lowSum += l[k]! * x;
      highSum += h[k]! * x;
    }
    low[run.at + i] = lowSum;
    high[run.at + i] = highSum;
  }
}

/** Adds four taps to all outputs at once, which spares the memory three roundtrips of four; the last may be a pair. */
function splitDouble(from: Float64Array, low: Float64Array, high: Float64Array, run: Run, taps: OrderedTaps): void {
  const { places, low: l, high: h } = taps;
  const { at, count } = run;
  const end = at + count;
  const behind = (k: number): number => run.start + places[k]! * run.step - at;
  let k = 0;
  for (; k + 4 <= places.length; k += 4) {
    const [p0, p1, p2, p3] = [behind(k), behind(k + 1), behind(k + 2), behind(k + 3)];
    const [l0, l1, l2, l3] = [l[k]!, l[k + 1]!, l[k + 2]!, l[k + 3]!];
    const [h0, h1, h2, h3] = [h[k]!, h[k + 1]!, h[k + 2]!, h[k + 3]!];
    for (let q = at; q < end; q++) {
      const x0 = from[q + p0]!;
      const x1 = from[q + p1]!;
      const x2 = from[q + p2]!;
      const x3 = from[q + p3]!;
      low[q] = low[q]! + l0 * x0 + l1 * x1 + l2 * x2 + l3 * x3;
      high[q] = high[q]! + h0 * x0 + h1 * x1 + h2 * x2 + h3 * x3;
    }
  }
  if (k === places.length) return;
  const [p0, p1, l0, l1, h0, h1] = [behind(k), behind(k + 1), l[k]!, l[k + 1]!, h[k]!, h[k + 1]!];
  for (let q = at; q < end; q++) {
    const x0 = from[q + p0]!;
    const x1 = from[q + p1]!;
    low[q] = low[q]! + l0 * x0 + l1 * x1;
    high[q] = high[q]! + h0 * x0 + h1 * x1;
  }
}

/** Adds two taps at once; every product and every sum is rounded to single precision. */
function splitSingle(from: Float32Array, low: Float32Array, high: Float32Array, run: Run, taps: OrderedTaps): void {
  const { places, low: l, high: h } = taps;
  const { at, count } = run;
  const end = at + count;
  const { fround } = Math;
  const behind = (k: number): number => run.start + places[k]! * run.step - at;
  for (let k = 0; k < places.length; k += 2) {
    const [p0, p1, l0, l1, h0, h1] = [behind(k), behind(k + 1), l[k]!, l[k + 1]!, h[k]!, h[k + 1]!];
    for (let q = at; q < end; q++) {
      const x0 = from[q + p0]!;
      const x1 = from[q + p1]!;
      low[q] = fround(low[q]! + fround(l0 * x0)) + fround(l1 * x1);
      high[q] = fround(high[q]! + fround(h0 * x0)) + fround(h1 * x1);
    }
  }
}

/** Outputs that are worked on together, so that they stay in the cache while taps follow one another. */
const together = 512;

/**
 * Low-pass and high-pass of a run, in the precision of the arrays, which are all three of the same type; `low` and
 * `high` are 0 there before.
 */
export function splitRun(from: Floats, low: Floats, high: Floats, run: Run, taps: OrderedTaps): void {
  const isDouble = from instanceof Float64Array;
  if (isDouble && run.count < 8) return splitFew(from, low as Float64Array, high as Float64Array, run, taps);
  for (let first = 0; first < run.count; first += together) {
    const count = Math.min(together, run.count - first);
    const part = { start: run.start + first, step: run.step, at: run.at + first, count };
    if (isDouble) splitDouble(from, low as Float64Array, high as Float64Array, part, taps);
    else splitSingle(from, low as Float32Array, high as Float32Array, part, taps);
  }
}
