/** What the figures of the lessons draw, read from their Plotly specifications. */
import { describe, expect, it } from 'vitest';
import { type Figure, titleOf } from '../../../lib/figures/figure.ts';
import { architectureDiagram } from '../../../notebooks/lessons/figures/architectureDiagram.ts';
import { asppReceptiveField } from '../../../notebooks/lessons/figures/asppReceptiveField.ts';
import { augmentationExamples } from '../../../notebooks/lessons/figures/augmentationExamples.ts';
import { baselineComparison } from '../../../notebooks/lessons/figures/baselineComparison.ts';
import { cohortOverview } from '../../../notebooks/lessons/figures/cohortOverview.ts';
import { foldRows, foldsFigure } from '../../../notebooks/lessons/figures/foldsFigure.ts';
import { greyScaleFigure } from '../../../notebooks/lessons/figures/greyScaleFigure.ts';
import { formatShare, labelSquares, squaresOf } from '../../../notebooks/lessons/figures/labelSquares.ts';
import { centredMeans, optimizerComparison } from '../../../notebooks/lessons/figures/optimizerComparison.ts';
import { edgeCodes, orientationCheck } from '../../../notebooks/lessons/figures/orientationCheck.ts';
import { separableConvolution } from '../../../notebooks/lessons/figures/separableConvolution.ts';
import { sliceTriplet } from '../../../notebooks/lessons/figures/sliceTriplet.ts';
import { taskTimeline } from '../../../notebooks/lessons/figures/taskTimeline.ts';
import { histogram, shareInside, windowBeforeAfter } from '../../../notebooks/lessons/figures/windowBeforeAfter.ts';

const range = [-100, 200] as const;
const slice = {
  values: Float32Array.from({ length: 48 }, (_, i) => i * 5 - 60),
  height: 6,
  width: 8,
  spacingMm: [1.5, 0.5] as const,
  range,
};
const label = Uint8Array.from({ length: 48 }, (_, i) => Number(i > 16 && i < 22)); // row 2, columns 1..5

type Loose = Record<string, any>;
const traces = (figure: Figure): Loose[] => figure.data as Loose[];
const named = (figure: Figure, name: string): Loose[] => traces(figure).filter((t) => t.name === name);
const texts = (figure: Figure): string[] => ((figure.layout.annotations ?? []) as Loose[]).map((a) => a.text as string);
const images = (figure: Figure): Loose[] => (figure.layout.images ?? []) as Loose[];

describe('every figure of a lesson without data', () => {
  const empty: Record<string, Figure> = {
    windowBeforeAfter: windowBeforeAfter({ ...slice, values: [], height: 0, width: 0 }, { windowHu: range }),
    labelSquares: labelSquares([{ name: 'Pancreas', count: 0 }]),
    sliceTriplet: sliceTriplet(new Float32Array(0), { ...slice, height: 0, width: 0, z: 0 }),
    augmentationExamples: augmentationExamples([]),
    foldsFigure: foldsFigure({ folds: [] }),
    architectureDiagram: architectureDiagram([]),
    asppReceptiveField: asppReceptiveField([8, 8], []),
    separableConvolution: separableConvolution([]),
    optimizerComparison: optimizerComparison([]),
    baselineComparison: baselineComparison([]),
    cohortOverview: cohortOverview([]),
    orientationCheck: orientationCheck([]),
    taskTimeline: taskTimeline([]),
    greyScaleFigure: greyScaleFigure({ curve: [], window: { blackHu: 0, whiteHu: 256 } }),
  };
  it.each(Object.entries(empty))('%s says so in one sentence', (_, figure) => {
    expect(figure.data).toEqual([]);
    expect(titleOf(figure)).not.toBe('');
    expect(texts(figure)).toHaveLength(1);
    expect(texts(figure)[0]).toMatch(/^[A-Z].*\.$/);
  });
});

