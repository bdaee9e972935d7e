import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CaseList } from '../../lib/dataset/caseList.ts';
import { assertDisjoint, foldProblems, foldsOf, makeFolds, readFolds, splitFold } from '../../lib/dataset/folds.ts';
import { writeJson } from '../../lib/io/files.ts';
import { temporaryFolder } from './fixtures.ts';

const twelve = Array.from({ length: 12 }, (_, i) => `p${i}`);

describe('patient folds', () => {
  it('never have a patient on both sides, and lose none', () => {
    const patients = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(patients, fc.integer(), fc.integer({ min: 2, max: 6 }), (names, seed, count) => {
        fc.pre(names.length >= count);
        const folds = makeFolds(names, { seed, count });
        for (let k = 0; k < count; k++) {
          const { training, validation } = splitFold(folds, k);
          assertDisjoint(training, validation);
          expect([...training, ...validation].sort()).toEqual([...names].sort());
        }
        const sizes = folds.folds.map((fold) => fold.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('spread every group evenly, and stay of even size', () => {
    const patients = fc.array(fc.constantFrom('tumour', 'normal', ''), { minLength: 4, maxLength: 40 });
    fc.assert(
      fc.property(patients, fc.integer(), (groupOf, seed) => {
        const names = groupOf.map((_, i) => `p${i}`);
        const groups = Object.fromEntries(names.map((name, i) => [name, groupOf[i]!]));
        const { folds } = makeFolds(names, { seed, groups });
        for (const group of ['tumour', 'normal', '']) {
          const counts = folds.map((fold) => fold.filter((name) => groups[name] === group).length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
        const sizes = folds.map((fold) => fold.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are four, depend on the seed and not on the order of the patients', () => {
    const folds = makeFolds(twelve, { seed: 1 });
    expect(folds.folds).toHaveLength(4);
    expect(makeFolds([...twelve].reverse(), { seed: 1 })).toEqual(folds);
    expect(makeFolds([...twelve, 'p3'], { seed: 1 })).toEqual(folds);
    expect(makeFolds(twelve, { seed: 2 })).not.toEqual(folds);
  });

  it('are refused for fewer patients than folds, a single fold, or a fold that is not there', () => {
    expect(() => makeFolds(['a', 'b', 'c'], { seed: 1 })).toThrow('at least 4 patients for 4 folds, found 3');
    expect(() => makeFolds(twelve, { seed: 1, count: 1 })).toThrow('2 folds or more');
    expect(() => splitFold(makeFolds(twelve, { seed: 1 }), 4)).toThrow('a fold from 0 to 3, found 4');
    expect(() => assertDisjoint(['a', 'b'], ['b', 'c'])).toThrow('b in training and in validation');
  });

  it('keep all slices of a patient together and use the groups of the cases', () => {
    const cases = twelve.flatMap((patient, i) =>
      [0, 1].map((z) => ({ id: `${patient}-${z}`, patient, image: '', group: i < 4 ? 'tumour' : 'normal' })),
    );
    const list: CaseList = { dataset: 'd', kind: '2d', folder: '', labelMap: { 1: 1 }, cases };
    const { folds } = foldsOf(list, { seed: 5 });
    expect(folds.map((fold) => fold.length)).toEqual([3, 3, 3, 3]);
    expect(folds.map((fold) => fold.filter((p) => Number(p.slice(1)) < 4).length)).toEqual([1, 1, 1, 1]);
  });

  it('come back from their file, and a file that does not fit is refused by name', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'folds.json');
    const folds = makeFolds(twelve, { seed: 3 });
    await writeJson(file, folds);
    expect(await readFolds(file, twelve)).toEqual(folds);
    await expect(readFolds(file, [...twelve, 'p99'])).rejects.toThrow('patients in no fold: p99');
    await expect(readFolds(file, twelve.slice(1))).rejects.toThrow('patients that the data set does not have: p0');
    await writeFile(file, JSON.stringify({ seed: 1, folds: [['a', 'b'], ['b', 'c'], []] }));
    await expect(readFolds(file)).rejects.toThrow('patients in more than one fold: b; fold 2 is empty');
    for (const bad of ['[]', 'null', '{"folds": [["a"]]}', '{"folds": [[1], [2]]}', '{"folds": "ab"}']) {
      await writeFile(file, bad);
      await expect(readFolds(file)).rejects.toThrow('"folds"');
    }
    await expect(readFolds(path.join(folder, 'none.json'))).rejects.toThrow('none.json');
    await rm(folder, { recursive: true });
  });

  it("come from nnU-Net's splits_final.json too: its validation sides", async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'splits_final.json');
    const splits = [['a', 'b'], ['c'], ['d']].map((val) => ({
      train: ['a', 'b', 'c', 'd'].filter((patient) => !val.includes(patient)),
      val,
    }));
    await writeJson(file, splits);
    expect((await readFolds(file, ['a', 'b', 'c', 'd'])).folds).toEqual([['a', 'b'], ['c'], ['d']]);
    await writeJson(file, [{ ...splits[0], train: ['b', 'c', 'd'] }, ...splits.slice(1)]);
    await expect(readFolds(file)).rejects.toThrow(
      /^Expected fold 0 without a case on both sides, found "b" in .*json$/,
    );
    await writeJson(file, [{ ...splits[0], train: ['c'] }, ...splits.slice(1)]);
    await expect(readFolds(file)).rejects.toThrow('Expected fold 0 to have every case on one side, found none for "d"');
    await writeJson(file, [{ train: 'a', val: [] }]);
    await expect(readFolds(file)).rejects.toThrow('Expected [0].train to be a list, found "a"');
    await rm(folder, { recursive: true });
  });

  it('include the fixed trial split of the 2-D set: 8 patients against 35', async () => {
    const { validation, training } = splitFold(await readFolds('nih-2d-trial'), 0);
    expect(validation).toEqual(['0004', '0005', '0007', '0010', '0021', '0024', '0027', '0036']);
    expect(training).toHaveLength(35);
    assertDisjoint(training, validation);
  });

  it('name every misfit at once', () => {
    expect(foldProblems({ seed: 0, folds: [['a', 'x'], ['a']] }, ['a', 'b'])).toEqual([
      'patients in more than one fold: a',
      'patients that the data set does not have: x',
      'patients in no fold: b',
    ]);
  });
});
