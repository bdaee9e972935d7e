/** Data sets that are packed as a whole (Deflated Explicit VR Little Endian): raw deflate (RFC 1951), no checksum. */
import { constants, inflateRawSync } from '#system/zlib';
import { expected, messageOf } from '../errors.ts';
import { assertFitsMemory } from '../io/bytes.ts';

/** The first unpacked bytes, at most about `count`. Throws zlib's error for damaged data. */
export function inflateHead(packed: Buffer, count: number): Buffer {
  for (let take = 4096; ; take *= 4) {
    const bytes = inflateRawSync(packed.subarray(0, take), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: 1032 * take + 64,
    });
    if (bytes.length >= count || take >= packed.length) return bytes.subarray(0, count);
  }
}

/** Writers pad the unpacked data, and elements may follow the pixels. */
const freeBehind = 1 << 20;

/**
 * The unpacked bytes up to `count`, at which the pixels end. Throws a UserError for damage, for fewer bytes, and for
 * data that go on far behind.
 */
export function inflateAll(packed: Buffer, count: number, file: string): Buffer {
  assertFitsMemory(2 * count, file);
  let bytes: Buffer;
  try {
    bytes = inflateRawSync(packed, { maxOutputLength: count + freeBehind });
  } catch (error) {
    throw expected('intact deflated data', `damage (${messageOf(error)})`, file);
  }
  if (bytes.length < count) throw expected(`${count} unpacked bytes`, `${bytes.length}`, file);
  return bytes;
}
