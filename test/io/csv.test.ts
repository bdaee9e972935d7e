import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCsv, parseCsv } from '../../lib/io/csv.ts';

describe('comma-separated values', () => {
  it('survive writing and reading, whatever the cells hold', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', 'é') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        expect(parseCsv(formatCsv(rows))).toEqual(rows);
      }),
    );
  });

  it('begin with an apostrophe where a spreadsheet would run them; numbers do not', () => {
    expect(formatCsv([['=1+2', '+cmd|x', '-1.5', '-a', '@sum(a)', '\t=1', '+3', 'a=1']])).toBe(
      "'=1+2,'+cmd|x,-1.5,'-a,'@sum(a),'\t=1,+3,a=1\n",
    );
    expect(formatCsv([['=HYPERLINK("x","y")']])).toBe('"\'=HYPERLINK(""x"",""y"")"\n');
    expect(formatCsv([[-1, 2]])).toBe('-1,2\n');
  });

  it('have quotes only where a cell needs them, and empty cells for null and what is not finite', () => {
    expect(
      formatCsv([
        ['a b', 'a,b', 'say "a"', 'a\rb'],
        [0, -1.5, null, Infinity],
        [NaN, ''],
      ]),
    ).toBe('a b,"a,b","say ""a""","a\rb"\n0,-1.5,,\n,\n');
  });

  it('shows control characters as codes when written', () => {
    expect(formatCsv([['a\u001b[2J\u009b\u202eb\tc', 'd\u0000']])).toBe('a\\u001b[2J\\u009b\\u202eb\tc,d\\u0000\n');
  });
});
