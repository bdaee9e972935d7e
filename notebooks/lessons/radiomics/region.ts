/**
 * Patients made comparable: one region of interest a patient, all on one grid, and its features as a row of a table.
 */

import { extractFeatures } from 'axunet/radiomics/extract';
import { checkMask } from 'axunet/radiomics/maskCheck';
import { resampleForRadiomics } from 'axunet/radiomics/resample';
import { type RadiomicsSettings, radiomicsSettings } from 'axunet/radiomics/settings';
import { toCanonical } from 'axunet/volume/orientation';
import { binaryMask } from 'axunet/volume/perturbMask';
import type { Volume } from 'axunet/volume/volume';
import { acquisitionFeatures } from './acquisition.ts';

/** The pancreas of one patient on the common grid, cut out with a margin. */
export interface Region {
  readonly id: string;
  readonly group: string;
  readonly image: Volume;
  /** 1 in the organ (gland, duct and tumour), else 0. */
  readonly mask: Volume;
  /** Of the scan as it came, before resampling. */
  readonly acquisition: Readonly<Record<string, number>>;
}

/** All patients are compared on cubes of this edge: texture knows voxels, not millimetres. */
const commonSpacingMm = 3;

/** How an image comes onto them. */
export const commonGrid = radiomicsSettings({
  resampledSpacingMm: [commonSpacingMm, commonSpacingMm, commonSpacingMm],
});

/**
 * Image and mask (non-zero is organ) on the common grid. Throws a MaskError where the mask is empty or does not fit.
 */
export function regionOf(id: string, group: string, image: Volume, mask: Volume): Region {
  const [canonical, organ] = [toCanonical(image), toCanonical<Uint8Array>({ ...mask, data: binaryMask(mask) })];
  const box = checkMask(canonical, organ, { label: 1, minimumRoiVoxels: null, minimumRoiDimensions: 2 });
  return {
    id,
    group,
    ...resampleForRadiomics(canonical, organ, box, commonGrid),
    acquisition: acquisitionFeatures(canonical),
  };
}

/** What a table holds of one region. */
export type FeatureRow = Readonly<Record<string, string | number>>;

/** The features of one region, with what belongs to its row. Throws a MaskError where the mask cannot be used. */
export function featureRow(
  { id, group, image, mask, acquisition }: Region,
  settings: RadiomicsSettings = radiomicsSettings(),
): FeatureRow {
  const { features, voxels } = extractFeatures(image, mask, settings);
  return { id, group, voxels, ...acquisition, ...features };
}

/** A table whose columns can be had as numbers. */
export interface NumberTable {
  readonly columns: readonly string[];
  numbers(column: string): number[];
}

/** Columns that hold pancreas features. */
export const featureNamesOf = (table: Pick<NumberTable, 'columns'>): string[] =>
  table.columns.filter((name) => name.startsWith('original_'));

/** The named columns (the pancreas features by default) as lists of numbers. */
export const columnsOf = (
  table: NumberTable,
  names: readonly string[] = featureNamesOf(table),
): Record<string, number[]> => Object.fromEntries(names.map((name) => [name, table.numbers(name)]));
