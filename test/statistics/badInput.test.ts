/**
 * Every function of lib/statistics against every bad number: each refuses it with one sentence that names the argument
 * and the position, or does what its comment says.
 */
import { describe, expect, it } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { bootstrap, pairedBootstrap } from '../../lib/statistics/bootstrap.ts';
import { brunnerMunzel } from '../../lib/statistics/brunnerMunzel.ts';
import { cliffDelta } from '../../lib/statistics/cliffDelta.ts';
import { averageLinkage, clusterFeatures, cutTree, spearmanMatrix } from '../../lib/statistics/clustering.ts';
import { compareFeatures, countFound, splitGroups } from '../../lib/statistics/compareFeatures.ts';
import { pearson, spearman } from '../../lib/statistics/correlation.ts';
import { chiSquareUpperTail } from '../../lib/statistics/distributions/chiSquare.ts';
import { fisherCdf, fisherQuantile, fisherUpperTail } from '../../lib/statistics/distributions/fisherF.ts';
import {
  normalCdf,
  normalDensity,
  normalQuantile,
  normalUpperTail,
} from '../../lib/statistics/distributions/normal.ts';
import {
  studentCdf,
  studentP,
  studentQuantile,
  studentTwoSided,
  studentUpperTail,
} from '../../lib/statistics/distributions/studentT.ts';
import { formatP } from '../../lib/statistics/formatP.ts';
import { friedman } from '../../lib/statistics/friedman.ts';
import { cohenD, cohenDPaired, hedgesG, hedgesGInterval } from '../../lib/statistics/hedgesG.ts';
import { intraclassCorrelation } from '../../lib/statistics/intraclass.ts';
import { intraclassOneWay } from '../../lib/statistics/intraclassOneWay.ts';
import { permuteLabels } from '../../lib/statistics/labelPermutation.ts';
import { levene } from '../../lib/statistics/levene.ts';
import { mannWhitney } from '../../lib/statistics/mannWhitney.ts';
import { benjaminiHochberg, bonferroni, holm } from '../../lib/statistics/multipleTesting.ts';
import { permutationTest } from '../../lib/statistics/permutationTest.ts';
import { rankBiserial } from '../../lib/statistics/rankBiserial.ts';
import { rank } from '../../lib/statistics/ranks.ts';
import { deLongTest, rocAuc, rocCurve } from '../../lib/statistics/roc.ts';
import { shapiroWilk } from '../../lib/statistics/shapiroWilk.ts';
import { pairedPermutationTest, signFlipTest } from '../../lib/statistics/signFlipTest.ts';
import { formatMeanSd, summarise } from '../../lib/statistics/summary.ts';
import { oneSampleTTest, pairedTTest, studentTTest } from '../../lib/statistics/tTest.ts';
import { welchTTest } from '../../lib/statistics/welch.ts';
import { wilcoxon } from '../../lib/statistics/wilcoxon.ts';
import { exportedFunctions } from './everyFunction.ts';

const noNumbers = [null, undefined, '1', '', true, 1n, {}, [1], () => 1, Symbol('one')];
const notFinite = [NaN, Infinity, -Infinity];
const noLists = [null, undefined, 3, NaN, 'abc', true, 1n, {}, { length: -1 }, new Set([1, 2]), () => [1, 2]];

/** Where a function takes values: the path to the list in its arguments, and how its sentences call it. */
interface Place {
  readonly at: readonly (number | string)[];
  readonly name: string;
  /** What a single value may not be, if not everything but finite numbers. */
  readonly bad?: readonly unknown[];
  /** True where the list may be of another length, and where it may be empty. */
  readonly anyLength?: boolean;
  readonly mayBeEmpty?: boolean;
  readonly optional?: boolean;
}

/** A function, arguments that it takes, its lists, and what its other arguments may not be. */
interface Door {
  readonly call: (...args: never[]) => unknown;
  readonly good: readonly unknown[];
  readonly lists?: readonly Place[];
  readonly others?: readonly { at: readonly (number | string)[]; name: string; bad: readonly unknown[] }[];
}

