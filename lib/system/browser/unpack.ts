/** Unpacking piece by piece, by pako: all checksums are verified, several members of gzip are read as one. */
import { Inflate } from 'pako';

/** A form of packed data by its window bits, as in zlib, and how many packed bytes were taken. */
class Unpacker {
  bytesWritten = 0;
  readonly windowBits: number;

  constructor(windowBits: number) {
    this.windowBits = windowBits;
  }
}

export const createInflate = (_options?: object): Unpacker => new Unpacker(15);
export const createGunzip = (_options?: object): Unpacker => new Unpacker(31);
export const createUnzip = (_options?: object): Unpacker => new Unpacker(47);

const startsGzip = 0x1f;

/** What becomes of packed pieces. Throws for damage and a missing end; what follows the end is not taken. */
export async function* unpacked(
  packed: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  unpacker: Unpacker,
): AsyncGenerator<Buffer> {
  const made: Uint8Array[] = [];
  const begin = (): Inflate => {
    const stream = new Inflate({ windowBits: unpacker.windowBits });
    stream.onData = (piece) => void made.push(piece as Uint8Array);
    return stream;
  };
  let stream = begin();
  for await (const piece of packed) {
    for (let at = 0; at < piece.length; ) {
      if (stream.ended) {
        if (unpacker.windowBits < 16 || piece[at] !== startsGzip) return;
        stream = begin();
      }
      stream.push(piece.subarray(at), false);
      if (stream.err) throw new Error(stream.msg);
      const { avail_in: left } = (stream as unknown as { strm: { avail_in: number } }).strm;
      unpacker.bytesWritten += piece.length - at - left;
      at = piece.length - left;
      for (const bytes of made.splice(0)) yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    }
  }
  if (!stream.ended) throw new Error('unexpected end of file');
}
