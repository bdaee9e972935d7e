import { describe, expect, it } from 'vitest';
import { type Figure, titleOf } from '../../../lib/figures/figure.ts';
import { clusterFeatures } from '../../../lib/statistics/clustering.ts';
import type { FeatureComparison, GroupComparison } from '../../../lib/statistics/compareFeatures.ts';
import { correctionSteps } from '../../../notebooks/lessons/figures/correctionSteps.ts';
import { correlationHeatMap } from '../../../notebooks/lessons/figures/correlationHeatMap.ts';
import { effectScatter } from '../../../notebooks/lessons/figures/effectScatter.ts';
import { forestPlot } from '../../../notebooks/lessons/figures/forestPlot.ts';
import { foundFeatures } from '../../../notebooks/lessons/figures/foundFeatures.ts';
import { foundShares } from '../../../notebooks/lessons/figures/foundShares.ts';
import { groupDistributions } from '../../../notebooks/lessons/figures/groupDistributions.ts';
import { permutationHistogram } from '../../../notebooks/lessons/figures/permutationHistogram.ts';
import { powerCurves } from '../../../notebooks/lessons/figures/powerCurves.ts';
import { rocCurves } from '../../../notebooks/lessons/figures/rocCurves.ts';
import { stabilityPlot } from '../../../notebooks/lessons/figures/stabilityPlot.ts';
import { unitOfAnalysis } from '../../../notebooks/lessons/figures/unitOfAnalysis.ts';

type Loose = Record<string, any>;
const traces = (figure: Figure): Loose[] => figure.data as Loose[];
const texts = (figure: Figure): string[] => ((figure.layout.annotations ?? []) as Loose[]).map((a) => a.text as string);
const feature = (name: string, g: number, welchP: number, bhP: number, holmP: number): FeatureComparison => ({
  feature: name,
  g,
  gInterval: [g - 1, g + 1],
  delta: 0,
  welchP,
  mannWhitneyP: welchP,
  bhP,
  holmP,
});
const comparison: GroupComparison = {
  features: [
    feature('weak', 0.2, 0.6, 0.7, 1),
    feature('orange', -0.9, 0.03, 0.06, 0.3),
    feature('blue', 1.4, 0.002, 0.01, 0.06),
    feature('red', 2.1, 1e-6, 1e-5, 1e-4),
  ],
  leftOut: [],
  n: [8, 9],
};
const title = 'A title';

describe('every radiomics figure without data', () => {
  const rates = { slices: 0, patients: 0, runs: 1, slicesPerPatient: 1 };
  const empty: Record<string, Figure> = {
    correctionSteps: correctionSteps({ features: [], leftOut: [], n: [2, 2] }, { title }),
    groupDistributions: groupDistributions([], { title }),
    correlationHeatMap: correlationHeatMap(clusterFeatures({}), { title }),
    rocCurves: rocCurves([], [], { title }),
    effectScatter: effectScatter([], { title, x: '', y: '', unit: 'none', kinds: [] }),
    foundFeatures: foundFeatures([], { title }),
    foundShares: foundShares([], { title }),
    forestPlot: forestPlot([], { title, x: 'g', unit: 'SD', nothingAt: 0 }),
    permutationHistogram: permutationHistogram([], 1, { title, x: '', unit: 'number', p: 1 }),
    powerCurves: powerCurves([], { title, plain: 1 }),
    stabilityPlot: stabilityPlot([], { title, limit: 0.75 }),
    unitOfAnalysis: unitOfAnalysis({ first: [], second: [], p: { slices: 1, patients: 1 } }, [], rates, {
      title,
      y: '',
      unit: 'HU',
    }),
  };
  it.each(Object.entries(empty))('%s says so in one sentence', (_, figure) => {
    expect(figure.data).toEqual([]);
    expect(titleOf(figure)).toBe(title);
    expect(texts(figure)[0]).toMatch(/^[A-Z].*\.$/);
  });
});

