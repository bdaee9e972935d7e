/** The image of the gradient's length. */
import type { Box } from '../../volume/crop.ts';
import { affineFrom, assertBoxInside } from '../../volume/crop.ts';
import { type Vec3, type Volume, voxelCount } from '../../volume/volume.ts';

/** A voxel and its neighbours on both sides along one axis; behind the image's faces its last voxel goes on. */
interface Neighbours {
  readonly at: Int32Array;
  readonly before: Int32Array;
  readonly behind: Int32Array;
}

function neighbours(n: number, step: number, from: number, count: number): Neighbours {
  const places = Int32Array.from({ length: count }, (_, i) => from + i);
  return {
    at: places.map((i) => i * step),
    before: places.map((i) => Math.max(0, i - 1) * step),
    behind: places.map((i) => Math.min(n - 1, i + 1) * step),
  };
}

/**
 * √(Σ over the axes of ((next − previous) / 2s)²) in the part of the image that is `box`, with s the spacing in mm, or
 * 1 where spacing is not to count. Single precision, as of ITK's GradientMagnitudeImageFilter, which PyRadiomics uses.
 * Throws a UserError for a box outside the volume.
 */
export function gradientMagnitude(image: Volume, box: Box, usesSpacing = true): Volume<Float32Array> {
  assertBoxInside(image, box);
  const { data, shape, spacingMm } = image;
  const steps = [1, shape[0], shape[0] * shape[1]];
  const [xs, ys, zs] = [0, 1, 2].map((axis) =>
    neighbours(shape[axis]!, steps[axis]!, box.start[axis]!, box.shape[axis]!),
  ) as [Neighbours, Neighbours, Neighbours];
  const [cx, cy, cz] = spacingMm.map((mm) => 0.5 * (1 / (usesSpacing ? mm : 1))) as unknown as Vec3;
  const difference = (before: number, behind: number, c: number): number => data[before]! * -c + data[behind]! * c;
  const count = voxelCount(box.shape);
  const out = new Float32Array(count);
  for (let z = 0, i = 0; z < zs.at.length; z++) {
    for (let y = 0; y < ys.at.length; y++) {
      for (let x = 0; x < xs.at.length; x++, i++) {
        const [atX, atY, atZ] = [xs.at[x]!, ys.at[y]!, zs.at[z]!];
        const alongX = difference(xs.before[x]! + atY + atZ, xs.behind[x]! + atY + atZ, cx);
        const alongY = difference(atX + ys.before[y]! + atZ, atX + ys.behind[y]! + atZ, cy);
        const alongZ = difference(atX + atY + zs.before[z]!, atX + atY + zs.behind[z]!, cz);
        out[i] = Math.sqrt(alongX * alongX + alongY * alongY + alongZ * alongZ);
      }
    }
  }
  return { data: out, shape: [...box.shape], spacingMm, affine: affineFrom(image.affine, box.start) };
}
