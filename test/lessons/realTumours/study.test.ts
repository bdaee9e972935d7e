import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../../../lib/io/files.ts';
import { projectPath } from '../../../lib/settings.ts';
import { readRealTumours, realTumoursName } from '../../../notebooks/lessons/realTumours/record.ts';
import { describeRealFindings } from '../../../notebooks/lessons/realTumours/sentences.ts';
import { runRealTumours } from '../../../notebooks/lessons/realTumours/study.ts';
import { differenceRows, foundRows, realFeatureTable } from '../../../notebooks/lessons/realTumours/views.ts';
import { recordFile } from '../../../notebooks/lessons/study/record.ts';
import { joinLines, readNotebook } from '../../../scripts/notebook.ts';
import { writeCrops } from './crops.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'axunet-real-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const [crops, records] = ['crops', 'records'].map((name) => path.join(scratch, name)) as [string, string];
beforeAll(() => writeCrops(crops, { patients: { MSD: 17, NIH: 16 }, slices: 2, masked: 3 }));

describe('npm run study -- real-tumours', () => {
  it('records what differs between groups, and nothing of single patients', async () => {
    const record = await runRealTumours(crops, { records, shuffles: { shuffles: 20, seed: 1 } });
    expect(record.people).toEqual([
      { source: 'MSD', patients: 17, slices: 34, patientsWithMask: 3, masks: 6 },
      { source: 'NIH', patients: 16, slices: 32, patientsWithMask: 3, masks: 6 },
    ]);
    const box = record.comparisons.filter(({ part, kind }) => part === 'box' && kind === 'tumour');
    expect(box.map(({ n }) => n)).toEqual([
      ...[17, 17, 17].map((msd) => [msd, 16]),
      ...[
        [34, 32],
        [3, 3],
      ],
    ]);
    // spacings are known of 3 patients a source: too few for a control; boxes are of one size within a source
    expect(record.comparisons.filter(({ kind }) => kind === 'control').map(({ name }) => name)).toEqual([
      ...['NIH: more against less noise', 'MSD: more against less noise'],
    ]);
    const width = record.acquisition.find(({ feature }) => feature === 'boxAreaPx');
    expect(width).toBeUndefined(); // constant within both groups, no test
    const text = readFileSync(recordFile(realTumoursName, records), 'utf8');
    expect(text).not.toMatch(/MSD_\d|NIH_\d|\.png/);
    const read = await readRealTumours(records);
    expect(read!.comparisons).toEqual(record.comparisons);
    const [written, back] = [record.features.box[3]!, read!.features.box[3]!];
    expect(Object.keys(back)).toEqual(expect.arrayContaining(Object.keys(written)));
    expect(back.means[0] / written.means[0]).toBeCloseTo(1, 4);
    expect(back.mixedP! / written.mixedP!).toBeCloseTo(1, 4);
    expect(describeRealFindings(record)[0]).toBe(
      'MSD: 17 patients with 34 slices, 3 of them with 6 masks; NIH: 16 patients with 32 slices, 3 of them with 6 masks',
    );
  }, 300_000);

  it('says where crops are looked for, and refuses the record of another study', async () => {
    await expect(runRealTumours(path.join(scratch, 'none'), { records })).rejects.toThrow('no such file');
    const other = path.join(scratch, 'other');
    expect(await readRealTumours(other)).toBeUndefined();
    await writeFileAtomic(recordFile(realTumoursName, other), '{"study":"losses"}\n');
    await expect(readRealTumours(other)).rejects.toThrow('whose study is "real-tumours", found "losses"');
  });
});

describe('the committed record', () => {
  it('has the numbers that the notebook tells of it', async () => {
    const { comparisons, acquisition } = (await readRealTumours())!;
    const count = (name: string, part: string): string => {
      const { found } = comparisons.find((one) => one.part === part && one.name === name)!;
      return `${found.welch} of ${found.compared}`;
    };
    const { cells } = readNotebook(projectPath('notebooks/radiomics.ipynb'));
    const textOf = (id: string): string => joinLines(cells.find((cell) => cell.id === id)!.source);
    const found = textOf('tumours-found-read');
    for (const [name, part] of [
      ['patients (median of slices)', 'box'],
      ['patients (median of slices)', 'mask'],
      ['slices taken for patients', 'box'],
      ['NIH: more against less noise', 'box'],
      ['NIH: larger against smaller boxes', 'box'],
    ] as const)
      expect(found, name).toContain(count(name, part));
    const g = (name: string): string => Math.abs(acquisition.find(({ feature }) => feature === name)!.g).toFixed(2);
    const scan = textOf('tumours-scan-read');
    for (const name of ['sliceNumber', 'fatNoiseHu', 'boxAreaPx']) expect(scan, name).toContain(g(name));
  });

  it('gives the rows of both figures and a table; none gives none', async () => {
    const record = (await readRealTumours())!;
    const rows = foundRows(record);
    expect(rows).toHaveLength(record.comparisons.length);
    expect(new Set(rows.map(({ heading }) => heading)).size).toBe(4);
    const forest = differenceRows(record, 6);
    expect(forest.filter(({ kind }) => kind !== 'scan and crop')).toHaveLength(6);
    expect(forest.map(({ name }) => name)).toContain('noise in fat, HU (144, 42)');
    expect(realFeatureTable(record.features.mask, 4).rowCount).toBe(4);
    expect([foundRows(undefined), differenceRows(undefined)]).toEqual([[], []]);
  });
});