/** A copy of the arguments with another value at the path; a gap in the list where the value is `gap`. */
const gap = Symbol('gap');
function withValue(args: unknown, at: readonly (number | string)[], value: unknown): unknown {
  if (at.length === 0) return value;
  const [key, ...rest] = at;
  const copy = (Array.isArray(args) ? args.slice() : { ...(args as object) }) as Record<string | number, unknown>;
  if (rest.length === 0 && value === gap) delete copy[key!];
  else copy[key!] = withValue(copy[key!], rest, value);
  return copy;
}
const valueAt = (args: unknown, at: readonly (number | string)[]): unknown =>
  at.reduce((value, key) => (value as Record<string | number, unknown>)[key], args);

/** Calls, and expects one sentence with all of the words in it. */
function expectRefusal(door: Door, at: readonly (number | string)[], value: unknown, words: readonly string[]): void {
  const args = withValue(door.good, at, value) as never[];
  let found: unknown = 'no error';
  try {
    door.call(...args);
  } catch (error) {
    found = error;
  }
  const where = `${String(value === gap ? 'a gap' : typeof value)} ${String(value)} at ${at.join('.')}`;
  expect(found, where).toBeInstanceOf(UserError);
  const { message } = found as UserError;
  expect(message, where).toMatch(/^Expected [^\n]+, found [^\n]+$/);
  for (const word of words) expect(message, where).toContain(word);
}

const first = [3.1, 4.7, 2.2, 5.9];
const second = [1.2, 2.8, 0.4, 3.3];
const two: Place[] = [
  { at: [0], name: 'first sample', anyLength: true },
  { at: [1], name: 'second sample', anyLength: true },
];
const pair: Place[] = [
  { at: [0], name: 'first sample' },
  { at: [1], name: 'second sample' },
];
const badConfidence = [0, 1, -0.5, 1.5, 95, ...notFinite, ...noNumbers.filter((v) => v !== undefined)];
const badLevel = [-0.1, 1.1, ...notFinite, ...noNumbers.filter((v) => v !== undefined)];
const badResamples = [0, -1, 1.5, 1e9, 2 ** 53, ...notFinite, ...noNumbers.filter((v) => v !== undefined)];
const badSeed = [1.5, 1e99, ...notFinite, ...noNumbers.filter((v) => v !== undefined)];
const badWord = ['x', '', 'TWO-SIDED', 0, NaN, null, true, 1n, {}];
const alternativeAt = (i: number) => ({ at: [i, 'alternative'], name: 'alternative', bad: badWord });
const confidenceAt = (i: number) => ({ at: [i, 'confidence'], name: 'a confidence level', bad: badConfidence });
const resamplesAt = (i: number) => ({ at: [i, 'resamples'], name: 'resamples', bad: badResamples });
const seedAt = (i: number) => ({ at: [i, 'seed'], name: 'seed', bad: badSeed });
const methodAt = (i: number) => ({ at: [i, 'method'], name: 'the method', bad: badWord });
const asNumber = (at: number, name: string) => ({ at: [at], name, bad: noNumbers });

const tOptions = [alternativeAt(2), confidenceAt(2)];
const randomOptions = [alternativeAt(2), resamplesAt(2), seedAt(2)];
const labels = [true, false, true, false];
const badLabels = [2, -1, 0.5, ...notFinite, ...noNumbers.filter((v) => v !== true)];
const labelsAt = (i: number): Place => ({ at: [i], name: 'labels', bad: badLabels });
const columns = { area: first, mean: second };
const columnBad = noNumbers.filter((v) => v !== null && v !== undefined);
const ratings = [first.slice(0, 3), second.slice(0, 3), [1, 2, 4]];
const mean = (x: readonly number[]): number => x.reduce((sum, v) => sum + v, 0) / x.length;

