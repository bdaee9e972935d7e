/** The three planes of a canonical volume as they are seen: the patient's right at the left, front and head up. */
import type { Volume } from './volume.ts';

export interface Plane {
  readonly name: 'axial' | 'coronal' | 'sagittal';
  /** Which axes of the volume run across and down a picture, and which one goes through it. */
  readonly across: 0 | 1;
  readonly down: 1 | 2;
  readonly through: 0 | 1 | 2;
  /** Whether the axis that runs down a picture grows upwards in it. */
  readonly upwards: boolean;
  /** Letters of the sides: left, right, top, bottom. */
  readonly edges: readonly [string, string, string, string];
}

export const axial: Plane = {
  ...{ name: 'axial', across: 0, down: 1, through: 2, upwards: false },
  edges: ['R', 'L', 'A', 'P'],
};
export const coronal: Plane = {
  ...{ name: 'coronal', across: 0, down: 2, through: 1, upwards: true },
  edges: ['R', 'L', 'S', 'I'],
};
export const sagittal: Plane = {
  ...{ name: 'sagittal', across: 1, down: 2, through: 0, upwards: true },
  edges: ['A', 'P', 'S', 'I'],
};

/** The voxels of a canonical volume in slice `at` of a plane, row by row as they are seen. */
export function cutPlane({ data, shape }: Volume, { across, down, through, upwards }: Plane, at: number): Float32Array {
  const strides = [1, shape[0], shape[0] * shape[1]] as const;
  const [width, height] = [shape[across], shape[down]];
  const out = new Float32Array(width * height);
  for (let r = 0, i = 0; r < height; r++) {
    const row = upwards ? height - 1 - r : r;
    const start = at * strides[through] + row * strides[down];
    for (let c = 0; c < width; c++, i++) out[i] = data[start + c * strides[across]]!;
  }
  return out;
}
