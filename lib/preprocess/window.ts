/** From Hounsfield units to the network's input range. */
import { expected } from '../errors.ts';
import { sliceZ, type Volume, type VoxelArray } from '../volume/volume.ts';

/** Lowest and highest HU that the window tells apart. */
export type WindowHu = readonly [number, number];

/** `default` shows soft tissue; `paper` is the published preprocessing. */
export type PreprocessMode = 'default' | 'paper';

/** The usual abdominal soft-tissue window: width 400 HU around 40 HU. */
export const softTissueWindowHu: WindowHu = [-160, 240];

/** The paper clips to ±1024 HU and maps to [0, 1] by (HU + 1024) / 2048. */
export const paperWindowHu: WindowHu = [-1024, 1024];

/** What no CT number exceeds: 16 bits, signed or not. */
const mostHu = 65536;

/**
 * The window of a mode. Throws when a window is given for paper mode, which has its own, or when it is empty or lies
 * beyond all CT numbers.
 */
export function windowOf(mode: PreprocessMode, windowHu?: WindowHu): WindowHu {
  if (mode === 'paper') {
    if (windowHu && windowHu.join() !== paperWindowHu.join())
      throw expected('no window in paper mode, whose window is ±1024 HU', windowHu.join(','));
    return paperWindowHu;
  }
  const [low, high] = windowHu ?? softTissueWindowHu;
  if (low >= -mostHu && low < high && high <= mostHu) return [low, high];
  throw expected(`a window low,high in HU with low < high, from -${mostHu} to ${mostHu}`, `${low},${high}`);
}

/**
 * HU to [0, 1]: `low` and below is 0, `high` and above is 1, linear between. What is not a number becomes 0. Writes to
 * `out`, of as many values, and returns it.
 */
export function applyWindow(
  hu: VoxelArray,
  window: WindowHu,
  out: Float32Array = new Float32Array(hu.length),
): Float32Array {
  if (hu instanceof Int16Array) return lookUp(hu, windowTable(window), out);
  for (let p = 0; p < hu.length; p++) out[p] = windowed(hu[p], window);
  return out;
}

function windowed(v: number, [low, high]: WindowHu): number {
  if (v >= high) return 1;
  return v > low ? (v - low) / (high - low) : 0;
}

/**
 * The windowed values of -32768 to 32767, of the window asked for last: CT numbers are nearly always 16 bit integers.
 */
let lastTable: { window: WindowHu; values: Float32Array } | undefined;

function windowTable(window: WindowHu): Float32Array {
  if (lastTable?.window[0] === window[0] && lastTable.window[1] === window[1]) return lastTable.values;
  lastTable = { window, values: Float32Array.from({ length: 65536 }, (_, i) => windowed(i - 32768, window)) };
  return lastTable.values;
}

function lookUp(hu: Int16Array, table: Float32Array, out: Float32Array): Float32Array {
  for (let p = 0; p < hu.length; p++) out[p] = table[hu[p] + 32768];
  return out;
}

/**
 * The network's view of slice z of a canonical volume: slices z - reach, z, z + reach in [0, 1], (3, H, W); a reach of
 * 0 shows the slice thrice. At the ends of the volume the edge slice is repeated. All views share one memory, which the
 * next call writes to; of slices in order each is windowed once.
 */
export function neighbourStacks(canonical: Volume, windowHu: WindowHu, reach: 0 | 1 = 1): (z: number) => Float32Array {
  const [width, height, depth] = canonical.shape;
  const size = width * height;
  const stack = new Float32Array(3 * size);
  const show = (z: number, c: number): void => {
    const slice = sliceZ(canonical, Math.min(Math.max(z, 0), depth - 1));
    applyWindow(slice, windowHu, stack.subarray(c * size, (c + 1) * size));
  };
  let last: number | undefined;
  return (z) => {
    if (reach === 0) {
      show(z, 0);
      for (const c of [1, 2]) stack.copyWithin(c * size, 0, size);
    } else if (last === z - 1) {
      stack.copyWithin(0, size);
      show(z + 1, 2);
    } else for (const c of [0, 1, 2]) show(z + c - 1, c);
    last = z;
    return stack;
  };
}
