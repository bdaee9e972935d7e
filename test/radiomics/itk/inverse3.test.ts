import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inverse3 } from '../../../lib/radiomics/itk/inverse3.ts';
import { determinant3 } from '../../../lib/volume/volume.ts';

const product = (a: readonly number[], b: readonly number[]): number[] =>
  Array.from({ length: 9 }, (_, i) =>
    [0, 1, 2].reduce((sum, k) => sum + a[3 * Math.floor(i / 3) + k]! * b[3 * k + (i % 3)]!, 0),
  );

describe('the inverse of a 3×3 matrix', () => {
  it('times the matrix is the unit matrix', () => {
    const entry = fc.integer({ min: -500, max: 500 }).map((n) => n / 97);
    fc.assert(
      fc.property(fc.array(entry, { minLength: 9, maxLength: 9 }), (m) => {
        fc.pre(Math.abs(determinant3(m)) > 0.1);
        const found = product(inverse3(m), m);
        [1, 0, 0, 0, 1, 0, 0, 0, 1].forEach((value, i) => expect(found[i]).toBeCloseTo(value, 8));
      }),
    );
  });

  it('of steps along the axes has the reciprocals, exactly', () => {
    expect(inverse3([-3, 0, 0, 0, -0.7, 0, 0, 0, 5]).map((v) => v + 0)).toEqual([
      -1 / 3,
      0,
      0,
      0,
      -1 / 0.7,
      0,
      0,
      0,
      1 / 5,
    ]);
  });

  it('has the last bits of ITK (GetInverse of an oblique direction times spacing, by SimpleITK 2.5.7)', () => {
    const m = [
      -1.6423066164020967, 0.1509130941229251, 2.4213797103911197, -0.9689632738624547, -0.08557229302273857,
      -4.414221566559162, -0.25827532368301054, -0.6385788678092416, 1.1637606613134686,
    ];
    expect(inverse3(m)).toEqual([
      -0.443534961910111, -0.2616862676388665, -0.06975197853311127, 0.34464459119536683, -0.19542391677722393,
      -1.4583410016287226, 0.09067896905103028, -0.1653094965240924, 0.043582019184014976,
    ]);
  });

  it('does not exist for a matrix without volume', () => {
    expect(() => inverse3([1, 2, 3, 2, 4, 6, 0, 0, 1])).toThrow(
      'Expected a matrix that can be inverted, found 1, 2, 3',
    );
    expect(() => inverse3([0, 0, 0, 0, 0, 0, 0, 0, 0])).toThrow('Expected a matrix that can be inverted');
  });
});
