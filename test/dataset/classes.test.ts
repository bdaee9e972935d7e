/** Classes by name, as the command line and files have them. */
import { describe, expect, it } from 'vitest';
import {
  areSameClasses,
  classesSchema,
  describeClasses,
  numberedClasses,
  parseClasses,
  probabilitySuffixes,
  storedValues,
} from '../../lib/dataset/classes.ts';
import { checkShape } from '../../lib/io/schema.ts';

const { classes } = parseClasses('pancreas=1,tumour=2');

describe('--labels', () => {
  it('numbers classes in their order, whatever their values', () => {
    expect(parseClasses('tumour=2, pancreas=1')).toEqual({
      labelMap: { 2: 1, 1: 2 },
      classes: [
        { name: 'tumour', values: [2] },
        { name: 'pancreas', values: [1] },
      ],
    });
  });
  it('takes several values for a class, and a star for all others', () => {
    expect(parseClasses('pancreas=4+5,tumour=1,*=0')).toMatchObject({
      labelMap: { 4: 1, 5: 1, 1: 2 },
      otherLabels: 'background',
    });
    expect(describeClasses(parseClasses('pancreas=4+5,tumour=1').classes)).toBe('pancreas=4+5,tumour=1');
  });
  it.each([
    ...['', 'pancreas', 'pancreas=', '=1', 'pancreas=0', 'pancreas=-1', 'pancreas=1.5', 'pancreas=99999', '*=0'],
    ...['a=1,a=2', 'a=1,A=2', 'a=1,b=1', 'a=1+1', 'all=1', '../a=1', 'a b=1', '1=1', 'a=1,,b=2', 'a=1,*=1'],
  ])('refuses %j', (bad) => {
    expect(() => parseClasses(bad)).toThrow('Expected --labels with different names and label values');
  });
});

describe('Classes in a file', () => {
  it('are refused where a name cannot be a part of a file name, or names and values are not different', () => {
    expect(checkShape(classes, classesSchema)).toBe(classes);
    for (const bad of [
      ...[[], {}, [null], [{ name: '../x', values: [1] }], [{ name: 'a', values: [] }], [{ name: 'a' }]],
      [...classes, { name: 'Tumour', values: [3] }],
      [...classes, { name: 'cyst', values: [2] }],
    ])
      expect(() => checkShape(bad, classesSchema)).toThrow('Expected a list of classes with names and label values');
  });
  it('are the same where names, values and order are', () => {
    expect(areSameClasses(classes, parseClasses('pancreas=1,tumour=2').classes)).toBe(true);
    expect(areSameClasses(classes, parseClasses('tumour=2,pancreas=1').classes)).toBe(false);
    expect(areSameClasses(classes, undefined)).toBe(false);
    expect(areSameClasses(undefined, undefined)).toBe(true);
  });
});

describe('Masks and maps', () => {
  it('have the first stored value of each class, in as many bytes as that takes', () => {
    const numbers = Uint8Array.of(0, 1, 2);
    expect(storedValues(numbers, undefined)).toBe(numbers);
    expect(storedValues(numbers, parseClasses('a=7+9,b=3').classes)).toEqual(Uint8Array.of(0, 7, 3));
    expect(storedValues(numbers, parseClasses('a=1,b=300').classes)).toEqual(Int16Array.of(0, 1, 300));
  });
  it('are numbered where nobody named them', () => {
    expect(numberedClasses(2)).toEqual([
      { name: 'class-1', values: [1] },
      { name: 'class-2', values: [2] },
    ]);
  });
  it('have one map of probability, or one a class', () => {
    expect(probabilitySuffixes()).toEqual(['_probability']);
    expect(probabilitySuffixes(classes.slice(0, 1))).toEqual(['_probability']);
    expect(probabilitySuffixes(classes)).toEqual(['_probability_pancreas', '_probability_tumour']);
  });
});
