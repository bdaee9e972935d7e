/**
 * NIfTI headers, with the meaning that nibabel 5 gives them.
 * nifti-reader-js decodes the fields; this file checks them, mends what nibabel mends and derives shape and affine.
 * Format: https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h and nifti2.h
 */
import { NIFTI1, NIFTI2 } from 'nifti-reader-js';
import { expected } from '../errors.ts';
import type { Affine, Vec3 } from '../volume/volume.ts';
import { fileKind } from './fileKind.ts';
import { qformAffine, qformDistance } from './niftiQform.ts';
import { readableTypes, refusedTypes, type VoxelType, voxelTypes } from './voxelTypes.ts';

export const headerBytes = { 1: 348, 2: 540 } as const;

export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  readonly type: VoxelType;
  readonly shape: Vec3;
  readonly spacingMm: Vec3;
  readonly affine: Affine;
  /** Stored value × slope + intercept; 1 and 0 where the header asks for no scaling. */
  readonly slope: number;
  readonly intercept: number;
  /** Where the voxels begin in their file. */
  readonly offset: number;
  readonly description: string;
  /** What says where the voxels lie: sform or qform, or neither, and nibabel's convention is assumed. */
  readonly placedBy: 'sform' | 'qform' | 'assumed';
  /** Whether pixdim has a spacing for each axis; where it is 0, `spacingMm` says 1, as nibabel does. */
  readonly givesSpacing: boolean;
  /** How far a qform that is set beside the sform puts a corner elsewhere, in the header's unit; 0 where none is. */
  readonly qformDistance: number;
  /** The unit that the header names for its lengths; not converted here, as in nibabel, but in openVolume.ts. */
  readonly lengthUnit: 'unknown' | 'metre' | 'mm' | 'micron';
}

type RawHeader = NIFTI1 | NIFTI2;

const printable = (bytes: Buffer): string => JSON.stringify(bytes.toString('latin1'));

/** NIfTI-1 is known by its magic, NIfTI-2 by its size field, as in nibabel. */
function versionOf(bytes: Buffer, file: string): 1 | 2 {
  if (bytes.length < headerBytes[1])
    throw expected('at least 348 bytes of NIfTI header', fileKind(bytes) ?? `${bytes.length}`, file);
  if (/^(n\+1|ni1)\0$/.test(bytes.toString('latin1', 344, 348))) return 1;
  if (bytes.readInt32LE(0) === 540 || bytes.readInt32BE(0) === 540) {
    if (bytes.length < headerBytes[2]) throw expected('540 bytes of NIfTI-2 header', `${bytes.length}`, file);
    if (!/^(n\+2|ni2)\0$/.test(bytes.toString('latin1', 4, 8)))
      throw expected('NIfTI-2 magic "n+2" or "ni2"', printable(bytes.subarray(4, 8)), file);
    if (!['\r\n\x1a\n', '\0\0\0\0'].includes(bytes.toString('latin1', 8, 12))) {
      const found = `${bytes.toString('hex', 8, 12)} (damaged by a text-mode copy?)`;
      throw expected('the NIfTI-2 line-end check 0D 0A 1A 0A', found, file);
    }
    return 2;
  }
  const isAnalyze = bytes.readInt32LE(0) === 348 || bytes.readInt32BE(0) === 348;
  const found = `${isAnalyze ? 'an ANALYZE 7.5 header with magic ' : ''}${printable(bytes.subarray(344, 348))}`;
  throw expected('a NIfTI header (magic "n+1" or "ni1")', fileKind(bytes) ?? found, file);
}

/** The byte order in which dim[0] is 1 to 7; only when it is 0 does the size field decide (nibabel's rule). */
function isLittleEndian(bytes: Buffer, version: 1 | 2): boolean {
  const dimensions = version === 1 ? bytes.readInt16LE(40) : Number(bytes.readBigInt64LE(16));
  if (dimensions === 0) return bytes.readInt32BE(0) !== headerBytes[version];
  return dimensions >= 1 && dimensions <= 7;
}

