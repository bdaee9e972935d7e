/** Ways to learn from patients: everything that is fitted, filled and chosen is learned from these patients alone. */
import { makeFolds, splitFold } from 'axunet/dataset/folds';
import { mean } from 'simple-statistics';
import { fitCombat, harmonise } from './combat.ts';
import { fitForest, forestShare } from './forest.ts';
import { fitLogistic, type Logistic, linearScore, sigmoid } from './logistic.ts';
import { medianKnown, type Patients, pickPatients } from './patientTable.ts';

/** Learns from patients and says of others how probable a tumour is. */
export type Learner = (train: Patients, seed: number) => (test: Patients) => number[];

/** Logistic regression with what was learned to prepare its columns. */
export interface LogisticModel {
  readonly columns: readonly string[];
  /** Stands where a value is not known: the median. */
  readonly fill: readonly number[];
  readonly mean: readonly number[];
  /** 0 for a column that is constant, which counts for nothing. */
  readonly sd: readonly number[];
  readonly penalty: number;
  readonly intercept: number;
  /** Per SD of the column. */
  readonly weights: readonly number[];
}

/** Standardised values are cut here, so that one odd patient of another hospital does not decide alone. */
const farthest = 4;

/** Penalties that are tried, the strongest first. */
const penalties = [100, 10, 1] as const;

/** Within the training patients, by which the penalty is chosen. */
const innerFolds = 3;

/** Folds by patient in which both kinds are spread evenly, as places; fewer where there are fewer patients. */
export function stratifiedFolds(
  { ids, ill }: Patients,
  count: number,
  seed: number,
): { train: number[]; test: number[] }[] {
  const places = new Map(ids.map((id, i) => [id, i]));
  const groups = Object.fromEntries(ids.map((id, i) => [id, String(ill[i])]));
  const folds = makeFolds(ids, { count: Math.min(count, ids.length), seed, groups });
  return folds.folds.map((_, k) => {
    const { training, validation } = splitFold(folds, k);
    return { train: training.map((id) => places.get(id)!), test: validation.map((id) => places.get(id)!) };
  });
}

type Scale = Pick<LogisticModel, 'fill' | 'mean' | 'sd'>;

const known = (value: number, otherwise: number): number => (Number.isFinite(value) ? value : otherwise);

function scaleOf({ rows, columns }: Patients): Scale {
  const fill = columns.map((_, j) => known(medianKnown(rows.map((row) => row[j]!)), 0));
  const full = columns.map((_, j) => rows.map((row) => known(row[j]!, fill[j]!)));
  const means = full.map((column) => mean(column));
  const sd = full.map((column, j) => {
    const spread = Math.sqrt(mean(column.map((v) => (v - means[j]!) ** 2)));
    return spread > 1e-12 * Math.abs(means[j]!) ? spread : 0;
  });
  return { fill, mean: means, sd };
}

/** A row as the fit sees it: filled, standardised, cut. */
const standardised = ({ fill, mean: means, sd }: Scale, row: readonly number[]): Float64Array =>
  Float64Array.from(row, (value, j) => {
    if (sd[j] === 0) return 0;
    const z = (known(value, fill[j]!) - means[j]!) / sd[j]!;
    return Math.max(-farthest, Math.min(farthest, z));
  });

/** −ln of the probability of what was found, kept finite. */
const surprise = (probability: number, ill: boolean): number =>
  -Math.log(Math.max(1e-12, ill ? probability : 1 - probability));

/** The fits of all penalties, each beginning at the one before. */
function fitPath(rows: readonly Float64Array[], ill: readonly boolean[]): Logistic[] {
  const fits: Logistic[] = [];
  for (const penalty of penalties) fits.push(fitLogistic(rows, ill, { penalty, start: fits.at(-1), tolerance: 1e-5 }));
  return fits;
}

/** The penalty with the least surprise in three inner folds; of equal ones the strongest. */
function choosePenalty(train: Patients, seed: number): number {
  const costs = penalties.map(() => 0);
  for (const { train: inner, test } of stratifiedFolds(train, innerFolds, seed)) {
    const own = pickPatients(train, inner);
    const scale = scaleOf(own);
    const rows = own.rows.map((row) => standardised(scale, row));
    const held = test.map((i) => ({ row: standardised(scale, train.rows[i]!), ill: train.ill[i]! }));
    for (const [k, fit] of fitPath(rows, own.ill).entries())
      for (const { row, ill } of held) costs[k]! += surprise(sigmoid(linearScore(fit, row)), ill);
  }
  return penalties[costs.indexOf(Math.min(...costs))]!;
}

/** Standardises, chooses the penalty by inner folds, and fits once more on all. */
export function fitLogisticModel(train: Patients, seed: number): LogisticModel {
  const penalty = choosePenalty(train, seed);
  const scale = scaleOf(train);
  const rows = train.rows.map((row) => standardised(scale, row));
  const { intercept, weights } = fitLogistic(rows, train.ill, { penalty });
  return { columns: train.columns, ...scale, penalty, intercept, weights: [...weights] };
}

/** How probable a tumour is in each patient. The patients must have the model's columns, in its order. */
export function logisticProbability(model: LogisticModel, { rows }: Patients): number[] {
  const fit = { intercept: model.intercept, weights: Float64Array.from(model.weights) };
  return rows.map((row) => sigmoid(linearScore(fit, standardised(model, row))));
}

export const logisticLearner: Learner = (train, seed) => {
  const model = fitLogisticModel(train, seed);
  return (test) => logisticProbability(model, test);
};

/** Trees of a forest; nothing of it is chosen by inner folds. */
const forestTrees = 300;

export const forestLearner: Learner = (train, seed) => {
  const { fill } = scaleOf(train);
  const filled = ({ rows }: Patients): number[][] => rows.map((row) => row.map((v, j) => known(v, fill[j]!)));
  const forest = fitForest(filled(train), train.ill, { trees: forestTrees, seed });
  return (test) => filled(test).map((row) => forestShare(forest, row));
};

/** Takes the batches off first, as the training patients show them, and then learns. */
export const afterCombat =
  (learn: Learner): Learner =>
  (train, seed) => {
    const { fill } = scaleOf(train);
    const full = ({ rows }: Patients): number[][] => rows.map((row) => row.map((v, j) => known(v, fill[j]!)));
    const combat = fitCombat(full(train), train.batches!);
    const without = (patients: Patients): Patients => ({
      ...patients,
      rows: full(patients).map((row, i) => harmonise(combat, row, patients.batches![i]!)),
    });
    const score = learn(without(train), seed);
    return (test) => score(without(test));
  };
