/**
 * Pickles written operation by operation, as pickletools has them; dataset/segmentArray.test.ts has a file of Python.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { type PickleValue, readPickle } from '../../lib/io/pickle.ts';

/** Bytes of operations: numbers as they are, texts with their length in front (SHORT_BINUNICODE). */
const pickle = (...parts: (number | string)[]): Buffer =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === 'number' ? Buffer.of(part) : Buffer.concat([Buffer.of(0x8c, part.length), Buffer.from(part)]),
    ),
  );
const read = (...parts: (number | string)[]): PickleValue => readPickle(pickle(...parts, 0x2e), 'a.pkl');

describe('readPickle', () => {
  it('reads plain values: None, True, False, integers of 1, 2 and 4 bytes, texts and bytes', () => {
    expect([read(0x4e), read(0x88), read(0x89)]).toEqual([null, true, false]);
    expect([read(0x4b, 200), read(0x4d, 1, 2), read(0x4a, 255, 255, 255, 255)]).toEqual([200, 513, -1]);
    expect(read('abc')).toBe('abc');
    expect(read(0x43, 2, 7, 9)).toEqual(Buffer.of(7, 9));
  });
  it('reads tuples, lists and dictionaries', () => {
    expect(read(0x4b, 1, 0x4b, 2, 0x86)).toEqual([1, 2]); // TUPLE2
    expect(read(0x28, 0x4b, 1, 0x4b, 2, 0x4b, 3, 0x4b, 4, 0x74)).toEqual([1, 2, 3, 4]); // MARK … TUPLE
    expect(read(0x5d, 0x4b, 5, 0x61, 0x28, 0x4b, 6, 0x4b, 7, 0x65)).toEqual([5, 6, 7]); // APPEND, APPENDS
    expect(read(0x7d, 'a', 0x4b, 1, 0x73, 0x28, 'b', 0x4b, 2, 0x75)).toEqual(
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    );
  });
  it('remembers what was memoized', () => {
    expect(read('x', 0x94, 0x68, 0, 0x86)).toEqual(['x', 'x']);
    expect(() => read(0x68, 3)).toThrow('a reference to nothing at byte 2');
  });
  it('leaves a class a name and an object its arguments and state: nothing is run', () => {
    const of = { kind: 'class', module: 'os', name: 'system' };
    expect(read('os', 'system', 0x93, 'rm', 0x85, 0x52)).toEqual({ kind: 'object', of, args: ['rm'] });
    expect(read('os', 'system', 0x93, 0x29, 0x81, 0x4b, 1, 0x62)).toEqual({ kind: 'object', of, args: [], state: 1 });
    expect(() => read(0x4b, 1, 0x29, 0x52)).toThrow('a call of no class');
  });
  it('is refused by name when it is no pickle of this kind', () => {
    expect(() => readPickle(Buffer.from('cos\nsystem\n(S"true"\ntR.'), 'evil.pkl')).toThrow(
      'Expected a pickled array, found the operation 0x63 at byte 0 in evil.pkl',
    );
    expect(() => readPickle(pickle(0x4b), 'a.pkl')).toThrow('found the end of the file at byte 1 in a.pkl');
    expect(() => read()).toThrow('an operation without operand at byte 1');
    expect(() => read(0x74)).toThrow('a collection without beginning');
  });
  it('is refused or read, whatever the bytes', () => {
    const operation = fc.constantFrom(
      0x28,
      0x29,
      0x5d,
      0x7d,
      0x74,
      0x85,
      0x86,
      0x61,
      0x65,
      0x73,
      0x75,
      0x4e,
      0x52,
      0x62,
      0x94,
      0x93,
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(operation, fc.nat(255)), { maxLength: 30 }), (codes) => {
        try {
          readPickle(Buffer.from([...codes, 0x2e]), 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
