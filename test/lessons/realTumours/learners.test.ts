import { describe, expect, it } from 'vitest';
import { Random } from '../../../lib/random.ts';
import { rocAuc } from '../../../lib/statistics/roc.ts';
import {
  afterCombat,
  fitLogisticModel,
  forestLearner,
  type Learner,
  logisticLearner,
  logisticProbability,
  stratifiedFolds,
} from '../../../notebooks/lessons/realTumours/learners.ts';
import {
  compareShuffled,
  crossPredict,
  learningCurve,
  shuffledAucs,
} from '../../../notebooks/lessons/realTumours/nested.ts';
import { type Patients, relabelled } from '../../../notebooks/lessons/realTumours/patientTable.ts';

/** Patients of noise, two of three ill; `shortcut` is added to the first column of the ill. */
function people(n: number, { columns = 8, shortcut = 0, seed = 1 } = {}): Patients {
  const random = Random.stream(seed, 'people');
  const ill = Array.from({ length: n }, (_, i) => i % 3 !== 0);
  return {
    ids: ill.map((_, i) => `p${i}`),
    columns: Array.from({ length: columns }, (_, j) => `c${j}`),
    rows: ill.map((is) => Array.from({ length: columns }, (_, j) => random.normal() + (is && j === 0 ? shortcut : 0))),
    ill,
  };
}

const aucOf = (patients: Patients, learn: Learner, seed = 1) =>
  rocAuc(crossPredict(patients, learn, seed), patients.ill);

