import { describe, expect, it } from 'vitest';
import { intensityImage, intensityImages } from '../../../lib/radiomics/filters/intensity.ts';
import { expectPartsOfTheWhole, wholeOf } from './boxes.ts';
import { formulaVolume } from './oracle.ts';

describe('images of functions of the value', () => {
  const image = { ...formulaVolume([4, 1, 1], 'float64'), data: Float64Array.of(-8, 0, 2, 8) };
  it.each([
    ['square', [8, 0, 0.5, 8]], // 2² / 8
    ['squareroot', [-8, 0, 4, 8]], // √(8 · 2) = 4
    ['logarithm', [-8, 0, 4, 8]], // ln 3 is half of ln 9
    ['exponential', [1 / 8, 1, 8 ** 0.25, 8]], // 8^(x/8)
  ] as const)('%s by hand', (kind, wanted) => {
    const found = intensityImage(image, kind, wholeOf(image)).data;
    wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 12));
  });

  it('are NaN where the image has NaN, or where it is 0 everywhere, but for the square root', () => {
    const zero = { ...image, data: new Float64Array(4) };
    expect(intensityImages.map((kind) => intensityImage(zero, kind, wholeOf(zero)).data[0])).toEqual([
      NaN,
      0,
      NaN,
      NaN,
    ]);
    const bad = { ...image, data: Float64Array.of(1, NaN, 2, 3) };
    for (const kind of intensityImages) expect(intensityImage(bad, kind, wholeOf(bad)).data[0]).toBeNaN();
  });

  it.each(intensityImages)('%s inside a box is the same as there in the whole', (kind) =>
    expectPartsOfTheWhole((whole, box) => intensityImage(whole, kind, box)),
  );
});
