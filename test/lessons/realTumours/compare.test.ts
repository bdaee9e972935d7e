import { describe, expect, it } from 'vitest';
import { Random } from '../../../lib/random.ts';
import { mannWhitney } from '../../../lib/statistics/mannWhitney.ts';
import { welchTTest } from '../../../lib/statistics/welch.ts';
import {
  compareKnown,
  control,
  hasTumour,
  leftByControls,
  mixedComparison,
  tumourComparison,
} from '../../../notebooks/lessons/realTumours/compare.ts';
import { patientUnits, slicesOf, sliceUnits } from '../../../notebooks/lessons/realTumours/patients.ts';
import type { RealTumourRow } from '../../../notebooks/lessons/realTumours/table.ts';

/** Patients of both sources; `value` makes the feature x of a slice, y is noise of patients alone. */
function rowsOf(counts: { MSD: number; NIH: number }, slices: number, value: (patient: number, k: number) => number) {
  const random = Random.stream(7, 'rows');
  return (['MSD', 'NIH'] as const).flatMap((source, s) =>
    Array.from({ length: counts[source] }, (_, p) => {
      const own = random.normal() + (source === 'MSD' ? 0.8 : 0);
      return Array.from(
        { length: slices },
        (_, k): RealTumourRow => ({
          ...{ file: `${source}${p}-${k}.png`, patient: `${source}${p}`, source, tumour: source === 'MSD', slice: k },
          acquisition: { size: 100 * s + p, known: p % 2 ? p : null },
          box: { x: value(s * counts.MSD + p, k), y: own + 0.01 * random.normal() },
          ...(p < 3 && { mask: { m: p + s } }),
        }),
      );
    }).flat(),
  );
}

describe('units', () => {
  const rows = rowsOf({ MSD: 4, NIH: 4 }, 3, (patient, k) => patient + [0, 1, 8][k]!);

  it('are patients by the median or mean of their slices, or every slice', () => {
    expect(patientUnits(rows, 'box').columns.x).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(patientUnits(rows, 'box', 'mean').columns.x).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
    expect(sliceUnits(rows, 'box').columns.x).toHaveLength(24);
    expect(slicesOf(rows, 'box', 'x', hasTumour)[1]).toEqual({ inFirst: true, values: [1, 2, 9] });
  });

  it('are those patients alone who have a mask, and gaps are NaN', () => {
    expect(patientUnits(rows, 'mask').rows.map(({ patient }) => patient)).toEqual([
      ...['MSD0', 'MSD1', 'MSD2', 'NIH0', 'NIH1', 'NIH2'],
    ]);
    expect(patientUnits(rows, 'acquisition').columns.known).toEqual([NaN, 1, NaN, 3, NaN, 1, NaN, 3]);
  });
});

describe('tumourComparison', () => {
  const rows = rowsOf({ MSD: 8, NIH: 6 }, 5, (patient, k) => Math.sin(3 * patient) + (patient < 8 ? 1.5 : 0) + k / 10);

  it('tests the patients of both sources: means, standard deviations, Welch, Mann-Whitney', () => {
    const { columns } = patientUnits(rows, 'box');
    const [first, second] = [columns.x!.slice(0, 8), columns.x!.slice(8)];
    const { n, found, features } = tumourComparison(rows, 'box');
    expect([n, found.compared]).toEqual([[8, 6], 2]);
    const [x] = features;
    expect(x).toMatchObject({ feature: 'x', welchP: welchTTest(first, second).p });
    expect(x!.mannWhitneyP).toBe(mannWhitney(first, second).p);
    expect(x!.means[0]).toBeCloseTo(first.reduce((a, b) => a + b) / 8, 12);
  });

  it('finds more with slices for patients, and the mixed model does not', () => {
    const y = ({ features }: ReturnType<typeof tumourComparison>) => features.find((f) => f.feature === 'y')!.welchP;
    const [patients, slices] = [y(tumourComparison(rows, 'box')), y(tumourComparison(rows, 'box', 'slice'))];
    const mixed = mixedComparison(rows, 'box').features.find(({ feature }) => feature === 'y')!;
    expect(slices).toBeLessThan(patients / 5);
    expect(mixed.p / patients).toBeGreaterThan(0.5); // slices of a patient are alike: ICC near 1
    expect(mixed.icc).toBeGreaterThan(0.99);
  });

  it('says what shuffled labels find', () => {
    const { chance } = tumourComparison(rows, 'box', 'median', { shuffles: 400, seed: 1 });
    expect(chance).toMatchObject({ shuffles: 400, median: 0 });
    expect(chance!.most).toBeGreaterThan(0); // 5 % of 2 features 400 times
    expect(chance!.p95).toBeLessThanOrEqual(1);
  });
});

describe('control', () => {
  const rows = rowsOf(
    { MSD: 4, NIH: 12 },
    2,
    (patient, k) => (patient - 4 > 5 ? 3 : 0) + 0.1 * ((patient * 7) % 5) + k,
  );

  it('splits the patients of one source at the median of a column', () => {
    const made = control(rows, { source: 'NIH', by: 'size' })!;
    expect([made.cut, made.comparison.n]).toEqual([105.5, [6, 6]]);
    const x = made.comparison.features.find(({ feature }) => feature === 'x')!;
    expect(x.welchP).toBeLessThan(1e-6); // x follows the size
    expect(x.g).toBeGreaterThan(0); // the first group lies above
  });

  it('takes those of whom the column is known, and gives nothing for too few', () => {
    expect(control(rows, { source: 'NIH', by: 'known' })!.comparison.n).toEqual([3, 3]);
    expect(control(rows, { source: 'MSD', by: 'known' })).toBeUndefined();
    expect(() => control(rows, { source: 'MSD', by: 'colour' })).toThrow('found colour');
  });

  it('leaves of what a comparison finds the features that no control finds', () => {
    const both = { bhP: 0.01, welchP: 0.001 };
    const comparison = (features: object[]): any => ({ comparison: { features } });
    const main = comparison([
      { feature: 'a', ...both },
      { feature: 'b', ...both },
      { feature: 'c', ...both, bhP: 0.06 },
    ]).comparison;
    const other = comparison([
      { feature: 'a', welchP: 0.2 },
      { feature: 'b', welchP: 0.04 },
    ]);
    expect(leftByControls(main, [other])).toEqual(['a']);
  });
});

describe('compareKnown', () => {
  it('compares each column over those of whom it is known, corrected over the columns', () => {
    const rows = rowsOf({ MSD: 8, NIH: 8 }, 2, () => 0);
    const [size, known] = compareKnown(patientUnits(rows, 'acquisition'), hasTumour);
    expect([size!.n, known!.n]).toEqual([
      [8, 8],
      [4, 4],
    ]);
    expect(size!.holmP).toBeCloseTo(2 * size!.welchP, 12);
    expect(known!.means).toEqual([4, 4]);
  });
});
