/** The filters of wavelets: against what makes them wavelets, and coif1 against Daubechies' closed form. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Floats,
  filterPairOf,
  reachOf,
  splitRun,
  tapsInOrder,
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

/** Low-pass and high-pass of one line, where all inputs are there, `over` samples before the end of a period. */
const pair = filterPairOf('coif1');

function split(line: readonly number[], type: typeof Float64Array | typeof Float32Array, name = 'coif1', over = 0) {
  const taps = tapsInOrder(filterPairOf(name), type === Float64Array, over);
  const count = line.length - taps.places.length + 1;
  const [low, high]: Floats[] = [new type(count), new type(count)];
  splitRun(type.from(line), low, high, { start: 0, step: 1, at: 0, count }, taps);
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
      const { low, high } = split(impulse, Float64Array);
      expect(low[0]).toBeCloseTo(tap, 14);
      expect(high[0]).toBeCloseTo((j % 2 === 0 ? -1 : 1) * closedForm[5 - j], 14);
    });
    expect(reachOf(pair)).toEqual({ before: 2, after: 3 });
  });

  it('multiply a constant by √2 and by 0, and see nothing of a straight line in the high-pass', () => {
    const { low, high } = split(new Array(20).fill(8), Float64Array);
    for (const value of low) expect(value).toBeCloseTo(8 * Math.SQRT2, 12);
    for (const value of high) expect(value).toBeCloseTo(0, 12);
    for (const value of split(
      Array.from({ length: 20 }, (_, i) => 3 * i - 7),
      Float64Array,
    ).high)
      expect(value).toBeCloseTo(0, 11);
  });

  it('have length 1 and are orthogonal, so that energy is kept twice over without decimation', () => {
    const line = Array.from({ length: 40 }, (_, i) => (i > 10 && i < 25 ? ((i * 17) % 13) - 6 : 0));
    const energy = (values: readonly number[]): number => values.reduce((sum, v) => sum + v * v, 0);
    const { low, high } = split(line, Float64Array);
    expect(energy(low) + energy(high)).toBeCloseTo(2 * energy(line), 9);
  });
});

/** Σ f(j) · x(i + F − 1 − j) in this order of j, every product and every sum rounded. */
function sumsInOrder(filter: Floats, line: Floats, order: readonly number[], round: (x: number) => number): number[] {
  return Array.from({ length: line.length - filter.length + 1 }, (_, i) =>
    order.reduce((sum, j) => round(sum + round(filter[j]! * line[i + filter.length - 1 - j]!)), 0),
  );
}

describe('splitRun', () => {
  // 2, 4, 6, 10 and 62 taps; few outputs, some, and more than are worked on together.
  const names = fc.constantFrom('haar', 'db2', 'coif1', 'bior3.3', 'db5', 'dmey');
  const lengths = fc.constantFrom(1, 7, 8, 600);

  it('sums tap by tap, at the end of a period those beyond it first, to the last bit', () => {
    fc.assert(
      fc.property(names, lengths, fc.nat(30), fc.integer(), (name, count, over, seed) => {
        const filters = filterPairOf(name);
        const taps = filters.low.length;
        const reach = Math.min(over, taps / 2);
        const line = Array.from({ length: count + taps - 1 }, (_, i) => ((i * i * 31 + i * 7 + seed) % 1999) / 7);
        const order = Array.from({ length: taps }, (_, k) => (k <= reach ? reach - k : k));
        const found = split(line, Float64Array, name, reach);
        expect(found.low).toEqual(sumsInOrder(filters.low, Float64Array.from(line), order, (x) => x));
        expect(found.high).toEqual(sumsInOrder(filters.high, Float64Array.from(line), order, (x) => x));
        const single = split(line, Float32Array, name, reach);
        expect(single.low).toEqual(sumsInOrder(filters.lowSingle, Float32Array.from(line), order, Math.fround));
        expect(single.high).toEqual(sumsInOrder(filters.highSingle, Float32Array.from(line), order, Math.fround));
      }),
    );
  });

  it('reads inputs that are steps apart and writes from an index on', () => {
    const wide = Float64Array.from({ length: 36 }, (_, i) => (i % 3 === 0 ? i * i : NaN));
    const line = Array.from({ length: 12 }, (_, i) => 9 * i * i);
    const plain = split(line, Float64Array);
    const [low, high] = [new Float64Array(4).fill(-1), new Float64Array(4).fill(-1)];
    splitRun(wide, low, high, { start: 0, step: 3, at: 2, count: 1 }, tapsInOrder(pair, true));
    expect([...low]).toEqual([-1, -1, plain.low[0], -1]);
    expect(high[2]).toBe(plain.high[0]);
  });
});
