import { describe, expect, it } from 'vitest';
import { overlapScores } from '../../lib/evaluate/overlap.ts';
import { type Figure, titleOf } from '../../lib/figures/figure.ts';
import { metricsByPatient, spread } from '../../lib/figures/metricsByPatient.ts';
import { overlayGrid, zoomCase } from '../../lib/figures/overlayGrid.ts';
import { inRows } from '../../lib/figures/panels.ts';
import { predictionOverlays } from '../../lib/figures/predictionOverlays.ts';
import { formatCount, logAxis, palette, withAlpha } from '../../lib/figures/theme.ts';
import { bestEpoch, trainingCurves } from '../../lib/figures/trainingCurves.ts';
import type { EpochRecord } from '../../lib/train/history.ts';
import { architectureDiagram } from '../../notebooks/lessons/figures/architectureDiagram.ts';
import { asppReceptiveField } from '../../notebooks/lessons/figures/asppReceptiveField.ts';
import { augmentationExamples } from '../../notebooks/lessons/figures/augmentationExamples.ts';
import { baselineComparison } from '../../notebooks/lessons/figures/baselineComparison.ts';
import { cohortOverview } from '../../notebooks/lessons/figures/cohortOverview.ts';
import { foldRows, foldsFigure } from '../../notebooks/lessons/figures/foldsFigure.ts';
import { formatShare, labelHistogram } from '../../notebooks/lessons/figures/labelHistogram.ts';
import { optimizerComparison, smoothed } from '../../notebooks/lessons/figures/optimizerComparison.ts';
import { edgeCodes, orientationCheck } from '../../notebooks/lessons/figures/orientationCheck.ts';
import { separableConvolution } from '../../notebooks/lessons/figures/separableConvolution.ts';
import { sliceTriplet } from '../../notebooks/lessons/figures/sliceTriplet.ts';
import { histogram, shareInside, windowBeforeAfter } from '../../notebooks/lessons/figures/windowBeforeAfter.ts';

const range = [-100, 200] as const;
const slice = {
  values: Float32Array.from({ length: 48 }, (_, i) => i * 5 - 60),
  height: 6,
  width: 8,
  spacingMm: [1.5, 0.5] as const,
  range,
};
const label = Uint8Array.from({ length: 48 }, (_, i) => Number(i > 16 && i < 22)); // row 2, columns 1..5
const prediction = Uint8Array.from({ length: 48 }, (_, i) => Number(i > 18 && i < 24)); // row 2, columns 3..7

type Loose = Record<string, any>;
const traces = (figure: Figure): Loose[] => figure.data as Loose[];
const named = (figure: Figure, name: string): Loose[] => traces(figure).filter((t) => t.name === name);
const texts = (figure: Figure): string[] => ((figure.layout.annotations ?? []) as Loose[]).map((a) => a.text as string);
const images = (figure: Figure): Loose[] => (figure.layout.images ?? []) as Loose[];

describe('every figure without data', () => {
  const empty: Record<string, Figure> = {
    windowBeforeAfter: windowBeforeAfter({ ...slice, values: [], height: 0, width: 0 }, { windowHu: range }),
    labelHistogram: labelHistogram([{ name: 'Pancreas', count: 0 }]),
    overlayGrid: overlayGrid([]),
    sliceTriplet: sliceTriplet(new Float32Array(0), { ...slice, height: 0, width: 0, z: 0 }),
    augmentationExamples: augmentationExamples([]),
    foldsFigure: foldsFigure({ folds: [] }),
    architectureDiagram: architectureDiagram([]),
    asppReceptiveField: asppReceptiveField([8, 8], []),
    separableConvolution: separableConvolution([]),
    optimizerComparison: optimizerComparison([]),
    trainingCurves: trainingCurves([]),
    metricsByPatient: metricsByPatient({ volume: [], pancreas: [] }),
    baselineComparison: baselineComparison([]),
    predictionOverlays: predictionOverlays([{ id: 'a', slice, label }]),
    cohortOverview: cohortOverview([]),
    orientationCheck: orientationCheck([]),
  };
  it.each(Object.entries(empty))('%s says so in one sentence', (_, figure) => {
    expect(figure.data).toEqual([]);
    expect(titleOf(figure)).not.toBe('');
    expect(texts(figure)).toHaveLength(1);
    expect(texts(figure)[0]).toMatch(/^[A-Z].*\.$/);
  });
});

