import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../lib/engine/engine.ts';
import type { TrainChanges } from '../../../lib/train/config.ts';
import type { StudyCohort } from '../../../notebooks/lessons/study/cohort.ts';
import { findStudy, type StudyPlan, studies } from '../../../notebooks/lessons/study/plan.ts';
import { readStudyRecord } from '../../../notebooks/lessons/study/record.ts';
import { runStudy } from '../../../notebooks/lessons/study/runStudy.ts';
import { slicesInMemory } from '../../preprocess/slicesInMemory.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'axunet-study-'));
const places = { runs: path.join(scratch, 'runs'), records: path.join(scratch, 'records'), say: () => {} };
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const slices = slicesInMemory(
  ['a', 'b', 'c'].map((patient, k) => ({
    id: `${patient}-1`,
    patient,
    height: 16,
    width: 16,
    image: Float32Array.from({ length: 3 * 256 }, (_, i) => ((i * (k + 2)) % 7) / 7),
    label: Uint8Array.from({ length: 256 }, (_, i) => Number(i % 16 > 4 && i % 16 < 11 && i > 64 && i < 160)),
  })),
);
const cohort: StudyCohort = {
  list: { kind: '2d', cases: [] } as unknown as StudyCohort['list'],
  source: 'made up',
  patients: 'three',
  foreground: { pixels: 1, pancreas: 0 },
  split: () => ({ slices, training: ['a', 'b'], validation: [], test: ['c'] }),
};
const plan: StudyPlan = {
  name: 'small',
  title: 'Small',
  cohort: 'nih-2d',
  seeds: [1, 2],
  base: { width: 2, gridSize: [16, 16], gridMargin: 1, batchSize: 2, epochs: 1 },
  arms: [
    { name: 'good', label: 'Good', changes: {} },
    { name: 'bad', label: 'Bad', changes: { loss: 'unheard-of' as TrainChanges['loss'] } },
  ],
};

describe('running a study', () => {
  beforeAll(() => startEngine('cpu'));

  it('trains every arm once per seed, records the test patients, and goes on after a run that failed', async () => {
    const { record, failed } = await runStudy(plan, cohort, places);
    expect(record.runs.map(({ arm, seed, steps, cases }) => [arm, seed, steps, cases.map(({ id }) => id)])).toEqual([
      ['good', 1, 1, ['c-1']],
      ['good', 2, 1, ['c-1']],
    ]);
    expect(failed.map(({ run }) => run)).toEqual(['bad-seed1', 'bad-seed2']);
    expect(failed[0].reason).toContain('unheard-of');
    expect((await readStudyRecord('small', places.records))!.runs).toHaveLength(2);
  });

  it('trains nothing a second time', async () => {
    const said: string[] = [];
    const before = readdirSync(path.join(places.runs, 'small'));
    const { record } = await runStudy(plan, cohort, { ...places, say: (line) => said.push(line) });
    expect(said.filter((line) => line.includes('was finished'))).toHaveLength(2);
    expect(said.some((line) => line.includes('starts'))).toBe(false);
    expect(readdirSync(path.join(places.runs, 'small'))).toEqual(before);
    expect(record.runs).toHaveLength(2);
  });

  it('records without training what is finished', async () => {
    const { record } = await runStudy({ ...plan, seeds: [1, 2, 3] }, cohort, { ...places, onlyFinished: true });
    expect(record.runs.map(({ seed }) => seed)).toEqual([1, 2]);
  });
});

describe('a study that was recorded elsewhere', () => {
  it('keeps the earlier runs in its record until they are made here', async () => {
    const runs = path.join(scratch, 'other-runs');
    const { record } = await runStudy({ ...plan, arms: plan.arms.slice(0, 1), seeds: [2, 1] }, cohort, {
      ...places,
      runs,
      onlyFinished: true,
    });
    expect(record.runs).toEqual([]);
    // nothing was made, nothing was lost
    expect((await readStudyRecord('small', places.records))!.runs).toHaveLength(2);
    await runStudy({ ...plan, arms: plan.arms.slice(0, 1), seeds: [3, 2, 1] }, cohort, {
      ...places,
      runs,
      onlyFinished: false,
    });
    expect((await readStudyRecord('small', places.records))!.runs.map(({ seed }) => seed)).toEqual([3, 2, 1]);
  });
});

describe('the studies that come with the project', () => {
  it('have at least three seeds, arms of different names, and a budget in epochs', () => {
    for (const { seeds, arms, base } of studies) {
      expect(seeds.length).toBeGreaterThanOrEqual(3);
      expect(new Set(arms.map(({ name }) => name)).size).toBe(arms.length);
      expect(base.epochs).toBeGreaterThan(0);
      expect(base.minutes).toBeUndefined();
    }
  });

  it('are found by name', () => {
    expect(findStudy('losses').arms.map(({ name }) => name)).toContain('focal-gdl-boundary');
    expect(() => findStudy('magic')).toThrow('There is no study called "magic"');
  });
});
