/** What the study `classes-apart` says: all classes as one in every arm, and the tumour where it is kept apart. */
import type { Comparison } from 'axunet/evaluate/cohort';
import { mean } from 'simple-statistics';
import type { SeedMetric } from '../figures/seedPoints.ts';
import { compareWith, evenPart, patientMeans, seedMeans } from './compare.ts';
import { armLabel, caseValue, type StudyClass, type StudyRecord } from './record.ts';

const tumour = 'tumour';

/** Mean DSC over those patients who have a tumour; a patient without one would count 1 for finding nothing. */
const tumourDice = ({ cases }: StudyClass): number => {
  const ill = cases.filter(({ outcome }) => outcome === 'both' || outcome === 'missed');
  return ill.length > 0 ? mean(ill.map((one) => caseValue('dice', one))) : NaN;
};

/** One number of the tumour for each seed, of the arms that know it; the others have no seeds. */
function ofTumour(record: StudyRecord, label: string, better: SeedMetric['better'], of: (one: StudyClass) => number) {
  const arms = record.arms.map(({ name, label: arm }) => {
    const seeds = record.runs.flatMap((run) => {
      const found = run.arm === name ? run.classes?.find((one) => one.name === tumour) : undefined;
      return found ? [{ seed: run.seed, mean: of(found) }] : [];
    });
    return { label: arm, seeds, mean: seeds.length > 0 ? mean(seeds.map((one) => one.mean)) : NaN };
  });
  return { label, better, arms };
}

/**
 * The points of the figure: DSC of all classes as one, DSC of the tumour over the patients who have one, the share of
 * these in whom it was found, and false positive components a patient, each over the test patients of a seed.
 */
export const classesApartMetrics = (record: StudyRecord): SeedMetric[] => [
  { label: 'DSC, all as one', better: 'higher', arms: seedMeans(record, 'dice') },
  ofTumour(record, 'DSC of the tumour', 'higher', tumourDice),
  ofTumour(record, 'Sensitivity', 'higher', ({ detection }) => detection.sensitivity ?? NaN),
  ofTumour(record, 'False positives a patient', 'lower', ({ detection }) => detection.falsePositivesPerCase ?? NaN),
];

/** Each other arm against the first, by the DSC of all classes as one, patient by patient; nothing of one arm. */
export function classesApartDifferences(record: StudyRecord): Comparison[] {
  const [first] = evenPart(record).arms;
  return first ? compareWith('dice', patientMeans(record, 'dice'), armLabel(record, first.name)) : [];
}

/** The study in a few lines for a terminal. */
export function describeClassesApart(record: StudyRecord): string {
  const number = (value: number): string => value.toFixed(3);
  const lines = classesApartMetrics(record).flatMap(({ label, arms }) =>
    arms
      .filter(({ seeds }) => seeds.length > 0)
      .map(
        (arm) =>
          `${label}, ${arm.label}: ${number(arm.mean)} (seeds ${arm.seeds.map((s) => number(s.mean)).join(', ')})`,
      ),
  );
  const differences = classesApartDifferences(record).map(({ first, second, meanDifference, interval, p, pairs }) => {
    const bounds = interval ? ` (95 % ${interval.map(number).join(' to ')})` : '';
    const test = `${pairs} patients, Wilcoxon p ${p.toPrecision(2)}`;
    return `DSC, all as one, ${first} − ${second}: ${number(meanDifference)}${bounds}, ${test}`;
  });
  return [...lines, ...differences].join('\n');
}
