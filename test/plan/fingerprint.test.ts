import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataset } from '../../lib/dataset/cases.ts';
import { withValuesApart } from '../../lib/plan/apart.ts';
import { fingerprintOf } from '../../lib/plan/fingerprint.ts';
import { writeGreyPng } from '../io/writeGreyPng.ts';
import { writeCases } from './cases.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-plan-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('The fingerprint of volumes', () => {
  it('tells grid, organ, body and CT numbers of made-up cases as worked by hand', async () => {
    const set = await writeCases(folder, [
      { organ: [10, 6, 8, 4], tumour: true },
      { organ: [12, 8, 6, 2] },
      { organ: [14, 6, 4, 4] },
    ]);
    const found = await fingerprintOf(withValuesApart(set));
    expect(found).toMatchObject({ kind: '3d', unit: 'mm', cases: 3, patients: 3, skipped: [] });
    expect([found.slices, found.slicesWithForeground]).toEqual([12, 6]);
    expect(found.shape.map(({ median }) => median)).toEqual([32, 24, 4]);
    expect(found.spacing.map(({ median }) => median)).toEqual([1, 2, 5]);
    // 20 rows of 2 mm, 24 columns of 1 mm
    expect(found.body?.map(({ median }) => median)).toEqual([40, 24]);
    // 8·4, 6·2 and 4·4 pixels in two slices, voxels of 10 mm³, of 3072 voxels
    expect(found.size).toEqual({ median: 0.32, min: 0.24, max: 0.64 });
    expect(found.foregroundShare).toEqual({ median: 0.010417, min: 0.0078125, max: 0.020833 });
    expect(found.parts).toEqual({ median: 1, min: 1, max: 1 });
    // 8 tumour voxels of 60 HU, 112 of 100 HU
    expect(found.organHu).toEqual({ p005: 60, p05: 60, p50: 100, p95: 100, p995: 100 });
    expect(found.caseHu).toEqual({ median: 100, min: 100, max: 100 });
    expect(found.contrast).toEqual({ with: 3, without: 0, unclear: 0 });
    expect(found.classes).toEqual([
      { name: 'pancreas', values: [1], cases: 3, medianSize: 0.32 },
      { name: 'tumour', values: [2], cases: 1, medianSize: 0.08 },
    ]);
    // from the centre, 12 rows and 16 columns: rows 6 to 9 are (6 − 12)·2 to (10 − 12)·2 mm
    expect(found.sides[0]).toEqual([-12, -6, -4, 2]);
  });

  it('tells the volume of a tilted grid, not that of a box with its edges', async () => {
    // slices of 1 × 2 mm pixels, each 3 mm further back and 4 mm higher: 5 mm along the edge, 4 mm apart
    const affine = [-1, 0, 0, 0, 0, -2, -3, 0, 0, 0, 4, 0, 0, 0, 0, 1];
    const set = await writeCases(folder, [{ organ: [10, 6, 8, 4], tumour: true }], affine);
    const { size, classes, spacing } = await fingerprintOf(withValuesApart(set));
    expect(spacing[2].median).toBe(5);
    // 64 voxels of 8 mm³, 8 of them tumour
    expect(size.median).toBeCloseTo(0.512, 6);
    expect(classes.map(({ medianSize }) => medianSize)).toEqual([0.448, 0.064]);
  });

  it('names a case that cannot be read and goes on with the others', async () => {
    const opened = await writeCases(folder, [{ organ: [10, 6, 8, 4] }, { organ: [12, 8, 6, 2] }]);
    const set = { ...opened, cases: opened.cases.map((one, i) => ({ ...one, group: ['ill', 'well'][i] })) };
    writeFileSync(path.join(folder, 'labelsTr', 'case_2.nii.gz'), 'no volume');
    const { cases, skipped, groups } = await fingerprintOf(set);
    expect(cases).toBe(1);
    expect(groups).toEqual({ ill: 1 });
    expect(skipped).toEqual([{ id: 'case_2', reason: expect.stringContaining('case_2.nii.gz') }]);
  });

  it('refuses a set without foreground, and one without a case that can be read', async () => {
    const set = await writeCases(folder, [{ organ: [10, 6, 0, 0] }]);
    await expect(fingerprintOf(set)).rejects.toThrow('Expected labels with foreground to plan for, found none in 1');
    writeFileSync(path.join(folder, 'labelsTr', 'case_1.nii.gz'), 'no volume');
    await expect(fingerprintOf(set)).rejects.toThrow(/^Expected a case that can be read, found .*case_1\.nii\.gz/);
  });
});

describe('The fingerprint of pictures', () => {
  it('counts pixels, and knows neither HU nor body', async () => {
    for (const part of ['images', 'masks']) await mkdir(path.join(folder, part));
    const grey = Uint8Array.from({ length: 100 }, (_, i) => i);
    const mask = Uint8Array.from({ length: 100 }, (_, i) => (i < 5 ? 255 : 0));
    await writeGreyPng(path.join(folder, 'images', 'one.png'), { data: grey, width: 10, height: 10 });
    await writeGreyPng(path.join(folder, 'masks', 'one.png'), { data: mask, width: 10, height: 10 });
    const found = await fingerprintOf(await openDataset(folder));
    expect(found).toMatchObject({ kind: '2d', unit: 'px', organHu: null, caseHu: null, body: null });
    expect(found.size.median).toBe(5);
    expect(found.sides).toEqual([[-5, -5, -4, 0]]);
  });
});
