/**
 * Seeded random streams: one seed, one independent stream per purpose.
 *
 * The generator is sfc32 (Chris Doty-Humphrey's "small fast counter", 128 bit of state). Its state can be
 * saved and restored, so a resumed run continues with the very same numbers.
 */

/** The state of a stream: three words and a counter, all as 32-bit integers. */
export type RandomState = readonly [number, number, number, number];

/** FNV-1a, 32 bit: turns a purpose such as `order/epoch 3` into a number. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A stream of random numbers that follows from a seed and a purpose, and whose state can be saved. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;
  #spareNormal: number | undefined;

  private constructor(state: RandomState) {
    [this.#a, this.#b, this.#c, this.#counter] = state.map((v) => v | 0) as [number, number, number, number];
  }

  /** The stream for one purpose; equal arguments give equal streams, different ones unrelated streams. */
  static stream(seed: number, ...purpose: (string | number)[]): Random {
    const random = new Random([seed | 0, hashText(purpose.join('/')), hashText(`${seed}`), 1]);
    for (let i = 0; i < 15; i++) random.uint32();
    return random;
  }

  static fromState(state: RandomState): Random {
    return new Random(state);
  }

  /** Save between draws of `uniform`, `integer` or `shuffle`; a buffered second normal is dropped. */
  get state(): RandomState {
    this.#spareNormal = undefined;
    return [this.#a, this.#b, this.#c, this.#counter];
  }

  uint32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** Fills `out` with the next numbers of `uint32`: several times quicker than asking for each. */
  fillUint32(out: Uint32Array): void {
    let [a, b, c, counter] = [this.#a, this.#b, this.#c, this.#counter];
    for (let i = 0; i < out.length; i++) {
      const t = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + t) | 0;
      out[i] = t;
    }
    [this.#a, this.#b, this.#c, this.#counter] = [a, b, c, counter];
  }

  /** Uniform in [low, high), by default [0, 1), with 53 random bits. */
  uniform(low = 0, high = 1): number {
    const unit = ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
    return low + (high - low) * unit;
  }

  /** Uniform integer in [0, n). */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Normal with the given mean and standard deviation (Box-Muller). */
  normal(mean = 0, sd = 1): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return mean + sd * spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return mean + sd * radius * Math.cos(angle);
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }
}
