/** The numbers of the study that keeps pancreas and tumour apart, from a record made by hand. */
import { describe, expect, it } from 'vitest';
import { summariseDetections } from '../../../lib/evaluate/detection.ts';
import { overlapScores } from '../../../lib/evaluate/overlap.ts';
import { referenceConfig } from '../../../lib/train/config.ts';
import {
  classesApartDifferences,
  classesApartMetrics,
  describeClassesApart,
} from '../../../notebooks/lessons/study/classesApart.ts';
import type { StudyCase, StudyRecord, StudyRun } from '../../../notebooks/lessons/study/record.ts';

/** A patient with so many right, invented and missed voxels of 100. */
function patient(id: string, tp: number, fp: number, fn: number): StudyCase {
  const counts = { tp, fp, fn, tn: 100 - tp - fp - fn };
  const truth = fn + tp > 0 ? ('missed' as const) : ('neither' as const);
  return { id, counts, outcome: tp > 0 ? 'both' : truth, values: overlapScores(counts) };
}
const run = (arm: string, cases: StudyCase[], classes?: StudyRun['classes']): StudyRun => ({
  ...{ arm, seed: 1, config: referenceConfig, version: { package: '0' }, steps: 1, seconds: 1, loss: 0, cases },
  ...(classes && { classes }),
});
const detection = summariseDetections([
  { lesions: 1, found: 1, touched: 1, falsePositives: 2 },
  { lesions: 1, found: 0, touched: 1, falsePositives: 0 },
  { lesions: 0, found: 0, touched: 0, falsePositives: 1 },
]);
const tumours = [patient('a', 2, 2, 0), patient('b', 0, 0, 4), patient('c', 0, 0, 0)];
const record: StudyRecord = {
  ...{ study: 'classes-apart', title: 'Apart?', command: '', source: '', engine: '', node: '', patients: '' },
  arms: [
    { name: 'union', label: 'One class' },
    { name: 'apart', label: 'Two classes' },
  ],
  seeds: [1],
  runs: [
    run('union', [patient('a', 10, 0, 0), patient('b', 10, 0, 0), patient('c', 10, 0, 0)]),
    run(
      'apart',
      [patient('a', 5, 0, 10), patient('b', 10, 0, 0), patient('c', 10, 0, 0)],
      [{ name: 'tumour', cases: tumours, detection }],
    ),
  ],
};

describe('the study that keeps classes apart', () => {
  it('has the tumour of the patients who have one, and of the arm that knows it', () => {
    const [whole, dice, sensitivity, falsePositives] = classesApartMetrics(record);
    expect(whole!.arms.map(({ mean }) => mean)).toEqual([1, expect.closeTo(5 / 6, 12)]); // DSC ½, 1, 1
    const apart = [dice, sensitivity, falsePositives].map((metric) => metric!.arms[1]!.mean);
    // DSC 2·2 / (2·2 + 2) of a, 0 of b, c has none; one of two found; three false positives in three patients
    expect(apart).toEqual([expect.closeTo(1 / 3, 12), 0.5, 1]);
    for (const metric of [dice, sensitivity, falsePositives]) expect(metric!.arms[0]!.seeds).toEqual([]);
  });

  it('compares the arms patient by patient, and says all of it', () => {
    const [difference] = classesApartDifferences(record);
    expect(difference).toMatchObject({ first: 'Two classes', second: 'One class', pairs: 3, better: [0, 1, 2] });
    expect(difference!.meanDifference).toBeCloseTo(-1 / 6, 12);
    const text = describeClassesApart(record);
    expect(text).toContain('DSC of the tumour, Two classes: 0.333 (seeds 0.333)');
    expect(text).toContain('DSC, all as one, Two classes − One class: -0.167');
    expect(text).not.toContain('DSC of the tumour, One class');
    expect(classesApartDifferences({ ...record, arms: [], runs: [] })).toEqual([]);
  });
});
