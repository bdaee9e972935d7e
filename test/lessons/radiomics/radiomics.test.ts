import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMasks } from '../../../lib/dataset/masks.ts';
import { makePhantomPatient } from '../../../lib/dataset/phantom.ts';
import { toTable } from '../../../lib/figures/table.ts';
import { Random } from '../../../lib/random.ts';
import { projectPath, settings } from '../../../lib/settings.ts';
import type { GroupComparison } from '../../../lib/statistics/compareFeatures.ts';
import { featureTable, isGroup, shortName, stack } from '../../../notebooks/lessons/radiomics/cohorts.ts';
import {
  compareWithPeer,
  measurePanorama,
  panoramaPeer,
  panoramaSource,
} from '../../../notebooks/lessons/radiomics/panorama.ts';
import { featureNamesOf, type Region, regionOf } from '../../../notebooks/lessons/radiomics/region.ts';
import {
  findDuplicates,
  splitExample,
  withCopies,
  withoutDuplicates,
} from '../../../notebooks/lessons/radiomics/slices.ts';
import { cachedTable, tableFromCsv, tableToCsv } from '../../../notebooks/lessons/radiomics/tableCache.ts';
import {
  findingsByTest,
  otherReaders,
  randomHalves,
  stabilityOf,
  trueEffects,
} from '../../../notebooks/lessons/radiomics/tests.ts';
import {
  agreementPoints,
  contingency,
  describeGroups,
  effectForest,
  survivors,
} from '../../../notebooks/lessons/radiomics/views.ts';
import { joinLines, readNotebook } from '../../../scripts/notebook.ts';

const regions: Region[] = [1, 2, 3, 4].map((index) => {
  const { image, label, group } = makePhantomPatient(index, { seed: 1, size: [64, 64, 16] });
  return regionOf(`p${index}`, group, image, label);
});
const table = await featureTable(regions);

describe('regions and their table', () => {
  it('lie on cubes of 3 mm with the whole organ as 1', () => {
    for (const { image, mask } of regions) {
      image.spacingMm.forEach((s) => expect(s).toBeCloseTo(3, 12));
      expect(mask.shape).toEqual(image.shape);
      expect([...new Set(mask.data)].sort()).toEqual([0, 1]);
    }
  });

  it('hold one row per patient with 107 features, scan and group', () => {
    expect(table.rowCount).toBe(4);
    expect(featureNamesOf(table)).toHaveLength(107);
    expect(isGroup(table, 'tumour').filter(Boolean)).toHaveLength(2);
    expect(table.numbers('acquisition_SliceSpacingMm')[0]).toBeGreaterThan(4);
    expect(stack({ A: table, B: table }).column('cohort')).toEqual([...Array(4).fill('A'), ...Array(4).fill('B')]);
  });

  it('come back from CSV digit by digit', () => {
    expect(tableFromCsv(tableToCsv(table)).rows).toEqual(table.rows);
    const gaps = toTable([
      { id: '1e3', a: 1.5, note: '' },
      { id: 'x', a: NaN, note: 'b, "c"' },
    ]);
    expect(tableFromCsv(tableToCsv(gaps)).rows).toEqual(gaps.rows);
  });

  it('are made once for the same source', async () => {
    let made = 0;
    const make = () =>
      cachedTable('test-of-the-cache', { n: 1 }, async () => {
        made++;
        return toTable([{ a: made }]);
      });
    const folder = projectPath('data/radiomics');
    try {
      expect([(await make()).rows, (await make()).rows, made]).toEqual([[{ a: 1 }], [{ a: 1 }], 1]);
    } finally {
      const { readdirSync } = await import('node:fs');
      for (const name of readdirSync(folder)) if (name.startsWith('test-of-the-cache')) rmSync(path.join(folder, name));
    }
  });

  it('have short names', () => {
    expect(
      ['original_glcm_Contrast', 'original_firstorder_Mean', 'acquisition_SliceSpacingMm', 'acquisition_NoiseHu'].map(
        shortName,
      ),
    ).toEqual(['GLCM Contrast', 'first-order Mean', 'Slice spacing, mm', 'Noise, HU']);
  });
});

