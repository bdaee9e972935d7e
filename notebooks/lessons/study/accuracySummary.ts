/** What the study of accuracy says: DSC by slice and by patient, intervals over patients, and size of section. */
import { type Comparison } from 'axunet/evaluate/cohort';
import { bootstrap } from 'axunet/statistics/bootstrap';
import { mean } from 'simple-statistics';
import { compareWith, type PatientValues, patientOfSlice } from './compare.ts';
import type { EnsembleRecord } from './ensembles.ts';
import type { StudyRecord } from './record.ts';

/** A slice that no network of the row has trained on. */
export interface UnseenSlice {
  readonly id: string;
  readonly patient: string;
  /** Pixels of the label. */
  readonly truth: number;
  readonly tp: number;
  readonly fp: number;
}

/** One way of segmenting all slices, each unseen. */
export interface Way {
  readonly name: string;
  readonly label: string;
  /** One list for each repetition of the folds; scores are means over them. */
  readonly repetitions: readonly (readonly UnseenSlice[])[];
}

/** A mean with its 95 % interval over patients. */
export interface Estimate {
  readonly mean: number;
  readonly interval: readonly [number, number];
}

/** A way with its scores, and its difference to the first way, patient by patient. */
export interface AccuracyRow {
  readonly name: string;
  readonly label: string;
  readonly repetitions: number;
  readonly bySlice: Estimate;
  /** Pixels of a patient's slices pooled, as if they were a volume. */
  readonly byPatient: Estimate;
  /** Each patient's mean over slices, for those who publish that. */
  readonly byPatientOfSlices: number;
  readonly comparison?: Comparison;
}

type Counts = Pick<UnseenSlice, 'truth' | 'tp' | 'fp'>;

/** DSC of pixels counted; 1 where neither mask has any. */
export const diceOf = ({ truth, tp, fp }: Counts): number => (truth + tp + fp === 0 ? 1 : (2 * tp) / (truth + tp + fp));

/** Pixels of several slices together, as a volume's. */
const pooled = (slices: readonly Counts[]): Counts => {
  const sum = (key: keyof Counts): number => slices.reduce((total, slice) => total + slice[key], 0);
  return { truth: sum('truth'), tp: sum('tp'), fp: sum('fp') };
};

/** Complete repetitions of an arm's folds: those that have every slice. */
function repetitionsOf(record: StudyRecord, arm: string, folds: number): UnseenSlice[][] {
  const runs = record.runs.filter((run) => run.arm === arm);
  const numbers = [...new Set(record.seeds.map((seed) => Math.floor((seed - 1) / folds)))];
  const all = numbers.map((k) => runs.filter(({ seed }) => Math.floor((seed - 1) / folds) === k));
  return all
    .filter((own) => own.length === folds)
    .map((own) =>
      own.flatMap(({ cases }) =>
        cases.map(({ id, counts: { tp, fp, fn } }) => ({ id, patient: patientOfSlice(id), truth: tp + fn, tp, fp })),
      ),
    );
}

/** The study's arms that have been tested on every slice. */
export const armWays = (record: StudyRecord, folds: number): Way[] =>
  record.arms
    .map(({ name, label }) => ({ name, label, repetitions: repetitionsOf(record, name, folds) }))
    .filter(({ repetitions }) => repetitions.length > 0);

/** The recorded ensembles at a threshold. */
export function ensembleWays({ thresholds, ensembles }: EnsembleRecord, threshold = 0.5): Way[] {
  const at = thresholds.indexOf(threshold);
  return ensembles.map(({ name, label, slices }) => ({
    name,
    label,
    repetitions: [
      slices.map(([id, truth, ...found]) => {
        const [tp, fp] = found[at]!;
        return { id, patient: patientOfSlice(id), truth, tp, fp };
      }),
    ],
  }));
}

function byPatientOf(slices: readonly UnseenSlice[]): Map<string, UnseenSlice[]> {
  const patients = new Map<string, UnseenSlice[]>();
  for (const slice of slices) patients.set(slice.patient, [...(patients.get(slice.patient) ?? []), slice]);
  return patients;
}

/** Each patient's DSC, pixels of its slices pooled, the mean over the repetitions. */
export function patientValues({ label, repetitions }: Way): PatientValues {
  const each = repetitions.map((slices) => byPatientOf(slices));
  const patients = [...each[0]!.keys()].sort();
  return {
    name: label,
    values: Object.fromEntries(patients.map((p) => [p, mean(each.map((one) => diceOf(pooled(one.get(p)!))))])),
  };
}

/** Mean DSC of slices; whole patients are drawn for the interval. */
function sliceEstimate({ repetitions }: Way): Estimate {
  const patients = [...byPatientOf(repetitions.flat()).values()].map((slices) => ({
    dice: slices.reduce((sum, slice) => sum + diceOf(slice), 0),
    slices: slices.length,
  }));
  const meanOf = (drawn: readonly (typeof patients)[number][]): number => {
    let [dice, slices] = [0, 0];
    for (const patient of drawn) [dice, slices] = [dice + patient.dice, slices + patient.slices];
    return dice / slices;
  };
  const { estimate, interval } = bootstrap(patients, meanOf, { seed: 1 });
  return { mean: estimate, interval };
}

/** Mean over patients of the mean DSC of their slices. */
const meanOfSlices = ({ repetitions }: Way): number =>
  mean([...byPatientOf(repetitions.flat()).values()].map((slices) => mean(slices.map(diceOf))));

/** Rows of a table, each compared with the first. */
export function accuracyRows(ways: readonly Way[]): AccuracyRow[] {
  if (ways.length === 0) return [];
  const values = ways.map(patientValues);
  const comparisons = compareWith('dice', values, values[0]!.name);
  return ways.map((way, i) => {
    const { estimate, interval } = bootstrap(Object.values(values[i]!.values), (drawn) => mean([...drawn]), {
      seed: 1,
    });
    const comparison = comparisons.find(({ first }) => first === way.label);
    return {
      name: way.name,
      label: way.label,
      repetitions: way.repetitions.length,
      bySlice: sliceEstimate(way),
      byPatient: { mean: estimate, interval },
      byPatientOfSlices: meanOfSlices(way),
      ...(comparison && { comparison }),
    };
  });
}

/** Pixels of the label from which a section is no longer of a size. */
const sectionSizes = [300, 700, 1500, 3000, Number.POSITIVE_INFINITY] as const;

/** How well sections of a size are found, by their label's pixels. */
export interface SizeRow {
  readonly from: number;
  readonly below: number;
  readonly slices: number;
  readonly dice: number;
  /** Slices in which nothing of the pancreas was found. */
  readonly missed: number;
}

/** The first repetition by size of section. */
export function sizeRows({ repetitions }: Way): SizeRow[] {
  return sectionSizes.map((below, i) => {
    const from = i === 0 ? 0 : sectionSizes[i - 1]!;
    const own = repetitions[0]!.filter(({ truth }) => truth >= from && truth < below);
    return {
      from,
      below,
      slices: own.length,
      dice: own.length ? mean(own.map(diceOf)) : Number.NaN,
      missed: own.filter(({ tp }) => tp === 0).length,
    };
  });
}
