/** What the figures of studies and losses draw, read from their Plotly specifications. */
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../lib/evaluate/cohort.ts';
import { type Figure, titleOf } from '../../../lib/figures/figure.ts';
import { colours, palette } from '../../../lib/figures/theme.ts';
import { boundaryMaps } from '../../../notebooks/lessons/figures/boundaryMaps.ts';
import {
  divergingBar,
  divergingRgba,
  sequentialBar,
  sequentialRgba,
} from '../../../notebooks/lessons/figures/colourMaps.ts';
import { costAndScore } from '../../../notebooks/lessons/figures/costAndScore.ts';
import { differenceForest } from '../../../notebooks/lessons/figures/differenceForest.ts';
import { gradientShares } from '../../../notebooks/lessons/figures/gradientShares.ts';
import { lossGradients, lossMaps } from '../../../notebooks/lessons/figures/lossMaps.ts';
import { rankMatrix } from '../../../notebooks/lessons/figures/rankMatrix.ts';
import { seedPoints } from '../../../notebooks/lessons/figures/seedPoints.ts';
import { thresholdCurves } from '../../../notebooks/lessons/figures/thresholdCurves.ts';

type Loose = Record<string, any>;
const traces = (figure: Figure): Loose[] => figure.data as Loose[];
const notes = (figure: Figure): Loose[] => (figure.layout.annotations ?? []) as Loose[];
const texts = (figure: Figure): string[] => notes(figure).map((a) => a.text as string);
const inLegend = (figure: Figure): string[] =>
  traces(figure).flatMap(({ name, showlegend }) => (showlegend === false ? [] : [name as string]));

const slice = { values: new Float32Array(4), height: 2, width: 2, spacingMm: [1, 1] as const, range: [0, 1] as const };
const shown = { slice, label: [0, 1, 0, 0], probability: [0.1, 0.9, 0.6, 0.1] };
const maps = [
  { name: 'Cross-entropy', loss: [0.5, 2.25, 1, 0], gradient: [2e-5, -5e-5, 0, 0] },
  { name: 'Soft Dice', gradient: [0, -6e-4, 1e-4, 0] },
];

describe('every figure of studies and losses without data', () => {
  const empty: Record<string, Figure> = {
    boundaryMaps: boundaryMaps({ height: 2, width: 2 }, []),
    costAndScore: costAndScore([]),
    differenceForest: differenceForest([]),
    gradientShares: gradientShares([]),
    lossGradients: lossGradients(shown, []),
    lossMaps: lossMaps(shown, maps.slice(1)),
    rankMatrix: rankMatrix({ label: 'DSC', names: ['one'], meanRanks: [1], p: 1, comparisons: [] }),
    seedPoints: seedPoints([]),
    thresholdCurves: thresholdCurves([]),
  };
  it.each(Object.entries(empty))('%s says so in one sentence', (_, figure) => {
    expect(figure.data).toEqual([]);
    expect(texts(figure)).toEqual([expect.stringMatching(/^[A-Z].*\.$/)]);
  });
});

const comparison = (first: string, meanDifference: number, pHolm: number): Comparison =>
  ({
    first,
    second: 'baseline',
    pairs: 9,
    meanDifference,
    interval: [meanDifference - 1, meanDifference + 2],
    rankBiserial: Math.sign(meanDifference),
    p: pHolm,
    pHolm,
    better: [6, 3, 0],
  }) as unknown as Comparison;

describe('differences from a baseline', () => {
  const comparisons = [comparison('a', 3, 0.01), comparison('b', -2, 0.02), comparison('c', 1, 0.4)];
  const metric = { label: 'DSC', better: 'higher', comparisons } as const;
  const figure = differenceForest([metric, { ...metric, label: 'HD95', unit: 'mm', better: 'lower' }]);

  it('tell better, worse and neither apart by colour and mark, and say so in the legend', () => {
    const drawn = traces(figure).filter(({ showlegend }) => showlegend === false);
    const looks = drawn.map(({ marker }) => `${marker.color} ${marker.symbol}`);
    const [better, worse] = [`${palette.blue} circle`, `${palette.vermillion} diamond`];
    const neither = `${colours.quiet} circle-open`;
    expect(looks).toEqual([better, worse, neither, worse, better, neither]); // of a distance less is better
    expect(inLegend(figure)).toEqual(['better (p ≤ 0.05)', 'worse (p ≤ 0.05)', 'not more than chance']);
  });

  it('have p at the right of the plot, where no interval reaches, and units on their axes', () => {
    const p = notes(figure).filter(({ text }) => text.startsWith('p '));
    expect(p).toHaveLength(6);
    for (const { x, xref, xanchor } of p) expect([x, xanchor, /^x2? domain$/.test(xref)]).toEqual([1, 'left', true]);
    const { xaxis, xaxis2 } = figure.layout as Loose;
    expect([xaxis.title.text, xaxis2.title.text]).toEqual([
      'Difference; higher is better',
      'Difference; lower is better (mm)',
    ]);
  });
});

