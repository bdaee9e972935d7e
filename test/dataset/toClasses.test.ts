/** Stored label values to classes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toClasses } from '../../lib/dataset/toClasses.ts';

const pancreasAndTumour = { labelMap: { 1: 1, 2: 1, 3: 0 } };

describe('toClasses', () => {
  it('takes each value for its class: pancreas and tumour 1, other organs and background 0', () => {
    const stored = [0, 1, 2, 3, 0, 2];
    for (const array of [Uint8Array, Int16Array, Float32Array])
      expect(toClasses(array.from(stored), pancreasAndTumour, 'a.nii')).toEqual(Uint8Array.of(0, 1, 1, 0, 0, 1));
  });
  it('makes an empty label zeros, whatever its type', () => {
    expect(toClasses(new Int32Array(5), pancreasAndTumour, 'a.nii')).toEqual(new Uint8Array(5));
    expect(toClasses(new Uint8Array(0), pancreasAndTumour, 'a.nii')).toEqual(new Uint8Array(0));
  });
  it('refuses a map that makes background a class, which would turn a whole volume over', () => {
    expect(() => toClasses(Uint8Array.of(0, 1), { labelMap: { 0: 1, 1: 1 } }, 'a.nii')).toThrow('leaves 0 background');
  });
  it('refuses a value that the map does not have, by its file', () => {
    for (const array of [Uint8Array, Float32Array]) {
      expect(() => toClasses(array.of(0, 7), pancreasAndTumour, 'a.nii')).toThrow(
        'Expected label values 0, 1, 2, 3, found 7 in a.nii',
      );
    }
  });
  it('takes whole values that the map does not have for background where the user says so, but no fraction', () => {
    const rules = { labelMap: { 7: 1 }, otherLabels: 'background' } as const;
    expect(toClasses(Int16Array.of(0, 7, 5, -3), rules, 'a.nii')).toEqual(Uint8Array.of(0, 1, 0, 0));
    expect(() => toClasses(Float32Array.of(7, 0.5), rules, 'a.nii')).toThrow('found 0.5');
    expect(() => toClasses(Float32Array.of(NaN), rules, 'a.nii')).toThrow('found NaN');
  });
  it('gives bytes the same classes as any other type, also far behind background', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.nat({ max: 1200 }),
        fc.nat({ max: 600 }),
        (some, before, after) => {
          const stored = Uint8Array.of(...new Uint8Array(before), ...some, ...new Uint8Array(after));
          const rules = { labelMap: { 1: 1, 200: 2 }, otherLabels: 'background' } as const;
          const wanted = Uint8Array.from(stored, (v) => (v === 200 ? 2 : Number(v === 1)));
          expect(toClasses(stored, rules, 'a.nii')).toEqual(wanted);
          expect(toClasses(Float64Array.from(stored), rules, 'a.nii')).toEqual(wanted);
        },
      ),
    );
  });
});
