/** Masks that the package `evalseg` saved: a pickled box of voxels with its place in the volume → NIfTI. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { expected, messageOf } from '../errors.ts';
import { assertFitsMemory } from '../io/bytes.ts';
import { fileKind } from '../io/fileKind.ts';
import { readBytes } from '../io/files.ts';
import { writeNifti } from '../io/nifti.ts';
import type { Box } from '../volume/crop.ts';
import { type Vec3, type Volume, voxelCount } from '../volume/volume.ts';
import { isPickled, type PickledArray, type PickleValue, pickledArray, readPickle } from './pickle.ts';

/** A part of a mask and where it lies in the volume. */
interface Segment extends Box {
  /** x slowest, z fastest, as numpy stores (x, y, z). */
  readonly data: Uint8Array;
}

class Decoder {
  readonly #file: string;
  constructor(file: string) {
    this.#file = file;
  }

  wrong(what: string): Error {
    return expected(what, 'something else', this.#file);
  }

  fields(value: PickleValue | undefined, name: string): Map<PickleValue, PickleValue> {
    if (!isPickled(value, name) || !(value.state instanceof Map)) throw this.wrong(`an object ${name}`);
    return value.state;
  }

  array(value: PickleValue | undefined): PickledArray {
    const array = pickledArray(value);
    if (!array) throw this.wrong('a numpy array');
    return array;
  }

  /** numpy.int64 and the like come as `scalar(dtype, bytes)`. */
  integer(value: PickleValue | undefined): number {
    if (typeof value === 'number') return value;
    const bytes = isPickled(value, 'scalar') ? value.args[1] : undefined;
    if (!(bytes instanceof Uint8Array) || bytes.length < 1 || bytes.length > 8) throw this.wrong('a whole number');
    return Buffer.from(bytes).readIntLE(0, Math.min(bytes.length, 6));
  }

  starts(roi: PickleValue | undefined): Vec3 {
    if (!Array.isArray(roi) || roi.length !== 3) throw this.wrong('a box of three axes');
    return roi.map((slice) => {
      if (!isPickled(slice, 'slice')) throw this.wrong('a slice');
      return this.integer(slice.args[0]);
    }) as unknown as Vec3;
  }

  shape(value: PickleValue | undefined): Vec3 {
    if (
      !Array.isArray(value) ||
      value.length !== 3 ||
      value.some((n) => !Number.isInteger(n) || Number(n) < 1 || Number(n) > 4096)
    )
      throw this.wrong('the shape of a volume');
    return value as unknown as Vec3;
  }

  spacing(value: PickleValue | undefined): Vec3 {
    const { shape, type, bytes } = this.array(value);
    if (shape[0] !== 3 || type !== 'f8' || bytes.length !== 24) throw this.wrong('three voxel sizes');
    return [0, 8, 16].map((i) => Buffer.from(bytes).readDoubleLE(i)) as unknown as Vec3;
  }

  segment(segment: PickleValue): Segment {
    const fields = this.fields(segment, 'SingleSegment');
    const { shape, type, isFortran, bytes } = this.array(fields.get('data'));
    const size = shape.reduce((n, k) => n * k, 1);
    if (shape.length !== 3 || !['u1', 'i1', 'b1'].includes(type) || isFortran || bytes.length !== size)
      throw this.wrong('a box of bytes');
    return { start: this.starts(fields.get('roi')), shape: shape as unknown as Vec3, data: bytes };
  }
}

function paintSegment(mask: Uint8Array, volume: Vec3, { start, shape, data }: Segment, decoder: Decoder): void {
  const [nx, ny] = volume;
  if (!start.every((from, axis) => from >= 0 && from + shape[axis]! <= volume[axis]!))
    throw decoder.wrong('a box inside the volume');
  let i = 0;
  for (let x = start[0]; x < start[0] + shape[0]; x++) {
    for (let y = start[1]; y < start[1] + shape[1]; y++) {
      for (let z = start[2]; z < start[2] + shape[2]; z++) if (data[i++]) mask[x + nx * (y + ny * z)] = 1;
    }
  }
}

/**
 * The mask (0 and 1) of a pickled `SegmentArray`, on the whole volume's grid. The format has spacing but neither origin
 * nor directions: the affine only scales. Throws a UserError for anything else.
 */
export function decodeSegmentArray(bytes: Uint8Array, file: string): Volume<Uint8Array> {
  const decoder = new Decoder(file);
  const fields = decoder.fields(readPickle(bytes, file), 'SegmentArray');
  const shape = decoder.shape(fields.get('shape'));
  const spacingMm = decoder.spacing(fields.get('voxelsize'));
  const segments = fields.get('segments');
  if (!Array.isArray(segments)) throw decoder.wrong('a list of segments');
  assertFitsMemory(voxelCount(shape), file);
  const data = new Uint8Array(voxelCount(shape));
  for (const segment of segments) paintSegment(data, shape, decoder.segment(segment), decoder);
  const [sx, sy, sz] = spacingMm;
  return { data, shape, spacingMm, affine: [sx, 0, 0, 0, 0, sy, 0, 0, 0, 0, sz, 0, 0, 0, 0, 1] };
}

/** Unpacked bytes of a mask: more than one of a whole body has. */
const mostPickled = 2 ** 30;

async function readSegmentArray(file: string): Promise<Volume<Uint8Array>> {
  const packed = await readBytes(file, 'a pickled mask', mostPickled);
  const bytes = await promisify(gunzip)(packed, { maxOutputLength: mostPickled }).catch((error: unknown) => {
    throw expected('gzip data', fileKind(packed) ?? messageOf(error), file);
  });
  return decodeSegmentArray(bytes, file);
}

/**
 * Turns pickled/<case>_<author>.pkl.gz into masks/<case>_<author>.nii.gz; masks that are there are kept. Every mask
 * gets the spacing of its case's expert mask (`gt`), as those of some networks carry a wrong one. Returns how many were
 * made.
 */
export async function convertSegmentArrays(
  folder: string,
  onProgress?: (done: number, total: number, note: string) => void,
): Promise<number> {
  const pickled = path.join(folder, 'pickled');
  const names = readdirSync(pickled)
    .filter((name) => name.endsWith('.pkl.gz'))
    .map((name) => name.slice(0, -'.pkl.gz'.length));
  const missing = names.filter((name) => !existsSync(path.join(folder, 'masks', `${name}.nii.gz`)));
  const experts = new Map<string, Volume>();
  for (const [i, name] of missing.entries()) {
    const id = name.split('_')[0]!;
    if (!experts.has(id)) {
      experts.clear();
      experts.set(id, await readSegmentArray(path.join(pickled, `${id}_gt.pkl.gz`)));
    }
    const { spacingMm, affine } = experts.get(id)!;
    const mask = await readSegmentArray(path.join(pickled, `${name}.pkl.gz`));
    await writeNifti(
      path.join(folder, 'masks', `${name}.nii.gz`),
      { ...mask, spacingMm, affine },
      { description: 'evalseg SegmentArray' },
    );
    onProgress?.(i + 1, missing.length, name);
  }
  return missing.length;
}
