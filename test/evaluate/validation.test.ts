/** The score of a validation, by hand. */
import { describe, expect, it } from 'vitest';
import type { OverlapCounts } from '../../lib/evaluate/overlap.ts';
import type { ScoredSlice } from '../../lib/evaluate/slices.ts';
import { overlapByClass, validationOf } from '../../lib/evaluate/validation.ts';

const counts = (tp: number, fp: number, fn: number): OverlapCounts => ({ tp, fp, fn, tn: 100 });
const slice = (patient: string, whole: OverlapCounts, ...classes: OverlapCounts[]): ScoredSlice => ({
  index: 0,
  patient,
  counts: whole,
  ...(classes.length > 0 && { classes }),
});
const names = ['pancreas', 'tumour'].map((name, i) => ({ name, values: [i + 1] }));

describe('The score of a validation', () => {
  it('is of one class the mean over patients of the DSC of their slices together', () => {
    const scored = [slice('a', counts(1, 0, 0)), slice('a', counts(0, 2, 0)), slice('b', counts(1, 1, 1))];
    const { dice, sd, patients, classes } = validationOf(scored);
    expect(patients).toEqual([
      { patient: 'a', dice: 1 / 2 },
      { patient: 'b', dice: 1 / 2 },
    ]);
    expect([dice, sd, classes]).toEqual([1 / 2, 0, undefined]);
    expect(validationOf(scored, names.slice(0, 1))).toEqual({ dice, sd, patients });
  });

  it('is of several the mean of their means, each over the patients in whom it occurs', () => {
    const scored = [
      slice('ill', counts(4, 0, 0), counts(1, 0, 0), counts(1, 1, 1)), // 1 and 1/2
      slice('healthy', counts(1, 0, 1), counts(1, 0, 1), counts(0, 0, 0)), // 2/3, no tumour and none found
      slice('alarmed', counts(1, 1, 0), counts(1, 0, 0), counts(0, 1, 0)), // 1, a tumour that is none
    ];
    const { dice, patients, classes } = validationOf(scored, names);
    expect(classes).toEqual({ pancreas: expect.closeTo((1 + 2 / 3 + 1) / 3, 12), tumour: 1 / 4 });
    expect(dice).toBeCloseTo((8 / 9 + 1 / 4) / 2, 12);
    expect(patients.map((one) => one.dice)).toEqual([3 / 4, 2 / 3, 1 / 2].map((value) => expect.closeTo(value, 12)));
    expect(overlapByClass(scored, names)[1].patients.map(({ patient }) => patient)).toEqual(['ill', 'alarmed']);
  });

  it('leaves out a class that nobody has, and is 1 where there is nothing and nothing was found', () => {
    const pancreas = slice('a', counts(1, 0, 0), counts(1, 0, 0), counts(0, 0, 0));
    expect(validationOf([pancreas], names)).toMatchObject({ dice: 1, classes: { pancreas: 1, tumour: null } });
    const nothing = slice('a', counts(0, 0, 0), counts(0, 0, 0), counts(0, 0, 0));
    expect(validationOf([nothing], names)).toMatchObject({ dice: 1, patients: [{ patient: 'a', dice: 1 }] });
  });
});