describe('slices', () => {
  it('show the three channels and their colour picture', () => {
    const channels = Float32Array.from({ length: 3 * 48 }, (_, i) => i);
    const figure = sliceTriplet(channels, { ...slice, z: 17, label });
    expect(texts(figure)).toEqual([
      'Channel 0: z = 16',
      'Channel 1: z = 17',
      'Channel 2: z = 18',
      'All, as red, green, blue',
    ]);
    expect(images(figure)).toHaveLength(4);
    expect(named(figure, 'Label')).toHaveLength(1);
  });

  it('stand in rows of the wanted length', () => {
    expect(images(cohortOverview([1, 2, 3, 4, 5].map((i) => ({ id: `${i}`, slice, label }))))).toHaveLength(5);
  });

  it('show the changes that moved the mask furthest, with the mask before them', () => {
    const moved = (by: number) => label.map((_, i) => label[i - by] ?? 0);
    const examples = [0, 1, 3, 2].map((by) => ({ name: `by ${by}`, slice, label: moved(by) }));
    const figure = augmentationExamples(examples, { shown: 2 });
    expect(texts(figure)).toEqual(['by 0', 'by 3', 'by 2']); // in their order; 'by 1' overlaps most
    expect(named(figure, 'Label before the change')).toHaveLength(2);
    expect(titleOf(figure)).toBe('Augmentation moves image and mask alike: the 2 largest of 3 changes');
  });

  it('say of how many patients they are some', () => {
    const patients = ['a', 'b'].map((id) => ({ id, slice, label }));
    expect(titleOf(cohortOverview(patients))).toBe('All 2 patients: the slice with most pancreas');
    expect(titleOf(cohortOverview(patients, { of: 24 }))).toMatch(/^The first 2 of 24 patients:/);
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

describe('the grey scale', () => {
  it('is drawn as points on the line of the window, flat outside of it', () => {
    const window = { blackHu: 0, whiteHu: 256 };
    const figure = greyScaleFigure({
      curve: [
        [-100, 0, 500],
        [128, 127, 400],
        [300, 255, 300],
      ],
      window,
    });
    const [line, points] = traces(figure);
    expect([line!.x, line!.y]).toEqual([
      [-100, 0, 256, 300],
      [0, 0, 255, 255],
    ]);
    expect([points!.x, points!.y]).toEqual([
      [-100, 128, 300],
      [0, 127, 255],
    ]);
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
    const figure = labelSquares([
      { name: 'Background', count: 260328 },
      { name: 'Pancreas', count: 1816 },
      { name: 'Tumour', count: 0 },
    ]);
    // the reference's slice: 0.69 %, so 7 of 1,000 squares
    expect(traces(figure).map((t) => t.name)).toEqual([
      'Tumour: 0 (0 %)',
      'Pancreas: 1,816 (0.69 %)',
      'Background: 260,328 (99.3 %)',
    ]);
    const squares = traces(figure).map((t) => t.x.filter((x: number | null) => x === null).length);
    expect(squares).toEqual([1, 7, 993]); // a trace without a square holds one gap
    expect([1, 0.5, 0.0999, 0.00004].map(formatShare)).toEqual(['100.0 %', '50.0 %', '10 %', '0.004 %']);
  });

  it('take finer squares for a rarer label, and count squares that add up', () => {
    const rare = labelSquares([
      { name: 'Background', count: 999_600 },
      { name: 'Pancreas', count: 400 },
    ]);
    expect(traces(rare).map((t) => t.x.filter((x: number | null) => x === null).length)).toEqual([2, 4998]);
    // quotas 3.33, 3.33 and 3.33 of 10 leave one square, for the first of equal remainders
    expect(squaresOf([1, 1, 1], 10)).toEqual([4, 3, 3]);
    // quotas 1.8, 3.2 and 5: the largest remainder takes the square that is left
    expect(squaresOf([18, 32, 50], 10)).toEqual([2, 3, 5]);
  });

  it('fill each patient once: validation in one fold, training in all others', () => {
    const folds = { folds: [['a', 'd'], ['b'], ['c']] };
    const figure = foldsFigure(folds, { groups: { a: 'tumour', b: 'normal', c: 'tumour', d: 'normal' } });
    expect(named(figure, 'Validation')[0]!.x).toEqual(['a', 'd', 'b', 'c']);
    expect(named(figure, 'Validation')[0]!.text).toEqual(['T', 'N', 'N', 'T']);
    expect(named(figure, 'Training')[0]!.x).toHaveLength(8); // 4 patients × 3 folds − 4
    expect(titleOf(figure)).toBe('4 patients in 3 folds, each patient validated once');
    expect(foldRows(folds)).toEqual([
      { fold: 0, training: 2, validation: 2, patients: 'a, d' },
      { fold: 1, training: 3, validation: 1, patients: 'b' },
      { fold: 2, training: 3, validation: 1, patients: 'c' },
    ]);
  });
});

describe('curves', () => {
  it('smooth without a lag: a straight line stays where it is', () => {
    const line = Array.from({ length: 20 }, (_, i) => 3 - 0.1 * i);
    centredMeans(line).forEach((value, i) => expect(value).toBeCloseTo(line[i]!, 12));
    expect(centredMeans([1, 5, 3], 1)).toEqual([1, 3, 3]); // ends have no neighbours on both sides
    expect(centredMeans([0, 3, 6, 0, 6], 2)).toEqual([0, 3, 3, 4, 6]);
    expect(centredMeans([NaN, 4, NaN, 2, NaN], 1)).toEqual([NaN, 4, 3, 2, NaN]);
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
