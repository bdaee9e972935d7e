/** The part of `node:zlib` that the library asks in one piece, by pako, which is zlib in JavaScript. */
import { deflate, gzip as gzipped, Inflate } from 'pako';

export const constants = { Z_SYNC_FLUSH: 2 } as const;

const table = Int32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

/** CRC-32 of bytes behind others whose sum is `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let sum = ~before;
  for (const byte of bytes) sum = table[(sum ^ byte) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}

interface UnpackOptions {
  /** `Z_SYNC_FLUSH`: what there is, also where it is cut off. */
  readonly finishFlush?: number;
  readonly maxOutputLength?: number;
}

/** Unpacks all, in a form that window bits stand for, as in zlib. What follows the end is passed over. */
function unpackAll(
  packed: Uint8Array,
  windowBits: number,
  { finishFlush, maxOutputLength = Infinity }: UnpackOptions = {},
): Buffer {
  const stream = new Inflate({ windowBits, raw: windowBits < 0 });
  const pieces: Uint8Array[] = [];
  let length = 0;
  stream.onData = (piece) => {
    length += (piece as Uint8Array).length;
    if (length > maxOutputLength) throw new RangeError(`more than ${maxOutputLength} bytes`);
    pieces.push(piece as Uint8Array);
  };
  stream.push(packed, finishFlush === constants.Z_SYNC_FLUSH ? constants.Z_SYNC_FLUSH : true);
  if (stream.err) throw new Error(stream.err === -5 ? 'unexpected end of file' : stream.msg);
  return Buffer.concat(pieces, length);
}

export const gunzipSync = (packed: Uint8Array, options?: UnpackOptions): Buffer => unpackAll(packed, 31, options);
export const inflateSync = (packed: Uint8Array, options?: UnpackOptions): Buffer => unpackAll(packed, 15, options);
export const inflateRawSync = (packed: Uint8Array, options?: UnpackOptions): Buffer => unpackAll(packed, -15, options);

/** Packed loosely: what a page packs stays in its memory. */
export const deflateSync = (bytes: Uint8Array): Buffer => Buffer.from(deflate(bytes, { level: 1 }));

export const gzip = async (bytes: Uint8Array, { level }: { level: number }): Promise<Buffer> =>
  Buffer.from(gzipped(bytes, { level: level as 1 }));
