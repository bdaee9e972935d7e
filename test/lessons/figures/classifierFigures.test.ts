/** What is drawn of classifiers: where, and what stands there without data. */
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../../lib/figures/figure.ts';
import { boxShortcut } from '../../../notebooks/lessons/figures/boxShortcut.ts';
import { calibrationCurves } from '../../../notebooks/lessons/figures/calibrationCurves.ts';
import { learningCurves } from '../../../notebooks/lessons/figures/learningCurves.ts';
import {
  armRows,
  boxBoundary,
  boxCells,
  boxGroups,
  calibrationLines,
  learningLines,
} from '../../../notebooks/lessons/realTumours/classifierViews.ts';

const title = 'A title';
type Loose = Record<string, unknown>;
const traces = (figure: Figure): Loose[] => figure.data as unknown as Loose[];

describe('figures of classifiers without data', () => {
  const empty: Record<string, Figure> = {
    boxShortcut: boxShortcut(boxCells(undefined), boxBoundary(undefined), { title, groups: boxGroups }),
    calibrationCurves: calibrationCurves(calibrationLines(undefined), { title }),
    learningCurves: learningCurves(learningLines(undefined), { title }),
  };
  it.each(Object.entries(empty))('%s says so in one sentence', (_, figure) => {
    expect(figure.data).toEqual([]);
    const [only, ...more] = figure.layout.annotations as Loose[];
    expect(more).toEqual([]);
    expect(only!.text).toMatch(/^[A-Z].*\.$/);
  });

  it('have no arms either', () => {
    expect(armRows(undefined)).toEqual([]);
  });
});

describe('boxShortcut', () => {
  it('draws bubbles with areas as the numbers of patients, and the line of one half, by hand', () => {
    const cells = [
      [20, 30, true, 1],
      [40, 30, true, 4],
      [60, 80, false, 2],
    ] as const;
    // 100 - w - 2 h = 0
    const [ill, well, line] = traces(
      boxShortcut(cells, { intercept: 100, width: -1, height: -2 }, { title, groups: ['ill', 'well'] }),
    );
    expect(ill).toMatchObject({ name: 'ill (5 patients)', x: [20, 40], y: [30, 30] });
    const sizes = (ill!.marker as { size: number[] }).size;
    expect(sizes[1]! / sizes[0]!).toBeCloseTo(2, 12);
    expect(well).toMatchObject({ name: 'well (2 patients)', x: [60], y: [80] });
    expect(line).toMatchObject({ x: [0, 75], y: [50, 12.5] });
  });
});

describe('calibrationCurves and learningCurves', () => {
  it('draw bins as points beside the diagonal', () => {
    const bins = [{ units: 5, said: 0.2, found: 0.4 }];
    const [own, diagonal] = traces(calibrationCurves([{ name: 'a', bins }], { title }));
    expect(own).toMatchObject({ name: 'a', x: [0.2], y: [0.4] });
    expect(diagonal).toMatchObject({ x: [0, 1], y: [0, 1] });
  });

  it('draw the mean over splits with bars from lowest to highest', () => {
    const [own] = traces(learningCurves([{ name: 'a', points: [{ patients: 20, aucs: [0.5, 0.6, 1] }] }], { title }));
    expect(own).toMatchObject({ x: [20], name: 'a' });
    expect((own!.y as number[])[0]).toBeCloseTo(0.7, 12);
    const { array, arrayminus } = own!.error_y as { array: number[]; arrayminus: number[] };
    expect(array[0]).toBeCloseTo(0.3, 12);
    expect(arrayminus[0]).toBeCloseTo(0.2, 12);
  });
});