describe('what the notebook computes', () => {
  const rows = (values: number[], groups: string[]) =>
    toTable(values.map((v, i) => ({ id: `p${i}`, group: groups[i]!, original_x_A: v, original_x_B: 3 * i + (i % 3) })));
  const small = rows([12, 14, 1, 3, 2], ['tumour', 'tumour', 'normal', 'normal', 'normal']);

  it('has the true effect as change from the twin in SDs of the healthy', () => {
    const twins = toTable([
      { id: 'p1', group: 'healthy twin', original_x_A: 4, original_x_B: 9 },
      { id: 'p0', group: 'healthy twin', original_x_A: 5, original_x_B: 8 },
    ]);
    // changes 12 − 5 = 7 and 14 − 4 = 10, mean 8.5; healthy 4 5 1 3 2 have SD √2.5
    expect(trueEffects(small, twins).original_x_A).toBeCloseTo(8.5 / Math.sqrt(2.5), 12);
    const found = findingsByTest(small, { original_x_A: 5, original_x_B: 0.1 });
    expect(found.columns).toEqual(['test', 'found', 'of 1 truly large', 'of 1 truly almost none']);
    expect(found.rows.find((r) => r.test === 'Welch t')).toMatchObject({ 'of 1 truly large': 1 });
  });

  it('halves a table at random, every row once', () => {
    const halves = randomHalves(table, 1);
    expect(halves.column('cohort')).toEqual(['A', 'A', 'B', 'B']);
    expect([...halves.column('id')].sort()).toEqual(['p1', 'p2', 'p3', 'p4']);
    expect(halves.select(table.columns).sortBy('id').rows).toEqual(table.rows);
  });

  it('has ICC 1 for readers who agree and less for others', async () => {
    const readers = otherReaders(regions, 1);
    expect(Object.keys(readers)).toEqual(['as drawn', 'eroded', 'dilated', 'shifted 1 voxel', 'redrawn']);
    const same = stabilityOf([table, table]);
    expect(same.every(({ icc }) => icc === 1)).toBe(true);
    const dilated = await featureTable(readers.dilated!);
    const volume = stabilityOf([table, dilated]).find(({ feature }) => feature === 'original_shape_VoxelVolume')!;
    expect(volume.icc).toBeLessThan(1);
  });

  it('finds planted copies, and only these, before anything is tested', () => {
    expect(findDuplicates(table)).toEqual([]);
    const planted = withCopies(table, 'tumour', 2, 1);
    const pairs = findDuplicates(planted);
    expect(pairs.map(({ ids }) => ids[1]).sort()).toEqual(['copy_1', 'copy_2']);
    expect(withoutDuplicates(planted, pairs).rows).toEqual(table.rows);
    expect(() => withCopies(table, 'tumour', 3, 1)).toThrow('at least 3 rows');
  });

  it('picks the first split in which slices and patients disagree', () => {
    const values = [
      [0, 0.1, 0.2],
      [5, 5.1, 5.2],
      [9, 9.1, 9.2],
      [2, 2.1, 2.2],
      [7, 7.1, 7.2],
      [4, 4.1, 4.2],
    ];
    const { first, second, p } = splitExample(values, 1);
    expect([...first, ...second].sort((a, b) => a[0]! - b[0]!)).toEqual([...values].sort((a, b) => a[0]! - b[0]!));
    expect(p.slices).toBeLessThanOrEqual(0.05);
    expect(p.patients).toBeGreaterThan(0.05);
  });

  it('lists effects by kind, in the order of its beginnings, without columns that have gaps', () => {
    const masks = toTable(
      [1, 2, 3, 5, 8, 9].map((value, i) => ({
        id: `p${i}`,
        group: i < 3 ? 'PDAC' : 'non-PDAC',
        organ_Volume: value,
        organ_Gap: i === 0 ? NaN : value,
        organ_Area: value * value,
        acquisition_NoiseHu: 10 - value,
      })),
    );
    const kinds = { scan: ['acquisition_'], organ: ['organ_Area', 'organ_Gap', 'organ_Vol'] };
    const rows = effectForest(masks, 'PDAC', kinds);
    expect(rows.map(({ name, kind }) => [name, kind])).toEqual([
      ['Noise, HU', 'scan'],
      ['Area', 'organ'],
      ['Volume', 'organ'],
    ]);
    expect(rows[0]!.estimate).toBeCloseTo(-rows[2]!.estimate, 12);
    expect(panoramaSource(masks)).toEqual({ dataset: 'panorama', parameters: { masks: 6 } });
  });

  it('describes groups, counts pairs of texts, and compares two answers', () => {
    expect(describeGroups(small, ['original_x_A']).rows).toEqual([
      {
        feature: 'X A',
        'tumour (n = 2)': '13 ± 1.41, median 13 [12.5, 13.5]',
        'normal (n = 3)': '2 ± 1, median 2 [1.5, 2.5]',
      },
    ]);
    expect(
      contingency(
        toTable([
          { a: 'x', b: 'p' },
          { a: 'x', b: 'q' },
          { a: 'y', b: 'p' },
        ]),
        'a',
        'b',
      ).rows,
    ).toEqual([
      { a: 'x', p: 1, q: 1 },
      { a: 'y', p: 1, q: 0 },
    ]);
    const answer = (ps: number[]): GroupComparison => ({
      n: [5, 5],
      leftOut: [],
      features: ps.map((p, i) => ({
        feature: `original_x_${i}`,
        g: i,
        gInterval: [0, 1],
        delta: 0,
        welchP: p,
        mannWhitneyP: p,
        bhP: p,
        holmP: p,
      })),
    });
    const kinds = agreementPoints(answer([0.5, 0.01, 0.01, 0.5]), answer([0.5, 0.01, 0.5, 0.01])).map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['in neither', 'with both masks', "with the expert's only", "with the network's only"]);
    const { found, alsoInHealthy, left } = survivors(
      answer([0.01, 0.01, 0.5, 0.04]),
      answer([0.01, 0.6, 0.6, 0.2]),
      answer([1, 1, 1, 1]),
      { original_x_1: 0.5 },
    );
    expect([found, alsoInHealthy]).toEqual([3, 1]);
    expect(left.column('feature')).toEqual(['X 3', 'X 1']);
    expect(left.column('true effect')).toEqual(['–', '0.50']);
  });
});

