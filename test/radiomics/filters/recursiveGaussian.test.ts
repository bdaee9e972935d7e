import { describe, expect, it } from 'vitest';
import { filterLines, lineBuffers } from '../../../lib/radiomics/filters/filterLines.ts';
import {
  gaussianFilter,
  type RecursiveFilter,
  secondDerivativeFilter,
} from '../../../lib/radiomics/filters/recursiveGaussian.ts';

/** One line through a filter. */
function filtered(input: Float64Array, filter: RecursiveFilter): Float32Array {
  const out = new Float32Array(input.length);
  const line = { start: 0, apart: 1, step: 1 };
  const extent = { lines: 1, length: input.length, first: 0, count: input.length };
  filterLines(lineBuffers(1, input.length), filter, { ...line, data: input }, { ...line, data: out }, extent);
  return out;
}

const impulse = (length: number, at: number): Float64Array =>
  new Float64Array(length).map((_, i) => (i === at ? 1 : 0));

/** Deriche's exponentials (his table of 1993) for n ≥ 0, written down a second time. */
const term = (n: number, sigma: number, [a, b, w, l]: number[]): number =>
  (a! * Math.cos((w! * n) / sigma) + b! * Math.sin((w! * n) / sigma)) * Math.exp((l! * n) / sigma);
const smooth = (n: number, sigma: number): number =>
  term(n, sigma, [1.353, 1.8151, 0.6681, -1.3932]) + term(n, sigma, [-0.3531, 0.0902, 2.0787, -1.3732]);
const curved = (n: number, sigma: number): number =>
  term(n, sigma, [-1.3563, 5.2318, 0.6681, -1.3932]) + term(n, sigma, [0.3446, -2.2355, 2.0787, -1.3732]);
const total = (h: (n: number) => number): number =>
  Array.from({ length: 801 }, (_, i) => h(Math.abs(i - 400))).reduce((a, b) => a + b);

describe.each([0.4, 1, 2.7, 8])('recursive filters with sigma %d', (sigma) => {
  const at = 400;
  it("answer an impulse with Deriche's sum of exponentials, of sum 1", () => {
    const sum = total((n) => smooth(n, sigma));
    const out = filtered(impulse(801, at), gaussianFilter(sigma));
    const worst = out.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - smooth(Math.abs(i - at), sigma) / sum)),
      0,
    );
    expect(worst).toBeLessThan(1e-7);
  });
  it('differentiate twice: sum 0 and second moment 2', () => {
    const beta = -total((n) => curved(n, sigma)) / total((n) => smooth(n, sigma));
    const h = (n: number): number => curved(n, sigma) + beta * smooth(n, sigma);
    const scale = 2 / total((n) => n * n * h(n));
    const out = filtered(impulse(801, at), secondDerivativeFilter(sigma, 1));
    const worst = out.reduce((most, value, i) => Math.max(most, Math.abs(value - scale * h(Math.abs(i - at)))), 0);
    expect(worst).toBeLessThan(1e-6 * Math.max(1, Math.abs(scale * h(0))));
  });
  it('see the first and the last sample go on for ever', () => {
    const input = Float64Array.from({ length: 12 }, (_, i) => ((i * 37) % 11) - 5);
    const padded = Float64Array.from({ length: 812 }, (_, i) => input[Math.min(11, Math.max(0, i - 400))]!);
    for (const filter of [gaussianFilter(sigma), secondDerivativeFilter(sigma, sigma * sigma)]) {
      const [short, long] = [filtered(input, filter), filtered(padded, filter)];
      expect(Math.max(...short.map((value, i) => Math.abs(value - long[400 + i]!)))).toBeLessThan(1e-5);
    }
  });
});

it('a wide filter is the true Gaussian to 0.3 % and its second derivative to 1.5 % of the peak', () => {
  const sigma = 6;
  const gauss = (n: number): number => Math.exp((-n * n) / (2 * sigma * sigma)) / (sigma * Math.sqrt(2 * Math.PI));
  const out = filtered(impulse(201, 100), gaussianFilter(sigma));
  const second = filtered(impulse(201, 100), secondDerivativeFilter(sigma, 1));
  for (let i = 0; i < 201; i++) {
    const n = i - 100;
    expect(Math.abs(out[i]! - gauss(n))).toBeLessThan(3e-3 * gauss(0));
    expect(Math.abs(second[i]! - (((n * n) / sigma ** 2 - 1) / sigma ** 2) * gauss(n))).toBeLessThan(
      (1.5e-2 * gauss(0)) / sigma ** 2,
    );
  }
});
