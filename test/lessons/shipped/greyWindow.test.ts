import { describe, expect, it } from 'vitest';
import { Random } from '../../../lib/random.ts';
import { correlationRatio, fitWindow, greyCurve } from '../../../notebooks/lessons/shipped/greyWindow.ts';

/** HU of −200 to 500, and their grey through a window, with noise as JPEG makes it. */
function pairOf([black, white]: readonly [number, number], noise = 6, n = 40_000) {
  const random = Random.stream(5, 'grey');
  const hu = Float32Array.from({ length: n }, () => random.uniform(-200, 500));
  const grey = Uint8Array.from(hu, (v) => {
    const exact = (255 * (v - black)) / (white - black);
    const cut = Math.min(255, Math.max(0, exact));
    return Math.round(Math.min(255, Math.max(0, cut + noise * random.normal())));
  });
  return { hu, grey };
}

describe('the window behind grey values', () => {
  it.each([
    [0, 256],
    [-160, 240],
    [-100, 400],
    [40, 120],
  ] as const)('is found again: %d to %d HU', (black, white) => {
    const { blackHu, whiteHu, residualHu } = fitWindow([pairOf([black, white])], [-150, 250]);
    const perGrey = (white - black) / 255;
    // Noise of 6 grey values in some 10,000 pixels moves the line by less than a tenth of one at its ends.
    expect(Math.abs(blackHu - black)).toBeLessThan(0.3 * perGrey);
    expect(Math.abs(whiteHu - white)).toBeLessThan(0.3 * perGrey);
    expect(residualHu / perGrey).toBeGreaterThan(5.5);
    expect(residualHu / perGrey).toBeLessThan(6.5);
  });

  it('is exact without noise but for the rounding of grey', () => {
    const { blackHu, whiteHu, residualHu } = fitWindow([pairOf([0, 255], 0)], [-150, 250]);
    expect(blackHu).toBeCloseTo(0, 1);
    expect(whiteHu).toBeCloseTo(255, 1);
    expect(residualHu).toBeCloseTo(1 / Math.sqrt(12), 1); // of numbers that are rounded to whole ones
  });

  it('is refused where too few pixels lie inside, or grey does not rise', () => {
    const few = pairOf([0, 256], 0, 100);
    expect(() => fitWindow([few], [-150, 250])).toThrow('Expected 100 pixels between black and white');
    const { hu, grey } = pairOf([0, 256], 0);
    expect(() => fitWindow([{ hu, grey: grey.map((v) => 255 - v) }], [-150, 250])).toThrow(
      'Expected grey that rises with HU',
    );
  });
});

describe('the correlation ratio', () => {
  it('is 1 where grey follows from HU, whatever the curve, and 0 where it does not', () => {
    // Classes of 8 HU: constant inside of each.
    const hu = Float32Array.from({ length: 6400 }, (_, i) => -128 + 8 * (i % 60) + 4);
    expect(correlationRatio({ hu, grey: hu.map((v) => (v * v) % 251) })).toBeCloseTo(1, 12);
    expect(correlationRatio({ hu, grey: hu.map((_, i) => (Math.floor(i / 60) % 2) * 255) })).toBeCloseTo(0, 2);
    expect(correlationRatio({ hu, grey: new Uint8Array(hu.length) })).toBe(0);
  });

  it('by hand: two classes with grey 0, 2 and 10, 12', () => {
    // Means 1 and 11, of all 6: between (25 + 25) / 2 = 25, within 1, of all 26.
    expect(correlationRatio({ hu: [0, 1, 80, 81], grey: [0, 2, 10, 12] })).toBeCloseTo(25 / 26, 12);
  });
});

it('the curve has the middle grey of each class of HU that enough pixels fill', () => {
  const hu = new Float32Array(300).map((_, i) => (i < 150 ? 5 : 15));
  const grey = Uint8Array.from(hu, (v, i) => (v === 5 ? [10, 20, 90][i % 3]! : 40));
  expect(greyCurve([{ hu, grey }], { low: 0, high: 30, widthHu: 10 })).toEqual([
    [5, 20, 150],
    [15, 40, 150],
  ]);
});