/**
 * Lets nifti-reader-js decode the fixed part, in the byte order found, then sets right the fields that it gets wrong.
 */
function decode(bytes: Buffer, version: 1 | 2, littleEndian: boolean): RawHeader {
  const fixedPart = new ArrayBuffer(headerBytes[version]);
  new Uint8Array(fixedPart).set(bytes.subarray(0, fixedPart.byteLength));
  const view = new DataView(fixedPart);
  view.setInt32(0, headerBytes[version], littleEndian);
  const header = version === 1 ? new NIFTI1() : new NIFTI2();
  header.readHeader(fixedPart);
  if (version === 2) {
    // The library misplaces the halves of big-endian and negative 64-bit integers.
    const int64 = (at: number): number => Number(view.getBigInt64(at, littleEndian));
    header.dims = Array.from({ length: 8 }, (_, i) => int64(16 + 8 * i));
    header.vox_offset = int64(168);
  } else if (header.sform_code > 0) {
    // The library gives the qform when its code is the larger one; nibabel takes the sform whenever there is one.
    header.affine = [0, 1, 2].map((row) =>
      [0, 1, 2, 3].map((column) => view.getFloat32(280 + 16 * row + 4 * column, littleEndian)),
    );
  }
  return header;
}

/**
 * The stored dimensions, FreeSurfer's two ways of storing long vectors included
 * (dim[1] = -1 with the length in the unused field glmin; 27307 × 1 × 6 for the 163842 vertices of an ico7 surface).
 */
function storedShape(header: RawHeader, version: 1 | 2, glmin: number, file: string): number[] {
  const count = header.dims[0]!;
  if (!(count >= 1 && count <= 7)) throw expected('1 to 7 dimensions', `dim[0] = ${count}`, file);
  let shape = header.dims.slice(1, count + 1);
  if (version === 1 && count >= 3 && shape[1] === 1) {
    if (shape[0] === -1 && shape[2] === 1) shape = [glmin, ...shape.slice(1)];
    else if (shape[0] === 27307 && shape[2] === 6) shape = [163842, 1, 1, ...shape.slice(3)];
  }
  if (shape.some((n) => n < 1)) throw expected('at least one voxel along every axis', `shape ${shape.join('×')}`, file);
  return shape;
}

function oneVolume(shape: readonly number[], file: string): Vec3 {
  if (shape.slice(3).some((n) => n > 1)) throw expected('one 3-D volume', `several, shape ${shape.join('×')},`, file);
  return [shape[0]!, shape[1] ?? 1, shape[2] ?? 1];
}

function typeOf(code: number, file: string): VoxelType {
  const type = voxelTypes[code];
  if (type) return type;
  throw expected(readableTypes, refusedTypes[code] ?? `datatype code ${code}`, file);
}

/** nibabel's rules: a slope that is 0 or not finite switches scaling off, intercept included. */
function scalingOf(header: RawHeader, file: string): Pick<NiftiHeader, 'slope' | 'intercept'> {
  const { scl_slope: slope, scl_inter: intercept } = header;
  if (slope === 0 || !Number.isFinite(slope)) return { slope: 1, intercept: 0 };
  if (!Number.isFinite(intercept)) throw expected('a finite intercept scl_inter', `${intercept}`, file);
  return { slope, intercept };
}

/** Fractions are cut off, as nibabel does; in a single file the voxels cannot overlap the header. */
function offsetOf(header: RawHeader, version: 1 | 2, single: boolean, file: string): number {
  const offset = Math.trunc(header.vox_offset);
  const behindMagic = header.magic.startsWith('n+') ? headerBytes[version] + 4 : 0;
  const lowest = single ? Math.max(behindMagic, headerBytes[version]) : behindMagic;
  const usable = offset >= lowest || (!single && offset === 0);
  if (usable && Number.isSafeInteger(offset)) return offset;
  throw expected(`voxels that begin at byte ${lowest} or later`, `vox_offset ${header.vox_offset}`, file);
}

