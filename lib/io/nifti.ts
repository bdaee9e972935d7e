/**
 * Reading and writing volumes as NIfTI-1 and NIfTI-2: .nii, .nii.gz and pairs of .hdr and .img (.gz).
 * Values, shape, spacing and affine are those of nibabel 5; damage and anything but one scalar 3-D volume is refused.
 */

import { NIFTI1, NIFTI2 } from 'nifti-reader-js';
import path from '#system/path';
import { gzip } from '#system/zlib';
import { expected } from '../errors.ts';
import { type Volume, voxelCount } from '../volume/volume.ts';
import { assertFitsMemory, type ByteSource, bytesOf, withByteSource } from './bytes.ts';
import { refuseStandIn } from './fileKind.ts';
import { writeFileAtomic } from './files.ts';
import { headerBytes, type NiftiHeader, parseNiftiHeader } from './niftiHeader.ts';
import { qformOf } from './niftiQform.ts';
import { countNonFinite, decodedBytes, decodeVoxels, voxelTypeOf } from './voxelTypes.ts';

type Scaling = 'slope' | 'intercept';
type Placement = 'lengthUnit' | 'placedBy' | 'givesSpacing' | 'qformDistance';
type KeptFields = 'version' | 'littleEndian' | 'description' | Scaling | Placement;

/** A volume with what its NIfTI header says beyond the geometry. */
export interface NiftiImage extends Volume {
  /** What the file says of itself. Slope and intercept are already applied to `data`. */
  readonly header: Pick<NiftiHeader, KeptFields> & {
    /** NumPy's name of the stored type. */
    readonly datatype: string;
    /** How many voxels are NaN or infinite. */
    readonly nonFinite: number;
  };
}

const niftiFile = 'a NIfTI file';

function badName(suffixes: string, file: string): Error {
  const suffix = path.extname(file);
  return expected(`a name that ends in ${suffixes}`, suffix ? `the suffix ${suffix}` : 'no suffix', file);
}

/**
 * The files of an image: .nii holds both; .hdr and .img go together, also when compressed, in the case of the given
 * name.
 */
function filesOf(file: string): { header: string; voxels: string } {
  const [, stem, suffix, gz] = /^(.*)(\.nii|\.hdr|\.img)(\.gz)?$/is.exec(file) ?? [];
  if (stem === undefined || !suffix) throw badName('.nii, .nii.gz, .hdr or .img', file);
  if (suffix.toLowerCase() === '.nii') return { header: file, voxels: file };
  const isUpper = suffix === suffix.toUpperCase();
  const named = (end: string): string => `${stem}${isUpper ? end.toUpperCase() : end}${gz ?? ''}`;
  return { header: named('.hdr'), voxels: named('.img') };
}

/** The files that an image is read from: one, or header and voxels of a pair. Throws for a name of another kind. */
export function niftiFiles(file: string): string[] {
  const { header, voxels } = filesOf(file);
  return [...new Set([header, voxels])];
}

async function readVoxels(header: NiftiHeader, source: ByteSource): Promise<NiftiImage> {
  const { type, shape, spacingMm, affine, slope, intercept, offset } = header;
  const count = voxelCount(shape);
  const byteCount = count * type.bytes;
  const what = `${shape.join('×')} ${type.name} voxels from byte ${offset}`;
  source.assertHolds(offset + byteCount, what);
  assertFitsMemory(decodedBytes(type, count, slope, intercept), source.file);
  const data = decodeVoxels(await source.read(offset, byteCount, what), type, header);
  const { version, littleEndian, description } = header;
  const { lengthUnit, placedBy, givesSpacing, qformDistance } = header;
  const placed = { lengthUnit, placedBy, givesSpacing, qformDistance };
  const read = { datatype: type.name, nonFinite: countNonFinite(data) };
  const kept = { version, littleEndian, slope, intercept, description, ...placed, ...read };
  return { data, shape, spacingMm, affine, header: kept };
}

/**
 * Reads a NIfTI volume with its scaling applied; axis order x, y, z, x fastest.
 * The data stay in the stored integer or float type when there is no scaling; see decodeVoxels for the rest.
 * NaN and infinities are kept and counted. 1-D and 2-D images get axes of length 1; 4-D ones need a single volume.
 * Throws a UserError naming the file, what was expected and what was found.
 */
