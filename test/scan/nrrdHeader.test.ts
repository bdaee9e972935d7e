/** NRRD headers made by hand; anatomy as SimpleITK reads it, all else by the description of the format. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { type NrrdHeader, parseNrrdHeader } from '../../lib/scan/nrrdHeader.ts';
import { type NrrdFields, nrrdHeader } from './makeNrrd.ts';

const parse = (fields: NrrdFields = {}, options: Parameters<typeof nrrdHeader>[1] = {}): NrrdHeader =>
  parseNrrdHeader(nrrdHeader(fields, options).trimEnd().split('\n'), 'a.nrrd');

describe('the fields', () => {
  it('say the type, encoding, byte order and where the voxels are', () => {
    expect(parse()).toMatchObject({
      version: 4,
      type: { name: 'int16' },
      littleEndian: true,
      encoding: 'raw',
      shape: [2, 3, 4],
      dataFile: undefined,
      lineSkip: 0,
      byteSkip: 0,
    });
    const apart = { 'data file': 'b.raw', 'byte skip': '-1', 'line skip': '2', endian: 'big' };
    expect(parse(apart)).toMatchObject({ dataFile: 'b.raw', byteSkip: -1, lineSkip: 2, littleEndian: false });
  });
  it('may have other names of the same type and encoding, in any case', () => {
    for (const type of ['short', 'SIGNED SHORT INT', 'int16_t']) expect(parse({ type }).type.name).toBe('int16');
    for (const [encoding, name] of Object.entries({ gz: 'gzip', TXT: 'text', ascii: 'text', Raw: 'raw' }))
      expect(parse({ encoding }).encoding).toBe(name);
  });
  it('may be joined by comments and by key/value pairs, whose escapes are undone', () => {
    const more = ['# a comment: x', String.raw`a key:=two\nlines`, String.raw`b\\c:=`, '__proto__:=x'].join('\n');
    expect(Object.entries(parse({}, { more }).keyValues)).toEqual([
      ['a key', 'two\nlines'],
      ['b\\c', ''],
      ['__proto__', 'x'],
    ]);
  });
  it('need no byte order where a number is one byte, or text', () => {
    expect(parse({ type: 'uchar', endian: undefined }).littleEndian).toBe(true);
    expect(parse({ encoding: 'text', endian: undefined }).littleEndian).toBe(true);
  });
  it.each([
    ['block', 'type "block"'],
    ['half', 'type "half"'],
    ['constructor', 'type "constructor"'],
  ])('%s are no type', (type, found) => {
    expect(() => parse({ type })).toThrow(
      new RegExp(`^Expected integer or floating-point voxels.*found ${found} in .*a\\.nrrd$`),
    );
  });
});

describe('geometry', () => {
  // As SimpleITK 2.5.7 reads the same headers, its spacing, direction and origin (LPS) turned to RAS.
  const directions = '(0,1.5,0) (2,0,0) (0,0,3)';
  const lps = [0, -2, 0, -10, -1.5, 0, 0, -20, 0, 0, 3, 30];
  it.each([
    ['left-posterior-superior', lps],
    ['LPS', lps],
    ['scanner-xyz', lps],
    ['3D-right-handed', lps],
    ['right-anterior-superior', [0, 2, 0, 10, 1.5, 0, 0, 20, 0, 0, 3, 30]],
    ['left-anterior-superior', [0, -2, 0, -10, 1.5, 0, 0, 20, 0, 0, 3, 30]],
  ])('in the space %s is turned to RAS', (space, wanted) => {
    const { affine, spacingMm, shape } = parse({
      space,
      'space directions': directions,
      'space origin': '(10,20,30)',
    });
    expect([affine, spacingMm, shape]).toEqual([
      [...wanted, 0, 0, 0, 1],
      [1.5, 2, 3],
      [2, 3, 4],
    ]);
  });
  it('with a space dimension only is taken as left-posterior-superior', () => {
    expect(
      parse({ 'space dimension': '3', 'space directions': directions, 'space origin': '(10,20,30)' }).affine.slice(
        0,
        12,
      ),
    ).toEqual(lps);
  });
  it.each([
    [undefined, [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0], [1, 1, 1]],
    ['1.5 2 3', [-1.5, 0, 0, 0, 0, -2, 0, 0, 0, 0, 3, 0], [1.5, 2, 3]],
    ['nan 2 3', [-1, 0, 0, 0, 0, -2, 0, 0, 0, 0, 3, 0], [1, 2, 3]],
    ['-1.5 2 3', [1.5, 0, 0, 0, 0, -2, 0, 0, 0, 0, 3, 0], [1.5, 2, 3]],
  ])('from spacings %s has axes along left, posterior, superior', (spacings, affine, spacingMm) => {
    expect(parse({ spacings })).toMatchObject({ affine: [...affine, 0, 0, 0, 1], spacingMm });
  });
  it('may be sheared', () => {
    const { affine, spacingMm } = parse({ space: 'RAS', 'space directions': '(1.5,0,0) (0.3,-2,0) (0,0,3)' });
    expect([affine.slice(0, 8), spacingMm[1]]).toEqual([[1.5, 0.3, 0, 0, 0, -2, 0, 0], Math.hypot(0.3, 2)]);
  });
  it('keeps its units unconverted and says which they are', () => {
    const found = parse({ space: 'LPS', 'space directions': directions, 'space units': '"um" "um" "um"' });
    expect([found.spacingMm[0], found.spaceUnits]).toEqual([1.5, '"um" "um" "um"']);
  });
  it.each<[NrrdFields, string]>([
    [{ dimension: '4', sizes: '3 2 3 4' }, 'one 3-D volume, found dimension "4"'],
    [{ dimension: '2', sizes: '6 4' }, 'one 3-D volume'],
    [{ sizes: '2 3' }, 'three sizes'],
    [{ sizes: '2 3 0' }, 'three sizes'],
    [{ sizes: '2 3 -4' }, 'three sizes'],
    [{ sizes: '2 3 4.5' }, 'three sizes'],
    [{ kinds: 'vector domain domain' }, 'one number a voxel on three spatial axes, found an axis of kind "vector"'],
    [{ kinds: 'complex domain domain' }, 'found an axis of kind "complex"'],
    [{ kinds: 'domain domain list' }, 'found an axis of kind "list"'],
    [{ space: 'left-posterior-superior-time' }, 'a 3-D space'],
    [{ space: 'constructor' }, 'a 3-D space'],
    [{ space: 'LPS', 'space directions': '(1,0,0) (0,1,0) none' }, 'a space direction as (x,y,z)'],
    [{ space: 'LPS', 'space directions': '(1,0,0) (0,1,0)' }, 'three space directions, found'],
    [{ space: 'LPS', 'space directions': '(1,0,0) (1,0,0) (0,0,1)' }, 'three space directions in three dimensions'],
    [{ space: 'LPS', 'space directions': '(1,0,0) (0,nan,0) (0,0,1)' }, 'found "(0,nan,0)"'],
    [{ space: 'LPS', 'space directions': '(1,0) (0,1) (0,0)' }, 'a space direction as'],
    [{ spacings: '1 0 1' }, 'three spacings'],
    [{ spacings: '1 1' }, 'three spacings'],
    [{ spacings: '1 1 1', 'space directions': directions }, 'space directions or spacings, found both'],
    [{ space: 'RAS', spacings: '1 1 1' }, 'space directions, as there is a space'],
    [{ 'axis mins': '1 2 3', spacings: '1 1 1' }, 'found the field "axismins"'],
    [{ 'space dimension': '2' }, 'the space dimension 3'],
    [{ 'space origin': '(1,2)' }, 'the space origin as'],
  ])('%j is refused', (fields, message) => {
    expect(() => parse(fields)).toThrow(message);
    expect(() => parse(fields)).toThrow(/^Expected .*, found .*a\.nrrd$/);
  });
});

describe('headers', () => {
  it.each<[string, NrrdFields, Parameters<typeof nrrdHeader>[1], string]>([
    ['no type', { type: undefined }, {}, 'the NRRD field "type", found none'],
    ['no sizes', { sizes: undefined }, {}, 'the NRRD field "sizes"'],
    ['no encoding', { encoding: undefined }, {}, 'the NRRD field "encoding"'],
    ['no byte order', { endian: undefined }, {}, 'the NRRD field "endian"'],
    ['an odd byte order', { endian: 'middle' }, {}, 'the endian little or big'],
    ['bzip2', { encoding: 'bzip2' }, {}, 'the encoding raw, gzip, text or hex, found "bzip2"'],
    ['a later version', {}, { magic: 'NRRD0006' }, 'an NRRD file'],
    ['a field twice', {}, { more: 'type: short' }, 'one field "type", found two'],
    ['an unknown field', {}, { more: 'colour: red' }, 'NRRD header lines'],
    ['a line without a colon', {}, { more: 'something' }, 'NRRD header lines'],
    ['a negative line skip', { 'line skip': '-1' }, {}, '"lineskip" to be an integer of 0'],
    ['byte skip -1 with gzip', { encoding: 'gzip', 'byte skip': '-1' }, {}, 'a byte skip of -1'],
    ['a list of data files', { 'data file': 'LIST' }, {}, 'one data file, found a list'],
    ['a pattern of data files', { 'data file': 'a%03d.raw 1 4 1' }, {}, 'one data file, found a list'],
  ])('with %s are refused', (_, fields, options, message) => {
    expect(() => parse(fields, options)).toThrow(`Expected ${message}`);
    expect(() => parse(fields, options)).toThrow(/a\.nrrd$/);
  });
  it('of any lines are refused by a sentence, or make a grid', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('1 2 3', '(1,0,0) (0,1,0) (0,0,2)', 'LPS', '-1'),
    );
    const name = fc.constantFrom('type', 'sizes', 'space', 'space directions', 'spacings', 'kinds', 'byte skip', 'x');
    fc.assert(
      fc.property(fc.dictionary(name, text, { maxKeys: 4 }), (fields) => {
        let found: NrrdHeader;
        try {
          found = parse(fields);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as Error).message).toMatch(/^Expected [^]*, found [^]* in a\.nrrd$/);
          return;
        }
        expect(found.shape.every((n) => Number.isInteger(n) && n > 0)).toBe(true);
        expect(found.spacingMm.every((mm) => mm > 0)).toBe(true);
        expect(found.affine.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
