/** Lesions found and false alarms, in one dimension by hand. */
import { describe, expect, it } from 'vitest';
import { detectLesions, summariseDetections } from '../../lib/evaluate/detection.ts';

const line = (text: string): Uint8Array => Uint8Array.from(text, (letter) => Number(letter === '#'));
const detect = (prediction: string, reference: string) =>
  detectLesions(line(prediction), line(reference), [reference.length, 1, 1]);

describe('detectLesions', () => {
  it('finds a lesion by a candidate that overlaps it by a tenth of their union', () => {
    // One of ten voxels; one of eleven.
    expect(detect('#.........', '##########')).toEqual({ lesions: 1, found: 1, touched: 1, falsePositives: 0 });
    expect(detect('#..........', '###########')).toEqual({ lesions: 1, found: 0, touched: 1, falsePositives: 1 });
  });
  it('counts candidates elsewhere as false positives, and lesions one by one', () => {
    expect(detect('##..#..##.', '##.....##.')).toEqual({ lesions: 2, found: 2, touched: 2, falsePositives: 1 });
    expect(detect('....#.....', '##.....##.')).toEqual({ lesions: 2, found: 0, touched: 0, falsePositives: 1 });
  });
  it('takes a candidate over two lesions for both, and two candidates on one lesion for hits', () => {
    expect(detect('######', '##..##')).toEqual({ lesions: 2, found: 2, touched: 2, falsePositives: 0 });
    expect(detect('##..##', '######')).toEqual({ lesions: 1, found: 1, touched: 1, falsePositives: 0 });
  });
  it('is nothing of two empty masks', () => {
    expect(detect('....', '....')).toEqual({ lesions: 0, found: 0, touched: 0, falsePositives: 0 });
  });
  it('joins voxels across corners', () => {
    const diagonal = Uint8Array.of(1, 0, 0, 1);
    expect(detectLesions(diagonal, diagonal, [2, 2, 1]).lesions).toBe(1);
  });
});

describe('summariseDetections', () => {
  it('counts cases: sensitivity of those with a lesion, specificity of those without', () => {
    const cases = [
      { lesions: 2, found: 1, touched: 2, falsePositives: 1 },
      { lesions: 1, found: 0, touched: 1, falsePositives: 1 },
      { lesions: 0, found: 0, touched: 0, falsePositives: 2 },
      { lesions: 0, found: 0, touched: 0, falsePositives: 0 },
    ];
    expect(summariseDetections(cases)).toEqual({
      withLesion: 2,
      found: 1,
      touched: 2,
      sensitivity: 1 / 2,
      withoutLesion: 2,
      rightlyEmpty: 1,
      specificity: 1 / 2,
      falsePositives: 4,
      falsePositivesPerCase: 1,
    });
  });
  it('has no share of nothing', () => {
    expect(summariseDetections([])).toEqual({
      withLesion: 0,
      found: 0,
      touched: 0,
      withoutLesion: 0,
      rightlyEmpty: 0,
      falsePositives: 0,
    });
  });
});
