import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../lib/engine/engine.ts';
import { loadShipped } from '../../../lib/weights/shipped.ts';
import { describeCases, readShippedRecord, realCases } from '../../../notebooks/lessons/shipped/realCases.ts';

const result = {
  name: 'a',
  about: 'a scan',
  isTraining: false,
  referenceMl: 20,
  predictedMl: 15.5,
  dice: 0.6123,
  membersMl: [],
  membersDice: null,
  entropyBits: 0.3,
  warnings: ['unlike the training data: slices 5 mm apart'],
};

describe('real CT', () => {
  beforeAll(() => startEngine());

  it('is told case by case with what was said of it, training patients as such', () => {
    const training = { ...result, name: 'longer', isTraining: true, referenceMl: null, dice: null, warnings: [] };
    expect(describeCases([result, training])).toEqual([
      'a       DSC 0.612  15.50 ml of 20.00 ml',
      '        unlike the training data: slices 5 mm apart',
      'longer  DSC   –    15.50 ml of ? ml  (a patient of the training)',
    ]);
  });

  it('has cases of other sources than the training, each with a name of its own', () => {
    expect(new Set(realCases.map(({ name }) => name)).size).toBe(realCases.length);
    expect(realCases.filter(({ isTraining }) => !isTraining).length).toBeGreaterThan(2);
  });

  it('was recorded with the networks that lie here (renew: npm run study -- shipped)', async ({ skip }) => {
    const record = await readShippedRecord();
    if (!record) return skip('not recorded yet');
    for (const { name, weights, cases } of record.networks) {
      const runs = await loadShipped(name as 'weights' | 'small');
      expect(weights).toEqual(runs.map(({ sha256 }) => sha256));
      for (const { model } of runs) model.dispose();
      expect(cases.map((one) => one.name)).toEqual(realCases.map((one) => one.name));
    }
  });
});
