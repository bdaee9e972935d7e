import { describe, expect, it } from 'vitest';
import type { Likeness } from '../../lib/predict/likeness.ts';
import { besideRows, besideText } from '../../lib/report/beside.ts';
import { seenExample as seen } from '../predict/seen.ts';

const likeness: Likeness = {
  slices: 12,
  alike: 3,
  look: { softHu: 45.4, brightShare: 0.126, noiseHu: 9, bodyRows: 41, bodyColumns: 60 },
  isNoiseComparable: false,
  fatHu: -104,
  organHu: null,
  spacingMm: [0.8, 5],
};

describe('a scan beside the training data', () => {
  it('is a table of what was measured of it and the range of the training, with dashes for what is not known', () => {
    const rows = besideRows({ likeness, seen });
    expect(rows[0]).toEqual(['', 'this scan', 'training: least / middle / most']);
    expect(rows).toContainEqual(['soft tissue, middle (HU)', '45', '50 / 70 / 110']);
    expect(rows).toContainEqual(['soft tissue of 80 HU or more', '13 %', '20 % / 40 % / 70 %']);
    expect(rows).toContainEqual(['noise (HU)', '–', '0 / 10 / 25']);
    expect(rows).toContainEqual(['inside of the mask, mean (HU)', '–', '50 / 90 / 120']);
    expect(rows).toContainEqual(['between slices (mm)', '5.00', '1.00 / 1.00 / 1.00']);
    expect(rows.at(-1)).toEqual(['slices that lie inside of all of it', '3 of 12 looked at', '–']);
  });

  it('says how few people these were, and that the network sees no neighbours', () => {
    expect(besideText(seen)).toMatch(/20 pictures of 5 people.*no neighbours.*0 to 256 HU/);
  });
});
