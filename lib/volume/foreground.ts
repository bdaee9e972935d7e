/** Where a mask is not 0, found quickly: most of a mask is empty. */
import type { Vec3 } from './volume.ts';

/** First and last index along x, y, z. */
export type Box = readonly [Vec3, Vec3];

/** Walks over the foreground of a mask, four words of memory at a time where its type allows. */
export class ForegroundScan {
  readonly #mask: ArrayLike<number>;
  readonly #words: Int32Array | undefined;
  constructor(mask: ArrayLike<number>) {
    this.#mask = mask;
    const aligned = (mask instanceof Uint8Array || mask instanceof Int8Array) && mask.byteOffset % 4 === 0;
    this.#words = aligned ? new Int32Array(mask.buffer, mask.byteOffset, mask.length >> 2) : undefined;
  }

  /** The first index from `from` on that is not 0; the length of the mask when there is none. */
  next(from: number): number {
    const [mask, words] = [this.#mask, this.#words];
    const end = mask.length;
    let i = from;
    if (words) {
      for (; i < end && i % 4 !== 0; i++) if (mask[i] !== 0) return i;
      let w = i >> 2;
      while (w + 4 <= words.length && (words[w] | words[w + 1] | words[w + 2] | words[w + 3]) === 0) w += 4;
      while (w < words.length && words[w] === 0) w++;
      i = Math.max(i, w << 2);
    }
    while (i < end && mask[i] === 0) i++;
    return i;
  }
}

/** The smallest box that holds all voxels but those of 0, shape [x, y, z] with x fastest; undefined for an empty mask. */
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
  return high[2] < 0 ? undefined : [low as unknown as Vec3, high as unknown as Vec3];
}