const doors: Readonly<Record<string, Door>> = {
  welchTTest: { call: welchTTest, good: [first, second, {}], lists: two, others: tOptions },
  studentTTest: { call: studentTTest, good: [first, second, {}], lists: two, others: tOptions },
  oneSampleTTest: {
    call: oneSampleTTest,
    good: [first, 0, {}],
    lists: [{ at: [0], name: 'the sample', anyLength: true }],
    others: [
      ...tOptions,
      {
        at: [1],
        name: 'the mean of the null hypothesis',
        bad: [...notFinite, ...noNumbers.filter((v) => v !== undefined)],
      },
    ],
  },
  pairedTTest: { call: pairedTTest, good: [first, second, {}], lists: pair, others: tOptions },
  mannWhitney: { call: mannWhitney, good: [first, second, {}], lists: two, others: [alternativeAt(2), methodAt(2)] },
  brunnerMunzel: { call: brunnerMunzel, good: [first, second, {}], lists: two, others: [alternativeAt(2)] },
  permutationTest: {
    call: permutationTest,
    good: [first, second, {}],
    lists: two,
    others: [...randomOptions, { at: [2, 'statistic'], name: 'the statistic', bad: badWord }],
  },
  signFlipTest: { call: signFlipTest, good: [first, second, { resamples: 9 }], lists: two, others: randomOptions },
  pairedPermutationTest: { call: pairedPermutationTest, good: [first, second, {}], lists: pair, others: randomOptions },
  wilcoxon: {
    call: wilcoxon,
    good: [first, second, {}],
    lists: pair,
    others: [
      ...[alternativeAt(2), methodAt(2)],
      { at: [2, 'zeros'], name: 'the treatment of zeros', bad: badWord },
      { at: [2, 'correction'], name: 'the correction', bad: [0, 1, 'true', null] },
    ],
  },
  rankBiserial: { call: rankBiserial, good: [first, second], lists: pair },
  cliffDelta: { call: cliffDelta, good: [first, second], lists: two },
  cohenD: { call: cohenD, good: [first, second], lists: two },
  cohenDPaired: { call: cohenDPaired, good: [first, second], lists: pair },
  hedgesG: { call: hedgesG, good: [first, second], lists: two },
  hedgesGInterval: {
    call: hedgesGInterval,
    good: [0.5, 4, 4, 0.95],
    others: [
      asNumber(0, 'g'),
      { at: [1], name: 'the first group', bad: [0, 1.5, ...notFinite, ...noNumbers] },
      { at: [2], name: 'the second group', bad: [0, 1.5, ...notFinite, ...noNumbers] },
      { at: [3], name: 'a confidence level', bad: badConfidence },
    ],
  },
  pearson: { call: pearson, good: [first, second, {}], lists: pair, others: tOptions },
  spearman: { call: spearman, good: [first, second, {}], lists: pair, others: tOptions },
  shapiroWilk: { call: shapiroWilk, good: [first], lists: [{ at: [0], name: 'the sample', anyLength: true }] },
  summarise: {
    call: summarise,
    good: [first],
    lists: [{ at: [0], name: 'the sample', anyLength: true, mayBeEmpty: true }],
  },
  rank: { call: rank, good: [first], lists: [{ at: [0], name: 'the sample', anyLength: true, mayBeEmpty: true }] },
  formatMeanSd: {
    call: formatMeanSd,
    good: [{ n: 3, mean: 1, sd: 2 }, 3],
    others: [
      { at: [0, 'n'], name: 'the number of values', bad: [-1, 1.5, ...notFinite, ...noNumbers] },
      { at: [0, 'mean'], name: 'the mean', bad: noNumbers },
      { at: [0, 'sd'], name: 'the SD', bad: noNumbers },
      {
        at: [1],
        name: 'the number of digits',
        bad: [-1, 1.5, 101, ...notFinite, ...noNumbers.filter((v) => v !== undefined)],
      },
    ],
  },
  formatP: {
    call: formatP,
    good: [0.5, 'table'],
    others: [asNumber(0, 'p'), { at: [1], name: 'the form of p', bad: badWord }],
  },
  bootstrap: {
    call: bootstrap,
    good: [first, mean, { resamples: 9 }],
    lists: [{ at: [0], name: 'units', anyLength: true }],
    others: [
      ...[confidenceAt(2), resamplesAt(2), seedAt(2), methodAt(2)],
      { at: [1], name: 'a function as statistic', bad: [null, undefined, 3, 'mean', {}] },
      {
        at: [1],
        name: 'a finite number for',
        bad: [() => NaN, () => Infinity, () => null, () => '1', () => 1n, () => {}],
      },
    ],
  },
  pairedBootstrap: {
    call: pairedBootstrap,
    good: [first, second, mean, { resamples: 9 }],
    lists: pair,
    others: [
      ...[confidenceAt(3), resamplesAt(3), seedAt(3), methodAt(3)],
      { at: [2], name: 'a function as statistic', bad: [null, 3, 'mean', {}] },
      { at: [2], name: 'a finite number for', bad: [() => NaN, () => Infinity, () => '1x', () => {}] },
    ],
  },
  levene: {
    call: levene,
    good: [[first, second], 'median'],
    lists: [
      { at: [0], name: 'groups', bad: [...noLists, gap], anyLength: true },
      { at: [0, 0], name: 'group 1', anyLength: true },
      { at: [0, 1], name: 'group 2', anyLength: true },
    ],
    others: [{ at: [1], name: 'the centre', bad: badWord }],
  },
  friedman: {
    call: friedman,
    good: [[first, second, [1, 2, 3, 4]]],
    lists: [
      { at: [0], name: 'methods', bad: [...noLists, gap], anyLength: true },
      { at: [0, 0], name: 'method' },
      { at: [0, 2], name: 'method 3' },
    ],
  },
  intraclassCorrelation: {
    call: intraclassCorrelation,
    good: [ratings, 'agreement', 0.95],
    lists: [
      { at: [0], name: 'ratings', bad: [...noLists, gap], anyLength: true },
      { at: [0, 0], name: 'subject' },
      { at: [0, 2], name: 'subject 3' },
    ],
    others: [
      { at: [1], name: 'the form of ICC', bad: badWord },
      { at: [2], name: 'a confidence level', bad: badConfidence },
    ],
  },
  intraclassOneWay: {
    call: intraclassOneWay,
    good: [[first, second]],
    lists: [
      { at: [0], name: 'groups', bad: [...noLists, gap], anyLength: true },
      { at: [0, 1], name: 'group', anyLength: true },
    ],
  },
  bonferroni: {
    call: bonferroni,
    good: [[0.1, 0.2, 0.3, 0.4]],
    lists: [{ at: [0], name: 'p values', anyLength: true, mayBeEmpty: true }],
  },
  holm: {
    call: holm,
    good: [[0.1, 0.2, 0.3, 0.4]],
    lists: [{ at: [0], name: 'p values', anyLength: true, mayBeEmpty: true }],
  },
  benjaminiHochberg: {
    call: benjaminiHochberg,
    good: [[0.1, 0.2, 0.3, 0.4]],
    lists: [
      { at: [0], name: 'p values', anyLength: true, mayBeEmpty: true, bad: [-0.1, 1.1, ...notFinite, ...noNumbers] },
    ],
  },
  rocCurve: { call: rocCurve, good: [first, labels], lists: [{ at: [0], name: 'the scores' }, labelsAt(1)] },
  rocAuc: {
    call: rocAuc,
    good: [first, labels, 0.95],
    lists: [{ at: [0], name: 'the scores' }, labelsAt(1)],
    others: [{ at: [2], name: 'a confidence level', bad: badConfidence }],
  },
  deLongTest: {
    call: deLongTest,
    good: [first, second, labels, 0.95],
    lists: [{ at: [0], name: 'the first scores' }, { at: [1], name: 'the second scores' }, labelsAt(2)],
    others: [{ at: [3], name: 'a confidence level', bad: badConfidence }],
  },
  compareFeatures: {
    call: compareFeatures,
    good: [columns, labels],
    lists: [
      { at: [0, 'mean'], name: 'mean', bad: columnBad },
      { at: [1], name: 'labels', bad: [0, 1, ...notFinite, ...noNumbers.filter((v) => v !== true), gap] },
    ],
    others: [{ at: [0], name: 'columns by name', bad: [null, undefined, 3, 'abc', [first]] }],
  },
  splitGroups: {
    call: splitGroups,
    good: [first, labels],
    lists: [
      { at: [0], name: 'values', bad: [] },
      { at: [1], name: 'labels', bad: [0, 1, NaN, ...noNumbers.filter((v) => v !== true), gap] },
    ],
  },
  countFound: {
    call: countFound,
    good: [compareFeatures(columns, labels), 0.05],
    others: [{ at: [1], name: 'a level', bad: badLevel }],
  },
  permuteLabels: {
    call: permuteLabels,
    good: [columns, labels, { resamples: 3, strata: [1, 1, 2, 2] }],
    lists: [
      { at: [0, 'area'], name: 'area', bad: columnBad },
      { at: [1], name: 'labels', bad: [0, 1, NaN, ...noNumbers.filter((v) => v !== true), gap] },
      { at: [2, 'strata'], name: 'strata', optional: true, bad: [...notFinite, null, undefined, true, 1n, {}, gap] },
    ],
    others: [resamplesAt(2), seedAt(2), { at: [2, 'level'], name: 'a level', bad: badLevel }],
  },
  spearmanMatrix: {
    call: spearmanMatrix,
    good: [columns],
    lists: [
      { at: [0, 'area'], name: '' },
      { at: [0, 'mean'], name: 'mean' },
    ],
  },
  clusterFeatures: {
    call: clusterFeatures,
    good: [columns, 0.8],
    lists: [{ at: [0, 'mean'], name: 'mean' }],
    others: [
      { at: [0], name: 'columns by name', bad: [null, undefined, 3, 'abc', [first]] },
      { at: [1], name: 'the least |ρ|', bad: badLevel },
    ],
  },
  averageLinkage: {
    call: averageLinkage,
    good: [
      [
        [0, 1, 2],
        [1, 0, 3],
        [2, 3, 0],
      ],
    ],
    lists: [{ at: [0], name: 'distances', bad: [...noLists, gap], anyLength: true, mayBeEmpty: true }],
    others: [{ at: [0, 1, 2], name: 'a square matrix of finite distances', bad: [...notFinite, ...noNumbers, gap] }],
  },
  cutTree: {
    call: cutTree,
    good: [
      averageLinkage([
        [0, 1],
        [1, 0],
      ]),
      2,
      0.5,
    ],
    others: [
      { at: [0], name: 'merges', bad: [...noLists, []] },
      { at: [1], name: '', bad: [-1, 1.5, 3, ...notFinite, ...noNumbers] },
      { at: [2], name: 'limit', bad: [NaN, ...noNumbers] },
    ],
  },
  chiSquareUpperTail: {
    call: chiSquareUpperTail,
    good: [1, 2],
    others: [asNumber(0, 'x'), asNumber(1, 'degrees of freedom')],
  },
  normalCdf: { call: normalCdf, good: [1], others: [asNumber(0, 'z')] },
  normalDensity: { call: normalDensity, good: [1], others: [asNumber(0, 'z')] },
  normalQuantile: { call: normalQuantile, good: [0.2], others: [asNumber(0, 'p')] },
  normalUpperTail: { call: normalUpperTail, good: [1], others: [asNumber(0, 'z')] },
  ...Object.fromEntries(
    Object.entries({ studentCdf, studentTwoSided, studentUpperTail, studentQuantile }).map(([name, call]) => [
      name,
      {
        call,
        good: [0.2, 3],
        others: [asNumber(0, name === 'studentQuantile' ? 'p' : 't'), asNumber(1, 'degrees of freedom')],
      },
    ]),
  ),
  studentP: {
    call: studentP,
    good: [1, 3, 'two-sided'],
    others: [asNumber(0, 't'), asNumber(1, 'degrees of freedom'), { at: [2], name: 'alternative', bad: badWord }],
  },
  ...Object.fromEntries(
    Object.entries({ fisherCdf, fisherUpperTail, fisherQuantile }).map(([name, call]) => [
      name,
      {
        call,
        good: [0.2, 3, 4],
        others: [
          asNumber(0, name === 'fisherQuantile' ? 'p' : 'f'),
          asNumber(1, 'degrees of freedom of the numerator'),
          asNumber(2, 'degrees of freedom of the denominator'),
        ],
      },
    ]),
  ),
};

