/** Smooth random fields: what makes one patient's anatomy differ from the next, and the noise of the scanner. */
import type { Random } from '../../random.ts';
import { type Vec3, voxelCount } from '../../volume/volume.ts';

/** Weights of the uniform cubic B-spline at offset t in [0, 1) from the second of four knots. */
function splineWeights(t: number): [number, number, number, number] {
  const u = 1 - t;
  return [(u * u * u) / 6, (3 * t * t * t - 6 * t * t + 4) / 6, (3 * u * u * u - 6 * u * u + 4) / 6, (t * t * t) / 6];
}

/** One axis of a lattice: `knots` values `knotStep` samples apart become `samples` values. */
interface LatticeAxis {
  readonly knots: number;
  readonly knotStep: number;
  readonly samples: number;
}

/** Interpolates one axis of a field; `before` values lie side by side at each of its places. */
function expandAxis(source: Float32Array, before: number, { knots, knotStep, samples }: LatticeAxis): Float32Array {
  const after = source.length / (before * knots);
  const out = new Float32Array(before * samples * after);
  for (let s = 0; s < samples; s++) {
    const knot = Math.min(Math.floor(s / knotStep), knots - 4);
    const [w0, w1, w2, w3] = splineWeights(s / knotStep - knot);
    for (let a = 0; a < after; a++) {
      const from = before * (knot + knots * a);
      const to = before * (s + samples * a);
      for (let b = 0; b < before; b++) {
        const i = from + b;
        out[to + b] =
          w0 * source[i]! + w1 * source[i + before]! + w2 * source[i + 2 * before]! + w3 * source[i + 3 * before]!;
      }
    }
  }
  return out;
}

/**
 * A smooth random field over a grid: normal values on a coarse lattice, interpolated with cubic B-splines.
 *
 * @param shape voxels along x, y, z
 * @param spacingMm voxel size in millimetres
 * @param scaleMm distance between lattice points: structures are about twice as large
 * @returns one value per voxel, x fastest; mean 0 and standard deviation close to 1 inside the grid
 */
export function smoothField(random: Random, shape: Vec3, spacingMm: Vec3, scaleMm: number): Float32Array {
  // A lattice finer than two voxels would only be noise, and one coarser than the grid a constant.
  const steps = spacingMm.map((mm) => Math.max(scaleMm / mm, 2));
  const knots = shape.map((n, axis) => Math.ceil((n - 1) / steps[axis]!) + 4);
  // Interpolation averages neighbouring lattice values: (mean over t of Σw²)^(3/2) of the variance is left.
  const gain = 1 / 0.479 ** 1.5;
  let field: Float32Array = new Float32Array(voxelCount(knots as unknown as Vec3));
  for (let i = 0; i < field.length; i++) field[i] = gain * random.normal();
  let before = 1;
  for (let axis = 0; axis < 3; axis++) {
    field = expandAxis(field, before, { knots: knots[axis]!, knotStep: steps[axis]!, samples: shape[axis]! });
    before *= shape[axis]!;
  }
  return field;
}

/** Samples of a Gaussian with the given width in samples, summing to 1. */
function gaussianKernel(sigma: number): number[] {
  const radius = Math.ceil(2.5 * sigma);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-0.5 * ((i - radius) / sigma) ** 2));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
}

/** Convolves one axis in place; beyond the edge the last value is repeated. */
function blurAxis(data: Float32Array, stride: number, length: number, kernel: number[]): void {
  const radius = (kernel.length - 1) / 2;
  const block = stride * length;
  const source = new Float32Array(block);
  for (let start = 0; start < data.length; start += block) {
    source.set(data.subarray(start, start + block));
    for (let i = 0; i < length; i++) {
      const to = start + stride * i;
      data.fill(0, to, to + stride);
      for (let k = -radius; k <= radius; k++) {
        const from = stride * Math.min(Math.max(i + k, 0), length - 1);
        const weight = kernel[k + radius]!;
        for (let s = 0; s < stride; s++) data[to + s]! += weight * source[from + s]!;
      }
    }
  }
}

/** Gaussian blur in place; `sigma` in voxels along x, y, z, axes with sigma 0 stay as they are. */
export function blurInPlace(data: Float32Array, shape: Vec3, sigma: Vec3): void {
  let stride = 1;
  for (let axis = 0; axis < 3; axis++) {
    if (sigma[axis]! > 0) blurAxis(data, stride, shape[axis]!, gaussianKernel(sigma[axis]!));
    stride *= shape[axis]!;
  }
}

/**
 * Noise as a reconstructed CT shows it: neighbours within a slice are correlated, slices are not.
 *
 * @returns one value per voxel, x fastest, with mean 0 and standard deviation `sdHu`
 */
export function scannerNoise(random: Random, shape: Vec3, sdHu: number, sigmaVoxels: number): Float32Array {
  const noise = new Float32Array(voxelCount(shape));
  // Four 16-bit numbers added: close to normal, closer still after the blur, and three times faster than normal().
  for (let i = 0; i < noise.length; i++) {
    const a = random.uint32();
    const b = random.uint32();
    noise[i] = ((a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16) - 131070) * (Math.sqrt(3) / 65536);
  }
  blurInPlace(noise, shape, [sigmaVoxels, sigmaVoxels, 0]);
  const remaining = gaussianKernel(sigmaVoxels).reduce((sum, w) => sum + w * w, 0);
  const gain = sdHu / remaining;
  for (let i = 0; i < noise.length; i++) noise[i]! *= gain;
  return noise;
}
