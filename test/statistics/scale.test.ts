/**
 * No statistic depends on the unit of its values: results of values times a power of two are the same bits, those of
 * values times a power of ten the same to 1e-12, down to 1e-300 and up to 1e300, where squares are no doubles any more.
 */
import { describe, expect, it } from 'vitest';
import { Random } from '../../lib/random.ts';
import { bootstrap, pairedBootstrap } from '../../lib/statistics/bootstrap.ts';
import { brunnerMunzel } from '../../lib/statistics/brunnerMunzel.ts';
import { cliffDelta } from '../../lib/statistics/cliffDelta.ts';
import { averageLinkage, clusterFeatures, spearmanMatrix } from '../../lib/statistics/clustering.ts';
import { compareFeatures } from '../../lib/statistics/compareFeatures.ts';
import { pearson, spearman } from '../../lib/statistics/correlation.ts';
import { friedman } from '../../lib/statistics/friedman.ts';
import { cohenD, cohenDPaired, hedgesG } from '../../lib/statistics/hedgesG.ts';
import { intraclassCorrelation } from '../../lib/statistics/intraclass.ts';
import { intraclassOneWay } from '../../lib/statistics/intraclassOneWay.ts';
import { permuteLabels } from '../../lib/statistics/labelPermutation.ts';
import { levene } from '../../lib/statistics/levene.ts';
import { mannWhitney } from '../../lib/statistics/mannWhitney.ts';
import { commonMoments, momentsOfTwo } from '../../lib/statistics/moments.ts';
import { permutationTest } from '../../lib/statistics/permutationTest.ts';
import { rankBiserial } from '../../lib/statistics/rankBiserial.ts';
import { rank } from '../../lib/statistics/ranks.ts';
import { deLongTest, rocAuc, rocCurve } from '../../lib/statistics/roc.ts';
import { scaled, timesPower } from '../../lib/statistics/scale.ts';
import { shapiroWilk } from '../../lib/statistics/shapiroWilk.ts';
import { pairedPermutationTest, signFlipTest } from '../../lib/statistics/signFlipTest.ts';
import { summarise } from '../../lib/statistics/summary.ts';
import { type TTest } from '../../lib/statistics/tStatistic.ts';
import { oneSampleTTest, pairedTTest, studentTTest } from '../../lib/statistics/tTest.ts';
import { welchTTest } from '../../lib/statistics/welch.ts';
import { wilcoxon } from '../../lib/statistics/wilcoxon.ts';
import { expectRelative } from './close.ts';

/** Three samples of the same length, and a fourth of another. */
interface Data {
  readonly a: number[];
  readonly b: number[];
  readonly c: number[];
  readonly d: number[];
}

/** The numbers of a result that have no unit, and those in the unit of the values. */
interface Result {
  readonly free?: unknown;
  readonly inUnit?: readonly number[];
}

const mean = (x: readonly number[]): number => x.reduce((sum, v) => sum + v / x.length, 0);
const ofT = ({ t, df, p, estimate, interval }: TTest): Result => ({
  free: [t, df, p],
  inUnit: [estimate, ...interval],
});
const isFirst = (values: readonly number[]): boolean[] => values.map((_, i) => i % 2 === 0);
const few = { resamples: 99 };

