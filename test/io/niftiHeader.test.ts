/** NIfTI headers built from the offsets in nifti1.h and nifti2.h; what they mean is told by hand, as nibabel has it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { headerBytes, type NiftiHeader, parseNiftiHeader } from '../../lib/io/niftiHeader.ts';
import { type Fields, header } from './makeNifti.ts';

const parse = (fields: Fields = {}): NiftiHeader => parseNiftiHeader(header(fields), true, 'a.nii');

describe('the fields', () => {
  it('are the same in both versions and byte orders', () => {
    for (const version of [1, 2] as const) {
      for (const bigEndian of [false, true]) {
        const found = parse({
          version,
          bigEndian,
          datatype: 4,
          slope: 2,
          intercept: -8,
          pixdim: [1, 2, 3, 4, 0, 0, 0, 0],
        });
        expect(found).toMatchObject({
          version,
          littleEndian: !bigEndian,
          type: { name: 'int16', bytes: 2 },
          shape: [2, 3, 4],
          spacingMm: [2, 3, 4],
          slope: 2,
          intercept: -8,
          offset: headerBytes[version] + 4,
          lengthUnit: 'mm',
        });
      }
    }
  });
  it('of a pair let the voxels begin at any byte of their own file', () => {
    for (const offset of [0, 16]) {
      const bytes = header({ magic: 'ni1\0', offset });
      expect(parseNiftiHeader(bytes, false, 'a.hdr').offset).toBe(offset);
      expect(() => parseNiftiHeader(bytes, true, 'a.nii')).toThrow('Expected voxels that begin at byte 348 or later');
    }
  });
  it.each([
    [1, 'binary'],
    [32, 'complex64'],
    [128, 'RGB'],
    [1536, 'float128'],
    [2304, 'RGBA'],
    [999, 'datatype code 999'],
  ])('with voxel type %i are refused by its name', (datatype, name) => {
    const message = new RegExp(`^Expected integer or floating-point voxels.*found ${name}.*a\\.nii`);
    expect(() => parse({ datatype })).toThrow(message);
  });
});

describe('geometry', () => {
  const sform = [-2, 0, 0, 10, 0, 0, 3, 20, 0, 4, 0, 30];
  it('is the sform where it has a code', () => {
    expect(parse({ sformCode: 1, qformCode: 4, srow: sform }).affine).toEqual([...sform, 0, 0, 0, 1]);
  });
  it('is the qform where only that has a code; 90° about z with qfac -1, worked out by hand', () => {
    const { affine, spacingMm } = parse({
      qformCode: 1,
      quatern: [0, 0, Math.fround(Math.SQRT1_2)],
      qoffset: [5, 6, 7],
      pixdim: [-1, 2, 3, 4, 0, 0, 0, 0],
    });
    const wanted = [0, -3, 0, 5, 2, 0, 0, 6, 0, 0, -4, 7, 0, 0, 0, 1];
    expect(Math.max(...affine.map((v, i) => Math.abs(v - wanted[i]!)))).toBeLessThan(1e-6);
    expect(spacingMm).toEqual([2, 3, 4]);
  });
  it('without either is centred with x flipped', () => {
    const { affine } = parse({ dim: [3, 2, 3, 4], pixdim: [1, 2, 3, 4, 0, 0, 0, 0] });
    expect(affine).toEqual([-2, 0, 0, 1, 0, 3, 0, -3, 0, 0, 4, -6, 0, 0, 0, 1]);
  });
  it('ignores transform codes that do not exist', () => {
    expect(parse({ sformCode: 6, qformCode: -1, srow: sform }).affine[0]).toBe(-1);
  });
  it('mends a pixdim that is zero or negative', () => {
    expect(parse({ pixdim: [0, -2, 0, 3, 1, 1, 1, 1] }).spacingMm).toEqual([2, 1, 3]);
  });
  it('is taken as stored whatever the unit, which is reported', () => {
    const { spacingMm, lengthUnit } = parse({ units: 3, pixdim: [1, 500, 500, 500, 1, 1, 1, 1] });
    expect([spacingMm[0], lengthUnit]).toEqual([500, 'micron']);
  });
  it('is refused where the quaternion is too long or the affine not finite', () => {
    expect(() => parse({ qformCode: 1, quatern: [1, 1, 0] })).toThrow(
      'Expected a unit quaternion in the qform, found b² + c² + d² = 2 in a.nii',
    );
    expect(() => parse({ sformCode: 1, srow: [NaN, ...sform.slice(1)] })).toThrow('Expected a finite affine');
  });
});

describe('shapes', () => {
  it.each([
    [[1, 24], '24×1×1'],
    [[2, 4, 6], '4×6×1'],
    [[4, 2, 3, 4, 1], '2×3×4'],
    [[7, 2, 3, 4, 1, 1, 1, 1], '2×3×4'],
  ])('dim %j is one volume of shape %s', (dim, shape) => expect(parse({ dim }).shape.join('×')).toBe(shape));
  it('of FreeSurfer vectors are unfolded', () => {
    expect(parse({ dim: [4, -1, 1, 1, 1], glmin: 24 }).shape).toEqual([24, 1, 1]);
    expect(parse({ dim: [3, 27307, 1, 6] }).shape).toEqual([163842, 1, 1]);
  });
  it.each([
    [[4, 2, 3, 2, 2], 'Expected one 3-D volume'],
    [[3, 2, 0, 4], 'Expected at least one voxel'],
    [[3, -2, 3, 4], 'Expected at least one voxel'],
    [[0, 2, 3, 4], 'Expected 1 to 7 dimensions, found dim\\[0\\] = 0'],
    [[9, 2, 3, 4], 'Expected 1 to 7 dimensions'],
  ])('dim %j is refused', (dim, message) => expect(() => parse({ dim })).toThrow(new RegExp(`^${message}.*a\\.nii$`)));
});

describe('headers', () => {
  it.each<[string, Fields, string]>([
    ['no magic', { magic: '\0\0\0\0' }, 'an ANALYZE 7.5 header'],
    ['other magic', { magic: 'n+9\0', sizeofHeader: 1 }, 'found "n+9'],
    ['CIFTI', { version: 2, intentCode: 3001 }, 'CIFTI-2'],
    ['a text-mode copy', { version: 2, magic: 'n+2\0\n\x1a\n\0' }, 'text-mode'],
    ['voxels inside the header', { offset: 100 }, 'vox_offset 100'],
    ['an offset of 0', { offset: 0 }, 'vox_offset 0'],
    ['a negative offset', { version: 2, offset: -8 }, 'vox_offset -8'],
    ['an intercept that is no number', { slope: 2, intercept: NaN }, 'found NaN'],
  ])('with %s are refused', (_, fields, found) => {
    expect(() => parse(fields)).toThrow(new RegExp(`^Expected .*${found.replace('+', '\\+')}.*a\\.nii$`));
  });
  it('that end too early are refused', () => {
    expect(() => parseNiftiHeader(header().subarray(0, 347), true, 'a.nii')).toThrow(
      'Expected at least 348 bytes of NIfTI header, found 347 in a.nii',
    );
    expect(() => parseNiftiHeader(header({ version: 2 }).subarray(0, 539), true, 'a.nii')).toThrow(
      'Expected 540 bytes of NIfTI-2 header, found 539 in a.nii',
    );
  });
  it('of any bytes are refused by a sentence, or make a grid of whole voxels at a place that is finite', () => {
    const change = fc.tuple(fc.nat(347), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.constantFrom(1, 2), (changes, version) => {
        const bytes = header({ version: version as 1 | 2 });
        for (const [at, value] of changes) bytes[at] = value;
        let found: NiftiHeader;
        try {
          found = parseNiftiHeader(bytes, true, 'a.nii');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          return;
        }
        for (const n of found.shape) expect(Number.isInteger(n) && n >= 1).toBe(true);
        expect(found.affine.every(Number.isFinite)).toBe(true);
        expect(found.slope !== 0 && Number.isFinite(found.slope * found.intercept)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