describe('plots beside each other', () => {
  const arms = [
    {
      label: 'U-Net',
      mean: 0.5,
      seeds: [
        { seed: 1, mean: 0.4 },
        { seed: 2, mean: 0.6 },
      ],
    },
  ];
  const metric = { label: 'DSC', better: 'higher', arms } as const;

  it('stand in one line to three, in two columns from four on, names at the left of each line', () => {
    const three = seedPoints([metric, metric, metric]).layout as Loose;
    expect(three.xaxis3.domain[1]).toBeCloseTo(1, 12);
    expect(new Set([three.yaxis, three.yaxis2, three.yaxis3].map(({ domain }) => domain[0])).size).toBe(1);
    const four = seedPoints([metric, metric, metric, metric]).layout as Loose;
    expect(four.width).toBe(900);
    expect(four.xaxis3.domain).toEqual(four.xaxis.domain);
    expect(four.yaxis3.domain[1]).toBeLessThan(four.yaxis.domain[0]);
    expect([1, 2, 3, 4].map((k) => four[`yaxis${k > 1 ? k : ''}`].ticktext)).toEqual([
      ['U-Net'],
      [''],
      ['U-Net'],
      [''],
    ]);
  });

  it('have a point for each seed and a line at their mean', () => {
    const [line, points] = traces(seedPoints([metric]));
    expect([line!.x, points!.x]).toEqual([
      [0.5, 0.5],
      [0.4, 0.6],
    ]);
  });
});

describe('thresholds', () => {
  const points = [0.3, 0.5].map((threshold) => ({ threshold, dice: 0.7 + threshold / 10 }));
  const curves = [1, 2].flatMap((seed) => ['CE', 'Dice'].map((arm) => ({ arm, seed, points, chosen: 0.5 })));
  const figure = thresholdCurves(curves);

  it('have a plot for each loss and name each seed once', () => {
    expect(texts(figure)).toEqual(['<b>CE</b>', '<b>Dice</b>']);
    expect(inLegend(figure)).toEqual(['seed 1', 'seed 2']);
  });

  it('mark the chosen one of each run', () => {
    const marks = traces(figure).filter(({ mode }) => mode === 'markers');
    expect(marks.map(({ x, xaxis }) => [x, xaxis])).toEqual([
      [[0.5], 'x'],
      [[0.5], 'x2'],
      [[0.5], 'x'],
      [[0.5], 'x2'],
    ]);
  });
});

describe('cost and score', () => {
  it('say what points and areas are', () => {
    const arm = { label: 'U-Net', gmac: 193, parameters: 31e6, mean: 0.76, seeds: [{ mean: 0.7 }, { mean: 0.82 }] };
    const figure = costAndScore([arm, { ...arm, label: 'Half', parameters: 15.5e6 }]);
    expect(inLegend(figure)).toEqual(['U-Net: 31.0 M', 'Half: 15.5 M']);
    const [, whole, , half] = traces(figure);
    expect((whole!.marker.size / half!.marker.size) ** 2).toBeCloseTo(2, 12); // areas as numbers of parameters
    expect((figure.layout.title as Loose).text).toContain('its area the number of parameters');
  });
});

describe('networks two by two', () => {
  it('are shaded where they differ by more than chance, as the legend says', () => {
    const comparisons = [comparison('a', 1, 0.01)].map((one) => ({ ...one, second: 'b' }));
    const figure = rankMatrix({ label: 'DSC', names: ['b', 'a'], meanRanks: [2, 1], p: 0.03, comparisons });
    const [map, ...key] = traces(figure);
    expect([map!.x, map!.z]).toEqual([
      ['a', 'b'],
      [
        [null, 1],
        [-1, null],
      ],
    ]); // the best first
    expect(key.map(({ name, marker }) => [name, marker.color])).toEqual([
      ['row better than column', map!.colorscale[2][1]],
      ['not more than chance', map!.colorscale[1][1]],
      ['row worse than column', map!.colorscale[0][1]],
    ]);
    expect(titleOf(figure)).toBe('DSC');
  });
});

describe('maps of losses', () => {
  const bars = (figure: Figure): Loose[] => traces(figure).flatMap(({ marker }) => (marker?.showscale ? [marker] : []));

  it('are drawn of losses that are a mean of pixels, and gradients of all, each with its largest value', () => {
    expect(texts(lossMaps(shown, maps))).toEqual([
      'CT slice',
      'Guess: probability of pancreas',
      'Cross-entropy: at most 2.3',
    ]);
    expect(texts(lossGradients(shown, maps))).toEqual(['CT slice', 'Cross-entropy: 5e−5', 'Soft Dice: 6e−4']);
    for (const figure of [lossMaps(shown, maps), lossGradients(shown, maps)]) expect(bars(figure)).toHaveLength(1);
  });

  it('have scales that show the colours of the maps', () => {
    const colourAt = (rgba: Uint8ClampedArray) => `rgb(${[...rgba.slice(0, 3)].join(',')})`;
    const at = (scale: readonly (readonly [number, string])[], share: number) =>
      scale.find(([place]) => Math.abs(place - share) < 1e-9)![1];
    for (const value of [-1, -0.5, 0, 0.5, 1])
      expect(at(divergingBar('').scale, (value + 1) / 2)).toBe(colourAt(divergingRgba([value], 1)));
    for (const value of [0, 0.2, 0.6, 1])
      expect(at(sequentialBar('').scale, value)).toBe(colourAt(sequentialRgba([value], 1)));
  });
});
