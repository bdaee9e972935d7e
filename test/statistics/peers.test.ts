/**
 * All tests of lib/statistics against SciPy, statsmodels, pingouin, scikit-learn and mpmath (`reference.py`), over
 * random and awkward inputs: ties, constants, two values, unequal sizes, heavy tails, tiny and huge numbers.
 */

import { mean, median } from 'simple-statistics';
import { afterAll, describe, it } from 'vitest';
import { bootstrap } from '../../lib/statistics/bootstrap.ts';
import { brunnerMunzel } from '../../lib/statistics/brunnerMunzel.ts';
import { cliffDelta } from '../../lib/statistics/cliffDelta.ts';
import { type Correlation, pearson, spearman } from '../../lib/statistics/correlation.ts';
import { chiSquareUpperTail } from '../../lib/statistics/distributions/chiSquare.ts';
import { fisherUpperTail } from '../../lib/statistics/distributions/fisherF.ts';
import { normalUpperTail } from '../../lib/statistics/distributions/normal.ts';
import { studentUpperTail } from '../../lib/statistics/distributions/studentT.ts';
import { friedman } from '../../lib/statistics/friedman.ts';
import { cohenD, hedgesG } from '../../lib/statistics/hedgesG.ts';
import { intraclassCorrelation } from '../../lib/statistics/intraclass.ts';
import { levene } from '../../lib/statistics/levene.ts';
import { mannWhitney } from '../../lib/statistics/mannWhitney.ts';
import { benjaminiHochberg, bonferroni, holm } from '../../lib/statistics/multipleTesting.ts';
import { permutationTest } from '../../lib/statistics/permutationTest.ts';
import { rankBiserial } from '../../lib/statistics/rankBiserial.ts';
import { deLongTest, rocAuc, rocCurve } from '../../lib/statistics/roc.ts';
import type { Alternative } from '../../lib/statistics/sample.ts';
import { shapiroWilk } from '../../lib/statistics/shapiroWilk.ts';
import { pairedPermutationTest } from '../../lib/statistics/signFlipTest.ts';
import { incompleteBeta } from '../../lib/statistics/special/incompleteBeta.ts';
import { summarise } from '../../lib/statistics/summary.ts';
import { type TTest } from '../../lib/statistics/tStatistic.ts';
import { oneSampleTTest, pairedTTest, studentTTest } from '../../lib/statistics/tTest.ts';
import { welchTTest } from '../../lib/statistics/welch.ts';
import { type WilcoxonOptions, wilcoxon } from '../../lib/statistics/wilcoxon.ts';
import { type ByAlternative, expectClose, printWorst, reference } from './reference.ts';

const ofT = ({ t, df, p, interval }: TTest): number[] => [t, df, p, ...interval];
const ofR = ({ r, p }: Correlation): number[] => [r, p];

/** Runs each function that the case has values for, under each alternative. */
function compare(
  found: ByAlternative,
  functions: Record<string, (alternative: Alternative) => number[]>,
  floors: Record<string, number> = {},
): void {
  for (const alternative of ['two-sided', 'less', 'greater'] as const)
    for (const [name, wanted] of Object.entries(found[alternative]))
      expectClose(name, functions[name]!(alternative), wanted, 1e-9, floors[name]);
}

afterAll(printWorst);

describe('equal to SciPy to 1e-9', () => {
  it('two independent samples', () => {
    for (const row of reference.twoSamples) {
      const { a, b } = row;
      compare(row, {
        mannWhitney: (alternative) => {
          const { u, p } = mannWhitney(a, b, { alternative });
          return [u, p];
        },
        mannWhitneyNormal: (alternative) => {
          const { u, p } = mannWhitney(a, b, { alternative, method: 'normal' });
          return [u, p];
        },
        studentTTest: (alternative) => ofT(studentTTest(a, b, { alternative })),
        welchTTest: (alternative) => ofT(welchTTest(a, b, { alternative })),
        brunnerMunzel: (alternative) => {
          const { statistic, p } = brunnerMunzel(a, b, { alternative });
          return [statistic, p];
        },
        permutationMean: (alternative) => [
          permutationTest(a, b, { alternative, statistic: 'mean', resamples: 1000 }).p,
        ],
      });
      expectClose('cliffDelta', [cliffDelta(a, b)], [row.cliffDelta], 1e-9, 1e-3);
      if (row.cohenD !== undefined) expectClose('cohenD', [cohenD(a, b)], [row.cohenD]);
      if (row.hedgesG !== undefined) expectClose('hedgesG', [hedgesG(a, b)], [row.hedgesG]);
    }
  });

  it('paired samples', () => {
    for (const row of reference.pairs) {
      const { a, b } = row;
      const signedRank =
        (options: WilcoxonOptions) =>
        (alternative: Alternative): number[] => {
          const { statistic, p } = wilcoxon(a, b, { ...options, alternative });
          return [statistic, p];
        };
      const wilcoxonKinds = Object.fromEntries(
        (['wilcox', 'pratt'] as const).flatMap((zeros) => [
          [`wilcoxon-${zeros}`, signedRank({ zeros })],
          [`wilcoxon-${zeros}-normal`, signedRank({ zeros, method: 'normal' })],
          [`wilcoxon-${zeros}-normal-corrected`, signedRank({ zeros, method: 'normal', correction: true })],
        ]),
      );
      compare(
        row,
        {
          ...wilcoxonKinds,
          pairedTTest: (alternative) => ofT(pairedTTest(a, b, { alternative })),
          oneSampleTTest: (alternative) => ofT(oneSampleTTest(a, 0.5, { alternative })),
          pearson: (alternative) => ofR(pearson(a, b, { alternative })),
          spearman: (alternative) => ofR(spearman(a, b, { alternative })),
          pairedPermutation: (alternative) => [pairedPermutationTest(a, b, { alternative }).p],
        },
        { pearson: 1e-12, spearman: 1e-12 },
      );
      expectClose('rankBiserial', [rankBiserial(a, b)], [row.rankBiserial]);
      if (row.pearsonInterval) expectClose('pearson interval', pearson(a, b).interval, row.pearsonInterval);
      if (row.spearmanInterval) expectClose('spearman interval', spearman(a, b).interval, row.spearmanInterval);
    }
  });

  it('several groups, one sample, many p values', () => {
    for (const { groups, levene: wanted, scores, friedman: ranked } of reference.groups) {
      for (const centre of ['median', 'mean'] as const) {
        const { f, p } = levene(groups, centre);
        expectClose(`levene ${centre}`, [f, p], wanted[centre]);
      }
      const { chiSquare, p } = friedman(scores);
      expectClose('friedman', [chiSquare, p], ranked);
    }
    for (const { x, shapiroWilk: wanted, summary } of reference.oneSample) {
      const { w, p } = shapiroWilk(x);
      expectClose('shapiroWilk', [w, p], wanted, 1e-9, x.length === 3 ? 1e-4 : 0);
      const s = summarise(x);
      expectClose('summarise', [s.mean, s.sd, s.lowerQuartile, s.median, s.upperQuartile, s.min, s.max], summary);
    }
    for (const row of reference.pValues)
      for (const [name, correct] of Object.entries({ bonferroni, holm, benjaminiHochberg }))
        expectClose(name, correct(row.p), row[name as 'holm']);
  });
});

