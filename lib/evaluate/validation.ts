/**
 * The score of a validation, by which a run's best weights are chosen: the mean DSC of the foreground classes.
 *
 * One class: the mean over patients of the DSC of all their slices together. Several: of each class the mean over those
 * patients in whose label or prediction it occurs, and then the mean over the classes, so that a rare tumour counts as
 * much as its organ, and a patient without one is no success of a network that never finds any. nnU-Net's evaluation
 * does the same: a case whose label and prediction both lack a class has no Dice of it, and no part in the mean.
 */
import { mean } from 'simple-statistics';
import type { LabelClass } from '../dataset/caseList.ts';
import { summarise } from '../statistics/summary.ts';
import { overlapByPatient, type PatientOverlap } from './overlap.ts';
import type { ScoredSlice } from './slices.ts';

/** Scores of a validation as a run's history has them. */
export interface Validation {
  /** What the best weights are chosen by. */
  readonly dice: number;
  /** Over the patients. */
  readonly sd: number;
  /** DSC pooled over the patient's slices; of several classes the mean of those that occur in this patient. */
  readonly patients: readonly { readonly patient: string; readonly dice: number }[];
  /** Mean of each class by name, where several are kept apart; null of one that does not occur. */
  readonly classes?: Readonly<Record<string, number | null>>;
}

/** One class of a run over its patients. */
export interface ClassOverlap {
  readonly name: string;
  /** Those patients in whose label or prediction the class occurs. */
  readonly patients: PatientOverlap[];
}

/** The overlap of each class by patient; nothing where there is one class. */
export function overlapByClass(scored: readonly ScoredSlice[], classes: readonly LabelClass[] = []): ClassOverlap[] {
  if (classes.length < 2) return [];
  return classes.map(({ name }, c) => {
    const slices = scored.map(({ patient, classes: counts }) => ({ patient, counts: counts![c]! }));
    const occurs = ({ counts: { tp, fp, fn } }: PatientOverlap): boolean => tp + fp + fn > 0;
    return { name, patients: overlapByPatient(slices).filter(occurs) };
  });
}

const meanOr = <T>(values: readonly number[], none: T): number | T => (values.length > 0 ? mean([...values]) : none);
const diceOf = ({ scores }: PatientOverlap): number => scores.dice;

/** The score of slices that were predicted, whole patients each. Where nothing is to be found and nothing was, 1. */
export function validationOf(scored: readonly ScoredSlice[], classes?: readonly LabelClass[]): Validation {
  const byClass = overlapByClass(scored, classes);
  const patients = overlapByPatient(scored).map(({ patient, scores }) => {
    if (byClass.length === 0) return { patient, dice: scores.dice };
    const own = byClass.flatMap((one) => one.patients.filter((other) => other.patient === patient));
    return { patient, dice: meanOr(own.map(diceOf), 1) };
  });
  const over = summarise(patients.map(({ dice }) => dice));
  if (byClass.length === 0) return { dice: over.mean, sd: over.sd, patients };
  const means = byClass.map((one) => [one.name, meanOr(one.patients.map(diceOf), null)] as const);
  const found = means.flatMap(([, value]) => value ?? []);
  const dice = meanOr(found, 1);
  return { dice, sd: over.sd, patients, classes: Object.fromEntries(means) };
}