describe('slices', () => {
  it('keep their proportions: equal millimetres per pixel on both axes', () => {
    const figure = overlayGrid([
      { id: 'a', slice, label, prediction, dice: 0.6 },
      { id: 'b', slice: { ...slice, spacingMm: [1, 1] }, label },
    ]);
    const layout = figure.layout as Loose;
    const [innerWidth, innerHeight] = [
      layout.width - layout.margin.l - layout.margin.r,
      layout.height - layout.margin.t - layout.margin.b,
    ];
    for (const k of ['', '2', '3', '4', '5', '6']) {
      const [x, y] = [layout[`xaxis${k}`], layout[`yaxis${k}`]];
      const perPixel = (a: Loose, inner: number): number =>
        Math.abs(a.range[1] - a.range[0]) / ((a.domain[1] - a.domain[0]) * inner);
      expect(perPixel(x, innerWidth)).toBeCloseTo(perPixel(y, innerHeight), 9);
    }
    expect(images(figure)).toHaveLength(6);
    // 8 columns of 0.5 mm, 6 rows of 1.5 mm
    expect([images(figure)[0]!.sizex, images(figure)[0]!.sizey]).toEqual([4, 9]);
  });

  it('have outlines in millimetres and a legend entry per name', () => {
    const figure = overlayGrid([{ id: 'a', slice, label, prediction, dice: 0.6 }]);
    const outlines = named(figure, 'Label');
    expect(outlines).toHaveLength(2);
    expect(outlines.filter((t) => t.showlegend)).toHaveLength(1);
    expect([Math.min(...outlines[0]!.x), Math.max(...outlines[0]!.x)]).toEqual([0.5, 3]); // columns 1..5
    expect([Math.min(...outlines[0]!.y), Math.max(...outlines[0]!.y)]).toEqual([3, 4.5]); // row 2
    expect(named(figure, 'Prediction')).toHaveLength(1);
    expect(texts(figure)).toEqual(
      expect.arrayContaining(['a', 'DSC 0.600', '<b>CT</b>', '<b>Label</b>', '<b>Prediction</b>']),
    );
  });

  it('say what is missing', () => {
    expect(
      texts(
        overlayGrid([
          { id: 'a', slice },
          { id: 'b', slice, label, prediction },
        ]),
      ),
    ).toEqual(expect.arrayContaining(['no label', 'no prediction']));
    // a column that no case fills is left out
    expect(texts(overlayGrid([{ id: 'a', slice, label }]))).not.toContain('<b>Prediction</b>');
    expect(texts(overlayGrid([{ id: 'a', slice, prediction, dice: NaN }]))).toContain('DSC not defined');
  });

  it('can be seen through a window around their masks', () => {
    const zoomed = zoomCase({ id: 'a', slice: { ...slice, spacingMm: [1, 1] }, label, prediction }, 4);
    expect([zoomed.slice.height, zoomed.slice.width]).toEqual([4, 4]);
    // rows 1..4, columns 3..6 of the slice
    expect(Array.from(zoomed.label!)).toEqual([0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('show found, predicted-only and missed pixels apart', () => {
    const figure = predictionOverlays([
      { id: 'a', slice: { ...slice, spacingMm: [1, 1] }, label, prediction, dice: 0.6 },
    ]);
    const extent = (name: string): number[] => [
      Math.min(...named(figure, name)[0]!.x),
      Math.max(...named(figure, name)[0]!.x),
    ];
    expect([extent('Missed'), extent('Found'), extent('Predicted only')]).toEqual([
      [1, 3],
      [3, 6],
      [6, 8],
    ]);
    expect(texts(figure)).toContain('a, DSC 0.600');
  });

  it('show the three channels and their colour picture', () => {
    const channels = Float32Array.from({ length: 3 * 48 }, (_, i) => i);
    const figure = sliceTriplet(channels, { ...slice, z: 17, label });
    expect(texts(figure)).toEqual(['Channel 0: z = 16', 'Channel 1: z = 17', 'Channel 2: z = 18', 'Red, green, blue']);
    expect(images(figure)).toHaveLength(4);
    expect(named(figure, 'Label')).toHaveLength(1);
  });

  it('stand in rows of the wanted length', () => {
    expect(inRows([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(images(augmentationExamples([1, 2, 3, 4, 5].map((i) => ({ name: `${i}`, slice, label }))))).toHaveLength(5);
  });

  it('outline pancreas and tumour where they are', () => {
    const figure = cohortOverview([
      { id: 'a', group: 'normal', slice, label },
      { id: 'b', group: 'tumour', slice, label: label.map((v, i) => (v && i > 19 ? 2 : v)) },
    ]);
    expect(named(figure, 'Pancreas')).toHaveLength(2);
    expect(named(figure, 'Tumour')).toHaveLength(1);
    expect(texts(figure)).toEqual(['a (normal)', 'b (tumour)']);
  });

  it('carry the letters of the sides from which and to which their axes run', () => {
    // left of the picture is the patient's right, anterior on top
    expect(edgeCodes('LPS')).toEqual(['R', 'L', 'A', 'P']);
    expect(edgeCodes('RAS')).toEqual(['L', 'R', 'P', 'A']);
    const figure = orientationCheck([{ id: 'a', codes: 'RAS', stored: { slice, label }, canonical: { slice, label } }]);
    expect(texts(figure)).toEqual(['a: RAS', 'L', 'R', 'P', 'A', 'a: LPS', 'R', 'L', 'A', 'P', 'Stored', 'Canonical']);
  });
});

describe('the window figure', () => {
  it('counts values into equal bins, the last with its upper edge, others not', () => {
    expect(histogram([-1, 0, 0.5, 1, 3.9, 4, 4.1, NaN], [0, 4], 4)).toEqual({
      edges: [0, 1, 2, 3],
      counts: [2, 1, 0, 2],
      binHu: 1,
    });
  });

  it('says how much lies in the window', () => {
    expect(shareInside({ edges: [0, 1, 2, 3], counts: [2, 1, 0, 2], binHu: 1 }, [1, 4])).toBe(0.6);
    expect(shareInside({ edges: [], counts: [], binHu: 1 }, [0, 1])).toBe(0);
    const figure = windowBeforeAfter(slice, { windowHu: [-100, 240] });
    expect(images(figure)).toHaveLength(2);
    expect(texts(figure)).toEqual([
      'Full range: −1024 to 1024 HU',
      'Window: −100 to 240 HU',
      '100 % of the voxels lie in the window',
    ]);
    expect((figure.layout.shapes as Loose[])[0]).toMatchObject({ x0: -100, x1: 240 });
    expect(named(figure, 'Voxels')[0]!.y.reduce((a: number, b: number) => a + b, 0)).toBe(48);
  });
});

describe('labels and folds', () => {
  it('name the share of each label, also of an absent one', () => {
    const figure = labelHistogram([
      { name: 'Background', count: 260328 },
      { name: 'Pancreas', count: 1816 },
      { name: 'Tumour', count: 0 },
    ]);
    expect(texts(figure)).toEqual(['260,328 (99.3 %)', '1,816 (0.69 %)', '0 (0 %)']); // the reference's slice: 0.69 %
    expect(traces(figure).map((t) => t.x[0])).toEqual([260328, 1816, null]);
    expect([1, 0.5, 0.0999, 0.00004].map(formatShare)).toEqual(['100.0 %', '50.0 %', '10 %', '0.004 %']);
  });

  it('fill each patient once: validation in one fold, training in all others', () => {
    const folds = { folds: [['a', 'd'], ['b'], ['c']] };
    const figure = foldsFigure(folds, { groups: { a: 'tumour', b: 'normal', c: 'tumour', d: 'normal' } });
    expect(named(figure, 'Validation')[0]!.x).toEqual(['a', 'd', 'b', 'c']);
    expect(named(figure, 'Validation')[0]!.text).toEqual(['T', 'N', 'N', 'T']);
    expect(named(figure, 'Training')[0]!.x).toHaveLength(8); // 4 patients × 3 folds − 4
    expect(titleOf(figure)).toBe('4 patients in 3 folds');
    expect(foldRows(folds)).toEqual([
      { fold: 0, training: 2, validation: 2, patients: 'a, d' },
      { fold: 1, training: 3, validation: 1, patients: 'b' },
      { fold: 2, training: 3, validation: 1, patients: 'c' },
    ]);
  });
});

describe('curves', () => {
  const epoch = (n: number, loss: number, dice?: number): EpochRecord => ({
    kind: 'epoch',
    step: n,
    epoch: n,
    loss,
    learningRate: 1e-3,
    seconds: n,
    ...(dice === undefined
      ? {}
      : {
          validation: {
            dice,
            sd: 0.1,
            patients: [
              { patient: 'a', dice: dice - 0.1 },
              { patient: 'b', dice: dice + 0.1 },
            ],
          },
        }),
  });

  it('star the best epoch, the earliest of equals', () => {
    const records = [epoch(1, 0.9, 0.3), epoch(2, 0.5, 0.7), epoch(3, 0.4), epoch(4, 0.3, 0.7)];
    expect(bestEpoch(records)!.epoch).toBe(2);
    const figure = trainingCurves(records);
    expect([named(figure, 'Best')[0]!.x, named(figure, 'Best')[0]!.y]).toEqual([[2], [0.7]]);
    expect(texts(figure)).toEqual(['best: 0.700 in epoch 2']);
    expect(named(figure, 'Each validation patient').map((t) => t.y[0])).toEqual([0.3 - 0.1, 0.3 + 0.1]);
    expect(named(figure, 'Mean validation DSC')[0]!.x).toEqual([1, 2, 4]);
  });

  it('put the steps of an epoch between it and the one before', () => {
    const steps = [1, 2, 3].map((step) => ({
      kind: 'step' as const,
      step,
      epoch: step < 3 ? 1 : 2,
      loss: 1 / step,
      learningRate: 1,
      gradientNorm: 1,
    }));
    const figure = trainingCurves([...steps, epoch(1, 0.75), epoch(2, 0.33)]);
    expect(named(figure, 'Training loss, each step')[0]!.x).toEqual([0.5, 1, 2]);
    expect(named(figure, 'Training loss, epoch mean')[0]!.x).toEqual([0.5, 1.5]);
    expect(titleOf(figure)).toBe('Training loss'); // nothing was validated
  });

  it('smooth with a corrected start and skip what is not a number', () => {
    expect(smoothed([2], 0.9)[0]).toBeCloseTo(2, 12);
    expect(smoothed([1, 3], 0.5)[1]).toBeCloseTo((0.5 * 0.5 * 1 + 0.5 * 3) / 0.75, 12);
    expect(smoothed([NaN, 4, NaN], 0.9)).toEqual([NaN, 4, 4]);
    expect(smoothed(new Array(50).fill(0.7)).every((v) => Math.abs(v - 0.7) < 1e-12)).toBe(true);
  });

  it('compare optimizers by a faint and a strong line each', () => {
    const figure = optimizerComparison([
      { name: 'RMSProp', losses: [1, 0.5] },
      { name: 'Adam', losses: [1, 0.6] },
    ]);
    expect(titleOf(figure)).toBe('Training loss of RMSProp and Adam');
    expect(traces(figure).map((t) => [t.name, t.line.width])).toEqual([
      ['RMSProp', 1],
      ['RMSProp', 2.5],
      ['Adam', 1],
      ['Adam', 2.5],
    ]);
  });
});

describe('scores', () => {
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
    expect(titleOf(figure)).toBe('Overlap with the label in 1 patient');
    expect(named(figure, 'Slices with pancreas')).toEqual([]);
  });

  it('spread points evenly around their place', () => {
    expect(spread(3, 0.2)).toEqual([-0.1, 0, 0.1]);
    expect(spread(1, 0.2)).toEqual([0]);
    expect(spread(0, 0.2)).toEqual([]);
  });

  it('compare methods patient by patient', () => {
    const figure = baselineComparison([
      { name: 'Threshold', dice: { a: 0.1, b: 0.3 } },
      { name: 'AX-Unet', dice: { a: 0.8 } },
    ]);
    expect(named(figure, 'b')[0]!.y).toEqual([0.3, null]);
    expect(named(figure, 'Threshold: mean')[0]!.y).toEqual([0.2, 0.2]);
    expect(named(figure, 'AX-Unet')[0]!.y).toEqual([0.8]);
    expect((figure.layout.xaxis as Loose).ticktext).toEqual([
      'Threshold<br>0.200 ± 0.141 (n = 2)',
      'AX-Unet<br>0.800 (n = 1)',
    ]);
  });
});

describe('the theme', () => {
  it('writes counts with their unit', () => {
    expect([0, 130, 1000, 39232, 29761026, 1.172e11].map(formatCount)).toEqual([
      '0',
      '130',
      '1 k',
      '39.2 k',
      '29.8 M',
      '117 G',
    ]);
  });

  it('chooses readable logarithmic ticks and leaves out what cannot be shown', () => {
    const few = logAxis([0.02, 0.9, 0, -1, NaN]) as Loose;
    expect(few.ticktext).toEqual(expect.arrayContaining(['0.02', '0.05', '0.1', '0.5', '1']));
    expect(few.range[0]).toBeCloseTo(Math.log10(0.02) - 0.0827, 3);
    expect((logAxis([1, 1e6]) as Loose).ticktext).toEqual(
      expect.arrayContaining(['1', '10', '100', '1 k', '10 k', '100 k', '1 M']),
    );
    expect((logAxis([1.4, 2.3]) as Loose).tickvals, 'a part of a decade').toEqual([
      1.2, 1.4, 1.6, 1.8, 2, 2.2, 2.4, 2.6,
    ]);
    expect((logAxis([]) as Loose).range.every(Number.isFinite)).toBe(true);
  });

  it('adds opacity to a colour', () => {
    expect(withAlpha(palette.blue, 0.3)).toBe('rgba(0,114,178,0.3)');
  });
});