describe('radiomics.ipynb', () => {
  it('says below every figure what it shows and what it cannot show', () => {
    const { cells } = readNotebook(projectPath('notebooks/radiomics.ipynb'));
    const figures = cells.flatMap((cell, i) =>
      cell.cell_type === 'code' && joinLines(cell.source).includes('lesson.figure(') ? [i] : [],
    );
    expect(figures.length).toBeGreaterThan(10);
    for (const i of figures) {
      expect(joinLines(cells[i]!.source).match(/lesson\.figure\(/g)).toHaveLength(1);
      const below = cells[i + 1]!.cell_type === 'markdown' ? joinLines(cells[i + 1]!.source) : '';
      expect(below, joinLines(cells[i]!.source)).toMatch(/\*\*Shows\*\* .*\*\*Cannot show\*\* .*\./);
    }
  });
});

const folder = settings.sharedFolder ? path.join(settings.sharedFolder, 'data/panorama') : '';
describe.skipIf(!existsSync(folder))(
  'the 50 real masks of PANORAMA (skipped without the folder of extra test data)',
  () => {
    it('have the voxel counts of cases.json and the shape that PyRadiomics 3.0.1 measures in them', async () => {
      // how its values were made stands in figures/recorded/panorama-shape/pyradiomics.json
      const peer = panoramaPeer();
      const { masks } = openMasks('panorama', folder);
      expect(masks.map(({ id }) => id)).toEqual(Object.keys(peer.cases));
      // measured anew, not read from the cache: 20 drawn from a seed, all 50 with
      // AXUNET_TEST_ALL=1; the notebook compares all
      const drawn = process.env.AXUNET_TEST_ALL ? masks : Random.stream(1, 'masks').shuffle(masks).slice(0, 20);
      const real = await measurePanorama(folder, drawn);
      expect(new Set(real.column('countsAgree'))).toEqual(new Set(['yes']));
      expect(new Set(real.column('group'))).toEqual(new Set(['PDAC', 'non-PDAC']));
      const { cases, values, largest } = compareWithPeer(real, peer);
      expect([cases, values]).toEqual([drawn.length, 14 * drawn.length]);
      expect(largest).toBeLessThan(1e-11);
    }, 120_000);
  },
);
