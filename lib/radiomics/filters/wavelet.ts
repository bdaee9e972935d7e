/** The undecimated wavelet images of PyRadiomics. */
import { expected } from '../../errors.ts';
import { affineFrom, assertBoxInside, type Box, cropVolume } from '../../volume/crop.ts';
import { type Vec3, type Volume, voxelCount } from '../../volume/volume.ts';
import type { AxisIndex } from '../aggregation.ts';
import {
  type FilterPair,
  type Floats,
  filterPairOf,
  type OrderedTaps,
  reachOf,
  splitRun,
  tapsInOrder,
} from './filterPair.ts';

export interface WaveletOptions {
  /**
   * The axes that are filtered, one letter of the name each; [0, 1] is PyRadiomics' `force2D` in
   * the slices of z. Default [0, 1, 2].
   */
  readonly axes?: readonly AxisIndex[];
  /** PyWavelets' name of the wavelet, such as `haar`, `db2` or `bior2.2`. Default `coif1`. */
  readonly wavelet?: string;
  /** How many levels are returned; each starts from the low-pass image of the one before. Default 1. */
  readonly level?: number;
  /** How many levels are skipped before. Default 0. */
  readonly startLevel?: number;
  /** The part that is wanted; default: the whole volume. */
  readonly box?: Box;
}

/** A filtered image under the name that PyRadiomics gives it. */
export interface WaveletImage {
  /**
   * `wavelet-HLL`, as PyRadiomics: high-pass along x, low-pass along y and z; the second level begins with `wavelet2-`.
   */
  readonly name: string;
  readonly volume: Volume<Float32Array> | Volume<Float64Array>;
}

/**
 * Part of the periodic image, a whole period at most: its first voxel is sample `origin[axis]` along each axis;
 * geometry is not kept.
 */
interface Part<T extends Floats = Floats> {
  readonly data: T;
  readonly shape: Vec3;
  readonly origin: Vec3;
}

/** An axis of odd length is made even by repeating its first sample at the end. */
const periodOf = (length: number): number => length + (length % 2);
const modulo = (i: number, period: number): number => ((i % period) + period) % period;
const replaced = (vector: Vec3, axis: AxisIndex, value: number): Vec3 =>
  vector.map((v, i) => (i === axis ? value : v)) as unknown as Vec3;

/** The samples of an array at all combinations of these indices along x, y and z. */
function gathered<T extends Floats>(source: Volume['data'], shape: Vec3, at: readonly Int32Array[], data: T): T {
  const [xs, ys, zs] = at as [Int32Array, Int32Array, Int32Array];
  let i = 0;
  for (const z of zs) {
    for (const y of ys) {
      const row = shape[0] * (y + shape[1] * z);
      for (let k = 0; k < xs.length; k++) data[i++] = source[row + xs[k]!]!;
    }
  }
  return data;
}

const newLike = <T extends Floats>(data: T, shape: Vec3): T =>
  new (data.constructor as new (n: number) => T)(voxelCount(shape));

/** A whole period along the axis with the samples that the filters need around it; other parts have them. */
function withSurroundings<T extends Floats>(part: Part<T>, axis: AxisIndex, period: number, pair: FilterPair): Part<T> {
  const { data, shape, origin } = part;
  if (shape[axis] < period) return part;
  const { before, after } = reachOf(pair);
  const wide = replaced(shape, axis, period + before + after);
  const at = wide.map((length, along) =>
    new Int32Array(length).map((_, i) => (along === axis ? modulo(i - before, period) : i)),
  );
  return {
    data: gathered(data, shape, at, newLike(data, wide)),
    shape: wide,
    origin: replaced(origin, axis, origin[axis] - before),
  };
}

/** Neighbours along an axis, from index `from` to before `to`, that are summed in the same order. */
interface Stretch {
  readonly from: number;
  to: number;
  readonly taps: OrderedTaps;
}

/** The stretches of `length` outputs of which the first is sample `first` of the period. */
function stretchesOf(first: number, length: number, period: number, pair: FilterPair, isDouble: boolean): Stretch[] {
  const { after } = reachOf(pair);
  const usual = tapsInOrder(pair, isDouble);
  const stretches: Stretch[] = [];
  for (let i = 0; i < length; i++) {
    // As many samples as the filter reaches over the end; the most where it is longer than the period.
    const over = after - 1 - modulo(-1 - first - i, period);
    const last = stretches[stretches.length - 1];
    if (over > 1) stretches.push({ from: i, to: i + 1, taps: tapsInOrder(pair, isDouble, over) });
    else if (last?.taps === usual) last.to = i + 1;
    else stretches.push({ from: i, to: i + 1, taps: usual });
  }
  return stretches;
}

/** Low-pass and high-pass image along one axis, which loses the samples that the filters need around. */
function splitAxis<T extends Floats>(
  { data, shape, origin }: Part<T>,
  axis: AxisIndex,
  period: number,
  pair: FilterPair,
): [Part<T>, Part<T>] {
  const reach = reachOf(pair);
  const step = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const length = shape[axis] - reach.before - reach.after;
  const first = origin[axis] + reach.before;
  const kept = replaced(shape, axis, length);
  const make = (): Part<T> => ({ data: newLike(data, kept), shape: kept, origin: replaced(origin, axis, first) });
  const [low, high] = [make(), make()];
  const stretches = stretchesOf(first, length, period, pair, data instanceof Float64Array);
  for (let start = 0, at = 0; at < low.data.length; start += step * shape[axis], at += step * length) {
    for (const { from, to, taps } of stretches) {
      const run = { start: start + step * from, step, at: at + step * from, count: step * (to - from) };
      splitRun(data, low.data, high.data, run, taps);
    }
  }
  return [low, high];
}

