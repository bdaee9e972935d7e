/** Normalised images by hand. */
import { describe, expect, it } from 'vitest';
import { normaliseImage } from '../../lib/radiomics/normalise.ts';
import { volumeOf } from './example.ts';

describe('normaliseImage', () => {
  it('takes the mean off and divides by the standard deviation with n − 1', () => {
    // 1, 2, 3: mean 2, variance (1 + 0 + 1) / 2.
    const image = volumeOf([1, 2, 3], [3, 1, 1]);
    const { data, shape, spacingMm } = normaliseImage(image, 1, null);
    expect([shape, spacingMm]).toEqual([image.shape, image.spacingMm]);
    [-1, 0, 1].forEach((value, i) => expect(data[i]).toBeCloseTo(value, 12));
    expect(normaliseImage(image, 100, null).data[2]).toBeCloseTo(100, 10);
    expect([...normaliseImage(image, 100, 0.5).data]).toEqual([-50, 0, 50]);
  });

  it('gives mean 0 and the scale as standard deviation, within the limit of outliers', () => {
    const image = volumeOf([1, 2, 3, 4, 10], [5, 1, 1]);
    const out = normaliseImage(image, 100, null).data;
    expect(out.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 9);
    expect(Math.sqrt(out.reduce((sum, x) => sum + x * x, 0) / 4)).toBeCloseTo(100, 9);
    expect(Math.max(...normaliseImage(image, 100, 1).data)).toBe(100);
    expect([...normaliseImage(volumeOf([5, 5], [2, 1, 1]), 1, null).data]).toEqual([0, 0]);
    // the mean of three 0.1 is not 0.1 in doubles
    const flat = { ...volumeOf([0, 0, 0], [3, 1, 1]), data: Float64Array.of(0.1, 0.1, 0.1) };
    expect([...normaliseImage(flat, 1, null).data]).toEqual([0, 0, 0]);
  });

  it.each([
    ['NaN', NaN, '1 NaN and 0 infinite ones'],
    ['an infinite value', -Infinity, '0 NaN and 1 infinite ones'],
  ])('refuses %s anywhere in the image', (_, value, found) => {
    const image = volumeOf([1, 2, value, 4], [4, 1, 1]);
    expect(() => normaliseImage(image, 1, null)).toThrow(
      `Expected finite grey values in the whole image, of which "normalise" takes mean and spread, found ${found}`,
    );
  });
});
