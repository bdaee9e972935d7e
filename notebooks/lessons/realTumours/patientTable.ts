/** Patients as units: what was measured on their slices, as one row each. */
import { expected } from 'axunet/errors';
import { median } from 'simple-statistics';
import type { RealTumourRow } from './table.ts';

/** One row a patient; NaN where a column is not known of a patient. */
export interface Patients {
  readonly ids: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
  /** Whether there is a tumour. */
  readonly ill: readonly boolean[];
  /** What ComBat takes for the batch of each, where it is asked to. */
  readonly batches?: readonly string[];
}

/** The median of what is known; NaN of nothing. */
export function medianKnown(values: readonly number[]): number {
  const known = values.filter(Number.isFinite);
  return known.length ? median(known) : NaN;
}

/**
 * The median over the slices of each patient, in the order of their first slices. `valuesOf` gives what is known of a
 * slice by column, or undefined for a slice that does not count; patients without any slice that counts are left out.
 */
export function patientsOf(
  slices: readonly RealTumourRow[],
  columns: readonly string[],
  valuesOf: (slice: RealTumourRow) => Readonly<Record<string, number | null>> | undefined,
): Patients {
  const people = new Map<string, { ill: boolean; values: Readonly<Record<string, number | null>>[] }>();
  for (const slice of slices) {
    const values = valuesOf(slice);
    if (!values) continue;
    const person = people.get(slice.patient) ?? { ill: slice.tumour, values: [] };
    person.values.push(values);
    people.set(slice.patient, person);
  }
  const all = [...people];
  return {
    ids: all.map(([id]) => id),
    columns,
    rows: all.map(([, { values }]) => columns.map((name) => medianKnown(values.map((own) => own[name] ?? NaN)))),
    ill: all.map(([, { ill }]) => ill),
  };
}

/** Some of the patients, by place. */
export function pickPatients(patients: Patients, places: readonly number[]): Patients {
  const pick = <T>(list: readonly T[]): T[] => places.map((i) => list[i]!);
  const { ids, rows, ill, batches, columns } = patients;
  return { ids: pick(ids), columns, rows: pick(rows), ill: pick(ill), ...(batches && { batches: pick(batches) }) };
}

/** The same patients with the columns of both. Throws where they are not the same, in the same order. */
export function joinColumns(a: Patients, b: Patients): Patients {
  const wrong = a.ids.findIndex((id, i) => id !== b.ids[i]);
  if (a.ids.length !== b.ids.length || wrong >= 0)
    throw expected(`the patients of both tables in one order`, `${a.ids[wrong] ?? a.ids.length} in the first alone`);
  return { ...a, columns: [...a.columns, ...b.columns], rows: a.rows.map((row, i) => [...row, ...b.rows[i]!]) };
}

/** The same patients with another label. */
export const relabelled = (patients: Patients, ill: readonly boolean[]): Patients => ({ ...patients, ill });

/** One column of all patients. Throws for one that is not there. */
export function columnOfPatients({ columns, rows }: Patients, name: string): number[] {
  const at = columns.indexOf(name);
  if (at < 0) throw expected(`one of the columns ${columns.join(', ')}`, name);
  return rows.map((row) => row[at]!);
}
