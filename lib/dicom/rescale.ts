/**
 * Stored numbers become HU (or what the modality measures), slice after slice, in the smallest type that holds them.
 */
import { assertFitsMemory } from '../io/bytes.ts';
import type { DicomImage } from './images.ts';
import type { StoredValues } from './pixels.ts';

type Voxels = Int16Array | Int32Array | Float64Array;

const isWhole = ({ slope, intercept, format }: DicomImage): boolean =>
  Number.isInteger(slope) &&
  Number.isInteger(intercept) &&
  2 ** format.bitsStored * Math.abs(slope) + Math.abs(intercept) < 2 ** 31;

/** Stored value × slope + intercept, as pydicom's apply_rescale and dcm2niix have it; padding apart. */
export class VoxelCollector {
  #data: Voxels;
  readonly #file: string;
  readonly #size: number;
  /** For slices with padding: where they are and which values it became. */
  readonly #padded: { slice: number; low: number; high: number; count: number }[] = [];
  #lowest = Infinity;

  /**
   * Room for the slices: int16 where scaling gives whole numbers, grown to int32 when one does not fit; float64 where a
   * slope or intercept is a fraction. Throws a UserError when memory does not hold them.
   */
  constructor(images: readonly DicomImage[], size: number, file: string) {
    const count = images.length * size;
    const whole = images.every(isWhole);
    assertFitsMemory(count * (whole ? 2 : 8), file);
    this.#data = whole ? new Int16Array(count) : new Float64Array(count);
    this.#size = size;
    this.#file = file;
  }

  #grow(): void {
    assertFitsMemory(this.#data.length * 6, this.#file);
    this.#data = Int32Array.from(this.#data);
  }

  /** Takes over the values of a slice. */
  put(slice: number, values: StoredValues, image: DicomImage): void {
    const { slope, intercept } = image;
    const at = slice * this.#size;
    if (this.#data instanceof Int16Array) {
      const isDone =
        (slope === 1 && addInto16(this.#data, at, values, intercept)) ||
        scaleInto16(this.#data, at, values, slope, intercept);
      if (!isDone) {
        this.#grow();
        scaleInto(this.#data, at, values, slope, intercept);
      }
    } else scaleInto(this.#data, at, values, slope, intercept);
    if (image.format.padding) this.#notePadding(slice, values, image, image.format.padding);
  }

  #notePadding(slice: number, values: StoredValues, image: DicomImage, [low, high]: readonly [number, number]): void {
    const { slope, intercept } = image;
    let [count, lowest, highest] = [0, Infinity, -Infinity];
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value >= low && value <= high) count++;
      else {
        if (value < lowest) lowest = value;
        if (value > highest) highest = value;
      }
    }
    const scaled = (value: number): number => value * slope + intercept;
    if (lowest <= highest) this.#lowest = Math.min(this.#lowest, scaled(lowest), scaled(highest));
    if (count === 0) return;
    const ends = [scaled(low), scaled(high)];
    this.#padded.push({ slice, low: Math.min(...ends), high: Math.max(...ends), count });
  }

  /**
   * The voxels, and how many were padding that is brighter than the darkest real voxel, which those became: they would
   * look like tissue. Padding that is darker than all else stays as it is stored.
   */
  finish(): { data: Voxels; replaced: number } {
    const bright = this.#padded.filter(({ high }) => high > this.#lowest);
    for (const { slice, low, high } of bright) {
      const voxels = this.#data.subarray(slice * this.#size, (slice + 1) * this.#size);
      for (let i = 0; i < voxels.length; i++) if (voxels[i]! >= low && voxels[i]! <= high) voxels[i] = this.#lowest;
    }
    return { data: this.#data, replaced: bright.reduce((sum, { count }) => sum + count, 0) };
  }
}

/** The sign bits of two 16-bit numbers in one of 32. */
const signs = 0x80008000 | 0;

/**
 * Adds to numbers of 16 bits, two at a time in one of 32: the sum of all bits but the signs, then the signs, so that no
 * carry crosses. False, with anything in `out`, where a sum may not fit or the numbers are of another kind.
 */
function addInto16(out: Int16Array, at: number, values: StoredValues, addend: number): boolean {
  const isSigned = values instanceof Int16Array;
  if (!isSigned && !(values instanceof Uint16Array)) return false;
  if (Math.abs(addend) > 32767 || (at | values.length) % 2 !== 0 || values.byteOffset % 4 !== 0) return false;
  const count = values.length / 2;
  const from = new Int32Array(values.buffer, values.byteOffset, count);
  const to = new Int32Array(out.buffer, out.byteOffset + 2 * at, count);
  const both = ((addend & 0xffff) * 0x10001) | 0;
  const low = both & ~signs;
  let over = 0;
  let anySign = 0;
  for (let i = 0; i < count; i++) {
    const pair = from[i]!;
    const sum = ((pair & ~signs) + low) ^ ((pair ^ both) & signs);
    // Two numbers of one sign whose sum has the other.
    over |= ~(pair ^ both) & (pair ^ sum);
    anySign |= pair;
    to[i] = sum;
  }
  return ((isSigned ? over : over | anySign) & signs) === 0;
}

/** Scales into 16 bits; false where a value does not fit. */
function scaleInto16(out: Int16Array, at: number, values: StoredValues, slope: number, intercept: number): boolean {
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]! * slope + intercept;
    out[at + i] = value;
    lost |= value ^ ((value << 16) >> 16);
  }
  return lost === 0;
}

function scaleInto(out: Voxels, at: number, values: StoredValues, slope: number, intercept: number): void {
  for (let i = 0; i < values.length; i++) out[at + i] = values[i]! * slope + intercept;
}
