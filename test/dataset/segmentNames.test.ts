import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../lib/cli/commands.ts';
import { openDataset } from '../../lib/dataset/cases.ts';
import { readCase } from '../../lib/dataset/readCase.ts';
import { verifyDataset } from '../../lib/dataset/verify.ts';
import type { Label } from '../../lib/dicomLabels/codes.ts';
import { writeRtstruct } from '../../lib/dicomLabels/writeRtstruct.ts';
import { writeSeg } from '../../lib/dicomLabels/writeSeg.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { preprocessDataset } from '../../lib/preprocess/slices.ts';
import { temporaryFolders } from '../dicom/folder.ts';
import { openSeries, pancreasWithTumour, seriesFiles } from '../dicomLabels/series.ts';

const folderOf = temporaryFolders();
let [set, out] = ['', ''];
let voxels = 0;
const at = (...names: string[]): string => path.join(set, ...names);
type Written = Parameters<typeof writeSeg>[1];
let labelled: Written;
let source: Parameters<typeof writeSeg>[2];
const named = (labels: readonly Label[]): Written => ({ ...labelled, labels });

/** Patients a (CT and SEG in one folder), b (CT and RTSTRUCT in folders of their own) and c, who has no label. */
beforeAll(async () => {
  [set, out] = [folderOf(), folderOf()];
  const series = folderOf(seriesFiles());
  const opened = await openSeries(series);
  labelled = pancreasWithTumour(opened.image);
  source = opened.source;
  voxels = labelled.mask.data.filter((v) => v > 0).length;
  for (const place of ['a', 'b/ct', 'c']) cpSync(series, at(place), { recursive: true });
  await writeSeg(at('a', 'IM999'), labelled, source);
  mkdirSync(at('b', 'rt'));
  await writeRtstruct(at('b', 'rt', 'one'), labelled, source);
});

describe('a folder of patients with DICOM labels', () => {
  it('has the cases with their masks, and the meaning of each segment from the files', async () => {
    const list = await openDataset(set);
    expect(list.cases.map(({ id, label }) => [id, label && path.relative(set, label)])).toEqual([
      ['a', path.join('a', 'IM999')],
      ['b', path.join('b', 'rt', 'one')],
      ['c', undefined],
    ]);
    expect(list).toMatchObject({ labelMap: { 1: 1, 2: 1 }, labelNames: { 1: 'pancreas', 2: 'tumour' } });
    const told = vi.spyOn(console, 'warn').mockImplementation(() => {});
    for (const one of list.cases.slice(0, 2))
      expect((await readCase(one)).label.data.filter((v) => v > 0)).toHaveLength(voxels);
    expect(told.mock.calls.flat().join()).toContain('was the rescale intercept lost?');
    expect(told.mock.calls.flat().join()).not.toContain('left out');
    vi.restoreAllMocks();
  });

  it('is verified and made into slices', async () => {
    const list = await openDataset(set);
    const labelledCases = { ...list, cases: list.cases.slice(0, 2) };
    const { cases, totals } = await verifyDataset(labelledCases);
    expect(cases.map(({ foregroundVoxels }) => foregroundVoxels)).toEqual([voxels, voxels]);
    expect(totals.withErrors).toBe(0);
    const made = await preprocessDataset(labelledCases, { out: path.join(out, 'slices'), mode: 'default' });
    expect(made.failed).toEqual([]);
    expect(made.slices.filter(({ patient }) => patient === 'a').map(({ labelCrc32 }) => labelCrc32)).toEqual(
      made.slices.filter(({ patient }) => patient === 'b').map(({ labelCrc32 }) => labelCrc32),
    );
  });

  it('is refused where one number means two things, and where other labels lie among them', async () => {
    const other = at('d');
    cpSync(at('c'), other, { recursive: true });
    const swapped = named([
      { name: 'tumour', value: 1 },
      { name: 'pancreas', value: 2 },
    ]);
    await writeSeg(path.join(other, 'x'), swapped, source);
    await expect(openDataset(set)).rejects.toThrow(
      /segments of number 1 to have one name .*found "pancreas" in a and "tumour" in d/,
    );
    rmSync(path.join(other, 'x'));
    await writeNifti(path.join(other, 'label.nii'), labelled.mask);
    await expect(openDataset(set)).rejects.toThrow(/DICOM labels.* found label\.nii of d beside them/);
    await writeSeg(path.join(other, 'x'), labelled, source);
    await expect(openDataset(set)).rejects.toThrow(/Expected one label of d, found label\.nii, x/);
    rmSync(other, { recursive: true });
  });

  it('goes on without a label that is damaged, whose case is named where it is read', async () => {
    const damaged = folderOf();
    for (const id of ['a', 'b']) cpSync(at(id), path.join(damaged, id), { recursive: true });
    const seg = path.join(damaged, 'a', 'IM999');
    writeFileSync(seg, readFileSync(seg).subarray(0, 600));
    const list = await openDataset(damaged);
    expect(list.labelNames).toEqual({ 1: 'pancreas', 2: 'tumour' });
    const made = await preprocessDataset(list, { out: path.join(out, 'damaged'), mode: 'default' });
    expect([made.cases.map(({ id }) => id), made.failed.map(({ id }) => id)]).toEqual([['b'], ['a']]);
    rmSync(path.join(damaged, 'b'), { recursive: true });
    await expect(openDataset(damaged)).rejects.toThrow('IM999');
  });

  it('takes the classes that the user names by their numbers', async () => {
    const classes = [
      { name: 'pancreas', values: [1] },
      { name: 'tumour', values: [2] },
    ];
    const list = await openDataset(set, undefined, { labelMap: { 1: 1, 2: 2 }, classes });
    expect(list).toMatchObject({ labelMap: { 1: 1, 2: 2 }, classes });
  });
});

describe('several series in the folders of patients', () => {
  it('are chosen from by the same rule at every command, and never silently', async () => {
    const two = folderOf();
    cpSync(at('a'), path.join(two, 'a'), { recursive: true });
    const [first, second] = Object.values(seriesFiles({ SeriesInstanceUID: '2.25.77', SeriesNumber: 9 }));
    for (const [i, bytes] of [first, second].entries()) writeFileSync(path.join(two, 'a', `more${i}`), bytes!);
    const without = await verifyDataset(await openDataset(two));
    expect(without.totals.withErrors).toBe(1);
    expect(JSON.stringify(without)).toMatch(/Expected one series, or --series with the number of one, found 2/);
    const list = await openDataset(two, undefined, { series: 'largest' });
    expect((await verifyDataset(list)).totals.withErrors).toBe(0);
    for (const name of ['preprocess', 'train', 'crossval', 'data', 'verify', 'predict', 'report'] as const)
      expect(Object.keys((await loadCommand(name)).options), name).toContain('series');
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});
    await expect(
      (await loadCommand('train')).run(['--slices', 'x', '--series', '1', '--out', path.join(out, 'run')]),
    ).rejects.toThrow('Expected --series with --dataset');
    said.mockRestore();
  });
});
