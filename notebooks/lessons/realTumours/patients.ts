/** From slices to patients: one value a patient, or the slices of each, of features and of what the scan is like. */
import type { FeatureColumns } from 'axunet/statistics/compareFeatures';
import { mean, median } from 'simple-statistics';
import type { PatientSlices } from './mixedModel.ts';
import type { RealTumourRow } from './table.ts';

/** Which values of a slice are meant. */
export type Part = 'box' | 'mask' | 'acquisition';

/** How the slices of a patient become one value. */
export type PatientValue = 'median' | 'mean';

/** One value a unit: patients, or slices where they are taken for units. */
export interface Units {
  readonly columns: FeatureColumns;
  /** Of each unit, its patient's first row. */
  readonly rows: readonly RealTumourRow[];
}

const valuesOf = (row: RealTumourRow, part: Part): Readonly<Record<string, number | null>> | undefined => row[part];

const finite = (values: readonly (number | null | undefined)[]): number[] =>
  values.filter((value): value is number => Number.isFinite(value));

/** The rows that have this part, patient by patient, in order of first appearance. */
function byPatient(rows: readonly RealTumourRow[], part: Part): RealTumourRow[][] {
  const patients = new Map<string, RealTumourRow[]>();
  for (const row of rows.filter((one) => valuesOf(one, part) !== undefined)) {
    const own = patients.get(row.patient);
    if (own) own.push(row);
    else patients.set(row.patient, [row]);
  }
  return [...patients.values()];
}

/** Names of a part's columns, in the order of the first row that has it. */
export const namesOf = (rows: readonly RealTumourRow[], part: Part): string[] =>
  Object.keys(rows.map((row) => valuesOf(row, part)).find((values) => values !== undefined) ?? {});

/**
 * One value a patient and column, over those slices that have one; NaN for a patient without any. Patients without this
 * part, such as a mask, are left out.
 */
export function patientUnits(rows: readonly RealTumourRow[], part: Part, how: PatientValue = 'median'): Units {
  const patients = byPatient(rows, part);
  const middle = { median, mean }[how];
  const valueOf = (own: readonly RealTumourRow[], name: string): number => {
    const values = finite(own.map((row) => valuesOf(row, part)![name]));
    return values.length > 0 ? middle(values) : NaN;
  };
  const columns = namesOf(rows, part).map((name) => [name, patients.map((own) => valueOf(own, name))]);
  return { columns: Object.fromEntries(columns), rows: patients.map(([first]) => first!) };
}

/** Every slice as a unit of its own: the wrong way, for slices of one patient are alike. */
export function sliceUnits(rows: readonly RealTumourRow[], part: Part): Units {
  const own = byPatient(rows, part).flat();
  const columns = namesOf(rows, part).map((name) => [name, own.map((row) => valuesOf(row, part)![name] ?? NaN)]);
  return { columns: Object.fromEntries(columns), rows: own };
}

/** The slices of each patient for one column, for a model that takes both; patients without a value are left out. */
export function slicesOf(
  rows: readonly RealTumourRow[],
  part: Part,
  name: string,
  isFirst: (row: RealTumourRow) => boolean,
): PatientSlices[] {
  return byPatient(rows, part)
    .map((own) => ({ inFirst: isFirst(own[0]!), values: finite(own.map((row) => valuesOf(row, part)![name])) }))
    .filter(({ values }) => values.length > 0);
}