/** All images of one level, LL…L first, the last letter changing fastest. */
function* bandsOf(
  part: Part,
  axes: readonly AxisIndex[],
  shape: Vec3,
  pair: FilterPair,
  name = '',
): Generator<{ name: string; part: Part }> {
  const [axis, ...others] = axes;
  if (axis === undefined) {
    yield { name, part };
    return;
  }
  const period = periodOf(shape[axis]);
  const [low, high] = splitAxis(withSurroundings(part, axis, period, pair), axis, period, pair);
  yield* bandsOf(low, others, shape, pair, `${name}L`);
  yield* bandsOf(high, others, shape, pair, `${name}H`);
}

/** The box and, along the axes, so many samples around it as all levels of filters see, but no more than a period. */
function surroundings(
  { data: source, shape }: Volume,
  box: Box,
  axes: readonly AxisIndex[],
  { pair, levels }: { pair: FilterPair; levels: number },
): Part {
  const { before, after } = reachOf(pair);
  const ranges = ([0, 1, 2] as const).map((axis) => {
    const times = axes.includes(axis) ? levels : 0;
    const length = box.shape[axis] + (before + after) * times;
    const period = periodOf(shape[axis]);
    if (times > 0 && length >= period) return { origin: 0, length: period };
    return { origin: box.start[axis] - before * times, length };
  });
  const [origin, wide] = [ranges.map((r) => r.origin), ranges.map((r) => r.length)] as unknown as [Vec3, Vec3];
  const at = ranges.map(({ origin: from, length }, axis) =>
    new Int32Array(length).map((_, i) => modulo(from + i, periodOf(shape[axis]!)) % shape[axis]!),
  );
  const empty =
    source instanceof Float32Array ? new Float32Array(voxelCount(wide)) : new Float64Array(voxelCount(wide));
  return { data: gathered(source, shape, at, empty), shape: wide, origin };
}

function assertOptions({ axes = [0, 1, 2], level = 1, startLevel = 0 }: WaveletOptions): void {
  const inOrder =
    axes.length > 0 && axes.every((axis, i) => [0, 1, 2].includes(axis) && (i === 0 || axis > axes[i - 1]!));
  if (!inOrder) throw expected('axes out of 0, 1, 2 in rising order', `[${axes.join(', ')}]`);
  if (!Number.isInteger(level) || level < 1) throw expected('a number of wavelet levels of 1 or more', `${level}`);
  if (!Number.isInteger(startLevel) || startLevel < 0)
    throw expected('a first wavelet level of 0 or more', `${startLevel}`);
}

/**
 * The stationary (undecimated) wavelet images of a volume, separable over the axes, in the order of
 * PyRadiomics: at each level LLH, LHL, LHH, HLL, HLH, HHL, HHH (`wavelet-LLH` …), then LLL of the last level. Letters
 * stand for x, y, z. Unit: that of the values; every low-pass multiplies a constant by √2.
 *
 * Equal to PyRadiomics: the volume is periodic, after axes of odd length got their first sample once more at the
 * end (it is cut off again); the filters are not spread at higher levels. Computed in double, for a Float32Array
 * in single precision. A generator: an image is computed when asked for, so that the whole set need not fit
 * memory. With a `box` only that part is computed, the same values. Throws a UserError for options that make no
 * sense, a wavelet that is not known, and for a box outside the volume.
 */
export function* waveletTransform(volume: Volume, options: WaveletOptions = {}): Generator<WaveletImage> {
  assertOptions(options);
  const { axes = [0, 1, 2], level = 1, startLevel = 0, box = { start: [0, 0, 0], shape: volume.shape } } = options;
  assertBoxInside(volume, box);
  const { spacingMm } = volume;
  const affine = affineFrom(volume.affine, box.start);
  const inBox = ({ data, shape, origin }: Part): WaveletImage['volume'] => {
    if (data.length === voxelCount(box.shape))
      return { data, shape: [...shape], spacingMm, affine } as WaveletImage['volume'];
    const start = box.start.map((from, i) => from - origin[i]!) as unknown as Vec3;
    return { ...cropVolume({ data, shape, spacingMm, affine }, start, box.shape), affine } as WaveletImage['volume'];
  };
  const pair = filterPairOf(options.wavelet ?? 'coif1');
  let low = surroundings(volume, box, axes, { pair, levels: startLevel + level });
  for (let n = 1 - startLevel; n <= level; n++) {
    const prefix = n > 1 ? `wavelet${n}` : 'wavelet';
    const bands = bandsOf(low, axes, volume.shape, pair);
    low = bands.next().value!.part;
    if (n > 0) for (const { name, part } of bands) yield { name: `${prefix}-${name}`, volume: inBox(part) };
    if (n === level) yield { name: `${prefix}-${'L'.repeat(axes.length)}`, volume: inBox(low) };
  }
}
