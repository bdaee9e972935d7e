/** What a file is that is not what its name says: downloads that failed, archives, and images of other formats. */

import { expected } from '../errors.ts';

/** The bytes that are looked at; a tar archive is known by its 262nd. */
const lookedAt = 512;

type Sign = readonly [kind: string, isIt: (bytes: Buffer) => boolean];

const begins = (kind: string, ...starts: readonly (string | readonly number[])[]): Sign => [
  kind,
  (bytes) =>
    starts.some((start) => {
      const wanted = typeof start === 'string' ? Buffer.from(start, 'latin1') : Buffer.from(start);
      return bytes.subarray(0, wanted.length).equals(wanted);
    }),
];
const holds = (kind: string, at: number, ...texts: readonly string[]): Sign => [
  kind,
  (bytes) => texts.some((text) => bytes.toString('latin1', at, at + text.length) === text),
];
/** A text, without a byte order mark and blanks before it. */
const reads = (kind: string, pattern: RegExp): Sign => [
  kind,
  (bytes) =>
    pattern.test(
      bytes
        .toString('utf8', 0, lookedAt)
        .replace(/^\ufeff/, '')
        .trimStart(),
    ),
];

/** Zip archives with these first members are what spreadsheet programs save. */
const officeStart = /^PK\x03\x04[^]{26}(\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/|mimetypeapplication)/;

/** Signs of what comes instead of a file of any format; so long that no voxels have them by chance. */
const signsOfStandIns: readonly Sign[] = [
  reads('an HTML page (the download needs a login, or its address is wrong)', /^<(!doctype html|html|head|body)\b/i),
  reads('a Git LFS pointer (`git lfs pull` fetches the file itself)', /^version https:\/\/(git-lfs|hawser)\b/),
  reads('a git-annex pointer (`git annex get` fetches the file itself)', /^\/?(\.git|annex)\/\S*objects\//),
  reads('an XML text', /^<(\?xml|error)\b/i),
  ['an Office document (save a table as CSV)', (bytes) => officeStart.test(bytes.toString('latin1', 0, 64))],
  begins('a zip archive (unpack it first)', 'PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'),
  begins('a 7z archive (unpack it first)', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
  begins('a RAR archive (unpack it first)', 'Rar!\x1a\x07'),
];

/** Signs by which formats are known, each with what to do where that helps. The first that fits is taken. */
const signs: readonly Sign[] = [
  ['an empty file', (bytes) => bytes.length === 0],
  ...signsOfStandIns,
  reads(
    'a MetaImage file (with a name that ends in .mha, or .mhd beside its voxels, it is read)',
    /^(ObjectType|NDims)\s*=/,
  ),
  reads('JSON', /^(\{\s*("|\}|$)|\[\s*(["{[\]]|-?\d|$))/),
  begins('xz data (unpack it with xz first)', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
  begins('bzip2 data (unpack it with bzip2 first)', 'BZh'),
  begins('Zstandard data (unpack it with zstd first)', [0x28, 0xb5, 0x2f, 0xfd]),
  begins('gzip data', [0x1f, 0x8b]),
  holds('a tar archive (unpack it first)', 257, 'ustar'),
  holds('a DICOM file (with a name that ends in .dcm, or as the folder of its series, it is read)', 128, 'DICM'),
  holds('a NIfTI file', 344, 'n+1\0', 'ni1\0'),
  holds('a NIfTI-2 file', 4, 'n+2\0', 'ni2\0'),
  begins('an NRRD file (with a name that ends in .nrrd it is read)', 'NRRD000'),
  begins('a NumPy array (.npy)', '\x93NUMPY'),
  begins('an HDF5 file (also MATLAB 7.3, MINC)', '\x89HDF\r\n\x1a\n'),
  begins('a MATLAB file', 'MATLAB 5.0 MAT-file'),
  begins('a PNG picture', '\x89PNG\r\n\x1a\n'),
  begins('a JPEG picture', [0xff, 0xd8, 0xff]),
  begins('a GIF picture', 'GIF87a', 'GIF89a'),
  begins('a TIFF picture', 'II*\0', 'MM\0*'),
  holds('a WebP picture', 8, 'WEBP'),
  ['a BMP picture', (bytes) => /^BM[^]{4}\0{4}/.test(bytes.toString('latin1', 0, 10))],
  begins('a PDF document', '%PDF-'),
  ['nothing but zeros (a download or copy that was interrupted)', (bytes) => bytes.every((byte) => byte === 0)],
];

function kindAmong(known: readonly Sign[], bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, lookedAt));
  return known.find(([, isIt]) => isIt(start))?.[0];
}

/** What bytes from the beginning of a file show it to be, in words; undefined where they tell nothing. */
export const fileKind = (bytes: Uint8Array): string | undefined => kindAmong(signs, bytes);

/**
 * Throws a UserError when a file of bare voxels, of which nearly all bytes are good, is what came instead of it: a page
 * of a failed download, a pointer of Git LFS, an archive. `what` it should be stands in the message.
 */
export async function refuseStandIn(source: { head(count: number): Promise<Buffer> }, what: string, file: string) {
  const kind = kindAmong(signsOfStandIns, await source.head(lookedAt));
  if (kind !== undefined) throw expected(what, kind, file);
}

/** The same of a text, as UTF-8 gives it; JSON and nothing at all count as texts. */
export function textKind(text: string): string | undefined {
  const kind = fileKind(Buffer.from(text.slice(0, lookedAt)));
  return kind === 'JSON' || text === '' ? undefined : kind;
}
