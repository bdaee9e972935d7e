import { describe, expect, it } from 'vitest';
import type { PlanFile } from '../../../lib/plan/planFile.ts';
import { trainConfig } from '../../../lib/train/config.ts';
import { presetConfig } from '../../../lib/train/presets.ts';
import { orientationCodes } from '../../../lib/volume/orientation.ts';
import { msdLikePatient } from '../../../notebooks/lessons/study/msdLike.ts';
import { epochsIn, plannedStudy } from '../../../notebooks/lessons/study/planned.ts';
import { casesOf, plannedSets } from '../../../notebooks/lessons/study/plannedCohort.ts';
import { describeOutcome, outcomeOf, plannedFigure } from '../../../notebooks/lessons/study/plannedOutcome.ts';
import type { StudyCase, StudyRecord } from '../../../notebooks/lessons/study/record.ts';

describe('Equal time', () => {
  it('is as many whole epochs as fit, never more, and at least one', () => {
    // 50 steps of 100 ms are 5 s
    expect([4, 14.9, 15].map((seconds) => epochsIn(seconds, { stepsPerEpoch: 50, stepMs: 100 }))).toEqual([1, 2, 3]);
  });

  it('replaces the minutes of the plan, and leaves the preset as it is', () => {
    const plan = { train: { width: 8, minutes: 5, loss: 'ce-dice' } } as unknown as PlanFile;
    const budget = { stepsPerEpoch: 50, epochs: 7, stepMs: 1 };
    const { base, arms } = plannedStudy(plannedSets[0]!, { plan, preset: budget, planned: budget, load: 1 });
    const [preset, planned] = arms.map(({ changes }) =>
      trainConfig({ ...base, ...changes }, presetConfig('demo', 'phantom')),
    );
    expect(preset).toEqual(trainConfig({ epochs: plannedSets[0]!.epochs }, presetConfig('demo', 'phantom')));
    expect(planned).toMatchObject({ width: 8, epochs: 7, minutes: null });
  });
});

describe('Phantoms scanned otherwise', () => {
  it('have slices of 5 mm, a wide field of view, and their organ on the same grid', () => {
    const { image, label } = msdLikePatient(1, 3);
    expect(image.shape.slice(0, 2)).toEqual([208, 192]);
    expect(image.spacingMm[2]).toBe(5);
    expect([label.shape, label.affine]).toEqual([image.shape, image.affine]);
    expect(orientationCodes(image.affine)).toBe('LPS');
    expect(image.data[0]).toBe(-1024);
    const organ = image.data.filter((_, i) => label.data[i] === 1).sort();
    // soft tissue, not air: the organ was moved with its image
    expect(organ[Math.floor(organ.length / 2)]).toBeGreaterThan(20);
    expect(organ[Math.floor(organ.length / 2)]).toBeLessThan(160);
  });
});

describe('The training patients', () => {
  it('are all that a plan sees', () => {
    const cases = ['a', 'b', 'c'].map((id) => ({ id, patient: id, image: '' }));
    const list = { dataset: 'x', kind: '3d' as const, folder: '', labelMap: {}, cases };
    expect(casesOf(list, ['a', 'c']).cases.map(({ id }) => id)).toEqual(['a', 'c']);
  });
});

describe('The outcome', () => {
  const slice = (id: string, tp: number): StudyCase => ({
    id,
    outcome: 'both',
    counts: { tp, fp: 10 - tp, fn: 10 - tp, tn: 0 },
    values: { dice: tp / 10 },
  });
  const run = (arm: string, cases: StudyCase[]) => ({ arm, seed: 1, cases }) as unknown as StudyRecord['runs'][number];
  const record = {
    title: 'A set',
    arms: [
      { name: 'preset', label: 'Preset' },
      { name: 'planned', label: 'Planned' },
    ],
    seeds: [1],
    runs: [
      run('preset', [slice('PANCREAS_0001-1', 4), slice('PANCREAS_0001-2', 6), slice('PANCREAS_0002-1', 5)]),
      run('planned', [slice('PANCREAS_0001-1', 8), slice('PANCREAS_0001-2', 8), slice('PANCREAS_0002-1', 5)]),
    ],
  } as unknown as StudyRecord;

  it('pools the slices of a patient and compares patient by patient', () => {
    // patient 1: 10 of 20 against 16 of 20 pixels; patient 2: 0.5 both
    const outcome = outcomeOf(record);
    expect(outcome.seeds.arms.map(({ mean }) => Number(mean.toFixed(6)))).toEqual([0.5, 0.65]);
    expect(outcome.comparison).toMatchObject({ pairs: 2, better: [1, 0, 1] });
    expect(describeOutcome(outcome)).toMatch(/^A set: planned 0\.650 against 0\.500, \+0\.150 .*better in 1 of 2/);
    expect(plannedFigure([outcome]).data).toHaveLength(4);
  });

  it('says that an arm is missing while it is', () => {
    const half = { ...record, runs: record.runs.slice(0, 1) };
    expect(describeOutcome(outcomeOf(half))).toBe('A set: not both recorded yet');
  });
});
