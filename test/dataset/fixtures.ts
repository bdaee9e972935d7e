/** Small data sets on disk for tests. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { writeNifti } from '../../lib/io/nifti.ts';
import type { Affine, Vec3, Volume, VoxelArray } from '../../lib/volume/volume.ts';

export const temporaryFolder = (): Promise<string> => mkdtemp(path.join(os.tmpdir(), 'axunet-dataset-'));

/** Array order L, P, S with 2 mm voxels and the origin at `origin`. */
export const lps = (origin: Vec3 = [30, 20, -10]): Affine => [
  -2,
  0,
  0,
  origin[0],
  0,
  -2,
  0,
  origin[1],
  0,
  0,
  2,
  origin[2],
  0,
  0,
  0,
  1,
];

export function volumeOf<T extends VoxelArray>(data: T, shape: Vec3, affine: Affine = lps()): Volume<T> {
  return { data, shape, spacingMm: [2, 2, 2], affine };
}

const shape: Vec3 = [40, 32, 6];

/**
 * A torso in a few shapes: air, an elliptic body of 40 HU, bowel gas left and right behind the middle, a spine of 250
 * HU
 * at the back, and a pancreas of 90 HU in front of the middle (label 1, with a tumour 2 where asked for).
 * `shift` moves the pancreas along x, so that two torsos differ.
 */
export function torso(options: { shift?: number; tumour?: boolean; affine?: Affine } = {}): {
  image: Volume<Int16Array>;
  label: Volume<Uint8Array>;
} {
  const image = new Int16Array(shape[0] * shape[1] * shape[2]).fill(-1000);
  const label = new Uint8Array(image.length);
  type Ellipse = readonly [centreX: number, centreY: number, radiusX: number, radiusY: number];
  const inside = (x: number, y: number, [cx, cy, rx, ry]: Ellipse): boolean =>
    ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;
  for (let i = 0; i < image.length; i++) {
    const [x, y] = [i % shape[0], Math.floor(i / shape[0]) % shape[1]];
    const px = x - (options.shift ?? 0);
    if (inside(x, y, [20, 16, 18, 13])) image[i] = 40 + (i % 7);
    if (inside(x, y, [12, 20, 3, 2]) || inside(x, y, [27, 20, 3, 2])) image[i] = -900;
    if (inside(x, y, [20, 25, 4, 3])) image[i] = 250;
    if (inside(px, y, [19, 11, 9, 2])) {
      image[i] = 90;
      label[i] = 1;
    }
    if (options.tumour && inside(px, y, [15, 11, 2, 2])) {
      image[i] = 60;
      label[i] = 2;
    }
  }
  return { image: volumeOf(image, shape, options.affine), label: volumeOf(label, shape, options.affine) };
}

/** The volume with its rows in reverse order within the same grid: what a converter leaves that forgets the y axis. */
export function rowsReversed<T extends VoxelArray>(volume: Volume<T>): Volume<T> {
  const [nx, ny, nz] = volume.shape;
  const data = volume.data.slice() as T;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++)
      data.set(volume.data.subarray(nx * (ny - 1 - y + ny * z), nx * (ny - y + ny * z)), nx * (y + ny * z));
  }
  return { ...volume, data };
}

export interface DecathlonOptions {
  ids: string[];
  suffix?: string;
  json?: unknown;
}

/** imagesTr, labelsTr and dataset.json, one torso per id, each with its pancreas at another place. */
export async function writeDecathlon(folder: string, { ids, suffix = '', json }: DecathlonOptions): Promise<void> {
  for (const [i, id] of ids.entries()) {
    const { image, label } = torso({ shift: i, tumour: i % 2 === 0 });
    await writeNifti(path.join(folder, 'imagesTr', `${id}${suffix}.nii.gz`), image);
    await writeNifti(path.join(folder, 'labelsTr', `${id}.nii.gz`), label);
  }
  if (json) await writeFile(path.join(folder, 'dataset.json'), JSON.stringify(json));
}

/** A JPEG of one grey rectangle on black. */
export async function writeJpeg(
  file: string,
  width: number,
  height: number,
  box: [number, number, number, number],
  grey = 255,
): Promise<void> {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  context.fillStyle = `rgb(${grey}, ${grey}, ${grey})`;
  context.fillRect(...box);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, canvas.toBuffer('image/jpeg'));
}