describe('equal to its definition and to other packages to 1e-9', () => {
  it('ROC curve and AUC of scikit-learn, and DeLong by every positive against every negative', () => {
    for (const { first, second, labels, points, ...wanted } of reference.roc) {
      const { auc, standardError, interval } = rocAuc(first, labels);
      expectClose(
        'rocAuc',
        [auc, standardError, ...interval],
        [wanted.auc, wanted.standardError, ...wanted.interval],
        1e-9,
        1e-6,
      );
      expectClose(
        'rocCurve',
        rocCurve(first, labels).flatMap((p) => [p.threshold, p.falsePositiveRate, p.truePositiveRate]),
        points.flat(),
      );
      const test = deLongTest(first, second, labels);
      expectClose('deLongTest', [test.difference, test.standardError, test.z, test.p], wanted.deLong, 1e-9, 1e-6);
    }
  });

  it('intraclass correlation of pingouin', () => {
    for (const { ratings, f: wanted, ...forms } of reference.ratings) {
      for (const form of ['agreement', 'consistency'] as const) {
        const { icc, interval, f, df1, df2, p } = intraclassCorrelation(ratings, form);
        expectClose(`intraclass ${form}`, [icc, ...interval], forms[form], 1e-9, 1e-3);
        expectClose('intraclass F', [f, df1, df2, p], wanted);
      }
    }
  });

  it("SciPy's bootstrap on the same random numbers", () => {
    const statistics = { mean, median, mean_square: (x: number[]) => mean(x.map((value) => value ** 2)) };
    for (const { x, statistic, seed, ...wanted } of reference.bootstrap)
      for (const method of ['percentile', 'bca'] as const) {
        const { interval, standardError } = bootstrap(x, (units) => statistics[statistic]([...units]), {
          method,
          seed,
          resamples: 199,
          confidence: 0.9,
        });
        if (wanted[method]) expectClose(`bootstrap ${method}`, [...interval, standardError], wanted[method]);
      }
  });
});

describe('equal to mpmath', () => {
  it('distributions to 1e-12, down to tails of 1e-300', () => {
    const functions: Record<string, (...x: number[]) => number> = {
      studentUpperTail,
      fisherUpperTail,
      chiSquareUpperTail,
      normalUpperTail,
      incompleteBeta,
    } as Record<string, (...x: number[]) => number>;
    for (const [name, rows] of Object.entries(reference.distributions))
      for (const row of rows) expectClose(name, [functions[name]!(...row.slice(0, -1))], row.slice(-1), 1e-12);
  });

  it('everything made of means and variances, of values near 1e8, to 1e-6', () => {
    for (const row of reference.offset) {
      const [a, b, c] = [row.a!, row.b!, row.c!];
      const ofTP = ({ t, df, p }: TTest): number[] => [t, df, p];
      const found = {
        studentTTest: ofTP(studentTTest(a, b)),
        welchTTest: ofTP(welchTTest(a, b)),
        pairedTTest: ofTP(pairedTTest(a, c)),
        cohenD: [cohenD(a, b)],
        hedgesG: [hedgesG(a, b)],
        pearson: [pearson(a, c).r],
        summary: [summarise(a).mean, summarise(a).sd],
      };
      for (const [name, values] of Object.entries(found))
        expectClose(`${name} near 1e8`, values, [row[name as keyof typeof row]!].flat(), 1e-6);
      for (const [centre, wanted] of [
        ['mean', row.leveneMean],
        ['median', row.leveneMedian],
      ] as const) {
        const { f, p } = levene([a, b], centre);
        if (wanted) expectClose(`levene ${centre} near 1e8`, [f, p], wanted, 1e-6);
      }
    }
    for (const { ratings, ...wanted } of reference.offsetRatings)
      for (const form of ['agreement', 'consistency'] as const)
        expectClose('intraclass near 1e8', [intraclassCorrelation(ratings, form).icc], [wanted[form]], 1e-6);
  });
});
