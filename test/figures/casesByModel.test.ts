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
    expect((figure.layout.yaxis!.title as { text: string }).text).toBe('HD95 (pooled voxels), mm');
    expect(traces.filter(({ mode }) => mode === 'markers').map(({ name, y, text }) => [name, y, text])).toEqual([
      ['CE', [1, 2], ['a', 'b']],
      ['Dice', [3, 1, 4], ['a', 'b', 'c']],
    ]);
    expect(traces.filter(({ name }) => name === 'c').map(({ y }) => y)).toEqual([[null, 4]]);
    expect(traces.find(({ name }) => name === 'Dice: mean')!.y).toEqual([8 / 3, 8 / 3]);
  });

  it('without a case is empty', () => {
    expect(casesByModel({ ...plot, cases: [], models: [] }).data).toEqual([]);
  });
});
