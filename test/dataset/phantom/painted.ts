/** A small canvas for tests of painted anatomy. */
import { Canvas } from '../../../lib/dataset/phantom/canvas.ts';
import { drawPatient, type Patient } from '../../../lib/dataset/phantom/patient.ts';
import { Random } from '../../../lib/random.ts';
import type { Vec3 } from '../../../lib/volume/volume.ts';

const shape: Vec3 = [80, 64, 16];
const spacingMm: Vec3 = [5, 5, 10];

export const [first, second] = [1, 2].map((index) => drawPatient(1, index));
/** Of a pair, one patient has a tumour. */
export const [withTumour, withoutTumour]: [Patient, Patient] = first.tumour ? [first, second] : [second, first];

/** Voxels of 5 × 5 × 10 mm round the middle of the template, always bent alike. */
export const canvasOf = ({ scale }: Patient): Canvas =>
  new Canvas({ shape, spacingMm, centreMm: [0, 0, 0], scale }, Random.stream(1, 'bend'));

/** The voxel at a place of the template (L, P, S), but for how the canvas is bent. */
export function voxelAt({ scale }: Patient, place: Vec3): number {
  const [x, y, z] = place.map((mm, i) => Math.round((mm * scale[i]) / spacingMm[i] + (shape[i] - 1) / 2));
  return x + shape[0] * (y + shape[1] * z);
}

export function count(values: ArrayLike<number>, is: (value: number, voxel: number) => boolean): number {
  let sum = 0;
  for (let voxel = 0; voxel < values.length; voxel++) sum += Number(is(values[voxel], voxel));
  return sum;
}
