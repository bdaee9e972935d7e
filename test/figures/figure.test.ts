/** What can be told of a figure. */
import { describe, expect, it } from 'vitest';
import { type Figure, hasPictures, titleOf } from '../../lib/figures/figure.ts';

const figureOf = (layout: object): Figure => ({ data: [], layout: { width: 1, height: 1, ...layout } });

describe('titleOf', () => {
  it('is the text without markup, on one line', () => {
    expect(titleOf(figureOf({ title: { text: '<b>Loss</b><br>of <i>two</i><br/>runs' } }))).toBe('Loss of two runs');
    expect(titleOf(figureOf({ title: 'plain' }))).toBe('plain');
    expect(titleOf(figureOf({}))).toBe('');
  });
});

describe('hasPictures', () => {
  it('is true where slices are shown', () => {
    expect(hasPictures(figureOf({ images: [{}] }))).toBe(true);
    expect([hasPictures(figureOf({ images: [] })), hasPictures(figureOf({}))]).toEqual([false, false]);
  });
});
