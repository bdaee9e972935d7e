/** Scores of patients and their mean ± SD. */
import { describe, expect, it } from 'vitest';
import { overlapScores } from '../../lib/evaluate/overlap.ts';
import { titleOf } from '../../lib/figures/figure.ts';
import { metricsByPatient, spread } from '../../lib/figures/metricsByPatient.ts';
import { named, texts } from './readFigure.ts';

describe('metricsByPatient', () => {
  const patient = (name: string, tp: number) => {
    const counts = { tp, fp: 10 - tp, fn: 10 - tp, tn: 80 };
    return { patient: name, slices: 3, counts, scores: overlapScores(counts) };
  };

  it('show each patient and mean ± SD, for both scopes', () => {
    const figure = metricsByPatient({
      volume: [patient('a', 6), patient('b', 8)],
      pancreas: [patient('a', 8), patient('b', 10)],
    });
    expect(named(figure, 'Whole volume')[0]!.y.slice(0, 4)).toEqual([0.6, 0.8, 6 / 14, 8 / 12]); // DSC, then Jaccard
    expect(named(figure, 'Whole volume: mean ± SD')[0]!.y[0]).toBeCloseTo(0.7, 12);
    expect(named(figure, 'Whole volume: mean ± SD')[0]!.error_y.array[0]).toBeCloseTo(Math.SQRT2 / 10, 12);
    expect(texts(figure)[0]).toBe('0.700<br>±0.141');
    expect(texts(figure)).toHaveLength(8);
  });

  it('leave out the SD of one patient, and a scope without patients', () => {
    const figure = metricsByPatient({ volume: [patient('a', 6)], pancreas: [] });
    expect(texts(figure)).toEqual(['0.600', '0.429', '0.600', '0.600']);
    expect(titleOf(figure)).toBe('Overlap of prediction and label in 1 patient');
    expect(named(figure, 'Slices with pancreas')).toEqual([]);
  });

  it('begin at the tenth below the lowest point or bar', () => {
    // DSC, precision and recall 0.9, Jaccard 9 / 11 = 0.82
    const one = metricsByPatient({ volume: [patient('a', 9)], pancreas: [] });
    expect((one.layout.yaxis as { range: number[] }).range[0]).toBeCloseTo(0.78, 12);
    // Jaccard 6 / 14 and 10 / 10: mean 0.714, SD 0.404, so a bar ends at 0.31, below the points
    const two = metricsByPatient({ volume: [patient('a', 6), patient('b', 10)], pancreas: [] });
    expect((two.layout.yaxis as { range: number[] }).range[0]).toBeCloseTo(0.28, 12);
  });

  it('without data says so in one sentence', () => {
    const figure = metricsByPatient({ volume: [], pancreas: [] });
    expect(figure.data).toEqual([]);
    expect(titleOf(figure)).not.toBe('');
    expect(texts(figure)).toEqual([expect.stringMatching(/^[A-Z].*\.$/)]);
  });
});

describe('spread', () => {
  it('places points evenly around their place', () => {
    expect(spread(3, 0.2)).toEqual([-0.1, 0, 0.1]);
    expect(spread(1, 0.2)).toEqual([0]);
    expect(spread(0, 0.2)).toEqual([]);
  });
});