/** All statistics of values with a unit; `unit` is what 1 has become. */
const statistics: Readonly<Record<string, (data: Data, unit: number) => Result>> = {
  welchTTest: ({ a, d }) => ofT(welchTTest(a, d)),
  studentTTest: ({ a, d }) => ofT(studentTTest(a, d)),
  oneSampleTTest: ({ a }, unit) => ofT(oneSampleTTest(a, 0.25 * unit)),
  pairedTTest: ({ a, b }) => ofT(pairedTTest(a, b, { alternative: 'less' })),
  mannWhitney: ({ a, d }) => ({ free: mannWhitney(a, d) }),
  brunnerMunzel: ({ a, d }) => ({ free: brunnerMunzel(a, d) }),
  "permutationTest of Welch's t": ({ a, d }) => ({ free: permutationTest(a, d, few) }),
  'permutationTest of means': ({ a, d }) => {
    const { statistic, ...free } = permutationTest(a, d, { ...few, statistic: 'mean' });
    return { free, inUnit: [statistic] };
  },
  signFlipTest: ({ a, d }) => ({ free: signFlipTest(a, d, few) }),
  pairedPermutationTest: ({ a, b }) => {
    const { statistic, ...free } = pairedPermutationTest(a, b, few);
    return { free, inUnit: [statistic] };
  },
  wilcoxon: ({ a, b }) => ({ free: wilcoxon(a, b) }),
  rankBiserial: ({ a, b }) => ({ free: rankBiserial(a, b) }),
  friedman: ({ a, b, c }) => ({ free: friedman([a, b, c]) }),
  shapiroWilk: ({ a }) => ({ free: shapiroWilk(a) }),
  'levene about medians': ({ a, b, d }) => ({ free: levene([a, b, d]) }),
  'levene about means': ({ a, b, d }) => ({ free: levene([a, b, d], 'mean') }),
  cohenD: ({ a, d }) => ({ free: cohenD(a, d) }),
  cohenDPaired: ({ a, b }) => ({ free: cohenDPaired(a, b) }),
  hedgesG: ({ a, d }) => ({ free: hedgesG(a, d) }),
  cliffDelta: ({ a, d }) => ({ free: cliffDelta(a, d) }),
  pearson: ({ a, b }) => ({ free: pearson(a, b) }),
  'pearson of one side': ({ a }, unit) => ({
    free: pearson(
      a,
      a.map((v, i) => v / unit + i),
    ),
  }),
  spearman: ({ a, b }) => ({ free: spearman(a, b) }),
  'intraclassCorrelation, agreement': ({ a, b, c }) => ({ free: intraclassCorrelation([a, b, c], 'agreement') }),
  'intraclassCorrelation, consistency': ({ a, b, c }) => ({ free: intraclassCorrelation([a, b, c], 'consistency') }),
  intraclassOneWay: ({ a, b, d }) => ({ free: intraclassOneWay([a, b, d]) }),
  rocAuc: ({ a }) => ({ free: rocAuc(a, isFirst(a)) }),
  rocCurve: ({ a }) => ({ inUnit: rocCurve(a, isFirst(a)).map(({ threshold }) => threshold) }),
  deLongTest: ({ a, b }) => ({ free: deLongTest(a, b, isFirst(a)) }),
  rank: ({ a }) => ({ free: rank(a) }),
  summarise: ({ a }) => {
    const { n, ...inUnit } = summarise(a);
    return { free: n, inUnit: Object.values(inUnit) };
  },
  'bootstrap, bca': ({ a }) => {
    const { estimate, interval, standardError } = bootstrap(a, mean, few);
    return { inUnit: [estimate, ...interval, standardError] };
  },
  'bootstrap, percentile': ({ a }) => {
    const { estimate, interval, standardError } = bootstrap(a, mean, { ...few, method: 'percentile' });
    return { inUnit: [estimate, ...interval, standardError] };
  },
  pairedBootstrap: ({ a, b }) => {
    const { estimate, interval, standardError } = pairedBootstrap(a, b, undefined, few);
    return { inUnit: [estimate, ...interval, standardError] };
  },
  compareFeatures: ({ a, b }) => ({ free: compareFeatures({ a, b }, isFirst(a)) }),
  permuteLabels: ({ a, b }) => ({ free: permuteLabels({ a, b }, isFirst(a), { resamples: 19, level: 0.3 }) }),
  spearmanMatrix: ({ a, b, c }) => ({ free: spearmanMatrix({ a, b, c }) }),
  clusterFeatures: ({ a, b, c }) => ({ free: clusterFeatures({ a, b, c }, 0.3) }),
  averageLinkage: ({ a }) => {
    const merges = averageLinkage(a.map((x) => a.map((y) => Math.abs(x - y))));
    return { free: merges.map(({ left, right }) => [left, right]), inUnit: merges.map(({ distance }) => distance) };
  },
};

