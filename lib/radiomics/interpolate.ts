/**
 * Sampling of a volume between its voxels: nearest, linear, and cubic B-spline. Each is a weighted
 * sum over a few voxels along each axis, so one axis is prepared at a time. Outside the outer faces
 * of the voxels the value is 0, as in ITK.
 *
 * Cubic B-spline: the volume is first turned into coefficients (a recursive filter along each axis with the pole
 * √3 − 2, mirrored at the ends). Source: Unser 1999, doi:10.1109/79.799930; its boundary handling as ITK 5.
 */
import type { Vec3, VoxelArray } from '../volume/volume.ts';
import type { RoiInterpolation } from './settings.ts';

/** For each position the voxels to mix and their weights, `taps` each; `inside` 0 for positions outside. */
export interface AxisTaps {
  readonly taps: number;
  readonly indices: Int32Array;
  readonly weights: Float64Array;
  readonly inside: Uint8Array;
}

const pole = Math.sqrt(3) - 2;
/** Terms of the mirrored sum that starts the recursion are dropped below this. */
const tolerance = 1e-10;

/** Coefficients of one line, in place. */
function toCoefficients(line: Float64Array): void {
  const n = line.length;
  if (n === 1) return;
  const gain = (1 - pole) * (1 - 1 / pole);
  for (let k = 0; k < n; k++) line[k]! *= gain;
  const horizon = Math.ceil(Math.log(tolerance) / Math.log(Math.abs(pole)));
  line[0] = horizon < n ? startShort(line, horizon) : startExact(line);
  for (let k = 1; k < n; k++) line[k]! += pole * line[k - 1]!;
  line[n - 1] = (pole / (pole * pole - 1)) * (pole * line[n - 2]! + line[n - 1]!);
  for (let k = n - 2; k >= 0; k--) line[k] = pole * (line[k + 1]! - line[k]!);
}

function startShort(line: Float64Array, horizon: number): number {
  let [sum, power] = [line[0]!, pole];
  for (let k = 1; k < horizon; k++, power *= pole) sum += power * line[k]!;
  return sum;
}

function startExact(line: Float64Array): number {
  const last = line.length - 1;
  const far = pole ** last;
  const turned = 1 / pole;
  let [sum, power, mirrored] = [line[0]! + far * line[last]!, pole, far * (far * turned)];
  for (let k = 1; k < last; k++, power *= pole, mirrored *= turned) sum += (power + mirrored) * line[k]!;
  return sum / (1 - power * power);
}

/** B-spline coefficients of a volume, x fastest. */
export function splineCoefficients(data: VoxelArray, shape: Vec3): Float64Array {
  const out = Float64Array.from(data);
  for (let axis = 0; axis < 3; axis++) {
    const n = shape[axis]!;
    const stride = shape.slice(0, axis).reduce((a, b) => a * b, 1);
    const line = new Float64Array(n);
    for (let block = 0; block < out.length; block += n * stride) {
      for (let start = block; start < block + stride; start++) {
        for (let k = 0; k < n; k++) line[k] = out[start + k * stride]!;
        toCoefficients(line);
        for (let k = 0; k < n; k++) out[start + k * stride] = line[k]!;
      }
    }
  }
  return out;
}

/** Weights of the four coefficients around a position at `w` (0 to 1) behind the second of them. */
function cubicWeights(w: number): [number, number, number, number] {
  const last = (w * w * w) / 6;
  const first = 1 / 6 + (w * (w - 1)) / 2 - last;
  const third = w + first - 2 * last;
  return [first, 1 - first - third - last, third, last];
}

/** An index outside [0, n) reflected at the first and last voxel. */
export function mirror(k: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const ahead = Math.abs(k) % period;
  return ahead >= n ? period - ahead : ahead;
}

const clamp = (k: number, n: number): number => Math.min(Math.max(k, 0), n - 1);

/** Prepares the sampling of `n` voxels at `positions`, in voxels from the centre of the first. */
export function axisTaps(positions: Float64Array, n: number, interpolation: RoiInterpolation): AxisTaps {
  const taps = { nearest: 1, linear: 2, bspline: 4 }[interpolation];
  const count = positions.length;
  const out = {
    taps,
    indices: new Int32Array(taps * count),
    weights: new Float64Array(taps * count),
    inside: new Uint8Array(count),
  };
  positions.forEach((at, p) => {
    out.inside[p] = Number(at >= -0.5 && at < n - 0.5);
    const below = Math.floor(at);
    const w = at - below;
    if (interpolation === 'nearest') {
      out.indices[p] = clamp(Math.floor(at + 0.5), n);
      out.weights[p] = 1;
    } else if (interpolation === 'linear') {
      out.indices.set([clamp(below, n), clamp(below + 1, n)], 2 * p);
      out.weights.set([1 - w, w], 2 * p);
    } else {
      for (let tap = 0; tap < 4; tap++) out.indices[4 * p + tap] = mirror(below + tap - 1, n);
      out.weights.set(cubicWeights(w), 4 * p);
    }
  });
  return out;
}

/** Of the three axes. */
export type Taps = readonly [AxisTaps, AxisTaps, AxisTaps];

type ValueAt = (x: number, y: number, z: number) => number;

/** Gives the value at one position of each axis; `data` are coefficients for bspline, else voxels. */
function sampler(data: ArrayLike<number>, [width, height]: Vec3, [tx, ty, tz]: Taps): ValueAt {
  return (x, y, z) => {
    let sum = 0;
    for (let c = 0; c < tz.taps; c++) {
      const plane = width * height * tz.indices[z * tz.taps + c]!;
      let planeSum = 0;
      for (let b = 0; b < ty.taps; b++) {
        const row = plane + width * ty.indices[y * ty.taps + b]!;
        let rowSum = 0;
        for (let a = 0; a < tx.taps; a++)
          rowSum += tx.weights[x * tx.taps + a]! * data[row + tx.indices[x * tx.taps + a]!]!;
        planeSum += ty.weights[y * ty.taps + b]! * rowSum;
      }
      sum += tz.weights[z * tz.taps + c]! * planeSum;
    }
    return sum;
  };
}

/** Samples a volume on the grid of three prepared axes; x fastest. */
export function sampleGrid(data: VoxelArray, shape: Vec3, taps: Taps): Float64Array {
  const valueAt = sampler(taps[0].taps === 4 ? splineCoefficients(data, shape) : data, shape, taps);
  const [nx, ny, nz] = taps.map(({ inside }) => inside.length) as [number, number, number];
  const out = new Float64Array(nx * ny * nz);
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const isIn = taps[1].inside[y]! & taps[2].inside[z]!;
      for (let x = 0; x < nx; x++, at++) if (isIn & taps[0].inside[x]!) out[at] = valueAt(x, y, z);
    }
  }
  return out;
}
