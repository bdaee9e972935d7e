/** How the bytes of a DICOM file are written: its transfer syntax. Source: DICOM PS3.5, section 10 and annex A. */
import { expected, shownText } from '../errors.ts';

/** How the pixels are packed. */
export type PixelPacking = 'plain' | 'deflated' | 'RLE' | 'JPEG' | 'JPEG lossless' | 'JPEG-LS' | 'JPEG 2000';

export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly packing: PixelPacking;
  readonly isBigEndian: boolean;
  /** The packing may have changed the values. */
  readonly isLossy: boolean;
}

type Row = [uid: string, name: string, packing: PixelPacking, lossy?: 'lossy'];

const root = '1.2.840.10008.1.2';
export const bigEndianUid = `${root}.2`;
export const deflatedUid = `${root}.1.99`;
export const implicitUid = root;
export const explicitUid = `${root}.1`;

const rows: Row[] = [
  [implicitUid, 'Implicit VR Little Endian', 'plain'],
  [explicitUid, 'Explicit VR Little Endian', 'plain'],
  [bigEndianUid, 'Explicit VR Big Endian', 'plain'],
  [deflatedUid, 'Deflated Explicit VR Little Endian', 'deflated'],
  [`${root}.5`, 'RLE Lossless', 'RLE'],
  [`${root}.4.50`, 'JPEG Baseline (8 bit)', 'JPEG', 'lossy'],
  [`${root}.4.51`, 'JPEG Extended (12 bit)', 'JPEG', 'lossy'],
  [`${root}.4.57`, 'JPEG Lossless', 'JPEG lossless'],
  [`${root}.4.70`, 'JPEG Lossless SV1', 'JPEG lossless'],
  [`${root}.4.80`, 'JPEG-LS Lossless', 'JPEG-LS'],
  [`${root}.4.81`, 'JPEG-LS Near-Lossless', 'JPEG-LS', 'lossy'],
  [`${root}.4.90`, 'JPEG 2000 Lossless', 'JPEG 2000'],
  [`${root}.4.91`, 'JPEG 2000', 'JPEG 2000', 'lossy'],
  [`${root}.4.201`, 'High-Throughput JPEG 2000 Lossless', 'JPEG 2000'],
  [`${root}.4.202`, 'High-Throughput JPEG 2000 RPCL Lossless', 'JPEG 2000'],
  [`${root}.4.203`, 'High-Throughput JPEG 2000', 'JPEG 2000', 'lossy'],
];

/** What a user can do about pixels that are not read: with programs that unpack them, or where none is common. */
const unpackHint = 'such as `gdcmconv --raw IN OUT` (GDCM) or `dcmdjpeg IN OUT` (DCMTK) makes';
const askHint = 'such as Explicit VR Little Endian, in which the archive or scanner can export the series again';

/** What a message may say of those that are not read. */
const unread: readonly (readonly [beginning: string, name: string, hint: string])[] = [
  [`${root}.4.92`, 'JPEG 2000 of several components', unpackHint],
  [`${root}.4.93`, 'JPEG 2000 of several components', unpackHint],
  [`${root}.4.94`, 'pixels on a server (JPIP)', askHint],
  [`${root}.4.95`, 'pixels on a server (JPIP)', askHint],
  [`${root}.4.1`, 'video (MPEG, HEVC)', askHint],
  [`${root}.4.11`, 'JPEG XL', askHint],
];

/**
 * The transfer syntax with this UID. Throws a UserError that names the file, the syntax and a way out for those that
 * are not read.
 */
export function transferSyntaxOf(uid: string, file: string): TransferSyntax {
  const row = rows.find(([known]) => known === uid);
  if (row) {
    const [, name, packing, lossy] = row;
    return { uid, name, packing, isBigEndian: uid === bigEndianUid, isLossy: lossy !== undefined };
  }
  const [, name, hint] = unread.findLast(([beginning]) => uid.startsWith(beginning)) ?? [
    '',
    'unknown here',
    unpackHint,
  ];
  throw expected(`pixels in a transfer syntax that is read, ${hint}`, `${shownText(uid)} (${name})`, file);
}
