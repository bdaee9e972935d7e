/**
 * The chunks of a PNG (https://www.w3.org/TR/png-3/) with nothing taken on trust: every length and CRC and the end
 * marker are checked. Of the file only a piece is in memory.
 */
import { crc32 } from '#system/zlib';
import { expected } from '../errors.ts';
import type { PlainSource } from './bytes.ts';

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

export const isPng = (bytes: Buffer): boolean => bytes.subarray(0, 8).equals(signature);

/** The bytes of a PNG: what is used of a file that is open. */
export type PngSource = Pick<PlainSource, 'file' | 'size' | 'read'>;

/** As many bytes of a file are in memory, and so much of a chunk other than pixels is looked at. */
const windowBytes = 1 << 20;

/** Bytes of a file through a window that moves on. */
export class FileWindow {
  readonly #source: PngSource;
  #from = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(source: PngSource) {
    this.#source = source;
  }

  /** Up to `windowBytes` bytes, which the file must have. */
  async view(at: number, count: number): Promise<Buffer> {
    if (at < this.#from || at + count > this.#from + this.#bytes.length) {
      this.#bytes = await this.#source.read(at, Math.min(windowBytes, this.#source.size - at), 'a picture');
      this.#from = at;
    }
    return this.#bytes.subarray(at - this.#from, at - this.#from + count);
  }

  /** Bytes of any number, piece by piece. */
  async *pieces(from: number, count: number): AsyncGenerator<Buffer> {
    for (let at = from; at < from + count; at += windowBytes)
      yield await this.view(at, Math.min(windowBytes, from + count - at));
  }
}

interface Place {
  readonly type: string;
  /** Where its data begin, and how many bytes they are. */
  readonly at: number;
  readonly length: number;
}

/** The chunks up to IEND. What follows it is no part of the picture. */
async function* placesOf(window: FileWindow, { size, file }: PngSource): AsyncGenerator<Place> {
  for (let at = 8; ; ) {
    if (at + 12 > size) throw expected('a whole PNG (its end marker IEND)', `the end after ${size} bytes`, file);
    const head = await window.view(at, 8);
    const [length, type] = [head.readUInt32BE(0), head.toString('latin1', 4, 8)];
    if (at + 12 + length > size)
      throw expected('a whole PNG', `${size} bytes where a chunk ends at byte ${at + 12 + length}`, file);
    yield { type, at: at + 8, length };
    if (type === 'IEND') return;
    at += 12 + length;
  }
}

/** A chunk, of which no more than a MiB is kept. */
export interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** Checks every chunk, and keeps the first one of each kind that tells how to read the pixels. */
export async function chunksOf(window: FileWindow, source: PngSource): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const { type, at, length } of placesOf(window, source)) {
    let sum = 0;
    for await (const piece of window.pieces(at - 4, length + 4)) sum = crc32(piece, sum);
    if (sum !== (await window.view(at + length, 4)).readUInt32BE(0))
      throw expected('an intact PNG', `a wrong checksum of its chunk at byte ${at - 8}`, source.file);
    const isKept = chunks.length === 0 || ['PLTE', 'tRNS', 'eXIf'].includes(type);
    if (isKept && !chunks.some((chunk) => chunk.type === type))
      chunks.push({ type, data: Buffer.from(await window.view(at, Math.min(length, windowBytes))) });
  }
  return chunks;
}

/** The pixels as they are packed, piece by piece. */
export async function* packedPixels(window: FileWindow, source: PngSource): AsyncGenerator<Buffer> {
  for await (const { type, at, length } of placesOf(window, source))
    if (type === 'IDAT') yield* window.pieces(at, length);
}
