/** Where the bytes of an image come from: a plain or a gzip-compressed file, read by position. */
import { constants as fileConstants } from '#system/fs';
import { type FileHandle, open } from '#system/fsPromises';
import { mostBytesHeld } from '#system/memory';
import { expected } from '../errors.ts';
import { fileKind } from './fileKind.ts';
import { explainReadError } from './files.ts';
import { freeBehind, gunzipHead, gunzipRange, largestUnpacked } from './gzip.ts';

/** The bytes of an array, on the same memory. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Reverses the bytes of every number in place. The readers run on little-endian machines, as nearly all are. */
export function swapToNative(bytes: Buffer, bytesPerNumber: number): void {
  if (bytesPerNumber === 2) bytes.swap16();
  else if (bytesPerNumber === 4) bytes.swap32();
  else if (bytesPerNumber === 8) bytes.swap64();
}

/** `1.5 GB`, `352 bytes`. */
function formatBytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const power = Math.min(units.length - 1, count < 10_000 ? 0 : Math.floor(Math.log10(count) / 3));
  return power === 0 ? `${count} bytes` : `${Number((count / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

/** Throws a UserError, before anything is allocated, when `byteCount` bytes cannot be held in memory. */
export function assertFitsMemory(byteCount: number, file: string): void {
  const limit = mostBytesHeld();
  if (byteCount <= limit) return;
  const most = `at most ${formatBytes(limit)} of voxels, which is what memory holds`;
  throw expected(most, `a header that promises ${formatBytes(byteCount)}`, file);
}

export interface ByteSource {
  readonly file: string;
  /** The first `count` bytes, fewer when there are no more. Nothing is verified yet. */
  head(count: number): Promise<Buffer>;
  /** Throws a UserError when the source certainly holds fewer than `byteCount` bytes; nothing large is allocated. */
  assertHolds(byteCount: number, what: string): void;
  /** The bytes [offset, offset + length) in memory of their own; all checksums of the source are verified. */
  read(offset: number, length: number, what: string): Promise<Buffer>;
}

async function readFully(handle: FileHandle, into: Buffer, position: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await handle.read(into, done, Math.min(into.length - done, 1 << 30), position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** A file read as it is, whatever its name and its first bytes say. */
export interface PlainSource extends ByteSource {
  /** Bytes in the file. */
  readonly size: number;
  /** The bytes from a place to the end, piece by piece in the same memory. */
  pieces(from: number): AsyncGenerator<Buffer>;
}

/** As much of a file is in memory where it is read piece by piece. */
const pieceBytes = 1 << 20;

function plainSource(file: string, handle: FileHandle, size: number): PlainSource {
  const tooShort = (byteCount: number, what: string, found: number): Error =>
    expected(`${byteCount} bytes (${what})`, `${found}`, file);
  return {
    file,
    size,
    async head(count) {
      const bytes = Buffer.alloc(Math.min(count, size));
      return bytes.subarray(0, await readFully(handle, bytes, 0));
    },
    assertHolds(byteCount, what) {
      if (byteCount > size) throw tooShort(byteCount, what, size);
    },
    async read(offset, length, what) {
      const bytes = Buffer.allocUnsafeSlow(length);
      const found = await readFully(handle, bytes, offset);
      if (found !== length) throw tooShort(offset + length, what, offset + found);
      return bytes;
    },
    async *pieces(from) {
      const room = Buffer.allocUnsafeSlow(Math.max(0, Math.min(pieceBytes, size - from)));
      for (let at = from; at < size; at += room.length) {
        const piece = room.subarray(0, Math.min(room.length, size - at));
        const found = await readFully(handle, piece, at);
        if (found !== piece.length) throw tooShort(size, 'as when it was opened', at + found);
        yield piece;
      }
    },
  };
}

/** Packed bytes in which the header of an image must begin and end: a name in the gzip header may be of any length. */
const packedHead = 1 << 20;

function gzipSource(plain: PlainSource): ByteSource {
  const { file, size } = plain;
  return {
    file,
    async head(count) {
      const bytes = gunzipHead(await plain.head(packedHead), count, file);
      if (bytes.length >= count || size <= packedHead) return bytes;
      throw expected(`${count} bytes unpacked from the first ${packedHead}`, `${bytes.length}`, file);
    },
    assertHolds(byteCount, what) {
      if (byteCount <= largestUnpacked(size)) return;
      const found = `gzip data of ${size} bytes, which cannot hold them,`;
      throw expected(`${byteCount} bytes (${what})`, found, file);
    },
    async read(offset, length, what) {
      // Data that cannot be packed grow by less than a thousandth: more is padding without end, or of another image.
      if (size > 2 * (offset + length) + freeBehind)
        throw expected(`${offset + length} bytes (${what})`, `gzip data of ${size} bytes, which hold more`, file);
      return gunzipRange((from) => plain.pieces(from), { offset, length, what }, file);
    },
  };
}

type Use<Source, T> = (source: Source) => Promise<T>;

/**
 * Opens a file for `use` and closes it afterwards; its bytes are taken as they are.
 * Throws a UserError when the file is absent, empty or not a regular file.
 */
export async function withPlainSource<T>(file: string, what: string, use: Use<PlainSource, T>): Promise<T> {
  // Without O_NONBLOCK (Windows has none) opening a named pipe would wait for a writer for ever.
  const handle = await open(file, fileConstants.O_RDONLY | (fileConstants.O_NONBLOCK ?? 0)).catch((error) => {
    throw explainReadError(error, what, file);
  });
  try {
    const status = await handle.stat();
    const other = status.isDirectory() ? 'a folder' : 'something that is not a regular file';
    if (!status.isFile()) throw expected(what, other, file);
    if (status.size === 0) throw expected(what, 'an empty file', file);
    return await use(plainSource(file, handle, status.size));
  } finally {
    await handle.close();
  }
}

function unpackedKind(start: Buffer): string {
  const kind = fileKind(start);
  return kind?.startsWith('a NIfTI')
    ? `${kind} that is not packed (rename it to end in .nii)`
    : (kind ?? 'no gzip magic');
}

/**
 * Opens a plain or gzip-compressed file for `use` and closes it afterwards. A name that ends in .gz promises gzip data.
 * Throws a UserError when the file is absent, empty, not a regular file, or not what its name says.
 */
export async function withByteSource<T>(file: string, what: string, use: Use<ByteSource, T>): Promise<T> {
  return withPlainSource(file, what, async (plain) => {
    const start = await plain.head(512);
    const isGzip = start[0] === 0x1f && start[1] === 0x8b;
    if (/\.gz$/i.test(file) !== isGzip) {
      throw isGzip
        ? expected('plain data, as the name says', 'gzip data (rename it to end in .gz)', file)
        : expected('gzip data, as the name says', unpackedKind(start), file);
    }
    return use(isGzip ? gzipSource(plain) : plain);
  });
}