/** Numbers in any nesting, one after another. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

const times = (data: Data, factor: number): Data => ({
  ...data,
  ...Object.fromEntries(Object.entries(data).map(([name, values]) => [name, values.map((v: number) => v * factor)])),
});

const random = Random.stream(1, 'scale');
const samples = (n: number, draw: () => number): Data => {
  const list = (length: number): number[] => Array.from({ length }, draw);
  return { a: list(n), b: list(n), c: list(n), d: list(n - 2) };
};
const normal = (): number => random.normal(1, 2);
const continuous = [4, 5, 6, 9, 14].map((n) => samples(n, normal));
const tied = [4, 6, 9].map((n) => samples(n, () => random.integer(7)));
const skew = [5, 8].map((n) => samples(n, () => Math.exp(3 * random.normal())));
const far = [6].map((n) => samples(n, () => 1e6 + random.normal()));

describe.each(Object.entries(statistics))('%s', (_, statistic) => {
  it.each([-900, -540, -512, -300, -1, 1, 10, 511, 540, 900])('is the same to the bit in units of 2^%i', (power) => {
    const unit = 2 ** power;
    for (const data of [...continuous, ...tied, ...skew, ...far]) {
      const [plain, moved] = [statistic(data, 1), statistic(times(data, unit), unit)];
      expect(moved.free).toEqual(plain.free);
      expect(moved.inUnit).toEqual(plain.inUnit?.map((value) => value * unit));
    }
  });

  it.each([1e-300, 1e-200, 1e-162, 1e-154, 1e-3, 1e3, 1e154, 1e200, 1e300])(
    'is the same to 1e-12 in units of %d',
    (unit) => {
      for (const data of continuous) {
        const [plain, moved] = [statistic(data, 1), statistic(times(data, unit), unit)];
        const [before, after] = [numbersIn(plain.free), numbersIn(moved.free)];
        expect(after).toHaveLength(before.length);
        after.forEach((value, i) => expectNear(value, before[i]!));
        moved.inUnit?.forEach((value, i) => expectNear(value / unit, plain.inUnit![i]!));
      }
    },
  );
});

/** Equal to 1e-12 of the size of the value, or of 0.01 where differences of the values cancel. */
function expectNear(found: number, wanted: number): void {
  if (Object.is(found, wanted) || found === wanted) return;
  expect(Math.abs(found - wanted), `${found} instead of ${wanted}`).toBeLessThan(
    1e-12 * Math.max(0.01, Math.abs(wanted)),
  );
}

