/** The part of a scan that is worth showing: the body and all masks, without most of the air around. */
import { largestComponent } from '../volume/components.ts';
import type { Box } from '../volume/crop.ts';
import { boundingBox } from '../volume/foreground.ts';
import { type Vec3, type Volume, voxelCount } from '../volume/volume.ts';

/** Between air (−1000 HU) and fat (−100 HU). */
const bodyFromHu = -300;
/** Shown around the body. */
const marginMm = 5;
/** The body is looked for among so many voxels, spread evenly. */
const mostLookedAt = 1e6;

const axes = [0, 1, 2] as const;
const vec3 = (value: (axis: 0 | 1 | 2) => number): Vec3 => [value(0), value(1), value(2)];

/** 1 where every `step`-th voxel is denser than air, and how many of these there are along x, y, z. */
function denseVoxels({ data, shape }: Volume, step: number): { dense: Uint8Array; shape: Vec3 } {
  const coarse = vec3((axis) => Math.ceil(shape[axis] / step));
  const dense = new Uint8Array(voxelCount(coarse));
  let i = 0;
  for (let z = 0; z < shape[2]; z += step)
    for (let y = 0; y < shape[1]; y += step)
      for (let x = 0; x < shape[0]; x += step)
        dense[i++] = data[x + shape[0] * (y + shape[1] * z)]! > bodyFromHu ? 1 : 0;
  return { dense, shape: coarse };
}

/** The box of the largest connected part that is denser than air, found on every `step`-th voxel; undefined in air. */
function bodyAlone(image: Volume): Box | undefined {
  const step = Math.max(1, Math.ceil(Math.cbrt(voxelCount(image.shape) / mostLookedAt)));
  const { dense, shape } = denseVoxels(image, step);
  const box = boundingBox(largestComponent(dense, shape, 6), shape);
  if (!box) return undefined;
  // a body may begin right behind a voxel that was looked at, and end right before one
  const start = vec3((axis) => (box.start[axis] - 1) * step + 1 - Math.ceil(marginMm / image.spacingMm[axis]));
  const end = vec3((axis) => (box.start[axis] + box.shape[axis]) * step + Math.ceil(marginMm / image.spacingMm[axis]));
  return { start, shape: vec3((axis) => end[axis] - start[axis]) };
}

/**
 * The smallest box with the body, 5 mm around it, and all voxels of the masks; the whole image where all of it is air.
 * Image (HU) and masks (0 is background) are on the same voxels.
 */
export function bodyBox(image: Volume, masks: readonly Volume[]): Box {
  const body = bodyAlone(image);
  if (!body) return { start: [0, 0, 0], shape: image.shape };
  const boxes = [body, ...masks.flatMap(({ data, shape }) => boundingBox(data, shape) ?? [])];
  const start = vec3((axis) => Math.max(0, Math.min(...boxes.map((box) => box.start[axis]))));
  const end = vec3((axis) =>
    Math.min(image.shape[axis], Math.max(...boxes.map((box) => box.start[axis] + box.shape[axis]))),
  );
  return { start, shape: vec3((axis) => end[axis] - start[axis]) };
}

/** Whether the box is all of a volume of this shape. */
export const isWhole = (box: Box, shape: Vec3): boolean => axes.every((axis) => box.shape[axis] === shape[axis]);
