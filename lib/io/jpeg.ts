/**
 * What a JPEG says of itself before it is decoded: size and kind, its parts one after the other up to the end marker.
 * Source: ITU-T T.81, annex B. JPEG has no checksum: a changed bit among the pixels cannot be seen, a missing end can.
 */
import { expected } from '../errors.ts';
import { assertPictureSize, exifOrientation } from './pixels.ts';

export const isJpeg = (bytes: Buffer): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;

/** Whether a marker begins the header of a frame, of any kind. */
export const startsFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** The place of the next marker behind the pixels of a scan: stuffed zeros and restart markers belong to them. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next !== undefined && next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}

function checkFrame(marker: number, frame: Buffer, file: string): { width: number; height: number } {
  if (frame.length < 6) throw expected('a whole JPEG', 'a frame header that is cut off', file);
  const [bits, height, width, channels] = [frame[0]!, frame.readUInt16BE(1), frame.readUInt16BE(3), frame[5]!];
  if (marker > 0xc2) throw expected('a baseline or progressive JPEG', `the kind 0x${marker.toString(16)}`, file);
  if (bits !== 8) throw expected('a picture of 8 bits a channel', `${bits} bits`, file);
  if (channels !== 1 && channels !== 3) throw expected('a JPEG of 1 or 3 channels', `${channels}`, file);
  assertPictureSize(width, height, file);
  return { width, height };
}

const exifMark = Buffer.from('Exif\0\0', 'latin1');

/**
 * The size of a JPEG whose parts are all there. Throws a UserError for one that is cut off, is stored turned (EXIF), or
 * is of a kind that is not read.
 */
export function checkJpeg(bytes: Buffer, file: string): { width: number; height: number } {
  let size: { width: number; height: number } | undefined;
  let scans = 0;
  for (let at = 2; at + 2 <= bytes.length; ) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff) throw expected('an intact JPEG', `no marker at byte ${at}`, file);
    if (marker === 0xff) {
      at++; // fill bytes may stand before a marker
      continue;
    }
    if (marker === 0xd9 && size && scans > 0) return size;
    const end = at + 4 <= bytes.length ? at + 2 + bytes.readUInt16BE(at + 2) : Infinity;
    if (end > bytes.length || end < at + 4) break;
    const data = bytes.subarray(at + 4, end);
    if (startsFrame(marker)) size = checkFrame(marker, data, file);
    if (marker === 0xe1 && data.subarray(0, 6).equals(exifMark)) {
      const turned = exifOrientation(data.subarray(6));
      if (turned !== 1) throw expected('a picture that is stored upright', `EXIF orientation ${turned}`, file);
    }
    if (marker === 0xda) scans++;
    at = marker === 0xda ? endOfScan(bytes, end) : end;
  }
  throw expected('a whole JPEG (its end marker)', `the end after ${bytes.length} bytes`, file);
}

const profileMark = Buffer.from('ICC_PROFILE\0', 'latin1');

/**
 * A JPEG that passed `checkJpeg`, without its colour profile: a stored grey is the grey, as in PNG. Decoders that obey
 * the profile would change it.
 */
export function withoutProfile(bytes: Buffer): Buffer {
  const kept = [bytes.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at + 1] !== 0xda) {
    const end = bytes[at + 1] === 0xff ? at + 1 : at + 2 + bytes.readUInt16BE(at + 2);
    const isProfile = bytes[at + 1] === 0xe2 && bytes.subarray(at + 4, at + 16).equals(profileMark);
    if (!isProfile) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...kept, bytes.subarray(at)]);
}
