import { describe, expect, it } from 'vitest';
import { extractFeatures } from '../../../lib/radiomics/extract.ts';
import { asSlice, settingsForPictures } from '../../../lib/radiomics/pictures.ts';
import { radiomicsSettings } from '../../../lib/radiomics/settings.ts';
import { Random } from '../../../lib/random.ts';
import { halves, isBoundToSize, pairsOfEqualScan, thirdsOf } from '../../../notebooks/lessons/realTumours/arms.ts';
import { middleOf } from '../../../notebooks/lessons/realTumours/middle.ts';
import { joinColumns, type Patients, patientsOf } from '../../../notebooks/lessons/realTumours/patientTable.ts';
import type { RealTumourRow } from '../../../notebooks/lessons/realTumours/table.ts';

const slice = (patient: string, tumour: boolean, noise: number | null): RealTumourRow => ({
  ...{ file: `${patient}${noise}`, patient, source: tumour ? 'MSD' : 'NIH', tumour, slice: 1 },
  acquisition: { fatNoiseHu: noise },
  box: {},
});

const table = (columns: string[], rows: number[][], ill: boolean[]): Patients => ({
  ...{ ids: rows.map((_, i) => `p${i}`), columns, rows, ill },
});

describe('Patients', () => {
  it('have the median of what is known of their slices; those of whom no slice counts are left out', () => {
    const rows = [slice('a', true, 1), slice('a', true, null), slice('a', true, 4), slice('b', false, null)];
    const of = patientsOf(rows, ['fatNoiseHu'], ({ acquisition }) => acquisition);
    expect(of).toEqual({ ids: ['a', 'b'], columns: ['fatNoiseHu'], rows: [[2.5], [NaN]], ill: [true, false] });
    const some = patientsOf(rows, ['fatNoiseHu'], ({ acquisition, tumour }) => (tumour ? acquisition : undefined));
    expect(some.ids).toEqual(['a']);
  });

  it('are joined where they are the same, and refused where not', () => {
    const [a, b] = [table(['x'], [[1], [2]], [true, false]), table(['y'], [[3], [4]], [true, false])];
    expect(joinColumns(a, b).rows).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(() => joinColumns(a, { ...b, ids: ['p0', 'q'] })).toThrow('found p1 in the first alone');
  });
});

describe('Features bound to size', () => {
  /** Features of skewed noise in blocks of 2 × 2 pixels above a floor of 100 HU: nothing of it is about 0. */
  const featuresOf = (side: number): Record<string, number> => {
    const random = Random.stream(side, 'noise');
    const size = { width: side, height: side };
    const blocks = Array.from({ length: (side / 2) ** 2 }, () => -30 * Math.log(1 - random.uniform()));
    const hu = Float64Array.from({ length: side * side }, (_, i) => {
      const [x, y] = [i % side, Math.floor(i / side)];
      return 100 + Math.max(0, Math.round(blocks[(x >> 1) + (side / 2) * (y >> 1)]! + random.normal(0, 8)));
    });
    const everything = asSlice(new Uint8Array(side * side).fill(1), size);
    const families = ['firstorder', 'glcm', 'glrlm', 'glszm', 'gldm', 'ngtdm'] as const;
    const settings = settingsForPictures(radiomicsSettings({ families: [...families] }));
    return extractFeatures(asSlice(hu, size), everything, settings).features;
  };

  it('are those that change when the same noise fills four times the area', () => {
    const [small, large] = [featuresOf(40), featuresOf(80)];
    const changes = Object.entries(small).map(([name, value]) => ({
      name,
      change: Math.abs(Math.log(Math.abs(large[name]! / value))),
    }));
    const free = changes.filter(({ name }) => !isBoundToSize(name));
    // what sums over pixels changes by ln 4
    expect(free.filter(({ change }) => change > Math.log(2)).map(({ name }) => name)).toEqual([]);
    const sums = changes.filter(({ name }) => /_Energy$|NonUniformity$|_Busyness$|_Coarseness$/.test(name));
    expect(sums).toHaveLength(9);
    for (const { name, change } of sums) {
      // busyness also divides by differences of grey levels, of which more noise has more
      expect(change, name).toBeGreaterThan(name.endsWith('_Busyness') ? Math.log(2) : 1);
      expect(isBoundToSize(name)).toBe(true);
    }
  });
});

describe('Groups', () => {
  it('are thirds of what is known, and halves within one source', () => {
    expect(thirdsOf([1, 2, 3, 4, 5, 6, NaN])).toEqual(['low', 'low', 'middle', 'middle', 'high', 'high', 'middle']);
    const patients = table(['x'], [[1], [2], [3], [4], [5]], [true, true, true, true, false]);
    const own = halves(patients, ['MSD', 'MSD', 'MSD', 'MSD', 'NIH'], 'MSD', [5, 1, NaN, 9, 7]);
    expect(own.ids).toEqual(['p0', 'p1', 'p3']);
    expect(own.ill).toEqual([false, false, true]);
  });

  it('are pairs of equal area and noise', () => {
    const columns = ['boxAreaPx', 'fatNoiseHu'];
    const scan = table(
      columns,
      [
        [1000, 10],
        [1000, 20],
        [4000, 10],
        [1010, 10.1],
      ],
      [true, true, false, false],
    );
    expect(pairsOfEqualScan(scan, 0.2)).toEqual([0, 3]);
  });
});

describe('The middle of a crop', () => {
  it('is cut about its centre, a row after the other', () => {
    const values = Float64Array.from({ length: 5 * 4 }, (_, i) => i);
    expect([...middleOf(values, 5, 4, 2)]).toEqual([6, 7, 11, 12]);
  });
});
