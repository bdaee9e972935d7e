import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNifti } from '../../lib/io/nifti.ts';
import { type Aggregation } from '../../lib/radiomics/aggregation.ts';
import { imageFeatures, maskFeatures } from '../../lib/radiomics/features.ts';
import { type Family, families, featureNames, shapeFamilies } from '../../lib/radiomics/names.ts';
import { cropToRoi, findLabel, valuesInRoi } from '../../lib/radiomics/roi.ts';
import { ibsiChanges, radiomicsSettings } from '../../lib/radiomics/settings.ts';
import { settings } from '../../lib/settings.ts';

const folder = settings.sharedFolder && path.join(settings.sharedFolder, 'data', 'ibsi');
const isThere = Boolean(folder && existsSync(path.join(folder, 'ibsi_1_dig_phantom.csv')));

/** Tags of the families that lib/radiomics has. */
const ours = /^(morph|stat|ih|cm|rlm|szm|ngt|ngl)_/;
const suffixes: Record<string, Aggregation> = {
  '3D_avg': '3d-average',
  '3D_comb': '3d-merge',
  '3D': '3d-average',
  '2_5D_avg': '2.5d-average',
  '2_5D_comb': '2.5d-merge',
  '2_5D': '2.5d-average',
  '2D_avg': '2d-average',
  '2D_comb': '2d-merge',
  '2D': '2d-average',
};

interface Row {
  readonly tag: string;
  readonly value: number;
  readonly tolerance: number;
}

function readRows(): Row[] {
  const [, ...lines] = readFileSync(path.join(folder!, 'ibsi_1_dig_phantom.csv'), 'utf8').trim().split(/\r?\n/);
  return lines
    .map((line) => line.split(';'))
    .filter(([value, , tag]) => value !== '' && ours.test(tag!))
    .map(([value, tolerance, tag]) => ({ tag: tag!, value: Number(value), tolerance: Number(tolerance) }));
}

/** IBSI's rule: three significant digits of ours lie within the tolerance of the reference value. */
const passes = (found: number, { value, tolerance }: Row): boolean =>
  Math.abs(Number(found.toPrecision(3)) - value) <= tolerance + 1e-9 * Math.abs(value);

/** Every value by tag; features of the mask and of first order have no suffix. */
async function allValues(): Promise<Map<string, number>> {
  const [image, mask] = await Promise.all(
    ['dig_phantom', 'dig_mask'].map((name) => readNifti(path.join(folder!, `${name}.nii.gz`))),
  );
  const roi = cropToRoi(mask!, 1, findLabel(mask!, 1)!);
  const values = valuesInRoi(image!.data, roi);
  const found = new Map<string, number>();
  const keep = (family: Family, record: Record<string, number>, suffix: string): void => {
    for (const { name, ibsiTag } of featureNames.filter((feature) => feature.family === family && feature.ibsiTag)) {
      const tag = ibsiTag! + (/^(cm|rlm|szm|ngt|ngl)_/.test(ibsiTag!) ? suffix : '');
      found.set(tag, record[name]!);
    }
  };
  for (const [suffix, aggregation] of Object.entries(suffixes)) {
    const config = radiomicsSettings({ ...ibsiChanges, families, aggregation, binWidth: 1 });
    for (const family of ['shape', 'morphology'] as const) keep(family, maskFeatures(family, roi, values, config), '');
    const byFamily = imageFeatures(
      families.filter((family) => !shapeFamilies.includes(family)),
      roi,
      values,
      config,
    );
    for (const [family, record] of Object.entries(byFamily)) keep(family as Family, record!, `_${suffix}`);
  }
  return found;
}

describe.skipIf(!isThere)('the IBSI digital phantom (needs ../shared/data/ibsi)', () => {
  it('every consensus value of our families holds to three significant digits, in all aggregations', async () => {
    const rows = readRows();
    const found = await allValues();
    const failed = rows.filter((row) => !passes(found.get(row.tag) ?? NaN, row));
    const kinds = [...new Set(rows.map(({ tag }) => tag.split('_')[0]!))];
    const count = (kind: string, of: Row[]): number => of.filter(({ tag }) => tag.startsWith(`${kind}_`)).length;
    console.log(
      kinds
        .map((kind) => `${kind.padEnd(6)} ${count(kind, rows) - count(kind, failed)} / ${count(kind, rows)}`)
        .join('\n') + `\nall    ${rows.length - failed.length} passed / ${rows.length} total`,
    );
    expect(failed.map((row) => `${row.tag}: ${row.value} ± ${row.tolerance}, found ${found.get(row.tag)}`)).toEqual([]);
    expect(rows.length).toBe(426);
  });
});
