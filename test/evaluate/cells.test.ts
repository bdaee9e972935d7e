/** Numbers in tables of text. */
import { describe, expect, it } from 'vitest';
import { cell, heading, interval, numberTable } from '../../lib/evaluate/cells.ts';

describe('cells', () => {
  it('have three digits unless told otherwise, and a dash for what is no number', () => {
    expect([cell(0.81249), cell(2, 1), cell(-0.5, 0)]).toEqual(['0.812', '2.0', '-1']);
    expect([cell(undefined), cell(NaN), cell(Infinity)]).toEqual(['–', '–', '–']);
  });
  it('hold both ends of an interval, or a dash', () => {
    expect([interval([0.1, 0.25]), interval([1, 2], 0), interval(undefined)]).toEqual([
      '0.100 to 0.250',
      '1 to 2',
      '–',
    ]);
  });
  it('are headed by the name of the metric and its unit', () => {
    expect([heading('dice'), heading('hausdorffMm'), heading('predictionMl')]).toEqual([
      'DSC',
      'HD (voxels), mm',
      'predicted volume, ml',
    ]);
  });
});

describe('numberTable', () => {
  it('has words to the left and numbers to the right, two blanks between columns', () => {
    const rows = [
      ['case', 'DSC', 'mm'],
      ['a', '0.9', '12.0'],
      ['longer', '–', '3.5'],
    ];
    expect(numberTable(rows).split('\n')).toEqual(['case    DSC    mm', 'a       0.9  12.0', 'longer    –   3.5']);
  });
  it('leaves no blanks at the end of a line', () => {
    expect(
      numberTable(
        [
          ['a', 'bb'],
          ['c', ''],
        ],
        2,
      ),
    ).toBe('a  bb\nc');
  });
});

describe('a table for a terminal', () => {
  it('shows no character that steers it, and keeps its rows and columns', () => {
    expect(
      numberTable([
        ['case', 'dice'],
        ['a\u001b[2J\nb\u009b31m', '0.5'],
      ]).split('\n'),
    ).toEqual([`case${' '.repeat(19)}dice`, 'a\\u001b[2J b\\u009b31m   0.5']);
  });
});