describe('Folds', () => {
  it('hold every patient once and both kinds evenly', () => {
    const folds = stratifiedFolds(people(30), 5, 1);
    expect(folds.flatMap(({ test }) => test).sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    for (const { train, test } of folds) {
      expect(test.filter((i) => i % 3 === 0)).toHaveLength(2);
      expect(train.some((i) => test.includes(i))).toBe(false);
    }
  });
});

describe('Nested cross-validation', () => {
  it('finds a shortcut that was built in, by both ways of learning', () => {
    const patients = people(60, { columns: 4, shortcut: 3 });
    for (const learn of [logisticLearner, forestLearner]) expect(aucOf(patients, learn).auc).toBeGreaterThan(0.9);
  });

  it('finds nothing in noise, also with more columns than patients: the interval holds 0.5', () => {
    for (const [columns, seed] of [
      [5, 1],
      [60, 3],
    ] as const) {
      const { logitInterval } = aucOf(people(45, { columns, seed }), logisticLearner);
      expect(logitInterval[0]).toBeLessThan(0.5);
      expect(logitInterval[1]).toBeGreaterThan(0.5);
    }
  });

  it('never shows a patient to whoever judges that patient, nor to the choice of the penalty', () => {
    const patients = people(30);
    const spy: Learner = (train) => (test) => test.ids.map((id) => Number(train.ids.includes(id)));
    expect(new Set(crossPredict(patients, spy, 1))).toEqual(new Set([0]));
    // what others measure of a patient changes that patient's score alone
    const before = crossPredict(patients, logisticLearner, 1);
    const fold = stratifiedFolds(patients, 5, 1)[0]!.test;
    const rows = patients.rows.map((row, i) => (fold.includes(i) ? row.map((v) => 3 - 2 * v) : row));
    const scores = (own: Patients): number[] =>
      logisticLearner(own, 1)({ ...patients, rows: [[0, 0, 0, 0, 0, 0, 0, 0]], ids: ['x'], ill: [true] });
    const others = patients.ids.map((_, i) => i).filter((i) => !fold.includes(i));
    const pick = (table: readonly (readonly number[])[]): Patients => ({
      ...patients,
      ids: others.map((i) => patients.ids[i]!),
      rows: others.map((i) => table[i]!),
      ill: others.map((i) => patients.ill[i]!),
    });
    expect(scores(pick(rows))).toEqual(scores(pick(patients.rows)));
    const after = crossPredict({ ...patients, rows }, logisticLearner, 1);
    expect(fold.some((i) => after[i] !== before[i])).toBe(true);
  });

  it('is told from chance by shuffled labels, which have everything chosen anew', () => {
    const found = people(45, { columns: 3, shortcut: 2 });
    const [real, none] = [found, people(45, { columns: 3, seed: 5 })].map((patients) =>
      compareShuffled(
        aucOf(patients, logisticLearner).auc,
        shuffledAucs(patients, logisticLearner, { to: 19, seed: 1 }),
      ),
    );
    const last = shuffledAucs(found, logisticLearner, { from: 17, to: 19, seed: 1 });
    expect(last).toEqual(shuffledAucs(found, logisticLearner, { to: 19, seed: 1 }).slice(17));
    expect(real!.p).toBe(1 / 20);
    expect(real!.median).toBeGreaterThan(0.3);
    expect(real!.median).toBeLessThan(0.65);
    expect(none!.p).toBeGreaterThan(0.05);
  });

  it('learns more from more patients, and from as many as it was told', () => {
    const patients = people(90, { columns: 12, shortcut: 1.2 });
    const sizes: number[] = [];
    const counting: Learner = (train, seed) => {
      sizes.push(train.ids.length);
      expect(train.ill.filter(Boolean).length / train.ids.length).toBeCloseTo(2 / 3, 1);
      return logisticLearner(train, seed);
    };
    const [few, many] = learningCurve(patients, counting, { sizes: [15, 72], repeats: 3, seed: 1 });
    expect(new Set(sizes)).toEqual(new Set([15, 72]));
    const meanOf = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
    expect(meanOf(many!.aucs)).toBeGreaterThan(meanOf(few!.aucs));
  });
});

describe('A logistic model', () => {
  it('fills gaps with the median of its own patients, and takes nothing of a constant column', () => {
    const patients = people(40, { columns: 3, shortcut: 2 });
    const rows = patients.rows.map((row, i) => [row[0]!, i % 4 === 0 ? NaN : row[1]!, 7]);
    const model = fitLogisticModel({ ...patients, rows }, 1);
    expect(model.weights[2]).toBe(0);
    expect(model.sd[2]).toBe(0);
    const known = rows.map((row) => row[1]!).filter(Number.isFinite);
    const middle = known.sort((a, b) => a - b);
    expect(model.fill[1]).toBeCloseTo((middle[14]! + middle[15]!) / 2, 12);
    const ask = (row: number[]): number =>
      logisticProbability(model, { ids: ['x'], columns: model.columns, rows: [row], ill: [true] })[0]!;
    expect(ask([1, NaN, 7])).toBe(ask([1, model.fill[1]!, 900]));
    expect(ask([1e9, 0, 7])).toBe(ask([model.mean[0]! + 4 * model.sd[0]!, 0, 7])); // cut
  });
});

describe('ComBat before learning', () => {
  it('takes a shortcut away that hangs on a batch, where both kinds are in all batches', () => {
    const patients = people(120, { shortcut: 0 });
    const batches = patients.ill.map((is, i) => (is === i % 4 > 0 ? 'a' : 'b')); // leans towards the ill
    const rows = patients.rows.map((row, i) => row.map((v) => (batches[i] === 'a' ? v + 3 : v)));
    const shifted = { ...patients, rows, batches };
    expect(aucOf(shifted, logisticLearner).auc).toBeGreaterThan(0.65);
    expect(aucOf(shifted, afterCombat(logisticLearner)).auc).toBeLessThan(0.6);
  });

  it('whose batch is the class writes the class into columns that have it not', () => {
    const patients = people(90, { seed: 2 });
    const random = Random.stream(1, 'floor');
    // a column that is -150 for nearly all, as the least grey value of a window is
    const rows = patients.rows.map((row) => [...row, random.uniform() < 0.9 ? -150 : -140]);
    const table = { ...patients, columns: [...patients.columns, 'floor'], rows };
    expect(aucOf(table, logisticLearner).logitInterval[0]).toBeLessThan(0.5);
    const byClass = { ...relabelled(table, table.ill), batches: table.ill.map(String) };
    expect(aucOf(byClass, afterCombat(forestLearner)).auc).toBeGreaterThan(0.9);
  });
});