/** What the functions above are built from, and the checks themselves: nothing reaches them that was not checked. */
const inside = [
  ...['Counter', 'checkPermutation', 'meanOf', 'welchT', 'signedRanks', 'rankTogether', 'sumOfRanks', 'tTestOf'],
  ...[
    'exactSum',
    'moments',
    'commonMoments',
    'momentsOfTwo',
    'varianceOf',
    'meanDifference',
    'meanAndSd',
    'quantileOf',
  ],
  ...['differences', 'inUnit', 'scaled', 'scaledTogether', 'sizeExponent', 'timesPower', 'pOfTails', 'shown'],
  ...['checkAlternative', 'checkBetween', 'checkColumnNames', 'checkConfidence', 'checkList', 'checkNumber'],
  ...['checkPairs', 'checkResamples', 'checkSample', 'checkSeed', 'checkTwoSamples', 'checkWhole', 'checkWord'],
];

it('every function is in this table', async () => {
  const all = [...(await exportedFunctions()), ...(await exportedFunctions('distributions'))];
  expect([...Object.keys(doors), ...inside].sort()).toEqual(all.sort());
});

describe.each(Object.entries(doors))('%s', (_, door) => {
  it('takes good values, plain and, where it takes samples, typed', () => {
    expect(() => door.call(...(door.good as never[]))).not.toThrow();
  });

  for (const { at, name, bad, anyLength, mayBeEmpty, optional } of door.lists ?? []) {
    const list = valueAt(door.good, at) as readonly unknown[];

    it(`names ${at.join('.')} and the position of a value that is none`, () => {
      const holdsLists = Array.isArray(list[0]);
      for (const value of bad ?? [...notFinite, ...noNumbers, gap])
        for (const i of [0, list.length - 1])
          expectRefusal(door, [...at, i], value, holdsLists ? [] : [name, `at position ${i}`]);
    });

    it(`names ${at.join('.')} where it is no list, is empty or of another length`, () => {
      for (const value of noLists) if (!(optional && value === undefined)) expectRefusal(door, at, value, [name]);
      if (!mayBeEmpty) expectRefusal(door, at, [], []);
      if (!anyLength) for (const value of [list.slice(1), [...list, list[0]]]) expectRefusal(door, at, value, []);
    });

    if (bad === undefined)
      it(`reads typed arrays as ${at.join('.')}, and refuses NaN and whole numbers of 64 bits in them`, () => {
        const typed = withValue(door.good, at, Float64Array.from(list as number[])) as never[];
        expect(door.call(...typed)).toEqual(door.call(...(door.good as never[])));
        const last = list.length - 1;
        const broken = Float32Array.from(list as number[]);
        broken[last] = NaN;
        expectRefusal(door, at, broken, [name, `NaN at position ${last}`]);
        expectRefusal(
          door,
          at,
          BigInt64Array.from(list, () => 1n),
          [name, '1n at position 0'],
        );
      });
  }

  for (const { at, name, bad } of door.others ?? [])
    it(`says what ${at.join('.')} may be`, () => {
      for (const value of bad) if (value !== undefined || at.length === 1) expectRefusal(door, at, value, [name]);
    });
});

