/** Where a mask is not 0, found quickly: most of a mask is empty. */
import type { Box } from './crop.ts';
import type { Vec3 } from './volume.ts';

/** So many bytes of background are compared at once, natively, after so many words have been found empty one by one. */
const emptyBlock = Buffer.alloc(1 << 16);
const wordsBeforeBlocks = 1024;

/** Walks over the foreground of a mask, four words or whole blocks of memory at a time where its type allows. */
export class ForegroundScan {
  readonly #mask: ArrayLike<number>;
  readonly #bytes: Uint8Array | undefined;
  readonly #words: Int32Array;
  constructor(mask: ArrayLike<number>) {
    this.#mask = mask;
    this.#bytes = mask instanceof Uint8Array && mask.byteOffset % 4 === 0 ? mask : undefined;
    this.#words = this.#bytes
      ? new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset, mask.length >> 2)
      : new Int32Array();
  }

  /** The first word from `from` on, before `end`, that is not 0; `end` when there is none. */
  #nextWord(from: number, end: number): number {
    const words = this.#words;
    let w = from;
    while (w + 4 <= end && (words[w] | words[w + 1] | words[w + 2] | words[w + 3]) === 0) w += 4;
    while (w < end && words[w] === 0) w++;
    return w;
  }

  /** The first byte behind all whole blocks of background that follow one another from byte `from` on. */
  #skipBlocks(from: number, bytes: Uint8Array): number {
    let i = from;
    while (i + emptyBlock.length <= bytes.length && emptyBlock.compare(bytes, i, i + emptyBlock.length) === 0)
      i += emptyBlock.length;
    return i;
  }

  /** The first index from `from` on that is not 0; the length of the mask when there is none. */
  next(from: number): number {
    const [mask, bytes] = [this.#mask, this.#bytes];
    const end = mask.length;
    let i = from;
    if (bytes) {
      for (; i < end && i % 4 !== 0; i++) if (mask[i] !== 0) return i;
      const near = Math.min((i >> 2) + wordsBeforeBlocks, this.#words.length);
      let w = this.#nextWord(i >> 2, near);
      if (w === near) w = this.#nextWord(this.#skipBlocks(w << 2, bytes) >> 2, this.#words.length);
      i = Math.max(i, w << 2);
    }
    while (i < end && mask[i] === 0) i++;
    return i;
  }
}

/** The smallest box that holds all voxels but those of 0; shape [x, y, z], x fastest; undefined for an empty mask. */
export function boundingBox(mask: ArrayLike<number>, [width, height, depth]: Vec3): Box | undefined {
  const scan = new ForegroundScan(mask);
  const low = [width, height, depth];
  const high = [-1, -1, -1];
  for (let i = scan.next(0); i < mask.length; i = scan.next(i)) {
    const row = Math.floor(i / width);
    const start = row * width;
    const z = Math.floor(row / height);
    const y = row - z * height;
    let last = start + width - 1;
    while (mask[last] === 0) last--;
    low[0] = Math.min(low[0], i - start);
    high[0] = Math.max(high[0], last - start);
    low[1] = Math.min(low[1], y);
    high[1] = Math.max(high[1], y);
    low[2] = Math.min(low[2], z);
    high[2] = z;
    i = start + width;
  }
  if (high[2] < 0) return undefined;
  return { start: low as unknown as Vec3, shape: high.map((last, axis) => last - low[axis] + 1) as unknown as Vec3 };
}
