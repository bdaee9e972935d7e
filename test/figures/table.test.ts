import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, vi } from 'vitest';
import { overlapScores } from '../../lib/evaluate/overlap.ts';
import { toTable } from '../../lib/figures/table.ts';
import { metricsTable } from '../../notebooks/lessons/figures/metricsTable.ts';

describe('tables', () => {
  it('leave the active TensorFlow.js backend and its tensors alone', async () => {
    await tf.setBackend('cpu');
    const before = tf.tensor1d([1, 2]);
    const backend = tf.backend();
    toTable([{ a: 1 }]);
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.backend()).toBe(backend);
    expect(tf.memory().numTensors).toBe(1);
    expect([...before.add(1).dataSync()]).toEqual([2, 3]);
  });

  it('hold rows, columns, means and standard deviations', () => {
    const table = toTable([
      { id: 'a', score: 2 },
      { id: 'b', score: 4 },
      { id: 'c', score: 9 },
    ]);
    expect(table.columns).toEqual(['id', 'score']);
    expect(table.rowCount).toBe(3);
    expect(table.numericColumns).toEqual(['score']);
    expect(table.mean('score')).toBe(5);
    expect(table.sd('score')).toBeCloseTo(Math.sqrt(13), 12); // (9 + 1 + 16) / 2
    expect(table.rows[1]).toEqual({ id: 'b', score: 4 });
  });

  it('skip gaps, and keep the type of a column with gaps', () => {
    const table = toTable([{ a: 1 }, { a: null, b: 'x' }, { a: 3, b: undefined }]);
    expect(table.column('a')).toEqual([1, NaN, 3]);
    expect(table.column('b')).toEqual(['', 'x', '']);
    expect(table.mean('a')).toBe(2);
    expect(toTable([{ a: NaN }]).mean('a')).toBeNaN();
    expect(toTable([{ a: 7 }]).sd('a')).toBeNaN();
  });

  it('are empty without rows', () => {
    const table = toTable([]);
    expect([table.columns, table.rows, table.rowCount, table.numericColumns]).toEqual([[], [], 0, []]);
    expect([table.toMarkdown({ summary: true }), table.toText({ summary: true })]).toEqual(['', '']);
    expect(table.groupBy('x').rowCount).toBe(0);
  });

  it('name the columns that there are when asked for another', () => {
    expect(() => toTable([{ a: 1, b: 2 }]).mean('c')).toThrow('Expected one of the columns a, b, found "c"');
  });

  it('sort, and group in order of first appearance', () => {
    const table = toTable([
      { g: 'y', v: 3 },
      { g: 'x', v: 1 },
      { g: 'y', v: 5 },
    ]);
    expect(table.sortBy('v').column('v')).toEqual([1, 3, 5]);
    expect(table.sortBy('v', 'descending').column('v')).toEqual([5, 3, 1]);
    expect(table.groupBy('g').rows).toEqual([
      { g: 'y', n: 2, 'v mean': 4, 'v SD': Math.SQRT2 },
      { g: 'x', n: 1, 'v mean': 1, 'v SD': NaN },
    ]);
  });

  it('are written as Markdown and as text, whole numbers without decimals', () => {
    const table = toTable([
      { id: 'a|b', n: 1200, d: 0.5, ok: true },
      { id: 'c', n: 2, d: 0.25, ok: false },
    ]);
    expect(table.toMarkdown({ digits: 2, summary: true })).toBe(
      [
        '| id | n | d | ok |',
        '| --- | ---: | ---: | --- |',
        '| a\\|b | 1,200 | 0.50 | yes |',
        '| c | 2 | 0.25 | no |',
        '| mean ± SD | 601.0 ± 847.1 | 0.38 ± 0.18 |  |',
      ].join('\n'),
    );
    expect(table.toText({ digits: 2 })).toBe('id       n     d  ok\na|b  1,200  0.50  yes\nc        2  0.25  no');
  });

  it('show the scores of patients, with groups where they are known', () => {
    const patients = [
      ['a', 6],
      ['b', 8],
    ].map(([patient, tp]) => {
      const counts = { tp: Number(tp), fp: 10 - Number(tp), fn: 10 - Number(tp), tn: 80 };
      return { patient: String(patient), slices: 3, counts, scores: overlapScores(counts) };
    });
    expect(metricsTable(patients).columns).toEqual(['patient', 'slices', 'DSC', 'Jaccard', 'precision', 'recall']);
    expect(metricsTable(patients).mean('DSC')).toBeCloseTo(0.7, 12);
    expect(metricsTable(patients, { a: 'tumour' }).column('group')).toEqual(['tumour', '']);
    expect(metricsTable([]).rowCount).toBe(0);
  });

  it('are printed as text outside a notebook', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    toTable([{ a: 1 }]).show();
    expect(log.mock.calls).toEqual([['a\n1']]);
    log.mockRestore();
  });
});
