/**
 * Unpacking gzip (RFC 1952) with nothing taken on trust: every member's CRC and length are verified by zlib,
 * several members are read as one stream, and only zero padding may follow the last.
 */
import { createGunzip, unpacked } from '#system/unpack';
import { constants, gunzipSync } from '#system/zlib';
import { expected, messageOf, UserError } from '../errors.ts';

/** Bytes from a place on, piece by piece; the next piece may take the memory of the one before. */
export type Pieces = (from: number) => AsyncIterable<Buffer> | Iterable<Buffer>;

/** Deflate packs at most 1032 bytes into one (RFC 1951: 258 bytes for 2 bits), so this bounds what a file can hold. */
export const largestUnpacked = (packedBytes: number): number => packedBytes * 1032;

const damaged = (error: unknown, file: string): Error =>
  expected('intact gzip data', `damage (${messageOf(error)})`, file);

/** The first `count` unpacked bytes, fewer when the data end before; checksums at the end are not reached. */
export function gunzipHead(packed: Buffer, count: number, file: string): Buffer {
  for (let take = 4096; ; take *= 4) {
    try {
      const bytes = gunzipSync(packed.subarray(0, take), { finishFlush: constants.Z_SYNC_FLUSH });
      if (bytes.length >= count || take >= packed.length) return bytes.subarray(0, count);
    } catch (error) {
      throw damaged(error, file);
    }
  }
}

/**
 * Throws a UserError where anything but zeros (tape and block padding) follows packed data; `what` they are stands in
 * the message.
 */
export async function assertOnlyPadding(behind: ReturnType<Pieces>, what: string, file: string): Promise<void> {
  let others = 0;
  for await (const piece of behind) {
    const first = others > 0 ? 0 : piece.findIndex((byte) => byte !== 0);
    if (first >= 0) others += piece.length - first;
  }
  if (others > 0) throw expected(`the end of the ${what}`, `${others} more bytes that are not ${what}`, file);
}

/**
 * Bytes that may follow the range beside as many as the range has: what is dropped must be read all the same, so a file
 * that unpacks to far more than its header describes is given up early.
 */
export const freeBehind = 1 << 20;

/** Bytes of the unpacked data: [offset, offset + length). `what` they are stands in messages. */
interface UnpackedRange {
  readonly offset: number;
  readonly length: number;
  readonly what: string;
  /** Nothing may follow them. */
  readonly last?: boolean;
}

/**
 * Unpacks everything and returns the bytes of the range; what lies outside is verified and dropped.
 * Throws a UserError on any damage, on a stream that is too short, on garbage after the stream and, where the range
 * must be the `last` bytes, on a stream that goes on behind it, or else on one that goes on for longer than the range.
 */
export async function gunzipRange(packed: Pieces, range: UnpackedRange, file: string): Promise<Buffer> {
  const { offset, length, what, last } = range;
  const wanted = Buffer.allocUnsafeSlow(length);
  const wrongLength = (found: string): Error =>
    expected(`${offset + length} bytes (${what})`, `${found} unpacked bytes`, file);
  const most = offset + length + (last ? 0 : offset + length) + freeBehind;
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  let at = 0;
  try {
    for await (const chunk of unpacked(packed(0), gunzip)) {
      const from = Math.max(0, offset - at);
      if (from < chunk.length && at + from - offset < length) chunk.copy(wanted, at + from - offset, from);
      at += chunk.length;
      if (at > most) throw wrongLength(`more than ${most}`);
    }
  } catch (error) {
    throw error instanceof UserError ? error : damaged(error, file);
  }
  await assertOnlyPadding(packed(gunzip.bytesWritten), 'gzip data', file);
  if (at < offset + length || (last && at > offset + length)) throw wrongLength(`${at}`);
  return wanted;
}
