/** The published baseline of PyRadiomics: cases (NRRD image and label), feature tables per family, matrices. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expected } from '../../lib/errors.ts';
import { type RadiomicsChanges, type RadiomicsSettings, radiomicsSettings } from '../../lib/radiomics/settings.ts';
import { readNrrd } from '../../lib/scan/nrrd.ts';
import { settings } from '../../lib/settings.ts';
import type { Volume } from '../../lib/volume/volume.ts';

const shared = settings.sharedFolder && path.join(settings.sharedFolder, 'data', 'pyradiomics');

/** The folder AXUNET_PYRADIOMICS or ../shared/data/pyradiomics; undefined where neither is there. */
export const baselineFolder =
  process.env.AXUNET_PYRADIOMICS || (shared && existsSync(path.join(shared, 'baseline')) ? shared : undefined);
if (baselineFolder && !existsSync(path.join(baselineFolder, 'baseline')))
  throw expected('a folder baseline in AXUNET_PYRADIOMICS', 'none', baselineFolder);

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

const pythonWords: Record<string, string> = {
  "'": '"',
  None: 'null',
  True: 'true',
  False: 'false',
  '(': '[',
  ')': ']',
};
const fromPython = (text: string): Record<string, unknown> =>
  JSON.parse(text.replace(/None|True|False|['()]/g, (word) => pythonWords[word]!));

const optionNames: Record<string, keyof RadiomicsSettings> = {
  binWidth: 'binWidth',
  binCount: 'binCount',
  label: 'label',
  normalize: 'normalise',
  normalizeScale: 'normaliseScale',
  removeOutliers: 'outlierLimit',
  resampledPixelSpacing: 'resampledSpacingMm',
  resegmentRange: 'resegmentRange',
  resegmentMode: 'resegmentMode',
  minimumROIDimensions: 'minimumRoiDimensions',
  minimumROISize: 'minimumRoiVoxels',
  gldm_a: 'gldmAlpha',
  voxelArrayShift: 'energyShift',
  distances: 'distances',
  force2D: 'force2D',
};

/** PyRadiomics' settings as ours. */
export function settingsFromPyRadiomics(given: Record<string, unknown>): RadiomicsChanges {
  const known = Object.entries(given).flatMap(([key, value]) => (optionNames[key] ? [[optionNames[key], value]] : []));
  const changes: Record<string, unknown> = Object.fromEntries(known);
  changes.sliceAxis = ['z', 'y', 'x'][Number(given.force2Ddimension ?? 0)];
  if (given.interpolator === 'sitkLinear') changes.interpolation = 'linear';
  if (given.interpolator === 'sitkNearestNeighbor') changes.interpolation = 'nearest';
  if (given.weightingNorm === 'no_weighting') changes.aggregation = given.force2D ? '2.5d-merge' : '3d-merge';
  return changes as RadiomicsChanges;
}

function readTable(file: string): BaselineColumn[] {
  const rows = readFileSync(file, 'utf8').trim().split(/\r?\n/).map(cells);
  const row = (name: string): string[] | undefined => rows.find(([first]) => first === name);
  const table = path.basename(file, '.csv').replace('baseline_', '');
  return rows[0]!
    .slice(1)
    .filter(Boolean)
    .map((test, at) => {
      const cell = (name: string): string | undefined => row(name)?.[at + 1];
      const values = Object.fromEntries(
        rows.filter(([name]) => name!.startsWith('original_')).map((r) => [r[0]!, Number(r[at + 1])]),
      );
      const box = cell('diagnostics_Mask-corrected_BoundingBox');
      const changes = settingsFromPyRadiomics(fromPython(cell('diagnostics_Configuration_Settings')!));
      return {
        table,
        test,
        values,
        caseName: cell('diagnostics_Configuration_TestCase')!,
        version: cell('diagnostics_Versions_PyRadiomics') ?? '',
        settings: radiomicsSettings({ ...changes, families: [table as 'glcm'] }),
        ...(table === 'shape2D' && box ? { slice: (fromPython(`{"box": ${box}}`).box as number[])[2]! } : {}),
      };
    });
}

export const baselineColumns = (): BaselineColumn[] =>
  baselineFolder
    ? readdirSync(path.join(baselineFolder, 'baseline'))
        .filter((name) => name.endsWith('.csv'))
        .sort()
        .flatMap((name) => readTable(path.join(baselineFolder, 'baseline', name)))
    : [];

const loaded = new Map<string, Promise<[Volume, Volume]>>();

/** Image and mask of a case; read once. A 2-D case such as brain1_2D is one slice of brain1. */
export async function baselineCase(caseName: string): Promise<{ image: Volume; mask: Volume }> {
  const name = caseName.replace(/_2D$/, '');
  const read = (part: string): Promise<Volume> => readNrrd(path.join(baselineFolder!, `${name}_${part}.nrrd`));
  if (!loaded.has(name)) loaded.set(name, Promise.all([read('image'), read('label')]));
  const [image, mask] = await loaded.get(name)!;
  return { image, mask };
}
