import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fatRangeHu, lookOf, middleOf, peakHu } from '../../lib/predict/look.ts';
import { Random } from '../../lib/random.ts';

/** A slice of air (black) with a body of one HU in rows 20 to 59 and columns 10 to 69. */
function slice(hu: number, [height, width] = [80, 80]): Float32Array {
  const at = (i: number): boolean => {
    const [y, x] = [Math.floor(i / width!), i % width!];
    return y >= 20 && y < 60 && x >= 10 && x < 70;
  };
  return Float32Array.from({ length: height! * width! }, (_, i) => (at(i) ? hu : 0));
}

describe('the look of a slice', () => {
  it('tells HU, size and noise of a body of one value', () => {
    const look = lookOf(slice(60), 80, 80)!;
    expect(look.softHu).toBe(60);
    expect(look.brightShare).toBe(0);
    expect(look.noiseHu).toBe(0);
    // Means of the rows just outside of the body are 20 HU (a third of 60) and count: rows 19 to 60, 42 of them, of
    // which 2 % of the soft tissue, less than one row, is left out at each side. Columns 9 to 70, 62, less one each.
    expect([look.bodyRows, look.bodyColumns]).toEqual([42, 60]);
  });

  it('counts what is bright, of the soft tissue alone', () => {
    const bright = slice(60);
    for (let y = 20; y < 60; y++) for (let x = 10; x < 40; x++) bright[80 * y + x] = 120; // half of the body
    expect(lookOf(bright, 80, 80)!.brightShare).toBeCloseTo(0.5, 1);
    for (let y = 20; y < 60; y++) for (let x = 10; x < 40; x++) bright[80 * y + x] = 255; // as bone
    // Its inside is no soft tissue; its edge is, two pixels wide on four sides, where the means lie between 80 and 200
    // HU: 38 pixels of two columns to the left and two to the right, 28 of two rows above and below, 4 corners and the
    // like, some 270, beside 1,200 of the other half and what is dim at its edge.
    const { brightShare, softHu } = lookOf(bright, 80, 80)!;
    expect(softHu).toBe(60);
    expect(brightShare).toBeGreaterThan(264 / 1600);
    expect(brightShare).toBeLessThan(280 / 1500);
  });

  it('tells the standard deviation of noise', () => {
    const random = Random.stream(1, 'noise');
    const noisy = slice(90).map((v) => (v > 0 ? v + 12 * random.normal() : 0));
    expect(lookOf(noisy, 80, 80)!.noiseHu).toBeGreaterThan(11);
    expect(lookOf(noisy, 80, 80)!.noiseHu).toBeLessThan(13);
  });

  it('says nothing of a slice without soft tissue', () => {
    for (const hu of [-1000, 0, 255]) expect(lookOf(new Float32Array(100).fill(hu), 10, 10)).toBeUndefined();
  });
});

describe('a peak', () => {
  it('is where most values lie, and none where they lie at the end of the range or are few', () => {
    const random = Random.stream(2, 'fat');
    const fat = Float32Array.from({ length: 5000 }, () => -104 + 15 * random.normal());
    expect(peakHu(fat, ...fatRangeHu)).toBeGreaterThan(-112);
    expect(peakHu(fat, ...fatRangeHu)).toBeLessThan(-96);
    expect(peakHu(fat, 20, 92)).toBeUndefined();
    expect(peakHu(fat.slice(0, 100), ...fatRangeHu)).toBeUndefined();
    const rising = Float32Array.from({ length: 5000 }, (_, i) => -160 + 120 * Math.sqrt(i / 5000));
    expect(peakHu(rising, ...fatRangeHu)).toBeUndefined();
  });
});

it('takes the middle of any numbers, as sorting them does', () => {
  expect(middleOf([])).toBeNaN();
  expect(middleOf([3, 1, 2])).toBe(2);
  expect(middleOf([4, 1, 2, 3])).toBe(2.5);
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      const middle = middleOf(values);
      expect(values.filter((v) => v < middle).length).toBeLessThanOrEqual(values.length / 2);
      expect(values.filter((v) => v > middle).length).toBeLessThanOrEqual(values.length / 2);
    }),
  );
});