export async function readNifti(file: string): Promise<NiftiImage> {
  const { header, voxels } = filesOf(file);
  if (header === voxels) {
    return withByteSource(file, niftiFile, async (source) =>
      readVoxels(parseNiftiHeader(await source.head(headerBytes[2]), true, file), source),
    );
  }
  const parsed = await withByteSource(header, 'the header of a NIfTI pair', async (source) => {
    const bytes = await source.head(headerBytes[2]);
    // Reads once more with checksums verified, which head does not.
    return parseNiftiHeader(await source.read(0, bytes.length, 'header'), false, header);
  });
  const wanted = `the voxels that belong to ${header}`;
  return withByteSource(voxels, wanted, async (source) => {
    await refuseStandIn(source, wanted, voxels);
    return readVoxels(parsed, source);
  });
}

/** dim[] holds 16-bit integers in NIfTI-1. */
const longestNifti1Axis = 32767;

/** 348 or 540 bytes of header and 4 that say: no extensions, for the type of the array and the place of the volume. */
export function niftiHeaderOf(volume: Volume, description = ''): Uint8Array {
  const { shape, spacingMm, affine } = volume;
  const type = voxelTypeOf(volume.data);
  const version = Math.max(...shape) > longestNifti1Axis ? 2 : 1;
  const qform = qformOf(affine, spacingMm);
  const header = version === 1 ? new NIFTI1() : new NIFTI2();
  Object.assign(header, {
    littleEndian: true,
    magic: version === 1 ? 'n+1\0' : 'n+2\0\r\n\x1a\n',
    dims: [3, ...shape, 1, 1, 1, 1],
    pixDims: [qform?.zSign ?? 1, ...spacingMm, 1, 1, 1, 1],
    datatypeCode: type.code,
    numBitsPerVoxel: 8 * type.bytes,
    vox_offset: headerBytes[version] + 4,
    scl_slope: 1,
    xyzt_units: NIFTI1.UNITS_MM,
    description,
    sform_code: NIFTI1.XFORM_SCANNER_ANAT,
    affine: [0, 1, 2].map((row) => affine.slice(4 * row, 4 * row + 4)),
    // A shear cannot be a qform; then only the sform says where the voxels are.
    qform_code: qform ? NIFTI1.XFORM_SCANNER_ANAT : 0,
    quatern_b: qform?.b ?? 0,
    quatern_c: qform?.c ?? 0,
    quatern_d: qform?.d ?? 0,
    qoffset_x: affine[3],
    qoffset_y: affine[7],
    qoffset_z: affine[11],
  });
  return new Uint8Array(header.toArrayBuffer());
}

function assertWritable(file: string, { data, shape, spacingMm, affine }: Volume): void {
  if (!/\.nii(\.gz)?$/i.test(file)) throw badName('.nii or .nii.gz', file);
  if (!shape.every((n) => Number.isInteger(n) && n > 0) || data.length !== voxelCount(shape)) {
    throw expected(`one value for each voxel of shape ${shape.join('×')}`, `${data.length} values`, file);
  }
  if (!spacingMm.every((s) => s > 0 && Number.isFinite(s)))
    throw expected('a positive spacing', spacingMm.join(', '), file);
  if (affine.length !== 16 || !affine.every(Number.isFinite))
    throw expected('an affine of 16 finite numbers', affine.join(', '), file);
}

/** The field has 80 bytes, of which the last stays 0; anything but printable ASCII becomes a question mark. */
const asDescription = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 79);

/**
 * Writes a volume as NIfTI-1 (NIfTI-2 where an axis is longer than 32767), gzip-compressed if the name ends in .gz. The
 * array's own type is stored, the affine as sform and, unless it has a shear, as qform; the file appears whole or not
 * at all. NIfTI-1 keeps the affine in single precision. `description` is cut to 79 characters of ASCII.
 */
export async function writeNifti(file: string, volume: Volume, options: { description?: string } = {}): Promise<void> {
  assertWritable(file, volume);
  const pieces = [niftiHeaderOf(volume, asDescription(options.description ?? '')), bytesOf(volume.data)];
  // Level 1, as nibabel: a tenth larger than the default and several times faster.
  await writeFileAtomic(file, /\.gz$/i.test(file) ? await gzip(Buffer.concat(pieces), { level: 1 }) : pieces);
}

/**
 * Throws a sentence with their number when a CT volume holds NaN or infinite values, which nothing downstream can use.
 */
export function assertFinite({ header: { nonFinite } }: { header: { nonFinite: number } }, file: string): void {
  if (nonFinite > 0) throw expected('finite CT numbers', `${nonFinite} that are NaN or infinite`, file);
}
