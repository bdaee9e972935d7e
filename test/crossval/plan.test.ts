import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  assertTestedOnce,
  type CrossvalPlan,
  type FoldPatients,
  keepPlan,
  planFile,
  planFolds,
  readPlan,
} from '../../lib/crossval/plan.ts';
import { makeFolds } from '../../lib/dataset/folds.ts';
import { referenceConfig } from '../../lib/train/config.ts';

const names = (n: number): string[] => Array.from({ length: n }, (_, i) => `p${i}`);

describe('the three sides of each fold', () => {
  it("test every patient once and never one of the fold's own, whatever the numbers", () => {
    const numbers = fc.record({
      n: fc.integer({ min: 4, max: 40 }),
      count: fc.integer({ min: 2, max: 4 }),
      holdOut: fc.integer({ min: 2, max: 12 }),
      seed: fc.integer({ min: 0, max: 99 }),
    });
    fc.assert(
      fc.property(numbers, ({ n, count, holdOut, seed }) => {
        const patients = names(n);
        const planned = planFolds(makeFolds(patients, { count, seed }), { seed, holdOut });
        assertTestedOnce(planned, patients);
        for (const { training, validation, test } of planned) {
          expect([...training, ...validation, ...test].sort()).toEqual([...patients].sort());
          expect(training.length).toBeGreaterThan(0);
          expect(validation.length).toBe(Math.ceil((n - test.length) / Math.min(holdOut, n - test.length)));
        }
      }),
    );
  });

  it('are the same for the same seed, others for another, and balanced by group', () => {
    const folds = makeFolds(names(16), { seed: 1 });
    const groups = Object.fromEntries(names(16).map((name, i) => [name, i % 2 ? 'tumour' : 'normal']));
    const planned = planFolds(folds, { seed: 1, holdOut: 3, groups });
    expect(planFolds(folds, { seed: 1, holdOut: 3, groups })).toEqual(planned);
    expect(planFolds(folds, { seed: 2, holdOut: 3, groups })).not.toEqual(planned);
    for (const { training, validation } of planFolds(makeFolds(names(16), { seed: 1, groups }), {
      seed: 1,
      holdOut: 3,
      groups,
    })) {
      for (const side of [training, validation])
        expect(side.filter((patient) => groups[patient] === 'tumour').length).toBe(side.length / 2);
    }
  });

  it('refuse fewer than two patients outside a fold, and a share that is none', () => {
    expect(() => planFolds({ seed: 1, folds: [['a', 'b'], ['c']] }, { seed: 1, holdOut: 5 })).toThrow(
      'Expected at least 2 patients outside fold 0, one to train on and one to validate on, found 1',
    );
    expect(() => planFolds(makeFolds(names(8), { seed: 1 }), { seed: 1, holdOut: 1 })).toThrow(
      'Expected one in 2 or more patients to validate on, found one in 1',
    );
  });
});

describe('being tested once', () => {
  const fold = (training: string, validation: string, test: string): FoldPatients => ({
    training: [...training],
    validation: [...validation],
    test: [...test],
  });

  it('holds for each patient of the set', () => {
    expect(() => assertTestedOnce([fold('a', 'b', 'cd'), fold('c', 'd', 'ab')], [...'abcd'])).not.toThrow();
  });

  it.each([
    [
      'a test patient among the training ones',
      [fold('ac', 'b', 'cd'), fold('c', 'd', 'ab')],
      'Expected test patients that fold 0 has not seen, found c in training or validation too',
    ],
    [
      'a test patient among the validation ones',
      [fold('a', 'b', 'cd'), fold('c', 'bd', 'ab')],
      'Expected test patients that fold 1 has not seen, found b in training or validation too',
    ],
    [
      'a patient in two folds',
      [fold('a', 'b', 'cd'), fold('d', '', 'abc')],
      'Expected each patient to be tested exactly once, found c 2 times',
    ],
    [
      'a patient in none',
      [fold('a', 'b', 'cd'), fold('c', 'd', 'a')],
      'Expected each patient to be tested exactly once, found b 0 times',
    ],
    [
      'a patient twice in one fold',
      [fold('a', 'b', 'ccd'), fold('c', 'd', 'ab')],
      'Expected each patient to be tested exactly once, found c 2 times',
    ],
    ['a stranger', [fold('a', 'b', 'cdx'), fold('c', 'd', 'ab')], 'Expected test patients of the data set, found x'],
  ])('does not allow %s', (_, folds, sentence) => {
    expect(() => assertTestedOnce(folds, [...'abcd'])).toThrow(sentence);
  });
});

describe('the plan of a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-plan-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const plan: CrossvalPlan = {
    version: 1,
    config: referenceConfig,
    holdOut: 5,
    folds: planFolds(makeFolds(names(8), { seed: 1 }), { seed: 1, holdOut: 5 }),
    data: { dataset: 'd', mode: 'default', unit: 'mm', slices: 3, sha256: '0' },
  };

  it('is written once, read back, and never replaced by another', async () => {
    expect(await readPlan(folder)).toBeUndefined();
    await keepPlan(folder, plan);
    expect(await readPlan(folder)).toEqual(JSON.parse(JSON.stringify(plan)));
    const text = readFileSync(planFile(folder), 'utf8');
    await keepPlan(folder, plan);
    await expect(keepPlan(folder, { ...plan, config: { ...referenceConfig, width: 8 } })).rejects.toThrow(
      new RegExp(
        '^Expected the cross-validation that .* holds, found another config\\.width: 64 and 8; ' +
          'choose another --out for it$',
      ),
    );
    await expect(keepPlan(folder, { ...plan, data: { ...plan.data, sha256: '1' } })).rejects.toThrow(
      'another data.sha256: "0" and "1"',
    );
    expect(readFileSync(planFile(folder), 'utf8')).toBe(text);
  });

  it('of another kind is refused', async () => {
    writeFileSync(planFile(folder), '{"version": 2}');
    await expect(readPlan(folder)).rejects.toThrow(
      /^Expected the plan of a cross-validation whose version is 1, found 2 in .*plan\.json$/,
    );
  });
});
