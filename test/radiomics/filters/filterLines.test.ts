/** Recursive filters along lines of a volume. recursiveGaussian.test.ts has what the filters themselves answer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterLines, lineBuffers, shortestLine } from '../../../lib/radiomics/filters/filterLines.ts';
import { gaussianFilter, secondDerivativeFilter } from '../../../lib/radiomics/filters/recursiveGaussian.ts';

const filter = gaussianFilter(1.5);

/** Filters `lines` lines that lie one after another. */
function filtered(
  data: Float64Array,
  lines: number,
  first = 0,
  count = data.length / lines,
  by = filter,
): Float32Array {
  const length = data.length / lines;
  const out = new Float32Array(lines * count);
  filterLines(
    lineBuffers(lines, length),
    by,
    { data, start: 0, apart: length, step: 1 },
    { data: out, start: 0, apart: count, step: 1 },
    { lines, length, first, count },
  );
  return out;
}
const numbers = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => ((i * 37) % 23) - 11);

describe('filterLines', () => {
  it('leaves a constant, as what lies before and behind the line goes on; its second derivative is 0', () => {
    const constant = new Float64Array(9).fill(5);
    for (const value of filtered(constant, 1)) expect(value).toBeCloseTo(5, 5);
    for (const value of filtered(constant, 1, 0, 9, secondDerivativeFilter(1.5, 1))) expect(value).toBeCloseTo(0, 5);
    expect(filtered(new Float64Array(shortestLine).fill(5), 1)).toHaveLength(shortestLine);
  });

  it('does the same to a line alone and beside others', () => {
    const data = numbers(36);
    const together = filtered(data, 3);
    for (let b = 0; b < 3; b++)
      expect([...together.subarray(12 * b, 12 * b + 12)]).toEqual([...filtered(data.slice(12 * b, 12 * b + 12), 1)]);
  });

  it('does the same whatever way the lines lie in memory', () => {
    const data = numbers(36);
    const across = new Float32Array(36);
    // Lines of 12 samples, 3 apart: the transposed array.
    const turned = Float64Array.from({ length: 36 }, (_, i) => data[12 * (i % 3) + Math.floor(i / 3)]);
    filterLines(
      lineBuffers(3, 12),
      filter,
      { data: turned, start: 0, apart: 1, step: 3 },
      { data: across, start: 0, apart: 12, step: 1 },
      { lines: 3, length: 12, first: 0, count: 12 },
    );
    expect(across).toEqual(filtered(data, 3));
  });

  it('gives a part of a line as it is in the whole', () => {
    const data = numbers(40);
    const whole = filtered(data, 2);
    const part = filtered(data, 2, 7, 5);
    expect([...part]).toEqual([...whole.subarray(7, 12), ...whole.subarray(27, 32)]);
  });

  it('is linear and the same from both ends', () => {
    const line = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 4, maxLength: 15 });
    fc.assert(
      fc.property(line, (values) => {
        const data = Float64Array.from(values);
        const once = filtered(data, 1);
        filtered(
          data.map((v) => 3 * v),
          1,
        ).forEach((v, i) => expect(v).toBeCloseTo(3 * once[i], 2));
        filtered(data.toReversed(), 1).forEach((v, i) => expect(v).toBeCloseTo(once[once.length - 1 - i], 3));
      }),
    );
  });
});
