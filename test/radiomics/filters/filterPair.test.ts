/** The filters of wavelets: against what makes them wavelets, and coif1 against Daubechies' closed form. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Floats,
  filterPairOf,
  type Run,
  reachOf,
  splitNearEnd,
  splitRun,
  waveletNames,
} from '../../../lib/radiomics/filters/filterPair.ts';

const orthogonal = waveletNames.filter((name) => /^(haar|db|sym|coif)/.test(name));

describe('the filters of wavelets', () => {
  it.each(orthogonal)(
    '%s: the low-pass has sum √2 and is orthonormal to itself moved by two, and to the high-pass',
    (name) => {
      const { low, high } = filterPairOf(name);
      const dot = (a: Float64Array, b: Float64Array, by: number): number =>
        a.reduce((sum, tap, k) => sum + tap * (b[k + by] ?? 0), 0);
      expect(low.reduce((a, b) => a + b, 0)).toBeCloseTo(Math.SQRT2, 9);
      for (let by = 0; by < low.length; by += 2) {
        expect(dot(low, low, by)).toBeCloseTo(by === 0 ? 1 : 0, 9);
        expect(dot(low, high, by)).toBeCloseTo(0, 9);
      }
    },
  );

  it('of db n and sym n have n vanishing moments, of coif n 2n', () => {
    for (const name of orthogonal) {
      const order = Number(/\d+/.exec(name) ?? 1);
      // Higher moments are sums of large numbers of both signs, of which a double leaves nothing.
      const moments = Math.min(4, name.startsWith('coif') ? 2 * order : order);
      const { high } = filterPairOf(name);
      const centre = high.length / 2;
      for (let m = 0; m < moments; m++)
        expect([name, Math.abs(high.reduce((sum, tap, k) => sum + tap * (k - centre) ** m, 0)) < 1e-6]).toEqual([
          name,
          true,
        ]);
    }
  });

  it('of rbio are those of bior the other way round', () => {
    const [there, back] = [filterPairOf('bior2.2'), filterPairOf('rbio2.2')];
    expect([...back.low].map(Math.abs)).toEqual([...there.high].map(Math.abs).reverse());
  });

  it('of an unknown name are refused', () => {
    expect(() => filterPairOf('db0')).toThrow('Expected a wavelet of haar, db1, db2');
  });
});

/** Low-pass and high-pass of one line, where all six inputs are there. */
const pair = filterPairOf('coif1');
type Split = (from: Floats, low: Floats, high: Floats, run: Run) => void;
const inOrder: Split = (from, low, high, run) => splitRun(from, low, high, run, pair);
const nearEnd: Split = (from, low, high, run) => splitNearEnd(from, low, high, run, { pair, over: 2 });

function split(line: readonly number[], how = inOrder, type: typeof Float64Array | typeof Float32Array = Float64Array) {
  const count = line.length - 5;
  const [low, high]: Floats[] = [new type(count), new type(count)];
  how(type.from(line), low, high, { start: 0, step: 1, at: 0, count });
  return { low: [...low], high: [...high] };
}

const root7 = Math.sqrt(7);
const closedForm = [-3 + root7, 1 - root7, 14 - 2 * root7, 14 + 2 * root7, 5 + root7, 1 - root7].map(
  (tap) => tap / (16 * Math.SQRT2),
);

describe('the filters of coif1', () => {
  it('are the closed form: an impulse gives the taps, the high-pass mirrored with every other sign', () => {
    // One output of six inputs: the impulse at place k meets tap 5 − k.
    closedForm.forEach((tap, j) => {
      const impulse = [0, 1, 2, 3, 4, 5].map((k) => Number(k === 5 - j));
      const { low, high } = split(impulse);
      expect(low[0]).toBeCloseTo(tap, 14);
      expect(high[0]).toBeCloseTo((j % 2 === 0 ? -1 : 1) * closedForm[5 - j], 14);
    });
    expect(reachOf(pair)).toEqual({ before: 2, after: 3 });
  });

  it('multiply a constant by √2 and by 0, and see nothing of a straight line in the high-pass', () => {
    const { low, high } = split(new Array(20).fill(8));
    for (const value of low) expect(value).toBeCloseTo(8 * Math.SQRT2, 12);
    for (const value of high) expect(value).toBeCloseTo(0, 12);
    for (const value of split(Array.from({ length: 20 }, (_, i) => 3 * i - 7)).high) expect(value).toBeCloseTo(0, 11);
  });

  it('have length 1 and are orthogonal, so that energy is kept twice over without decimation', () => {
    const line = Array.from({ length: 40 }, (_, i) => (i > 10 && i < 25 ? ((i * 17) % 13) - 6 : 0));
    const energy = (values: readonly number[]): number => values.reduce((sum, v) => sum + v * v, 0);
    const { low, high } = split(line);
    expect(energy(low) + energy(high)).toBeCloseTo(2 * energy(line), 9);
  });
});

describe('splitRun and splitNearEnd', () => {
  it('differ by the rounding of their sums only, in double and in single precision', () => {
    const lines = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 6, maxLength: 20 });
    fc.assert(
      fc.property(lines, (line) => {
        for (const [type, digits] of [
          [Float64Array, 10],
          [Float32Array, 2],
        ] as const) {
          const [run, last] = [split(line, inOrder, type), split(line, nearEnd, type)];
          for (const band of ['low', 'high'] as const)
            run[band].forEach((value, i) => expect(last[band][i]).toBeCloseTo(value, digits));
        }
      }),
    );
  });

  it('read inputs that are steps apart and write from an index on', () => {
    const wide = Float64Array.from({ length: 36 }, (_, i) => (i % 3 === 0 ? i * i : NaN));
    const plain = split(Array.from({ length: 12 }, (_, i) => 9 * i * i));
    const [low, high] = [new Float64Array(4).fill(-1), new Float64Array(4).fill(-1)];
    splitRun(wide, low, high, { start: 0, step: 3, at: 2, count: 1 }, pair);
    expect([...low]).toEqual([-1, -1, plain.low[0], -1]);
    expect(high[2]).toBe(plain.high[0]);
  });
});
