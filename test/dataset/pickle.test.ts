/**
 * Pickles written operation by operation, as pickletools has them; segmentArray.test.ts has a file of Python.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PickleValue, pickledArray, readPickle } from '../../lib/dataset/pickle.ts';
import { UserError } from '../../lib/errors.ts';

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
  it('knows the names and numbered memory of protocols 2 and 3 where that is asked for', () => {
    const old = (...parts: (number | string)[]): PickleValue =>
      readPickle(pickle(...parts, 0x2e), 'a.pkl', { withOlder: true });
    const name = [0x63, ...Buffer.from('os\nsystem\n')]; // GLOBAL
    expect(old(...name)).toEqual({ kind: 'class', module: 'os', name: 'system' });
    expect(old('x', 0x71, 0, 0x68, 0, 0x86)).toEqual(['x', 'x']); // BINPUT, BINGET
    expect(old('x', 0x72, 0, 0, 0, 0, 0x68, 0, 0x86)).toEqual(['x', 'x']); // LONG_BINPUT
    expect(() => old('x', 0x72, 255, 255, 255, 255)).toThrow('a reference too far ahead at byte 8');
    expect(() => old(0x63, 0x61)).toThrow('a name without end at byte 1');
    expect(() => read('x', 0x71, 0)).toThrow('the operation 0x71 at byte 3');
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

describe('pickledArray', () => {
  const of = (name: string) => ({ kind: 'class', module: 'numpy', name }) as const;
  const array = (type: string, shape: PickleValue, bytes: PickleValue): PickleValue => {
    const dtype = { kind: 'object', of: of('dtype'), args: [type], state: [3, '<'] } as const;
    return { kind: 'object', of: of('_reconstruct'), args: [], state: [1, shape, dtype as never, false, bytes] };
  };

  it('has shape, type and bytes', () => {
    const found = pickledArray(array('u1', [2, 1], Buffer.of(7, 8)));
    expect(found).toEqual({ shape: [2, 1], type: 'u1', isBigEndian: false, isFortran: false, bytes: Buffer.of(7, 8) });
  });
  it('takes the text that protocol 2 makes of bytes', () => {
    const text: PickleValue = { kind: 'object', of: of('encode'), args: ['\u00ff\u0001', 'latin1'] };
    expect(pickledArray(array('u1', [2], text))?.bytes).toEqual(Buffer.of(255, 1));
  });
  it('is none where the bytes are not as many as the shape says, or it is something else', () => {
    expect(pickledArray(array('f4', [2], Buffer.alloc(4)))).toBeUndefined();
    expect(pickledArray(array('f4', [-1], Buffer.alloc(4)))).toBeUndefined();
    expect(pickledArray([1, 2])).toBeUndefined();
    expect(pickledArray(undefined)).toBeUndefined();
  });
});
