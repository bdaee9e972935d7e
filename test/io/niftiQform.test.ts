/** The qform against rotations by hand, and there and back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qformAffine, qformDistance, qformOf } from '../../lib/io/niftiQform.ts';
import type { Affine, Vec3 } from '../../lib/volume/volume.ts';

const half = Math.SQRT1_2;
const fieldsOf = (b: number, c: number, d: number, qfac = 1, offset: Vec3 = [0, 0, 0]) => ({
  quatern_b: b,
  quatern_c: c,
  quatern_d: d,
  qoffset_x: offset[0],
  qoffset_y: offset[1],
  qoffset_z: offset[2],
  pixDims: [qfac, 1, 1, 1],
});
const affineOf = (b: number, c: number, d: number, qfac = 1): number[] =>
  qformAffine(fieldsOf(b, c, d, qfac), 2, [2, 3, 4], 'a.nii').map((v) => Math.round(v * 1e9) / 1e9 + 0);

describe('qformAffine', () => {
  it('of no rotation is the spacing', () => {
    expect(affineOf(0, 0, 0)).toEqual([2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1]);
  });
  it('of a quarter turn moves one axis to the next: columns are the images of x, y, z', () => {
    // About x: y goes to z, z to −y. About y: z to x, x to −z. About z: x to y, y to −x.
    expect(affineOf(half, 0, 0)).toEqual([2, 0, 0, 0, 0, 0, -4, 0, 0, 3, 0, 0, 0, 0, 0, 1]);
    expect(affineOf(0, half, 0)).toEqual([0, 0, 4, 0, 0, 3, 0, 0, -2, 0, 0, 0, 0, 0, 0, 1]);
    expect(affineOf(0, 0, half)).toEqual([0, -3, 0, 0, 2, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1]);
  });
  it('of a half turn about z turns x and y around; a qfac of −1 mirrors z', () => {
    expect(affineOf(0, 0, 1, -1)).toEqual([-2, 0, 0, 0, 0, -3, 0, 0, 0, 0, -4, 0, 0, 0, 0, 1]);
  });
  it('takes the origin from the offsets', () => {
    const affine = qformAffine(fieldsOf(0, 0, 0, 1, [5, 6, 7]), 1, [1, 1, 1], 'a.nii');
    expect([affine[3], affine[7], affine[11]]).toEqual([5, 6, 7]);
  });
  it('forgives a quaternion that is too long by rounding, in the precision of its version', () => {
    const long = Math.sqrt(1 + 2 ** -23);
    expect(() => qformAffine(fieldsOf(long, 0, 0), 1, [1, 1, 1], 'a.nii')).not.toThrow();
    expect(() => qformAffine(fieldsOf(long, 0, 0), 2, [1, 1, 1], 'a.nii')).toThrow('a unit quaternion in the qform');
    expect(() => qformAffine(fieldsOf(NaN, 0, 0), 1, [1, 1, 1], 'a.nii')).toThrow('found b² + c² + d² = NaN in a.nii');
  });
});

describe('qformOf', () => {
  it('is the quaternion of a rotation, and a mirrored z as a sign', () => {
    expect(qformOf([0, -3, 0, 5, 2, 0, 0, 6, 0, 0, -4, 7, 0, 0, 0, 1], [2, 3, 4])).toEqual({
      b: expect.closeTo(0, 12),
      c: expect.closeTo(0, 12),
      d: expect.closeTo(half, 12),
      zSign: -1,
    });
  });
  it('is none for a sheared affine or another spacing', () => {
    expect(qformOf([1, 0.5, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], [1, Math.hypot(0.5, 1), 1])).toBeUndefined();
    expect(qformOf([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], [2, 1, 1])).toBeUndefined();
  });
  it('gives the affine back, whatever the rotation, half turns included', () => {
    const angle = fc.oneof(fc.double({ min: -4, max: 4, noNaN: true }), fc.constantFrom(0, Math.PI, Math.PI / 2));
    fc.assert(
      fc.property(angle, angle, angle, fc.constantFrom(1, -1), (a, b, c, zSign) => {
        // A rotation about z, then y, then x, as a product of three matrices.
        const [[ca, sa], [cb, sb], [cc, sc]] = [a, b, c].map((t) => [Math.cos(t), Math.sin(t)]) as [number, number][];
        const rotation = [
          [cb * ca, -cb * sa, sb],
          [cc * sa + sc * sb * ca, cc * ca - sc * sb * sa, -sc * cb],
          [sc * sa - cc * sb * ca, sc * ca + cc * sb * sa, cc * cb],
        ];
        const spacingMm: Vec3 = [0.7, 0.8, 5];
        const scale = [0.7, 0.8, 5 * zSign];
        const affine: Affine = [...rotation.flatMap((row, r) => [...row.map((v, i) => v * scale[i]!), r]), 0, 0, 0, 1];
        const { b: x, c: y, d: z, zSign: sign } = qformOf(affine, spacingMm)!;
        const back = qformAffine(fieldsOf(x, y, z, sign, [0, 1, 2]), 1, spacingMm, 'a.nii');
        expect(sign).toBe(zSign);
        // b, c and d alone tell w, and hold half a turn to the root of the precision only.
        expect(Math.max(...back.map((value, i) => Math.abs(value - affine[i]!)))).toBeLessThan(1e-6);
      }),
      { numRuns: 300 },
    );
  });
});

describe('qformDistance', () => {
  const [shape, spacingMm]: [Vec3, Vec3] = [
    [512, 512, 300],
    [0.8, 0.8, 1.5],
  ];
  /** A grid turned by the quaternion (w, x, y, z), whose parts the header keeps in single precision. */
  const apart = (parts: readonly number[], turned = 0): number => {
    const [w, x, y, z] = parts.map((v) => v / Math.hypot(...parts)) as [number, number, number, number];
    const sign = w < 0 ? -1 : 1;
    const exact = { ...fieldsOf(sign * x, sign * y, sign * z), pixDims: [1, ...spacingMm] };
    const affine = qformAffine(exact, 2, spacingMm, 'a.nii');
    const stored = fieldsOf(Math.fround(sign * x), Math.fround(sign * y), Math.fround(sign * z + turned));
    return qformDistance(stored, 1, { affine, shape, spacingMm });
  };
  it('is nothing where single precision alone keeps the two apart, near half a turn too', () => {
    const part = fc.double({ min: -1, max: 1, noNaN: true });
    const tiny = fc.double({ min: -1e-3, max: 1e-3, noNaN: true });
    fc.assert(
      fc.property(fc.oneof(part, tiny), part, part, part, (w, x, y, z) => {
        fc.pre(Math.hypot(x, y, z) > 0.1);
        expect(apart([w, x, y, z])).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
  it('tells of a turn by a tenth of a degree about z: 0.1 π / 180 of the diagonal of a slice, 1.01 mm', () => {
    // z changes by half the angle; 511 · 0.8 mm · √2 · 0.1 π / 180
    expect(apart([1, 0, 0, 0], (0.1 * Math.PI) / 360)).toBeCloseTo(1.01, 2);
  });
});