describe('what correction leaves', () => {
  const figure = correctionSteps(comparison, { title, name: (f) => f.toUpperCase() });
  const marks = traces(figure).filter((t) => t.mode === 'markers');

  it('puts each feature at its rank and p, in the look of the strictest correction it passes', () => {
    expect(marks.map((t) => [t.name, t.x, t.y])).toEqual([
      ['p > 0.05 (1)', [4], [0.6]],
      ['p ≤ 0.05, not after correction (1)', [3], [0.03]],
      ['also after Benjamini-Hochberg (1)', [2], [0.002]],
      ['also after Holm (1)', [1], [1e-6]],
    ]);
  });

  it('draws what each rule asks at each rank', () => {
    const [none, bh, holm] = traces(figure).map((t) => t.y.map((p: number) => Number(p.toFixed(6))));
    expect(none).toEqual([0.05, 0.05, 0.05, 0.05]);
    expect(bh).toEqual([0.0125, 0.025, 0.0375, 0.05]); // 0.05 times rank over 4
    expect(holm).toEqual([0.0125, 0.016667, 0.025, 0.05]); // 0.05 over 4, 3, 2, 1
  });

  it('names the strongest with their effects, each with a line to its point', () => {
    expect(texts(figure).slice(0, 3)).toEqual(['RED: g 2.10', 'BLUE: g 1.40', 'ORANGE: g −0.90']);
    const [red] = figure.layout.annotations as Loose[];
    expect([red!.x, red!.y]).toEqual([1, -6]); // rank 1, log₁₀ of its p
  });
});

describe('the curves of power', () => {
  const points = (found: number[]) => found.map((f, i) => ({ patients: 10 * 2 ** i, found: f, error: 2 }));
  const curves = [
    { name: 'a', points: points([20, 60]) },
    { name: 'b', points: points([21, 61]) },
    { name: 'b, corrected', points: points([5, 30]) },
  ];
  const figure = powerCurves(
    [
      { title: 'large', aim: 80, curves },
      { title: 'none', curves },
    ],
    { title, plain: 2 },
  );

  it('have a panel each, one legend for all, and errors of 95 per cent', () => {
    const lines = traces(figure).filter((t) => t.name);
    expect(lines.map((t) => [t.name, t.showlegend, t.xaxis])).toEqual([
      ['a', true, 'x'],
      ['b', true, 'x'],
      ['b, corrected', true, 'x'],
      ['a', false, 'x2'],
      ['b', false, 'x2'],
      ['b, corrected', false, 'x2'],
    ]);
    expect([lines[0]!.x, lines[0]!.y, lines[0]!.error_y.array]).toEqual([
      [10, 20],
      [20, 60],
      [3.92, 3.92],
    ]);
    expect((figure.layout.xaxis as Loose).ticktext).toEqual(['10', '20']);
  });

  it('draw the aim where there is one, tests alone in one colour and corrections in others', () => {
    expect(
      traces(figure)
        .filter((t) => !t.name)
        .map((t) => [t.xaxis, t.y]),
    ).toEqual([['x', [80, 80]]]);
    const [a, b, corrected] = traces(figure).map((t) => t.line);
    expect([a!.color === b!.color, a!.dash === b!.dash, a!.color === corrected!.color]).toEqual([true, false, false]);
  });
});

