import { describe, expect, it } from 'vitest';
import { filterPairOf, waveletNames } from '../../../lib/radiomics/filters/filterPair.ts';

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
