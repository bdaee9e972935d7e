/**
 * A cohort as large as NIH Pancreas-CT for paper-size: as many volumes and slices, 512 × 512 pixels, slices of 1 mm.
 * Eight phantom patients are drawn at half the resolution; each volume is one of them, enlarged, with noise of its own,
 * and its first and last slices repeated until the volume is as tall as it has to be.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { makePhantomPatient, phantomGeneratorVersion } from '../../lib/dataset/phantom.ts';
import { syntheticDescription } from '../../lib/dataset/synthetic.ts';
import { expected } from '../../lib/errors.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { makeFolder } from '../../lib/io/writable.ts';
import { Random } from '../../lib/random.ts';
import { toCanonical } from '../../lib/volume/orientation.ts';
import { type Affine, sliceZ, type Volume } from '../../lib/volume/volume.ts';

/** The set's size: https://www.cancerimagingarchive.net/collection/pancreas-ct/ */
export const nihSize = { volumes: 82, slices: 19_327, fewest: 181, most: 466 } as const;

const seed = 1;
const bodies = 8;
const side = 512;
const noiseSdHu = 8;

/** One patient as it was drawn, slices from the feet up. */
interface Body {
  readonly image: Volume<Int16Array>;
  readonly label: Volume<Uint8Array>;
}

/** Slices of all 82 volumes in order: from 181 to 466, half of them below 210, 19,327 together. */
function allSliceCounts(): number[] {
  const { volumes, slices, fewest, most } = nihSize;
  const even = 0.2;
  // The mean of u^p over [0, 1] is 1 / (p + 1).
  const power = (1 - even) / ((slices / volumes - fewest) / (most - fewest) - even / 2) - 1;
  const counts = Array.from({ length: volumes }, (_, i) => {
    const u = i / (volumes - 1);
    return Math.round(fewest + (most - fewest) * (even * u + (1 - even) * u ** power));
  });
  const over = counts.reduce((sum, n) => sum + n, 0) - slices;
  for (let i = 0; i < Math.abs(over); i++) counts[volumes - 2 - (i % (volumes / 2))]! -= Math.sign(over);
  return counts;
}

/** The number of slices of each volume, shuffled: of fewer volumes those at equal steps through the whole set. */
export function sliceCounts(volumes: number): number[] {
  const whole = allSliceCounts();
  if (!(Number.isInteger(volumes) && volumes >= 1 && volumes <= whole.length))
    throw expected(`from 1 to ${whole.length} volumes`, `${volumes}`);
  const chosen = Array.from({ length: volumes }, (_, i) => whole[Math.floor(((i + 0.5) * whole.length) / volumes)]!);
  return Random.stream(seed, 'slices').shuffle(chosen);
}

function drawBody(index: number): Body {
  const { image, label } = makePhantomPatient(index, { seed, size: [side / 2, side / 2, 64] });
  return { image: toCanonical(image), label: toCanonical(label) };
}

/** Normal numbers to begin anywhere in. */
function noiseTable(): Int8Array {
  const random = Random.stream(seed, 'noise');
  return Int8Array.from({ length: 1 << 20 }, () => Math.round(random.normal(0, noiseSdHu)));
}

/** Writes a plane of twice the width and height into `to`, linear between pixels, with noise from `start` on. */
function enlarge(from: Float32Array, to: Int16Array, noise: Int8Array, start: number): void {
  const half = side / 2;
  for (let y = 0; y < side; y++) {
    const place = Math.min(Math.max(y / 2 - 0.25, 0), half - 1);
    const above = Math.floor(place);
    const below = Math.min(above + 1, half - 1);
    const down = place - above;
    for (let x = 0; x < side; x++) {
      const across = Math.min(Math.max(x / 2 - 0.25, 0), half - 1);
      const left = Math.floor(across);
      const right = Math.min(left + 1, half - 1);
      const way = across - left;
      const first = from[above * half + left]! * (1 - way) + from[above * half + right]! * way;
      const second = from[below * half + left]! * (1 - way) + from[below * half + right]! * way;
      const at = y * side + x;
      to[at] = first * (1 - down) + second * down + noise[(start + at) & (noise.length - 1)]!;
    }
  }
}

/** The body in slices of 1 mm, `depth` of them with the body in their middle. */
function tallVolume({ image, label }: Body, depth: number, noise: Int8Array, random: Random): Body {
  const [, , deep] = image.shape;
  const [pixelMm, , sliceMm] = image.spacingMm;
  const plane = new Float32Array(image.shape[0] * image.shape[1]);
  const hu = new Int16Array(side * side * depth);
  const mask = new Uint8Array(side * side * depth);
  for (let z = 0; z < depth; z++) {
    const place = (z - (depth - 1) / 2) / sliceMm + (deep - 1) / 2;
    const inside = Math.min(Math.max(place, 0), deep - 1);
    const lower = Math.floor(inside);
    const [a, b] = [sliceZ(image, lower), sliceZ(image, Math.min(lower + 1, deep - 1))];
    for (let i = 0; i < plane.length; i++) plane[i] = a[i]! + (inside - lower) * (b[i]! - a[i]!);
    const to = z * side * side;
    enlarge(plane, hu.subarray(to, to + side * side), noise, random.integer(noise.length));
    if (place < 0 || place > deep - 1) continue; // what is repeated has no organ
    const labelled = sliceZ(label, Math.round(inside));
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) mask[to + y * side + x] = labelled[(y >> 1) * (side / 2) + (x >> 1)]!;
  }
  const half = pixelMm / 2;
  // Left, posterior, superior; the origin in a corner.
  const affine: Affine = [-half, 0, 0, 0, 0, -half, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const grid = { shape: [side, side, depth], spacingMm: [half, half, 1], affine } as const;
  return { image: { ...grid, data: hu }, label: { ...grid, data: mask } };
}

const idOf = (index: number): string => `phantom_${String(index).padStart(3, '0')}`;

/** The ids of a cohort. */
export const idsOf = (volumes: number): string[] => Array.from({ length: volumes }, (_, i) => idOf(i + 1));

export const imageFile = (folder: string, id: string): string => path.join(folder, 'imagesTr', `${id}.nii.gz`);
export const labelFile = (folder: string, id: string): string => path.join(folder, 'labelsTr', `${id}.nii.gz`);

/** Writes imagesTr and labelsTr. Volumes that are there are kept: each file is written whole or not at all. */
export async function makeLargeCohort(folder: string, volumes: number, tell: (line: string) => void): Promise<void> {
  for (const part of ['imagesTr', 'labelsTr']) await makeFolder(path.join(folder, part));
  const drawn = new Map<number, Body>();
  const noise = noiseTable();
  for (const [i, depth] of sliceCounts(volumes).entries()) {
    const id = idOf(i + 1);
    const [image, label] = [imageFile(folder, id), labelFile(folder, id)];
    if (existsSync(image) && existsSync(label)) continue;
    const index = 1 + (i % bodies);
    if (!drawn.has(index)) drawn.set(index, drawBody(index));
    const made = tallVolume(drawn.get(index)!, depth, noise, Random.stream(seed, id));
    const description = syntheticDescription(id, seed, phantomGeneratorVersion);
    await writeNifti(label, made.label, { description });
    await writeNifti(image, made.image, { description });
    tell(`${id}: ${depth} slices`);
  }
}
