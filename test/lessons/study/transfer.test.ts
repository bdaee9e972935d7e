import { describe, expect, it } from 'vitest';
import { patientsOfArm } from '../../../notebooks/lessons/study/cohort.ts';
import { findStudy, transferNames } from '../../../notebooks/lessons/study/plan.ts';
import type { StudyRecord, StudyRun } from '../../../notebooks/lessons/study/record.ts';
import { withPhantomsApart } from '../../../notebooks/lessons/study/trainMissing.ts';
import { describeTransfer, transferFigure, transferRows } from '../../../notebooks/lessons/study/transfer.ts';

const plan = findStudy(transferNames.phantom);
const scored = (arm: string, seed: number, dice: readonly number[]): StudyRun =>
  ({ arm, seed, cases: dice.map((value, i) => ({ id: `p${i}`, outcome: 'both', values: { dice: value } })) }) as never;
const record = (runs: readonly StudyRun[]): StudyRecord =>
  ({
    study: plan.name,
    arms: plan.arms.map(({ name, label }) => ({ name, label })),
    seeds: [1, 2],
    patients: { training: [], validation: [], test: [] },
    runs,
  }) as never;

describe('the studies of transfer', () => {
  it('have both ways to begin for each number of patients, with the same steps', () => {
    for (const { arms } of Object.values(transferNames).map(findStudy)) {
      const [random, given] = [arms.filter(({ begins }) => !begins), arms.filter(({ begins }) => begins)];
      expect(given.map(({ patients, changes }) => [patients, changes])).toEqual(
        random.map(({ patients, changes }) => [patients, changes]),
      );
      expect(random.length).toBeGreaterThan(1);
    }
  });

  it('draw the patients of an arm by the seed alone, fewer as a part of more', () => {
    const all = ['a', 'b', 'c', 'd', 'e', 'f'];
    const drawn = (patients: number | undefined, seed = 1): string[] =>
      patientsOfArm(all, { name: 'x', label: '', changes: {}, patients }, seed);
    expect(drawn(undefined)).toEqual(all);
    expect(drawn(4)).toEqual(expect.arrayContaining(drawn(2)));
    expect(new Set(Array.from({ length: 20 }, (_, k) => drawn(2, k).join())).size).toBeGreaterThan(5);
    expect(() => drawn(7)).toThrow('Expected 7 training patients for the arm x, found 6');
  });

  it('compare patient by patient over the seeds that all arms have', () => {
    const runs = [1, 2].flatMap((seed) => [
      scored('random-4', seed, [0.2, 0.4, 0.6]),
      scored('weights-4', seed, [0.5, 0.6, 0.7]),
      scored('random-20', seed, [0.7, 0.7, 0.7]),
      scored('weights-20', seed, [0.7, 0.7, 0.7]),
    ]);
    const rows = transferRows(record(runs));
    expect(rows.map(({ patients }) => patients)).toEqual([4, 20]);
    expect(rows[0]!.without).toEqual([expect.closeTo(0.4, 12), expect.closeTo(0.4, 12)]);
    expect(rows[0]!.with).toEqual([expect.closeTo(0.6, 12), expect.closeTo(0.6, 12)]);
    expect(rows[0]!.difference).toMatchObject({ pairs: 3, meanDifference: expect.closeTo(0.2, 12) });
    expect(rows[1]!.difference.meanDifference).toBe(0);
    const [line] = describeTransfer([{ study: plan.name, title: 'A', rows }]);
    expect(line).toContain('4 training patients: DSC 0.400 without, 0.600 with; by patient +0.200');
    const data = transferFigure([{ study: plan.name, title: 'A', rows }]).data as unknown as { y: number[] }[];
    expect(data.map(({ y }) => y.length)).toEqual([2, 4, 2, 4]);
  });

  it('say nothing of a number of patients before both ways are trained', () => {
    expect(transferRows(record([scored('random-4', 1, [0.5])]))).toEqual([]);
    expect(transferFigure([]).data).toEqual([]);
  });

  it('let one run make the network of phantoms, and the others of its kind come last', () => {
    const real = findStudy(transferNames.real);
    expect(
      withPhantomsApart(['random-4-seed1', 'phantom-4-seed1', 'random-12-seed1', 'phantom-12-seed1'], real),
    ).toEqual(['phantom-4-seed1', 'random-4-seed1', 'random-12-seed1', 'phantom-12-seed1']);
    expect(withPhantomsApart(['a-seed1', 'b-seed1'], real)).toEqual(['a-seed1', 'b-seed1']);
  });
});
