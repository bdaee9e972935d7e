import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateRows } from '../../../notebooks/lessons/radiomics/duplicateRows.ts';

describe('rows that are copies', () => {
  it('are found under other ids, exact or rounded', () => {
    const columns = { x: [1.23456789, 5, 1.23456789, 1.2345679, NaN, NaN], y: [0, 2, 0, 0, 7, 7] };
    const pairs = duplicateRows(['a', 'b', 'c', 'd', 'e', 'f'], columns);
    expect(pairs.map(({ ids }) => ids.join(''))).toEqual(['ac', 'ad', 'cd', 'ef']);
    expect(pairs.map(({ difference }) => difference > 0)).toEqual([false, true, true, false]);
  });

  it('are not found where one column differs, or one value is a gap', () => {
    expect(duplicateRows(['a', 'b'], { x: [1, 1], y: [1, 1.001] })).toEqual([]);
    expect(duplicateRows(['a', 'b'], { x: [1, 1], y: [1, NaN] })).toEqual([]);
    expect(duplicateRows(['a', 'b'], { x: [0, 1e-300] })).toEqual([]);
  });

  it('are exactly the planted ones among random rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.nat(7), (n, pick) => {
        const rows = Array.from({ length: n }, (_, i) => [i + 1, Math.sin(i + 1), 100 / (i + 1)]);
        const copied = [...rows, rows[pick % n]!.map((v) => Number(v.toPrecision(9)))];
        const columns = Object.fromEntries([0, 1, 2].map((c) => [`c${c}`, copied.map((row) => row[c]!)]));
        expect(
          duplicateRows(
            copied.map((_, i) => `${i}`),
            columns,
          ).map(({ ids }) => ids),
        ).toEqual([[`${pick % n}`, `${n}`]]);
      }),
    );
  });

  it('cannot be looked for without columns or with unequal ones', () => {
    expect(() => duplicateRows(['a'], {})).toThrow('at least one column');
    expect(() => duplicateRows(['a'], { x: [1, 2] })).toThrow('1 values in each column');
  });
});
