/** What a classifier may read of the real tumours: tables of patients, each with another part of what is known. */
import { expected } from 'axunet/errors';
import { rocAuc } from 'axunet/statistics/roc';
import { matchPairs } from './matching.ts';
import { middleFeatures, middlePx } from './middle.ts';
import { columnOfPatients, joinColumns, medianKnown, type Patients, patientsOf, pickPatients } from './patientTable.ts';
import { openRealTumours, type RealTumourRow } from './table.ts';

/** What is known of every patient without looking at the pancreas. */
export const sizeColumns = ['boxWidthPx', 'boxHeightPx'] as const;
export const scanColumns = [...sizeColumns, 'boxAreaPx', 'sliceNumber', 'fatNoiseHu'] as const;

/** The same with what only the 44 patients with masks have. */
const scanColumnsMm = ['boxWidthMm', 'boxHeightMm', 'pixelSpacingMm', 'sliceSpacingMm', 'fatNoiseHu'] as const;

/**
 * Features that grow with the number of pixels, whatever the texture: sums and counts, extreme values, zones that only
 * the box's edge ends, and of NGTDM those divided by a sum over pixels.
 */
const boundToSize = [
  /_firstorder_(TotalEnergy|Energy|Minimum|Maximum|Range)$/,
  /_(GrayLevel|RunLength|SizeZone|Dependence)NonUniformity$/,
  /_glszm_(LargeArea\w*|ZoneVariance)$/,
  /_ngtdm_(Coarseness|Busyness|Strength)$/,
];

export const isBoundToSize = (feature: string): boolean => boundToSize.some((pattern) => pattern.test(feature));

/** All tables of the study. Patients of one order, but for those of masks and of the middle, which some do not have. */
export interface Arms {
  readonly size: Patients;
  readonly slice: Patients;
  readonly scan: Patients;
  readonly box: Patients;
  readonly boxFree: Patients;
  readonly middle: Patients;
  readonly scanAndBox: Patients;
  readonly mask: Patients;
  readonly maskScan: Patients;
  /** Where each patient of the order was scanned. */
  readonly sources: readonly string[];
}

function ofScan(slices: readonly RealTumourRow[], columns: readonly string[], within?: 'masks'): Patients {
  return patientsOf(slices, columns, ({ acquisition, mask }) => (within && !mask ? undefined : acquisition));
}

/** The patients whose slices show what belongs to a classifier of the box alone; also what `--apply` scores. */
export function boxTables({ rows }: { readonly rows: readonly RealTumourRow[] }): Pick<Arms, 'size' | 'scan' | 'box'> {
  const features = Object.keys(rows[0]!.box);
  return {
    size: ofScan(rows, sizeColumns),
    scan: ofScan(rows, scanColumns),
    box: patientsOf(rows, features, ({ box }) => box),
  };
}

/** Reads and measures the crops of a folder and lays them out in tables of patients. */
export async function openArms(folder: string): Promise<Arms> {
  const table = await openRealTumours(folder);
  const { rows } = table;
  const middles = await middleFeatures(folder);
  const { size, scan, box } = boxTables(table);
  const free = box.columns.filter((name) => !isBoundToSize(name));
  const ofMask = rows.find(({ mask }) => mask)?.mask;
  if (!ofMask) throw expected('masks of some slices', 'none', folder);
  const source = new Map(rows.map((row) => [row.patient, row.source]));
  const middleNames = Object.keys([...middles.values()][0] ?? {});
  return {
    size,
    slice: ofScan(rows, ['sliceNumber']),
    scan,
    box,
    boxFree: patientsOf(rows, free, (row) => row.box),
    middle: patientsOf(rows, middleNames, ({ file }) => middles.get(file)),
    scanAndBox: joinColumns(scan, box),
    mask: patientsOf(rows, Object.keys(ofMask), ({ mask }) => mask),
    maskScan: ofScan(rows, scanColumnsMm, 'masks'),
    sources: box.ids.map((id) => source.get(id)!),
  };
}

/** How the middle is called where its size matters. */
export const middleName = `middle ${middlePx} × ${middlePx} pixels`;

/** Pairs of patients of nearly equal box area (as its logarithm) and noise, as places, ill ones first. */
export function pairsOfEqualScan(scan: Patients, caliper = 0.3): number[] {
  const area = columnOfPatients(scan, 'boxAreaPx').map(Math.log);
  const noise = columnOfPatients(scan, 'fatNoiseHu');
  const rows = area.map((value, i) => [value, noise[i]!]);
  return matchPairs(rows, scan.ill, { caliper }).flat();
}

/** The table with a batch for each patient. */
export const withBatches = (patients: Patients, batches: readonly string[]): Patients => ({ ...patients, batches });

/** Which third of the known values each is in, as batches; what is not known counts as the median. */
export function thirdsOf(values: readonly number[]): string[] {
  const known = values.filter(Number.isFinite).sort((a, b) => a - b);
  const limits = [1, 2].map((k) => known[Math.floor((k * known.length) / 3)]!);
  const middle = medianKnown(known);
  const placeOf = (value: number): number => limits.filter((limit) => value >= limit).length;
  return values.map((v) => ['low', 'middle', 'high'][placeOf(Number.isFinite(v) ? v : middle)]!);
}

/** Patients of one source whose value is known, with "above the median" as the label. No tumour is in the question. */
export function halves(
  patients: Patients,
  sources: readonly string[],
  source: string,
  values: readonly number[],
): Patients {
  const own = sources.flatMap((from, i) => (from === source && Number.isFinite(values[i]) ? [i] : []));
  const limit = medianKnown(own.map((i) => values[i]!));
  return { ...pickPatients(patients, own), ill: own.map((i) => values[i]! > limit) };
}

/** AUC of probabilities with DeLong's interval on the logit's scale. */
export function scoreOf(
  probabilities: readonly number[],
  { ill }: Patients,
): {
  auc: number;
  standardError: number;
  interval: [number, number];
} {
  const { auc, standardError, logitInterval } = rocAuc(probabilities, ill);
  return { auc, standardError, interval: [...logitInterval] };
}
