/** The published baseline of PyRadiomics: cases (NRRD image and label), feature tables per family, matrices. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type RadiomicsChanges, type RadiomicsSettings, radiomicsSettings } from '../../lib/radiomics/settings.ts';
import { settings } from '../../lib/settings.ts';
import type { Affine, Vec3, Volume } from '../../lib/volume/volume.ts';

/** AXUNET_PYRADIOMICS or ../shared/data/pyradiomics; undefined where neither is there. */
export const baselineFolder = [process.env.AXUNET_PYRADIOMICS, settings.sharedFolder && path.join(settings.sharedFolder, 'data', 'pyradiomics')]
  .find((folder) => folder && existsSync(path.join(folder, 'baseline')));

const types = { short: Int16Array, int: Int32Array, float: Float32Array, double: Float64Array, uchar: Uint8Array, 'unsigned char': Uint8Array, ushort: Uint16Array };

/** Reads what the baseline needs of NRRD: gzip or raw, little-endian, one file, axis directions. */
export function readSmallNrrd(file: string): Volume {
  const bytes = readFileSync(file);
  const end = bytes.indexOf('\n\n') + 2;
  const header = Object.fromEntries(bytes.toString('latin1', 0, end).split('\n').flatMap((line) => {
    const [, key, value] = /^([a-z ]+):=?\s*(.*)$/.exec(line) ?? [];
    return key ? [[key, value]] : [];
  })) as Record<string, string>;
  const numbers = (text: string): number[] => text.match(/-?\d+(\.\d+)?(e-?\d+)?/gi)!.map(Number);
  const shape = numbers(header.sizes!) as unknown as Vec3;
  const raw = header.encoding === 'gzip' ? gunzipSync(bytes.subarray(end)) : Buffer.from(bytes.subarray(end));
  const type = types[header.type as keyof typeof types];
  const data = new type(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length) as ArrayBuffer);
  const [a, b, c] = [0, 1, 2].map((axis) => numbers(header['space directions']!).slice(3 * axis, 3 * axis + 3)) as [number[], number[], number[]];
  const origin = numbers(header['space origin']!);
  const affine: Affine = [0, 1, 2].flatMap((row) => [a, b, c, origin].map((column) => (row < 2 ? -1 : 1) * column[row]!)).concat(0, 0, 0, 1);
  return { data, shape, spacingMm: [a, b, c].map((v) => Math.hypot(...v)) as unknown as Vec3, affine };
}

function cells(line: string): string[] {
  return [...line.matchAll(/("([^"]*)"|[^,]*)(,|$)/g)].map((match) => match[2] ?? match[1]!);
}

/** One column of one table. */
export interface BaselineColumn {
  readonly table: string;
  readonly test: string;
  readonly caseName: string;
  readonly settings: RadiomicsSettings;
  /** Full feature name to value. */
  readonly values: Record<string, number>;
  /** Slice of the mask that a 2-D shape test uses. */
  readonly slice?: number;
  /** The version that wrote the column. */
  readonly version: string;
}

const fromPython = (text: string): Record<string, unknown> =>
  JSON.parse(text.replaceAll("'", '"').replaceAll('None', 'null').replaceAll('True', 'true').replaceAll('False', 'false').replaceAll('(', '[').replaceAll(')', ']'));

const optionNames: Record<string, keyof RadiomicsSettings> = {
  binWidth: 'binWidth', binCount: 'binCount', label: 'label', normalize: 'normalise', normalizeScale: 'normaliseScale', removeOutliers: 'outlierLimit',
  resampledPixelSpacing: 'resampledSpacingMm', resegmentRange: 'resegmentRange', resegmentMode: 'resegmentMode', minimumROIDimensions: 'minimumRoiDimensions',
  minimumROISize: 'minimumRoiVoxels', gldm_a: 'gldmAlpha', voxelArrayShift: 'energyShift', distances: 'distances', force2D: 'force2D',
};

/** PyRadiomics' settings as ours. */
export function settingsFromPyRadiomics(given: Record<string, unknown>): RadiomicsChanges {
  const changes: Record<string, unknown> = Object.fromEntries(Object.entries(given).flatMap(([key, value]) => (optionNames[key] ? [[optionNames[key], value]] : [])));
  changes.sliceAxis = ['z', 'y', 'x'][Number(given.force2Ddimension ?? 0)];
  if (given.interpolator === 'sitkLinear') changes.interpolation = 'linear';
  if (given.weightingNorm === 'no_weighting') changes.aggregation = given.force2D ? '2.5d-merge' : '3d-merge';
  return changes as RadiomicsChanges;
}

function readTable(file: string): BaselineColumn[] {
  const rows = readFileSync(file, 'utf8').trim().split(/\r?\n/).map(cells);
  const row = (name: string): string[] | undefined => rows.find(([first]) => first === name);
  const table = path.basename(file, '.csv').replace('baseline_', '');
  return rows[0]!.slice(1).filter(Boolean).map((test, at) => {
    const cell = (name: string): string | undefined => row(name)?.[at + 1];
    const values = Object.fromEntries(rows.filter(([name]) => name!.startsWith('original_')).map((r) => [r[0]!, Number(r[at + 1])]));
    const box = cell('diagnostics_Mask-corrected_BoundingBox');
    return {
      table, test, values, caseName: cell('diagnostics_Configuration_TestCase')!, version: cell('diagnostics_Versions_PyRadiomics') ?? '',
      settings: radiomicsSettings({ ...settingsFromPyRadiomics(fromPython(cell('diagnostics_Configuration_Settings')!)), families: [table as 'glcm'] }),
      ...(table === 'shape2D' && box ? { slice: (fromPython(`{"box": ${box}}`).box as number[])[2]! } : {}),
    };
  });
}

export const baselineColumns = (): BaselineColumn[] => (baselineFolder
  ? readdirSync(path.join(baselineFolder, 'baseline')).filter((name) => name.endsWith('.csv')).sort().flatMap((name) => readTable(path.join(baselineFolder, 'baseline', name)))
  : []);

const loaded = new Map<string, { image: Volume; mask: Volume }>();

/** Image and mask of a case; read once. A 2-D case such as brain1_2D is one slice of brain1. */
export function baselineCase(caseName: string): { image: Volume; mask: Volume } {
  const name = caseName.replace(/_2D$/, '');
  const known = loaded.get(name) ?? {
    image: readSmallNrrd(path.join(baselineFolder!, `${name}_image.nrrd`)), mask: readSmallNrrd(path.join(baselineFolder!, `${name}_label.nrrd`)),
  };
  loaded.set(name, known);
  return known;
}
