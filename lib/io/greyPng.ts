/** Writing PNG (https://www.w3.org/TR/png-3/) of one grey channel, which other programs read as such. */
import { crc32, deflateSync } from '#system/zlib';
import { expected } from '../errors.ts';
import type { GreyImage } from './pixels.ts';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** The bytes of a PNG of 8 bits a pixel, colour type 0: no colours, no transparency. */
export function encodeGreyPng({ data, width, height }: GreyImage): Buffer {
  if (data.length !== width * height)
    throw expected(`${width * height} values for ${width}×${height} pixels`, `${data.length}`);
  const header = Buffer.alloc(13); // colour type, compression, filter and interlacing are 0
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = Buffer.alloc(height * (width + 1)); // each begins with its filter: 0, none
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
