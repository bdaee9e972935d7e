/** Volumes on a grid with other distances between voxels. */
import { expected } from '../errors.ts';
import { type Affine, type Vec3, type Volume, type VoxelArray, voxelCount, voxelToMm } from './volume.ts';

/** For each output index along one axis the two source indices and the weight of the second. */
interface AxisMap {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly weight: Float64Array;
  readonly nearest: Int32Array;
}

/**
 * Output index i lies at (i - (to-1)/2)·ratio + (from-1)/2: the grids share their centre. Outside, the edge is
 * repeated.
 */
function mapAxis(from: number, to: number, ratio: number): AxisMap {
  const map = {
    low: new Int32Array(to),
    high: new Int32Array(to),
    weight: new Float64Array(to),
    nearest: new Int32Array(to),
  };
  for (let i = 0; i < to; i++) {
    const at = Math.min(Math.max((i - (to - 1) / 2) * ratio + (from - 1) / 2, 0), from - 1);
    map.low[i] = Math.floor(at);
    map.high[i] = Math.min(map.low[i]! + 1, from - 1);
    map.weight[i] = at - map.low[i]!;
    map.nearest[i] = Math.floor(at + 0.5);
  }
  return map;
}

type AxisMaps = readonly [AxisMap, AxisMap, AxisMap];

function sampleNearest(
  { data: source, shape: [width, height] }: Volume,
  [mx, my, mz]: AxisMaps,
  out: VoxelArray,
): void {
  let i = 0;
  for (const z of mz.nearest) {
    for (const y of my.nearest) {
      const row = width * (y + height * z);
      for (const x of mx.nearest) out[i++] = source[row + x]!;
    }
  }
}

const mix = (a: number, b: number, weight: number): number => a + (b - a) * weight;

function sampleLinear({ data: source, shape: [width, height] }: Volume, [mx, my, mz]: AxisMaps, out: VoxelArray): void {
  const isFloat = out instanceof Float32Array || out instanceof Float64Array;
  let i = 0;
  for (let z = 0; z < mz.low.length; z++) {
    const [z0, z1, wz] = [height * mz.low[z]!, height * mz.high[z]!, mz.weight[z]!];
    for (let y = 0; y < my.low.length; y++) {
      const [y0, y1, wy] = [my.low[y]!, my.high[y]!, my.weight[y]!];
      const [r00, r10, r01, r11] = [width * (y0 + z0), width * (y1 + z0), width * (y0 + z1), width * (y1 + z1)];
      for (let x = 0; x < mx.low.length; x++) {
        const [x0, x1, wx] = [mx.low[x]!, mx.high[x]!, mx.weight[x]!];
        const alongX = (row: number): number => mix(source[row + x0]!, source[row + x1]!, wx);
        const value = mix(mix(alongX(r00), alongX(r10), wy), mix(alongX(r01), alongX(r11), wy), wz);
        out[i++] = isFloat ? value : Math.round(value);
      }
    }
  }
}

function resampledAffine(volume: Volume, shape: Vec3, ratio: Vec3): Affine {
  const first = ratio.map((r, i) => (-(shape[i]! - 1) / 2) * r + (volume.shape[i]! - 1) / 2) as unknown as Vec3;
  const origin = voxelToMm(volume.affine, first);
  const row = (r: number): number[] => [...ratio.map((k, c) => volume.affine[4 * r + c]! * k), origin[r]!];
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}

/**
 * Resamples to another spacing (mm) about the same centre; the number of voxels along each axis is the nearest to the
 * old extent, at least 1. `linear` for images (rounded for integer types), `nearest` for labels: no new values arise.
 * The edge voxels are repeated where the new grid reaches beyond the old voxel centres, by half a voxel at most.
 */
export function resampleVolume<T extends VoxelArray>(
  volume: Volume<T>,
  spacingMm: Vec3,
  options: { interpolation: 'linear' | 'nearest' },
): Volume<T> {
  if (!spacingMm.every((s) => s > 0 && Number.isFinite(s)))
    throw expected('a positive spacing in mm', spacingMm.join(', '));
  const ratio = spacingMm.map((s, i) => s / volume.spacingMm[i]!) as unknown as Vec3;
  const shape = volume.shape.map((n, i) => Math.max(1, Math.round(n / ratio[i]!))) as unknown as Vec3;
  const maps = shape.map((n, i) => mapAxis(volume.shape[i]!, n, ratio[i]!)) as unknown as AxisMaps;
  const data = new (volume.data.constructor as new (n: number) => T)(voxelCount(shape));
  const sample = options.interpolation === 'nearest' ? sampleNearest : sampleLinear;
  sample(volume, maps, data);
  return { data, shape, spacingMm: [...spacingMm], affine: resampledAffine(volume, shape, ratio) };
}