describe('what is no fault', () => {
  it('no values have no summary, no p values no corrections, and no columns no features', () => {
    expect(summarise([])).toMatchObject({ n: 0, mean: NaN });
    for (const correct of [bonferroni, holm, benjaminiHochberg]) expect(correct([])).toEqual([]);
    expect(compareFeatures({}, labels).features).toEqual([]);
    expect([rank([]).tieTerm, averageLinkage([]), spearmanMatrix({})]).toEqual([0, [], []]);
  });

  it('a gap in a column leaves the feature out, by name', () => {
    for (const missing of [...notFinite, null, undefined])
      expect(compareFeatures({ a: [1, 2, missing as number, 4], b: first }, labels).leftOut).toEqual([
        { feature: 'a', reason: 'no value in 1 of 4' },
      ]);
  });

  it('units of the bootstrap may be anything but gaps', () => {
    const patients = [{ dice: 0.5 }, { dice: 0.7 }, { dice: 0.9 }];
    const dice = (units: readonly { dice: number }[]): number => mean(units.map((unit) => unit.dice));
    expect(bootstrap(patients, dice, { resamples: 20 }).estimate).toBeCloseTo(0.7, 12);
    expect(() => bootstrap([...patients, null as never], dice)).toThrow('units without gaps, found null at position 3');
  });

  it('a statistic that has no value for some resamples only is refused by their number', () => {
    const spread = (x: readonly number[]): number => (new Set(x).size > 1 ? 1 : NaN);
    expect(() => bootstrap([1, 2], spread, { resamples: 40 })).toThrow(
      /^Expected a statistic that is a finite number for every resample, found NaN for \d+ of 40$/,
    );
    for (const value of ['x', null, {}])
      expect(() => permutationTest(first, second, { statistic: () => value as never })).toThrow(
        'Expected a statistic that is a number for the samples, found',
      );
  });

  it('a distribution of NaN is NaN', () => {
    for (const value of [studentP(NaN, 3, 'less'), fisherCdf(1, NaN, 2), chiSquareUpperTail(1, NaN), normalCdf(NaN)])
      expect(value).toBeNaN();
  });
});
