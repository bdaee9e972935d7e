/** Packing and unpacking in one piece. What a browser has instead: browser/zlib.ts. */
import { promisify } from 'node:util';
import zlib from 'node:zlib';

export { constants, crc32, deflateSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** Packs bytes off the main thread. */
export const gzip = promisify(zlib.gzip) as (bytes: Uint8Array, options: { level: number }) => Promise<Buffer>;
