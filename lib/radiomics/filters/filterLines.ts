/** Runs a recursive filter along several lines of voxels at once. */
import type { Four, RecursiveFilter } from './recursiveGaussian.ts';

/** The recursions look back this far, so that the first and last samples are done on their own. */
export const shortestLine = 4;

/** Lines of voxels in an array: sample i of line b is data[start + b·apart + i·step]. */
export interface Lines<T extends Float32Array | Float64Array> {
  readonly data: T;
  readonly start: number;
  readonly apart: number;
  readonly step: number;
}

/**
 * How many `lines` of `length` samples are filtered, and that the samples [first, first + count) of each are wanted.
 */
export interface Extent {
  readonly lines: number;
  readonly length: number;
  readonly first: number;
  readonly count: number;
}

/** Memory for `lines` lines of `length` samples, sample i of line b at [b + lines·i]. */
export interface LineBuffers {
  readonly input: Float64Array;
  readonly forward: Float64Array;
  readonly backward: Float64Array;
  readonly fed: Float64Array;
}

export function lineBuffers(lines: number, length: number): LineBuffers {
  const make = (): Float64Array => new Float64Array(lines * length);
  return { input: make(), forward: make(), backward: make(), fed: new Float64Array(lines * shortestLine) };
}

/**
 * How the lines are run through: `lines` at once, from index `first`, `step` from sample to sample, back if negative.
 */
interface Way {
  readonly lines: number;
  readonly step: number;
  readonly first: number;
}

/** The first four outputs of every line; what lies before the first sample equals it. */
function startRecursion(
  { input, fed }: LineBuffers,
  out: Float64Array,
  { lines, step, first }: Way,
  d: Four,
  edge: Four,
): void {
  const [d1, d2, d3] = d;
  const [e1, e2, e3, e4] = edge;
  for (let b = 0; b < lines; b++) {
    const p = first + b;
    const v = input[p]!;
    const y0 = fed[b]! - (v * e1 + v * e2 + v * e3 + v * e4);
    const y1 = fed[lines + b]! - (y0 * d1 + v * e2 + v * e3 + v * e4);
    const y2 = fed[2 * lines + b]! - (y1 * d1 + y0 * d2 + v * e3 + v * e4);
    out[p] = y0;
    out[p + step] = y1;
    out[p + 2 * step] = y2;
    out[p + 3 * step] = fed[3 * lines + b]! - (y2 * d1 + y1 * d2 + y0 * d3 + v * e4);
  }
}

/**
 * The numerator at the first four samples: the causal one looks at the sample itself,
 * the anticausal one at those behind it.
 */
function startFeed(
  { input, fed }: LineBuffers,
  { lines, step, first }: Way,
  [c0, c1, c2, c3]: Four,
  looksAtItself: boolean,
): void {
  for (let b = 0; b < lines; b++) {
    const p = first + b;
    const x0 = input[p]!;
    const x1 = looksAtItself ? input[p + step]! : x0;
    const x2 = looksAtItself ? input[p + 2 * step]! : input[p + step]!;
    const x3 = looksAtItself ? input[p + 3 * step]! : input[p + 2 * step]!;
    fed[b] = x0 * c0 + x0 * c1 + x0 * c2 + x0 * c3;
    fed[lines + b] = x1 * c0 + x0 * c1 + x0 * c2 + x0 * c3;
    fed[2 * lines + b] = x2 * c0 + x1 * c1 + x0 * c2 + x0 * c3;
    fed[3 * lines + b] = x3 * c0 + x2 * c1 + x1 * c2 + x0 * c3;
  }
}

function gather(
  { data, start, apart, step }: Lines<Float32Array | Float64Array>,
  into: Float64Array,
  { lines, length }: Extent,
): void {
  let p = 0;
  for (let i = 0, row = start; i < length; i++, row += step) {
    for (let q = row, end = p + lines; p < end; p++, q += apart) into[p] = data[q]!;
  }
}

/** All samples up to the last that is wanted. */
function runForward(
  buffers: LineBuffers,
  { causal, causalEdge: edge, d }: RecursiveFilter,
  { lines, first, count }: Extent,
): void {
  const { input, forward } = buffers;
  const [n0, n1, n2, n3] = causal;
  const [d1, d2, d3, d4] = d;
  const [two, three, four] = [2 * lines, 3 * lines, 4 * lines];
  const way: Way = { lines, step: lines, first: 0 };
  startFeed(buffers, way, causal, true);
  startRecursion(buffers, forward, way, d, edge);
  for (let p = four, end = lines * (first + count); p < end; p++) {
    forward[p] =
      input[p]! * n0 +
      input[p - lines]! * n1 +
      input[p - two]! * n2 +
      input[p - three]! * n3 -
      (forward[p - lines]! * d1 + forward[p - two]! * d2 + forward[p - three]! * d3 + forward[p - four]! * d4);
  }
}

/** All samples from the last down to the first that is wanted. */
function runBackward(
  buffers: LineBuffers,
  { anticausal, anticausalEdge: edge, d }: RecursiveFilter,
  { lines, length, first }: Extent,
): void {
  const { input, backward } = buffers;
  const [m1, m2, m3, m4] = anticausal;
  const [d1, d2, d3, d4] = d;
  const [two, three, four] = [2 * lines, 3 * lines, 4 * lines];
  const way: Way = { lines, step: -lines, first: lines * (length - 1) };
  startFeed(buffers, way, anticausal, false);
  startRecursion(buffers, backward, way, d, edge);
  for (let p = lines * (length - shortestLine) - 1, end = lines * first; p >= end; p--) {
    backward[p] =
      input[p + lines]! * m1 +
      input[p + two]! * m2 +
      input[p + three]! * m3 +
      input[p + four]! * m4 -
      (backward[p + lines]! * d1 + backward[p + two]! * d2 + backward[p + three]! * d3 + backward[p + four]! * d4);
  }
}

/** Forward and backward results are summed in double and rounded once. */
function scatter(
  { forward, backward }: LineBuffers,
  { data, start, apart, step }: Lines<Float32Array>,
  { lines, first, count }: Extent,
): void {
  let p = lines * first;
  for (let i = 0, row = start; i < count; i++, row += step) {
    for (let q = row, end = p + lines; p < end; p++, q += apart) data[q] = forward[p]! + backward[p]!;
  }
}

/**
 * Filters lines of at least `shortestLine` samples and writes the wanted samples of each, rounded to single precision;
 * sample `first` of the input becomes sample 0 of the output. Neighbouring lines run in step: the processor has as
 * many independent recursions to work on.
 */
export function filterLines(
  buffers: LineBuffers,
  filter: RecursiveFilter,
  from: Lines<Float32Array | Float64Array>,
  into: Lines<Float32Array>,
  extent: Extent,
): void {
  gather(from, buffers.input, extent);
  runForward(buffers, filter, extent);
  runBackward(buffers, filter, extent);
  scatter(buffers, into, extent);
}
