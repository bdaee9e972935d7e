/** The record of the classifiers in the form that its figures take. */
import { formatP } from 'axunet/statistics/formatP';
import type { Boundary, BoxCell } from '../figures/boxShortcut.ts';
import type { CalibrationLine } from '../figures/calibrationCurves.ts';
import type { ForestRow } from '../figures/forestPlot.ts';
import type { LearningLine } from '../figures/learningCurves.ts';
import type { ClassifierArm, ClassifierRecord } from './classifierRecord.ts';

const kindNames: Readonly<Record<ClassifierArm['kind'], string>> = {
  scan: 'scan and crop alone',
  features: 'features of pixels',
  both: 'both',
  matched: 'features, matched patients',
  harmonised: 'features after ComBat',
  control: 'no tumour in the question',
};

const chanceText = ({ permuted }: ClassifierArm): string => (permuted ? `, p ${formatP(permuted.p)}` : '');

/** Every arm as a row with its interval; the learner is named where it is a forest. */
export const armRows = (record: ClassifierRecord | undefined): ForestRow[] =>
  (record?.arms ?? []).map((arm) => ({
    name: `${arm.label} (${arm.ill} + ${arm.well}${chanceText(arm)})`,
    estimate: arm.auc,
    interval: arm.interval,
    kind: kindNames[arm.kind],
  }));

/** Axis of the arms: AUC, 0.5 where nothing is told. */
export const armAxis = {
  x: 'AUC by patient with 95 % interval of DeLong (0 to 1)',
  unit: 'none',
  nothingAt: 0.5,
  range: [0.25, 1.01] as [number, number],
};

export const calibrationLines = (record: ClassifierRecord | undefined): CalibrationLine[] =>
  (record?.calibrations ?? []).map(({ label, bins, brier, ece, slope }) => ({
    name: `${label}: Brier ${brier.toFixed(2)}, ECE ${ece.toFixed(2)}, slope ${(slope ?? NaN).toFixed(2)}`,
    bins,
  }));

export const learningLines = (record: ClassifierRecord | undefined): LearningLine[] =>
  (record?.learning ?? []).map(({ label, points }) => ({ name: label, points }));

export const boxCells = (record: ClassifierRecord | undefined): readonly BoxCell[] => record?.boxes ?? [];

/** Where the size alone makes a tumour as probable as it is among all patients. */
export function boxBoundary(record: ClassifierRecord | undefined): Boundary {
  if (!record) return { intercept: 0, width: 0, height: 1 };
  const count = (kind: boolean): number =>
    record.boxes.reduce((sum, [, , ill, patients]) => sum + (ill === kind ? patients : 0), 0);
  const { intercept, width, height } = record.boundary;
  return { intercept: intercept - Math.log(count(true) / count(false)), width, height };
}

/** What the boxes are called. */
export const boxGroups = ['MSD, tumour', 'NIH, none'] as const;
