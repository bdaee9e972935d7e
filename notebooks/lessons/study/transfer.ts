/** What the weights of another network give to training: the same patients and steps, begun with and without them. */
import type { Comparison } from 'axunet/evaluate/cohort';
import type { Figure } from 'axunet/figures/figure';
import { mean } from 'simple-statistics';
import { withAndWithout } from '../figures/withAndWithout.ts';
import type { FigureSource } from '../session.ts';
import { compareWith, evenPart, type PatientValues, patientMeans, pooledByPatient } from './compare.ts';
import { findStudy, transferNames } from './plan.ts';
import { caseValue, readStudyRecord, recordFile, type StudyRecord } from './record.ts';

/** One number of training patients, with both ways to begin. */
export interface TransferRow {
  readonly patients: number;
  /** DSC of each seed, mean over its unseen patients. */
  readonly without: readonly number[];
  readonly with: readonly number[];
  /** With − without, patient by patient. */
  readonly difference: Comparison;
}

export interface TransferPart {
  readonly study: string;
  readonly title: string;
  readonly rows: readonly TransferRow[];
}

/** Names and DSC of each unseen patient, of pictures over all slices of a patient as if they were a volume. */
function dicePatients(record: StudyRecord): PatientValues[] {
  if (typeof record.patients !== 'string') return patientMeans(record, 'dice');
  return record.arms.map(({ name, label }) => {
    const cases = pooledByPatient(record, name);
    return { name: label, values: Object.fromEntries(cases.map((one) => [one.id, caseValue('dice', one)])) };
  });
}

const seedDice = ({ runs }: StudyRecord, arm: string): number[] =>
  runs.filter((run) => run.arm === arm).map(({ cases }) => mean(cases.map((one) => caseValue('dice', one))));

/** The numbers of patients of which both ways have the same seeds as all others. */
export function transferRows(record: StudyRecord): TransferRow[] {
  const even: StudyRecord = { ...record, ...evenPart(record) };
  const { arms } = findStudy(record.study);
  const recorded = (name: string) => even.arms.find((arm) => arm.name === name);
  return arms
    .filter(({ begins }) => begins)
    .flatMap(({ name, patients }) => {
      const random = arms.find((arm) => arm.patients === patients && !arm.begins)!.name;
      const [first, second] = [recorded(name), recorded(random)];
      if (!first || !second) return [];
      const pair = dicePatients({ ...even, arms: [first, second] });
      const [difference] = compareWith('dice', pair, second.label);
      return [
        { patients: patients!, without: seedDice(even, random), with: seedDice(even, name), difference: difference! },
      ];
    });
}

const titles = {
  [transferNames.real]: 'Real slices, begun with a network of phantoms',
  [transferNames.phantom]: 'Phantom patients, begun with a network of people',
};

/** Both studies as far as they are recorded, and what their figure is made of. */
export async function transferParts(): Promise<{ parts: TransferPart[]; source: FigureSource }> {
  const records = await Promise.all(Object.values(transferNames).map((name) => readStudyRecord(name)));
  const made = records.filter((record) => record !== undefined);
  return {
    parts: made.map((record) => ({
      study: record.study,
      title: titles[record.study as keyof typeof titles],
      rows: transferRows(record),
    })),
    source: {
      dataset: made.map(({ source }) => source).join('; ') || 'none: nothing is recorded',
      parameters: { studies: made.map(({ study }) => study) },
      inputs: made.map(({ study }) => recordFile(study)),
    },
  };
}

/** DSC over the number of training patients, with and without the weights of another network. */
export const transferFigure = (parts: readonly TransferPart[]): Figure =>
  withAndWithout(
    parts.map(({ title, rows }) => ({
      title,
      places: rows.map(({ patients }) => `${patients}`),
      ways: [
        { name: 'random weights', of: (row: TransferRow) => row.without },
        { name: 'weights of the other kind of patients', of: (row: TransferRow) => row.with },
      ].map(({ name, of }) => ({ name, values: rows.map(of), means: rows.map((row) => mean([...of(row)])) })),
    })),
    {
      title: 'What another network gives to training: equal patients, equal steps',
      x: 'Training patients',
      y: 'DSC of unseen patients (0 to 1)',
    },
  );

/** One line for each number of patients. */
export const describeTransfer = (parts: readonly TransferPart[]): string[] =>
  parts.flatMap(({ study, rows }) =>
    rows.map(({ patients, without, with: given, difference: { meanDifference, interval, p, pairs } }) => {
      const number = (value: number): string => value.toFixed(3);
      const bounds = interval ? ` (95 % ${interval.map(number).join(' to ')})` : '';
      const means = `${number(mean([...without]))} without, ${number(mean([...given]))} with`;
      const change = `${meanDifference < 0 ? '' : '+'}${number(meanDifference)}${bounds}, p = ${p.toPrecision(2)}`;
      return `${study}, ${patients} training patients: DSC ${means}; by patient ${change}, ${pairs} patients`;
    }),
  );
