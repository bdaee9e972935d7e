/** Unpacking piece by piece. What a browser has instead: browser/unpack.ts. */
import type { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';

export { createGunzip, createInflate, createUnzip } from 'node:zlib';

/** What a stream of zlib makes of packed pieces; only a piece and what becomes of it are in memory. */
export async function* unpacked(
  packed: AsyncIterable<Buffer> | Iterable<Buffer>,
  stream: Transform,
): AsyncGenerator<Buffer> {
  const over = finished(stream, { writable: false }).catch(() => {});
  const feed = async (): Promise<void> => {
    for await (const piece of packed) {
      // A stream that has come to its end takes no more and never says so.
      const taken = new Promise<void>((resolve) => {
        stream.write(piece, () => resolve());
      });
      await Promise.race([over, taken]);
      if (stream.readableEnded || stream.destroyed) return;
    }
    stream.end();
  };
  const fed = feed().catch((error) => void stream.destroy(error));
  try {
    yield* stream as AsyncIterable<Buffer>;
  } finally {
    stream.destroy();
    await fed;
  }
}
