import { describe, expect, it } from 'vitest';
import {
  checkOptions,
  count,
  finite,
  firstDifference,
  isSameJson,
  listOf,
  number,
  oneOf,
  orNull,
  positive,
  wholeNumber,
  yesNo,
} from '../lib/checks.ts';

describe('the checks of a configuration', () => {
  it.each([
    ['finite', finite, [0, -1.5], [NaN, Infinity, '1', null, undefined]],
    ['positive', positive, [1e-9, 3], [0, -1, '3']],
    ['count', count, [1, 7], [0, 1.5, -1, true]],
    ['wholeNumber', wholeNumber, [0, 7], [-1, 0.5]],
    ['yesNo', yesNo, [true, false], [0, 'true', null]],
    ['orNull', orNull(count), [null, 1], [undefined, 0]],
    ['oneOf', oneOf(['a', 'b']), ['a', 'b'], ['c', 0, null, ['a']]],
    ['listOf', listOf('one or two numbers', finite, 1, 2), [[1], [1, 2]], [[], [1, 2, 3], ['1'], 1, null]],
  ] as const)('%s allows what it says and nothing else', (_, [, holds], allowed, refused) => {
    expect(allowed.filter((value) => !holds(value))).toEqual([]);
    expect(refused.filter((value) => holds(value))).toEqual([]);
  });

  const table = { width: count, rate: orNull(number('a number below 1', (v) => v < 1)) };

  it('let options pass that are known and allowed', () => {
    expect(() => checkOptions({}, table, 'an option')).not.toThrow();
    expect(() => checkOptions({ width: 3, rate: null }, table, 'an option')).not.toThrow();
  });

  it.each([
    [{ depth: 1 }, 'Expected an option of my.width, my.rate, found "my.depth"'],
    [{ toString: 1 }, 'Expected an option of my.width, my.rate, found "my.toString"'],
    [{ width: '3' }, 'Expected my.width to be a positive whole number, found "3"'],
    [{ width: NaN }, 'Expected my.width to be a positive whole number, found NaN'],
    [{ rate: [1] }, 'Expected my.rate to be a number below 1 or null, found [1]'],
    [{ rate: undefined }, 'Expected my.rate to be a number below 1 or null, found undefined'],
  ])('refuse %j with a sentence', (values, sentence) => {
    expect(() => checkOptions(values, table, 'an option', 'my.')).toThrow(sentence);
  });
});

describe('isSameJson', () => {
  it('holds for what JSON writes alike: without what is undefined, and in the same order', () => {
    expect(isSameJson({ a: [1, null], b: undefined }, { a: [1, null] })).toBe(true);
    expect(isSameJson({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(false);
    expect(isSameJson(undefined, {})).toBe(false);
  });
});

describe('firstDifference', () => {
  it('is the first place where two values differ', () => {
    expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toBe('a.1.b: 2 and 3');
    expect(firstDifference({ a: 1 }, { a: 1, b: undefined })).toBeUndefined();
    expect(firstDifference({ a: null }, { a: {} })).toBe('a: null and {}');
  });
});
