/**
 * Reading volumes from MetaImage: .mha with header and voxels, .mhd with the voxels in another file, plain or packed by
 * zlib. Values and geometry are those of SimpleITK, in RAS+; damage and anything but one scalar 3-D volume is refused.
 */
import path from '#system/path';
import { createUnzip, unpacked } from '#system/unpack';
import { expected, messageOf } from '../errors.ts';
import { assertFitsMemory, type PlainSource, withPlainSource } from '../io/bytes.ts';
import { assertOnlyPadding, largestUnpacked, type Pieces } from '../io/gzip.ts';
import { insideFolder } from '../io/insideFolder.ts';
import { countNonFinite, decodedBytes, decodeVoxels } from '../io/voxelTypes.ts';
import { type Volume, type VoxelArray, voxelCount } from '../volume/volume.ts';
import { type MetaImageHeader, parseMetaImageHeader } from './metaImageHeader.ts';

/** A volume with what its MetaImage header says beyond the geometry. */
export interface MetaImage extends Volume {
  readonly header: {
    /** NumPy's name of the stored type. */
    readonly datatype: string;
    readonly littleEndian: boolean;
    readonly isCompressed: boolean;
    /** How many voxels are NaN or infinite. */
    readonly nonFinite: number;
  };
}

const longestHeader = 1 << 20;

interface Head {
  readonly lines: readonly string[];
  /** Where the voxels begin. */
  readonly end: number;
}

async function readHead(source: PlainSource): Promise<Head> {
  const bytes = await source.head(longestHeader);
  const text = bytes.toString('latin1');
  const last = /^[ \t]*ElementDataFile[ \t]*=[^\n]*(\n|$)/m.exec(text);
  if (!/^\s*\w+\s*=/.test(text) || !last)
    throw expected('a MetaImage header that ends with ElementDataFile', 'none', source.file);
  const end = last.index + last[0].length;
  // Names of files may have letters beyond ASCII.
  const lines = bytes.toString('utf8', 0, end).split(/\r?\n/);
  return { lines: lines.filter((line) => line.trim() !== ''), end };
}

/** Unpacks just as many bytes, in memory of their own. `packed` holds `packedCount` bytes. */
async function packedVoxels(packed: Pieces, packedCount: number, byteCount: number, wanted: Wanted): Promise<Buffer> {
  const { what, file } = wanted;
  if (byteCount > largestUnpacked(packedCount))
    throw expected(`${byteCount} bytes (${what})`, `${packedCount} packed bytes, which cannot hold them,`, file);
  const bytes = Buffer.allocUnsafeSlow(byteCount);
  const stream = createUnzip({ chunkSize: 1 << 18 });
  let count = 0;
  try {
    for await (const chunk of unpacked(packed(0), stream)) {
      chunk.copy(bytes, Math.min(count, byteCount));
      count += chunk.length;
      if (count > byteCount) break;
    }
  } catch (error) {
    throw expected('intact zlib data', `damage (${messageOf(error)})`, file);
  }
  const found = count > byteCount ? `more than ${byteCount} unpacked bytes` : `${count}`;
  if (count !== byteCount) throw expected(`${byteCount} bytes (${what})`, found, file);
  await assertOnlyPadding(packed(stream.bytesWritten), 'zlib data', file);
  return bytes;
}

/** What the bytes are and where they lie, for messages. */
interface Wanted {
  readonly what: string;
  readonly file: string;
}

async function readVoxels(header: MetaImageHeader, source: PlainSource, from: number): Promise<VoxelArray> {
  const { type, shape, byteSkip, isCompressed, packedSize = 0 } = header;
  const { file, size } = source;
  const count = voxelCount(shape);
  const byteCount = count * type.bytes;
  const what = `${shape.join('×')} ${type.name} voxels`;
  const start = from + Math.max(0, byteSkip);
  const held = Math.max(0, size - start);
  if (!isCompressed && (byteSkip < 0 ? held < byteCount : held !== byteCount))
    throw expected(`${byteCount} bytes (${what})`, `${held}`, file);
  if (isCompressed && packedSize > held)
    throw expected(`${packedSize} packed bytes (CompressedDataSize)`, `${held}`, file);
  assertFitsMemory(decodedBytes(type, count), file);
  const bytes = isCompressed
    ? await packedVoxels((at) => source.pieces(start + at), held, byteCount, { what, file })
    : await source.read(size - byteCount, byteCount, what);
  return decodeVoxels(bytes, type, header);
}

/**
 * Reads a MetaImage volume (.mha; .mhd with a raw or zraw file beside it); axis order x, y, z, x fastest. The data stay
 * in the stored type, 64-bit integers become doubles; the affine is RAS+. NaN and infinities are kept and counted.
 * Throws a UserError naming the file, what was expected and what was found: for damage, voxels that are missing or left
 * over, data in several files or as text, and everything that is not one scalar 3-D volume.
 */
export async function readMetaImage(file: string): Promise<MetaImage> {
  return withPlainSource(file, 'a MetaImage file', async (source) => {
    const { lines, end } = await readHead(source);
    const header = parseMetaImageHeader(lines, file);
    const { dataFile, type, shape, spacingMm, affine, littleEndian, isCompressed } = header;
    const data =
      dataFile === undefined
        ? await readVoxels(header, source, end)
        : await withPlainSource(
            insideFolder(path.dirname(file), dataFile, file),
            `the voxels that belong to ${file}`,
            (other) => readVoxels(header, other, 0),
          );
    const kept = { datatype: type.name, littleEndian, isCompressed, nonFinite: countNonFinite(data) };
    return { data, shape, spacingMm, affine, header: kept };
  });
}
