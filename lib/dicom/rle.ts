/** DICOM's RLE: one packed run for each byte of a number, the most significant first. Source: DICOM PS3.5, annex G. */
import { expected } from '../errors.ts';

const headerBytes = 64;

/** Unpacks one run (PackBits) into every `step`-th byte from `first` on; the number of bytes written. */
function unpackRun(run: Buffer, out: Buffer, first: number, step: number): number {
  let [at, to] = [0, first];
  while (at < run.length && to < out.length) {
    const code = run.readInt8(at++);
    if (code >= 0) {
      const end = Math.min(at + code + 1, run.length);
      for (; at < end && to < out.length; to += step) out[to] = run[at++]!;
    } else if (code !== -128) {
      const value = run[at++] ?? 0;
      for (let n = 1 - code; n > 0 && to < out.length; n--, to += step) out[to] = value;
    }
  }
  return (to - first) / step;
}

/**
 * The pixels of a frame as little-endian numbers of `bytesPerPixel`. Throws a UserError for a frame that does not hold
 * `count` pixels.
 */
export function decodeRle(frame: Buffer, count: number, bytesPerPixel: number, file: string): Buffer {
  if (frame.length < headerBytes) throw expected('an RLE header of 64 bytes', `${frame.length}`, file);
  const runs = frame.readUInt32LE(0);
  if (runs !== bytesPerPixel) throw expected(`${bytesPerPixel} RLE runs, one a byte`, `${runs}`, file);
  const out = Buffer.alloc(count * bytesPerPixel);
  for (let i = 0; i < runs; i++) {
    const from = frame.readUInt32LE(4 + 4 * i);
    const to = i + 1 < runs ? frame.readUInt32LE(8 + 4 * i) : frame.length;
    if (from < headerBytes || to < from || to > frame.length)
      throw expected('RLE runs inside their frame', `one from byte ${from} to ${to}`, file);
    const written = unpackRun(frame.subarray(from, to), out, runs - 1 - i, runs);
    if (written !== count) throw expected(`${count} pixels in an RLE run`, `${written}`, file);
  }
  return out;
}
