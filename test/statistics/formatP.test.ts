import { expect, it } from 'vitest';
import { formatP } from '../../lib/statistics/formatP.ts';

it.each([
  [0.0004, '4.0e-4', 'p < 0.001', '<.001'],
  [0.001, '0.001', 'p = 0.001', '.001'],
  [0.034, '0.034', 'p = 0.03', '.03'],
  [0.34, '0.340', 'p = 0.34', '.3'],
  [1, '1.000', 'p = 1.00', '1.0'],
])('p %d is %s in a table, %s in a sentence and %s in a cell', (p, table, sentence, cell) => {
  expect([formatP(p), formatP(p, 'sentence'), formatP(p, 'cell')]).toEqual([table, sentence, cell]);
});