describe('the other radiomics figures', () => {
  it('draw every value of every group', () => {
    const panels = [1, 2, 3, 4].map((k) => ({
      title: `f${k}`,
      groups: [
        { name: 'ill', values: [k, 2, 3] },
        { name: 'well', values: [4, 5] },
      ],
      ...(k === 1 && { unit: 'mm³' }),
    }));
    const figure = groupDistributions(panels, { title });
    expect(traces(figure)).toHaveLength(8);
    expect(traces(figure)[6]).toMatchObject({
      y: [4, 2, 3],
      xaxis: 'x4',
      yaxis: 'y4',
      points: 'all',
      spanmode: 'hard',
    });
    const { yaxis, yaxis4 } = figure.layout as Loose;
    expect([yaxis.title.text, yaxis4.title.text]).toEqual(['Value (mm³)', 'Value (no unit)']);
    expect(yaxis4.domain[1]).toBeLessThan(yaxis.domain[0]); // second row
  });

  it('turn a ROC curve towards the positives and write the area with its interval', () => {
    const labels = [true, true, true, false, false, false];
    const [curve] = traces(rocCurves([{ name: 'small when ill', values: [1, 2, 5, 4, 6, 7] }], labels, { title }));
    expect(curve!.name).toMatch(/^small when ill<br>AUC 0\.89 \[0\.\d\d, 1\.00\]$/); // 8 of 9 pairs
    expect([curve!.x[0], curve!.y[0], curve!.x.at(-1), curve!.y.at(-1)]).toEqual([0, 0, 1, 1]);
  });

  it('frame clusters in the order of the heat map', () => {
    const found = clusterFeatures({ a: [1, 2, 3, 4, 5], b: [3, 1, 5, 2, 4], c: [2, 4, 6, 8, 11] });
    const figure = correlationHeatMap(found, { title });
    const at = found.clusters.flatMap((own) => own).indexOf(found.clusters.find((own) => own.length === 2)![0]!);
    expect((figure.layout.shapes as Loose[]).map((s) => [s.x0, s.x1])).toEqual([[at - 0.5, at + 1.5]]);
    expect(traces(figure)[0]!.z[0][0]).toBe(1);
  });

  it('sort ICCs, count the stable ones and keep intervals', () => {
    const given = [0.9, 0.2, 0.75].map((icc, i) => ({
      name: `f${i}`,
      icc,
      interval: [icc - 0.1, icc + 0.05] as const,
      family: i === 1 ? 'GLCM' : 'shape',
    }));
    const figure = stabilityPlot(given, { title, limit: 0.75 });
    // the first two in the left column, the third in the right one
    const points = traces(figure).filter((t) => t.x.length > 0);
    expect(points.map((t) => [t.name, t.xaxis, t.x, t.y])).toEqual([
      ['shape', 'x', [0.9, 0.75], [0, 1]],
      ['GLCM', 'x2', [0.2], [0]],
    ]);
    const { yaxis, yaxis2, title: heading } = figure.layout as Loose;
    expect([yaxis.ticktext, yaxis2.ticktext]).toEqual([['f0', 'f2'], ['f1']]);
    expect(heading.text).toContain('2 of 3 features at or above the dotted line at 0.75');
  });

  it('put kinds of one name side by side in a forest', () => {
    const row = (name: string, kind: string, estimate: number) => ({
      name,
      kind,
      estimate,
      interval: [estimate - 1, estimate + 2] as const,
    });
    const [a, b] = traces(
      forestPlot([row('x', 'k1', 1), row('x', 'k2', 2), row('y', 'k2', 3)], {
        title,
        x: 'g',
        unit: 'SD',
        nothingAt: 0,
      }),
    );
    expect([a!.y, b!.y]).toEqual([[-0.12], [0.12, 1]]);
    expect([b!.error_x.array, b!.error_x.arrayminus]).toEqual([
      [2, 2],
      [1, 1],
    ]);
    const wide = forestPlot([row('x', 'k1', 1)], { title, x: 'g', unit: 'none', nothingAt: 0, range: [0.5, 2] });
    expect((wide.layout.xaxis as Loose).range).toEqual([0, 3]); // no interval is cut
  });

  it('show three counts a comparison and what chance gives', () => {
    const figure = foundFeatures(
      [{ name: 'one', counts: { compared: 10, welch: 5, mannWhitney: 4, bh: 2, holm: 1 }, byChance: 3 }],
      { title },
    );
    expect(traces(figure).map((t) => t.y)).toEqual([[5], [2], [1], [3]]);
    expect(traces(figure)[3]!.x[0]).toBeCloseTo(-0.65 / 3, 12); // on the first of three bars, the uncorrected one
  });

  it('mark what was observed among the shuffles', () => {
    const figure = permutationHistogram([1, 2, 2, 3], 9, { title, x: 'n', unit: 'number', p: 0.2 });
    expect(traces(figure)[0]!.x).toEqual([1, 2, 2, 3]);
    expect((figure.layout.shapes as Loose[])[0]!.x0).toBe(9);
    expect(texts(figure)[0]).toContain('p = 0.2');
  });

  it('colour effects by kind, and draw slices and patients of the same people', () => {
    const scatter = effectScatter([{ name: 'f', x: 1, y: 2, kind: 'b' }], {
      title,
      x: 'truth',
      y: 'estimate',
      unit: 'SD',
      kinds: ['a', 'b'],
    });
    expect(traces(scatter).map((t) => t.name)).toEqual(['a (0)', 'b (1)', 'equal']);
    const named = effectScatter([{ name: 'f', x: 1, y: 2, kind: 'b' }], {
      title,
      x: 'truth',
      y: 'estimate',
      unit: 'SD',
      kinds: ['a', 'b'],
      colours: ['#000000', '#112233'],
    });
    expect(traces(named)[1]!.marker.color).toBe('rgba(17,34,51,0.75)');
    const example = { first: [[1, 3], [4]], second: [[7, 9]], p: { slices: 1e-4, patients: 0.3 } };
    const figure = unitOfAnalysis(
      example,
      [{ slicesPerPatient: 5, slices: 0.4, patients: 0.05, runs: 100 }],
      { slices: 0.5, patients: 0.04, runs: 100, slicesPerPatient: 6 },
      { title, y: 'Mean', unit: 'HU' },
    );
    expect(
      traces(figure)
        .slice(0, 4)
        .map((t) => t.y),
    ).toEqual([[1, 3, 4], [7, 9], [2, 4], [8]]);
    expect(texts(figure).slice(0, 2)).toEqual(['<b>wrong: slices</b>, p = 1e-4', '<b>right: patients</b>, p = 0.30']);
    expect(traces(figure)[4]).toMatchObject({ x: [5], y: [40] });
  });
});

