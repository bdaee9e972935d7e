/** The packed bytes of a TIFF's strips, unpacked into as many bytes as its rows have, and not one more. */
import { inflateSync } from '#system/zlib';

const [clear, end, firstFree, mostCodes] = [256, 257, 258, 4096];

/**
 * TIFF's LZW: codes of 9 to 12 bits, the highest bit first, one bit longer one code before the table needs it. Each
 * code is the code before it and one letter; strings are written from their end. Returns how many bytes were filled.
 */
export function unpackLzw(packed: Uint8Array, out: Uint8Array): number {
  const before = new Uint16Array(mostCodes);
  const letter = new Uint8Array(mostCodes);
  const length = new Uint16Array(mostCodes);
  for (let code = 0; code < 256; code++) [letter[code], length[code]] = [code, 1];
  let [next, bits, held, buffer, at, filled, last] = [firstFree, 9, 0, 0, 0, 0, -1];
  while (filled < out.length) {
    while (held < bits && at < packed.length) [buffer, held] = [((buffer << 8) | packed[at++]!) & 0xffffff, held + 8];
    if (held < bits) return filled;
    const code = (buffer >> (held - bits)) & ((1 << bits) - 1);
    held -= bits;
    if (code === end) return filled;
    if (code === clear) {
      [next, bits, last] = [firstFree, 9, -1];
      continue;
    }
    const isNew = code === next && last >= 0;
    if ((code >= next && !isNew) || (last < 0 && code > 255)) return filled;
    const known = isNew ? last : code;
    const size = length[known]! + Number(isNew);
    let first = known;
    for (let k = filled + length[known]! - 1; k >= filled; k--) {
      if (k < out.length) out[k] = letter[first]!;
      if (k > filled) first = before[first]!;
    }
    if (isNew && filled + size - 1 < out.length) out[filled + size - 1] = letter[first]!;
    if (last >= 0 && next < mostCodes) {
      [before[next], letter[next], length[next]] = [last, letter[first]!, length[last]! + 1];
      next++;
    }
    if (next + 1 >= 1 << bits && bits < 12) bits++;
    filled += size;
    last = code;
  }
  return out.length;
}

/** PackBits: a count and so many bytes, or one byte to be repeated. Returns how many bytes were filled. */
export function unpackBits(packed: Uint8Array, out: Uint8Array): number {
  let filled = 0;
  for (let at = 0; at < packed.length && filled < out.length; ) {
    const count = (packed[at++]! << 24) >> 24;
    if (count === -128) continue;
    const length = Math.min(Math.abs(count) + 1, out.length - filled);
    if (at >= packed.length) return filled;
    if (count < 0) out.fill(packed[at++]!, filled, filled + length);
    else {
      const part = packed.subarray(at, at + length);
      out.set(part, filled);
      if (part.length < length) return filled + part.length;
      at += length;
    }
    filled += length;
  }
  return filled;
}

/** Deflate with zlib's frame. Throws what zlib throws for damage and for more than `most` bytes. */
export function unpackDeflate(packed: Uint8Array, out: Uint8Array, most: number): number {
  const bytes = inflateSync(packed, { maxOutputLength: Math.max(1, most) });
  out.set(bytes.subarray(0, out.length));
  return Math.min(bytes.length, out.length);
}

/** As it is. */
export function copyPlain(packed: Uint8Array, out: Uint8Array): number {
  out.set(packed.subarray(0, out.length));
  return Math.min(packed.length, out.length);
}