/** pixdim[1..3] as nibabel mends them: 0 becomes 1, a negative value positive. */
const spacingOfHeader = (header: RawHeader): Vec3 =>
  [1, 2, 3].map((i) => Math.abs(header.pixDims[i]!) || (Number.isNaN(header.pixDims[i]) ? NaN : 1)) as unknown as Vec3;

const givesSpacing = ({ pixDims, dims }: RawHeader): boolean =>
  [1, 2, 3].every((axis) => axis > dims[0]! || pixDims[axis] !== 0);

/** Neither sform nor qform: x flipped, origin at the centre of the stored grid (ANALYZE's convention, as nibabel). */
function centredAffine(header: RawHeader, [sx, sy, sz]: Vec3): Affine {
  const count = header.dims[0]!;
  const size = (axis: number): number => (axis <= count ? header.dims[axis]! : 1);
  const zoom = (axis: number, value: number): number => (axis <= count ? value : 1);
  const [zx, zy, zz] = [-zoom(1, sx), zoom(2, sy), zoom(3, sz)];
  const centre = (axis: number, z: number): number => (-(size(axis) - 1) / 2) * z;
  return [zx, 0, 0, centre(1, zx), 0, zy, 0, centre(2, zy), 0, 0, zz, centre(3, zz), 0, 0, 0, 1];
}

/** The sform if its code is 1 to 5, else the qform, else neither: nibabel's order of preference. */
function affineOf(header: RawHeader, version: 1 | 2, spacingMm: Vec3, file: string): Affine {
  const affine = preferredAffine(header, version, spacingMm, file);
  if (!affine.every(Number.isFinite)) throw expected('a finite affine', affine.slice(0, 12).join(', '), file);
  return affine;
}

const isKnown = (code: number): boolean => code >= 1 && code <= 5;

function placedBy({ sform_code: sform, qform_code: qform }: RawHeader): NiftiHeader['placedBy'] {
  if (isKnown(sform)) return 'sform';
  return isKnown(qform) ? 'qform' : 'assumed';
}

function preferredAffine(header: RawHeader, version: 1 | 2, spacingMm: Vec3, file: string): Affine {
  const by = placedBy(header);
  if (by === 'sform') return [...header.affine.slice(0, 3).flat(), 0, 0, 0, 1];
  return by === 'qform' ? qformAffine(header, version, spacingMm, file) : centredAffine(header, spacingMm);
}

/**
 * Parses and checks a header. `bytes` are the first 540 of its file, or all if there are fewer; `single` says that
 * the voxels are in the same file. Throws a UserError for everything that is not one scalar 3-D volume.
 */
export function parseNiftiHeader(bytes: Buffer, single: boolean, file: string): NiftiHeader {
  const version = versionOf(bytes, file);
  const littleEndian = isLittleEndian(bytes, version);
  const header = decode(bytes, version, littleEndian);
  if (version === 2 && single && header.intent_code >= 3000 && header.intent_code < 3100) {
    throw expected('a volume', `CIFTI-2 data (intent code ${header.intent_code})`, file);
  }
  const glmin = littleEndian ? bytes.readInt32LE(144) : bytes.readInt32BE(144);
  const type = typeOf(header.datatypeCode, file);
  const shape = oneVolume(storedShape(header, version, glmin, file), file);
  const spacingMm = spacingOfHeader(header);
  const affine = affineOf(header, version, spacingMm, file);
  const hasBoth = placedBy(header) === 'sform' && isKnown(header.qform_code);
  return {
    version,
    littleEndian,
    type,
    shape,
    spacingMm,
    affine,
    placedBy: placedBy(header),
    givesSpacing: givesSpacing(header),
    qformDistance: hasBoth ? qformDistance(header, version, { affine, shape, spacingMm }) : 0,
    ...scalingOf(header, file),
    offset: offsetOf(header, version, single, file),
    description: header.description,
    lengthUnit: (['unknown', 'metre', 'mm', 'micron'] as const)[header.xyzt_units & 7] ?? 'unknown',
  };
}