describe('foundShares', () => {
  const row = (name: string, heading: string, counts: [number, number, number], byChance?: number) => ({
    ...{ name, heading, compared: 50 },
    found: { uncorrected: counts[0], bh: counts[1], holm: counts[2] },
    ...(byChance !== undefined && { byChance }),
  });
  const rows = [row('a', 'One', [25, 10, 5], 6), row('b', 'One', [50, 40, 0]), row('c', 'Two', [5, 0, 0])];

  it('draws shares in per cent, a free line for each heading, and counts at the right', () => {
    const figure = foundShares(rows, { title });
    const [bars, bh, holm, chance] = traces(figure);
    expect(bars!.x).toEqual([50, 100, 10]);
    expect([bh!.x, holm!.x]).toEqual([
      [20, 80, 0],
      [10, 0, 0],
    ]);
    expect(chance!.x).toEqual([12, NaN, NaN]);
    expect(bars!.y).toEqual([1, 2, 4]);
    const axis = figure.layout.yaxis as Loose;
    expect(axis.ticktext).toEqual(['<b>One</b>', '<b>Two</b>', 'a', 'b', 'c']);
    expect(axis.tickvals).toEqual([0, 3, 1, 2, 4]);
    expect(texts(figure)).toEqual(['25 of 50', '50 of 50', '5 of 50']);
  });

  it('has no line of chance where nothing was shuffled', () => {
    expect(traces(foundShares(rows.slice(1), { title }))).toHaveLength(3);
  });
});
