import type { PatientOverlap } from 'axunet/evaluate/overlap';
import { type Table, toTable } from 'axunet/figures/table';

/**
 * The scores of each patient as a table, for `metricsTable(patients).show({ summary: true })`. `groups`
 * (patient → group) adds a column to `groupBy`. No patients give an empty table.
 */
export function metricsTable(patients: readonly PatientOverlap[], groups?: Readonly<Record<string, string>>): Table {
  return toTable(
    patients.map(({ patient, slices, scores }) => ({
      patient,
      ...(groups ? { group: groups[patient] ?? '' } : {}),
      slices,
      DSC: scores.dice,
      Jaccard: scores.jaccard,
      precision: scores.precision,
      recall: scores.recall,
    })),
  );
}
