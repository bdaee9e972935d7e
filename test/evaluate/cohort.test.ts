import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  casePlot,
  compareModels,
  type ModelCases,
  type ScoredCase,
  summariseCases,
  valueOf,
} from '../../lib/evaluate/cohort.ts';
import { metricInfo, metricNames, scoreMasks } from '../../lib/evaluate/metrics.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';

const shape: Vec3 = [6, 5, 4];
const size = 120;
const spacing: Vec3 = [0.8, 0.8, 2.5];
const block = (from: number, to: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => Number(i >= from && i < to));
const scored = (id: string, prediction: ArrayLike<number>, reference: ArrayLike<number>): ScoredCase => ({
  id,
  ...scoreMasks(prediction, reference, shape, spacing),
});
const empty = new Uint8Array(size);

describe('empty masks', () => {
  it('are told apart and scored as the best or the worst there is', () => {
    const [neither, missed, invented] = [
      scored('n', empty, empty),
      scored('m', empty, block(30, 60)),
      scored('i', block(30, 60), empty),
    ];
    expect([neither.outcome, missed.outcome, invented.outcome]).toEqual(['neither', 'missed', 'invented']);
    for (const metric of metricNames) {
      const { better, unit } = metricInfo[metric];
      if (better === 'higher') {
        expect(neither.values[metric], metric).toBe(1);
        if (metric !== 'specificity') expect([missed.values[metric], invented.values[metric]], metric).toEqual([0, 0]);
      } else if (better === 'lower') {
        expect(neither.values[metric], metric).toBe(0);
        expect([missed.values[metric], invented.values[metric]], metric).toEqual([Infinity, Infinity]);
        expect(unit).toBe('mm');
      }
    }
    expect(missed.values.relativeVolumeDifference).toBe(-1);
    expect(invented.values.relativeVolumeDifference).toBe(Infinity);
    expect(missed.values.volumeDifferenceMl).toBeCloseTo(-30 * 0.0016, 12);
  });

  it('never score better than any mask that has foreground, nor does a false alarm than silence', () => {
    const masks = fc.array(fc.constantFrom(0, 1), { minLength: size, maxLength: size });
    fc.assert(
      fc.property(masks, masks, (prediction, reference) => {
        fc.pre(reference.includes(1));
        const [any, none, alarm, silence] = [
          scored('a', prediction, reference),
          scored('b', empty, reference),
          scored('c', reference, empty),
          scored('d', empty, empty),
        ];
        for (const metric of metricNames) {
          const { better } = metricInfo[metric];
          if (better === 'none') continue;
          const sign = better === 'higher' ? 1 : -1;
          // Saying nothing leaves all background alone, which is all that specificity asks.
          if (metric !== 'specificity')
            expect(sign * (valueOf(metric, any) - valueOf(metric, none)), metric).toBeGreaterThanOrEqual(0);
          expect(sign * (silence.values[metric] - valueOf(metric, alarm)), metric).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a worse prediction', () => {
  it('that loses right voxels or gains wrong ones never overlaps more', () => {
    const mask = fc.array(fc.constantFrom(0, 1), { minLength: size, maxLength: size });
    fc.assert(
      fc.property(mask, mask, fc.array(fc.nat(size - 1), { maxLength: 30 }), (prediction, reference, spoilt) => {
        const worse = prediction.slice();
        for (const i of spoilt) worse[i] = reference[i] === 0 ? 1 : 0;
        const [before, after] = [scored('a', prediction, reference), scored('b', worse, reference)];
        for (const metric of ['dice', 'jaccard', 'recall', 'specificity', 'precision'] as const)
          expect(after.values[metric]).toBeLessThanOrEqual(before.values[metric]);
      }),
    );
  });

  it('that is the reference moved farther away has no smaller distance and no larger NSD', () => {
    const reference = block(0, 2);
    const moved = (step: number): ScoredCase => scored('m', block(step, step + 2), reference);
    for (const metric of metricNames) {
      const { better } = metricInfo[metric];
      if (better === 'none') continue;
      const sign = better === 'higher' ? 1 : -1;
      for (let step = 0; step < 4; step++)
        expect(
          sign * (moved(step).values[metric] - moved(step + 1).values[metric]),
          `${metric} ${step}`,
        ).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('a summary', () => {
  const cases = [
    scored('a', block(30, 60), block(30, 60)),
    scored('b', block(30, 50), block(30, 60)),
    scored('c', empty, block(30, 60)),
  ];

  it('gives means over found cases only beside the number missed', () => {
    const { outcomes, metrics } = summariseCases(cases);
    expect(outcomes).toEqual({ both: 2, missed: 1, invented: 0, neither: 0 });
    expect(metrics.dice.all.mean).toBeCloseTo((1 + 0.8 + 0) / 3, 12);
    expect(metrics.dice.found.n).toBe(2);
    expect(metrics.dice.found.mean).toBeCloseTo(0.9, 12);
    expect(metrics.hausdorffMm.all.max).toBeCloseTo(Math.hypot(6 * 0.8, 5 * 0.8, 4 * 2.5), 12);
    const [low, high] = metrics.dice.meanInterval!;
    expect(low).toBeLessThanOrEqual(metrics.dice.all.mean);
    expect(high).toBeGreaterThanOrEqual(metrics.dice.all.mean);
  });

  it('is the same for the same seed, and never improves when a found case becomes a missed one', () => {
    expect(summariseCases(cases, 3)).toEqual(summariseCases(cases, 3));
    const worse = summariseCases([cases[0], scored('b', empty, block(30, 60)), cases[2]]);
    const before = summariseCases(cases);
    expect(worse.outcomes.missed).toBe(2);
    for (const metric of metricNames) {
      const { better } = metricInfo[metric];
      if (better === 'higher' && metric !== 'specificity')
        expect(worse.metrics[metric].all.mean).toBeLessThanOrEqual(before.metrics[metric].all.mean);
      if (better === 'lower')
        expect(worse.metrics[metric].all.mean).toBeGreaterThanOrEqual(before.metrics[metric].all.mean);
    }
  });

  it('of no cases and of one case has no interval', () => {
    expect(summariseCases([]).metrics.dice.all.n).toBe(0);
    expect(summariseCases([cases[0]]).metrics.dice.meanInterval).toBeUndefined();
  });
});

describe('a comparison of models', () => {
  const model = (name: string, ends: number[]): ModelCases => ({
    name,
    cases: ends.map((end, i) => scored(`c${i}`, block(30, end), block(30, 60))),
  });
  const [good, fair, blind] = [
    model('good', [60, 59, 58, 57, 56, 60]),
    model('fair', [50, 48, 46, 44, 42, 60]),
    model('blind', [30, 30, 30, 30, 30, 30]),
  ];

  it('tells differences, wins, effect size and Holm-corrected p values', () => {
    const comparisons = compareModels('dice', [good, fair, blind]);
    expect(comparisons.map(({ first, second }) => `${first}-${second}`)).toEqual([
      'good-fair',
      'good-blind',
      'fair-blind',
    ]);
    expect(comparisons[0]).toMatchObject({ pairs: 6, better: [5, 0, 1], rankBiserial: 1 });
    expect(comparisons[0].p).toBeCloseTo(2 / 2 ** 5, 12);
    expect(comparisons[1].p).toBeCloseTo(2 / 2 ** 6, 12);
    expect(comparisons[1].pHolm).toBeCloseTo(3 * (2 / 2 ** 6), 12);
    expect(comparisons[0].meanDifference).toBeGreaterThan(0);
  });

  it('lets a model that finds nothing lose by distance too', () => {
    const [comparison] = compareModels('hd95PooledMm', [good, blind]);
    expect(comparison.better).toEqual([6, 0, 0]);
    expect(comparison.meanDifference).toBeLessThan(0);
  });

  it('refuses models with different cases', () => {
    expect(() => compareModels('dice', [good, { name: 'few', cases: good.cases.slice(1) }])).toThrow(
      'Expected the same cases of good and few, found only one has c0',
    );
  });

  it('can be plotted case by case, with gaps where there is no number', () => {
    const plot = casePlot('hausdorffMm', [good, { name: 'blind', cases: blind.cases.slice(0, 2) }]);
    expect(plot).toMatchObject({ unit: 'mm', cases: ['c0', 'c1', 'c2', 'c3', 'c4', 'c5'] });
    expect(plot.models[0].values[0]).toBe(0);
    expect(plot.models[1].values).toEqual([null, null, null, null, null, null]);
  });
});