describe('values whose squares are no doubles', () => {
  const at = (unit: number, ...values: number[]): number[] => values.map((v) => v * unit);

  it('have the correlation and the t test that mpmath 1.3.0 finds with 80 digits', () => {
    for (const unit of [1e-300, 1e-162, 1, 1e300]) {
      const { r, p } = pearson(at(unit, 1, 2, 5, 3), [1, 2, 3, 4]);
      expectRelative(r, 0.680336051416609, 1e-14);
      expectRelative(p, 0.3196639485833909, 1e-13);
      const test = welchTTest(at(unit, 1, 2, 5), at(unit, 1, 4, 6));
      expectRelative(test.t, -0.5303300858899107, 1e-14);
      expectRelative(test.df, 3.8641509433962264, 1e-14);
      expectRelative(test.p, 0.6248896363709124, 1e-13);
    }
  });

  it('are as normal as SciPy 1.17.1 finds them at 1', () => {
    for (const unit of [1e-300, 1, 1e300]) {
      const { w, p } = shapiroWilk(at(unit, 1, 2, 5, 3, 9));
      expectRelative(w, 0.9124006561391406, 1e-12);
      expectRelative(p, 0.48215053005116, 1e-11);
    }
  });

  it('may lie so far apart that their differences are no doubles either (mpmath 1.3.0)', () => {
    const wide = welchTTest([1e308, -1e308, 1.5e308], [1e308, 1.7e308, 1.6e308]);
    expectRelative(wide.t, -1.1748539016153647, 1e-14);
    expectRelative(wide.p, 0.34627932092133956, 1e-13);
    const pairs = [
      [1.5e308, 1e308, 1e308],
      [-1e308, -1.2e308, -1.7e308],
    ] as const;
    const { t, p, estimate } = pairedTTest(...pairs);
    expectRelative(t, 16.97676430642157, 1e-14);
    expectRelative(p, 0.0034517316180370464, 1e-13);
    expect([estimate, wilcoxon(...pairs).positive, rankBiserial(...pairs)]).toEqual([Infinity, 6, 1]);
    expect(summarise([-1.7e308, 1.7e308])).toMatchObject({ mean: 0, median: 0, lowerQuartile: -8.5e307 });
  });

  it.each([
    // The values of SciPy 1.17.1 for the same samples near 1, without the offset; at these sizes it finds NaN, 0 or ∞.
    {
      name: 'whole multiples of the smallest double',
      samples: [
        [5e-324, 1e-323, 4e-323, 2e-323],
        [5e-324, 5e-324, 3e-323],
      ],
      welch: [0.4762831485407527, 0.6554578808149472],
      paired: [1.7320508075688774, 0.22540333075851665],
      r: 0.9912407071619304,
      mean: [0.0006388959877332128, 0.9808122768058188],
      median: [0.10638297872340424, 0.7575093876521791],
      w: 0.75,
    },
    {
      name: 'numbers up to the largest double',
      samples: [
        [1e308, 1.5e308, -1e308, 0.2e308],
        [1.7e308, -1.7e308, 0.1e308],
      ],
      welch: [0.34868426176650785, 0.7488984544489821],
      paired: [0.34025111466057145, 0.7660811366786935],
      r: -0.22220393458509116,
      mean: [0.3566894703434658, 0.5763659786919989],
      median: [0.2796274357612646, 0.6195692143563638],
      w: 0.998847926267281,
    },
    {
      name: 'numbers beside an offset of 1e15',
      samples: [
        [1e15 + 1, 1e15 + 2, 1e15 + 4, 1e15 + 3],
        [1e15 + 2, 1e15 + 6, 1e15 + 5],
      ],
      welch: [-1.3438638879193572, 0.26770372183211105],
      paired: [-2, 0.18350341907227397],
      r: 0.576556660197055,
      mean: [1.0989010989010994, 0.3425123084511614],
      median: [0.1680672268907562, 0.6988091971041711],
      w: 0.9230769230769227,
    },
  ])('$name keep their tests', ({ samples: [a, b], ...wanted }) => {
    const near = (found: readonly number[], all: readonly number[]) =>
      all.forEach((value, i) => expectRelative(found[i]!, value, 1e-11));
    const [welch, paired] = [welchTTest(a!, b!), pairedTTest(a!.slice(0, 3), b!)];
    near([welch.t, welch.p], wanted.welch);
    near([paired.t, paired.p], wanted.paired);
    near([pearson(a!.slice(0, 3), b!).r, shapiroWilk(b!).w], [wanted.r, wanted.w]);
    const [mean, median] = [levene([a!, b!], 'mean'), levene([a!, b!])];
    near([mean.f, mean.p], wanted.mean);
    near([median.f, median.p], wanted.median);
  });

  it('of all sizes at once are tested as mpmath 1.4.1 does with 400 digits', () => {
    const [a, b] = [
      [1e-300, 1, 1e300, 3],
      [2, 1e150, -1e-200],
    ];
    const { t, df, p } = welchTTest(a, b);
    expectRelative(t, 1, 1e-14);
    expectRelative(df, 3, 1e-14);
    expectRelative(p, 0.39100221895577064, 1e-13);
    expectRelative(levene([a, b], 'mean').f, 6.4285714285714286, 1e-13);
  });

  it('may leave the doubles where they are added up: the bootstrap still has its interval', () => {
    const values = [1, 1.5, 1.2, 1.7, 0.9];
    const middle = (units: readonly number[]): number => units.toSorted((x, y) => x - y)[units.length >> 1]!;
    const [plain, huge] = [1, 2 ** 1023].map((unit) =>
      bootstrap(
        values.map((v) => v * unit),
        middle,
        few,
      ),
    );
    expect(huge!.interval).toEqual(plain!.interval.map((v) => v * 2 ** 1023));
    const wide = bootstrap([-1.7e308, -1.6e308, 1.7e308, 1.5e308], middle, few);
    expect(wide.interval.every(Number.isFinite)).toBe(true);
  });

  it('are the same in typed arrays, whose own arithmetic would overflow (SciPy 1.17.1)', () => {
    expectRelative(levene([Uint8Array.of(1, 2, 3), Uint8Array.of(3, 1, 200)]).p, 0.37173846612690514, 1e-12);
    const bytes = [Int8Array.of(100, 120, -100), Int16Array.of(32000, 32100, -32000)] as const;
    expectRelative(pearson(...bytes).p, 0.051528154430637164, 1e-12);
    expectRelative(welchTTest(Int32Array.of(1, 2, 5), Uint8Array.of(1, 4, 6)).p, 0.6248896363709124, 1e-13);
  });

  it('may stand beside values of ordinary size (mpmath 1.3.0)', () => {
    const { t, df, p } = welchTTest([1e160, 1e160], [1, 2]);
    expectRelative(t, 2e160, 1e-15);
    expectRelative(df, 1, 1e-15);
    expectRelative(p, 3.1830988618379067e-161, 1e-13);
    expect(oneSampleTTest([1e-200, 3e-200], 1e100).t).toBe(-1e300);
    expect(
      levene([
        [1e250, 1e250, 1e250],
        [1, 2, 4],
        [1, 5, 3],
      ]).f,
    ).toBeCloseTo(
      levene([
        [0, 0, 0],
        [1, 2, 4],
        [1, 5, 3],
      ]).f,
      12,
    );
    // the tiny group counts nothing beside the other
    expectRelative(cohenD([1, 2, 3], [1e-200, 3e-200]), cohenD([1, 2, 3], [0, 0]), 1e-14);
  });
});

describe('powers of two', () => {
  it('are taken exactly, in steps where they are no doubles', () => {
    expect([timesPower(3, -1074), timesPower(2 ** -1074, 2090), timesPower(1, 2000), timesPower(5, 0)]).toEqual([
      3 * 2 ** -1074,
      2 ** 1016,
      Infinity,
      5,
    ]);
    expect(scaled([0, 0])).toEqual({ values: Float64Array.of(0, 0), exponent: 0 });
    expect(scaled([-12, 3])).toEqual({ values: Float64Array.of(-1.5, 0.375), exponent: 3 });
    expect(scaled([]).values).toHaveLength(0);
  });

  it('are that of the largest spread where samples are measured together', () => {
    const { moments, exponent } = momentsOfTwo([0, 2 ** 600], [1, 1]);
    expect(timesPower(moments[0].mean, exponent)).toBe(2 ** 599);
    expect(moments[1]).toMatchObject({ n: 2, squares: 0 });
    expect(commonMoments([{ values: [0, 0], exponent: 0 }])).toEqual({
      moments: [{ n: 2, mean: 0, meanRest: 0, squares: 0 }],
      exponent: 0,
    });
  });
});
