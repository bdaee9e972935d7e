/** The formula volumes of oracle.py and what PyRadiomics makes of them. */
import { readFileSync } from 'node:fs';
import type { Vec3, Volume, VoxelArray } from '../../../lib/volume/volume.ts';

export interface Sampled {
  readonly name: string;
  readonly count: number;
  readonly step: number;
  readonly type: string;
  readonly values: number[];
}
interface Made {
  readonly size: Vec3;
  readonly dtype: 'int16' | 'float32' | 'float64';
}
export interface LogCase extends Made, Sampled {
  readonly spacing: Vec3;
  readonly sigma: number;
}
export interface WaveletCase extends Made {
  readonly options: {
    readonly force2D?: boolean;
    readonly force2Ddimension?: number;
    readonly level?: number;
    readonly start_level?: number;
  };
  readonly bands: Sampled[];
}

export const oracle: { versions: Record<string, string>; log: LogCase[]; wavelet: WaveletCase[] } = JSON.parse(
  readFileSync(new URL('oracle.json', import.meta.url), 'utf8'),
);

const arrays = { int16: Int16Array, float32: Float32Array, float64: Float64Array } as const;

export function volumeOf(data: VoxelArray, shape: Vec3, spacingMm: Vec3 = [1, 1, 1]): Volume {
  const [sx, sy, sz] = spacingMm;
  return { data, shape, spacingMm, affine: [-sx, 0, 0, 10, 0, -sy, 0, 20, 0, 0, sz, 30, 0, 0, 0, 1] };
}

export function formulaVolume(size: Vec3, dtype: Made['dtype'], spacingMm?: Vec3): Volume {
  const data = new arrays[dtype](size[0] * size[1] * size[2]);
  let i = 0;
  for (let z = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      for (let x = 0; x < size[0]; x++) {
        const value = ((x * x * 577 + y * 313 + z * z * 929 + x * y * z * 71 + x * y * 37) % 1999) - 999;
        data[i++] = dtype === 'int16' ? value : value / 3;
      }
    }
  }
  return volumeOf(data, size, spacingMm);
}

/** The voxels that the oracle kept, and how the rest is described. */
export const sample = (name: string, data: VoxelArray, step: number): Sampled => ({
  name,
  count: data.length,
  step,
  type: data.constructor.name.replace('Array', '').toLowerCase(),
  values: Array.from(data).filter((_, i) => i % step === 0),
});
export const kept = ({ name, count, step, type, values }: Sampled): Sampled => ({ name, count, step, type, values });
