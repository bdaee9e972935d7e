import { describe, expect, it } from 'vitest';
import type { CasePlot } from '../../lib/evaluate/cohort.ts';
import { casesByModel } from '../../lib/figures/casesByModel.ts';

const plot: CasePlot = {
  metric: 'hd95PooledMm',
  label: 'HD95 (pooled voxels)',
  unit: 'mm',
  cases: ['a', 'b', 'c'],
  models: [
    { name: 'CE', values: [1, 2, null] },
    { name: 'Dice', values: [3, 1, 4] },
  ],
};
interface Trace {
  readonly name: string;
  readonly mode: string;
  readonly y: (number | null)[];
  readonly text?: string[];
}
const tracesOf = (figure: { data: unknown[] }): Trace[] => figure.data as Trace[];

describe('the figure of cases by model', () => {
  it('draws every case of every model, joins those of a case and counts what has no value', () => {
    const figure = casesByModel(plot);
    const traces = tracesOf(figure);
    expect((figure.layout.title as { text: string }).text).toBe('HD95 (pooled voxels) of 3 cases; 1 without a value');
    expect((figure.layout.yaxis!.title as { text: string }).text).toBe('HD95 (pooled voxels; mm)');
    expect(traces.filter(({ mode }) => mode === 'markers').map(({ name, y, text }) => [name, y, text])).toEqual([
      ['CE', [1, 2], ['a', 'b']],
      ['Dice', [3, 1, 4], ['a', 'b', 'c']],
    ]);
    expect(traces.filter(({ name }) => name === 'c').map(({ y }) => y)).toEqual([[null, 4]]);
    expect(traces.find(({ name }) => name === 'Dice: mean')!.y).toEqual([8 / 3, 8 / 3]);
  });

  it('begins a share at the tenth below its least value, and a distance at 0', () => {
    const shares = [{ name: 'CE', values: [0.71, 0.9, null] }];
    const dice = casesByModel({ ...plot, metric: 'dice', label: 'DSC', unit: '', models: shares });
    expect((dice.layout.yaxis as { range: number[] }).range[0]).toBeCloseTo(0.68, 12);
    expect(casesByModel(plot).layout.yaxis).toMatchObject({ rangemode: 'tozero' });
    const negative = [{ name: 'CE', values: [-0.2, 0.9, null] }]; // a relative difference, which is no share
    const others = { ...plot, label: 'relative volume difference', unit: '' as const, models: negative };
    expect(casesByModel(others).layout.yaxis).not.toHaveProperty('range');
  });

  it('without a case is empty', () => {
    expect(casesByModel({ ...plot, cases: [], models: [] }).data).toEqual([]);
  });
});
