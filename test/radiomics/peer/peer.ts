/** The formula-made scans of peer.py and what PyRadiomics made of them. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readRadiomicsSettings } from '../../../lib/radiomics/readSettings.ts';
import type { RadiomicsSettings } from '../../../lib/radiomics/settings.ts';
import type { Affine, Vec3, Volume, VoxelArray } from '../../../lib/volume/volume.ts';

type Columns = readonly [Vec3, Vec3, Vec3, Vec3];
/** Shape, columns of the affine in RAS+ (steps along x, y, z, origin), stored type. */
export type ScanOf = readonly [Vec3, Columns, string];

export const straight: Columns = [
  [3, 0, 0],
  [0, 3, 0],
  [0, 0, 3],
  [-177.95632934570312, 11.319000244140625, 94.3017578125],
];

/** The beginning of the SHA-256 of values as doubles; −0 counts as 0. */
export const digestOf = (values: Iterable<number>): string =>
  createHash('sha256')
    .update(new Uint8Array(Float64Array.from(values, (value) => value + 0).buffer))
    .digest('hex')
    .slice(0, 16);

const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));

export interface ResampledCase {
  readonly shape: Vec3;
  readonly affine: Columns;
  readonly dtype: string;
  readonly spacing: Vec3;
  readonly interpolator: string;
  readonly size: Vec3;
  /** Beginnings of the SHA-256 of all voxels as doubles, x fastest. */
  readonly image: string;
  readonly mask: string;
}
export const resampledCases = (): ResampledCase[] => read('resampled.json').cases;

export interface Run {
  /** The scan whose image, and unless `mask` names another, whose mask was taken. */
  readonly scan?: ScanOf;
  readonly mask?: ScanOf;
  /** A parameter file. */
  readonly parameters: string;
  readonly values: Record<string, number>;
}

/** The runs of one file: what PyRadiomics was given and the features that it gave. */
export function runsOf(name: string): Run[] {
  const { names, runs } = read(name);
  return runs.map(({ names: list, values, ...run }: any) => ({
    ...run,
    values: Object.fromEntries(names[list].map((key: string, at: number) => [key, values[at]])),
  }));
}

const arrays: Record<string, new (n: number) => VoxelArray> = {
  uint8: Uint8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
  int64: Float64Array,
};

/** Image and mask that peer.py's formula makes. */
export function scanOf([shape, columns, dtype]: ScanOf): { image: Volume; mask: Volume } {
  const [width, height, depth] = shape;
  const count = width * height * depth;
  const [data, inside] = [new arrays[dtype]!(count), new Uint8Array(count)];
  const [cx, cy, cz] = [width >> 1, height >> 1, depth >> 1];
  const [a, b, c] = shape.map((n) => ((n * 3) >> 3) ** 2) as [number, number, number];
  let i = 0;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const [dx, dy, dz] = [(x - cx) ** 2, (y - cy) ** 2, (z - cz) ** 2];
        const hash = (x * x * 577 + y * 313 + z * z * 929 + x * y * z * 71 + x * y * 37) % 61;
        const value = 150 - Math.floor((3 * dx + 2 * dy + 5 * dz) / 2) + hash;
        if (dtype.startsWith('float')) data[i] = value / 3;
        else data[i] = dtype === 'uint8' ? Math.abs(value) % 251 : value;
        inside[i] = Number(dx * b * c + dy * a * c + dz * a * b <= a * b * c);
      }
    }
  }
  const spacingMm = columns.slice(0, 3).map(([x, y, z]) => Math.sqrt(x * x + y * y + z * z)) as unknown as Vec3;
  const affine: Affine = [...[0, 1, 2].flatMap((row) => columns.map((column) => column[row]!)), 0, 0, 0, 1];
  const geometry = { shape, spacingMm, affine };
  // As the readers tell 64-bit integers, which are doubles in memory.
  const header = dtype === 'int64' ? { header: { datatype: 'int64' } } : {};
  return { image: { ...geometry, ...header, data }, mask: { ...geometry, data: inside } };
}

/** The settings that a run's parameter file stands for. */
export async function settingsOf({ parameters }: Run): Promise<RadiomicsSettings> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-peer-'));
  try {
    const file = path.join(folder, 'parameters.yaml');
    writeFileSync(file, parameters);
    return await readRadiomicsSettings(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The lengths of binary patterns take few values, which come out with a unit more or less in their last place; where a
 * percentile falls on one of them, rounding decides which voxels lie within it.
 */
const decidedByRounding = /^lbp-3D-m\d_firstorder_RobustMeanAbsoluteDeviation$/;

/**
 * Features that differ from the peer's by more than 1e-6 of their value, or are missing on one side. Values that are 0
 * but for rounding are equal below 1e-12.
 */
export function differences(found: Record<string, number>, wanted: Record<string, number>): string[] {
  const differs = (a: number | undefined, b: number): boolean => {
    if (a === undefined) return true;
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) !== Number.isNaN(b);
    return Math.abs(a - b) > Math.max(1e-6 * Math.abs(b), 1e-12);
  };
  const compared = Object.entries(wanted).filter(([key]) => !decidedByRounding.test(key));
  const unlike = compared.filter(([key, value]) => differs(found[key], value));
  const more = Object.keys(found).filter((key) => !(key in wanted));
  return [...unlike.map(([key, value]) => `${key}: ${found[key]} for ${value}`), ...more.map((key) => `${key} too`)];
}
