import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCsv } from '../../lib/io/csv.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { type CohortOptions, extractCohort } from '../../lib/radiomics/cohort.ts';
import { radiomicsSettings } from '../../lib/radiomics/settings.ts';
import { readCohort } from '../../lib/radiomics/table.ts';
import { flags } from '../../scripts/flags.mjs';
import { identity } from './example.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-cohort-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const table = (text: string): string => {
  const file = path.join(folder, 'cohort.csv');
  writeFileSync(file, text);
  return file;
};

/** Three cases of 5×5×3 voxels with a 3×3×3 ROI; the mask of `bad` has none. */
async function writeCases(): Promise<string> {
  const geometry = { shape: [5, 5, 3] as const, spacingMm: [1, 1, 1] as const, affine: identity };
  mkdirSync(path.join(folder, 'files'));
  for (const [n, id] of ['one', 'bad', 'two'].entries()) {
    const image = Int16Array.from({ length: 75 }, (_, i) => ((i * (n + 3)) % 17) * 20);
    const mask = Uint8Array.from({ length: 75 }, (_, i) =>
      id !== 'bad' && i % 5 < 3 && Math.floor(i / 5) % 5 < 3 ? n + 1 : 0,
    );
    await writeNifti(path.join(folder, 'files', `${id}.nii`), { ...geometry, data: image });
    await writeNifti(path.join(folder, 'files', `${id}-mask.nii`), { ...geometry, data: mask });
  }
  return table(
    'id,group,image,mask,label\none,tumour,files/one.nii,files/one-mask.nii,\n' +
      'bad,"a, b",files/bad.nii,files/bad-mask.nii,1\n' +
      'two,normal,files/two.nii,files/two-mask.nii,3\ngone,normal,files/gone.nii,files/two-mask.nii,3\n',
  );
}

const out = (): string => path.join(folder, 'out');
const extract = async (file: string, more: Partial<CohortOptions> = {}) =>
  extractCohort(await readCohort(file), {
    out: out(),
    settings: radiomicsSettings({ families: ['firstorder', 'glcm'] }),
    nodeFlags: flags,
    ...more,
  });
const features = (): string[][] => parseCsv(readFileSync(path.join(out(), 'features.csv'), 'utf8'));

describe('a cohort', { timeout: 60_000 }, () => {
  it('is taken case by case; those that fail are named, the others made and complete in a second run', async () => {
    const file = await writeCases();
    const notes: string[] = [];
    const report = await extract(file, {
      workers: 2,
      onProgress: (done, total, note) => notes.push(`${done}/${total} ${note}`),
    });
    expect(report.made.sort()).toEqual(['one', 'two']);
    expect(Object.fromEntries(report.failed.map(({ id, reason }) => [id, reason]))).toEqual({
      bad: expect.stringMatching(/^Expected label 1 in the mask, found no label at all in .*bad-mask\.nii$/),
      gone: expect.stringMatching(/^Expected a file, found no such file in .*gone\.nii$/),
    });
    expect(notes.map((note) => note.split(' ')[0])).toEqual(['1/4', '2/4', '3/4', '4/4']);
    const [heading, ...rows] = features();
    expect(heading!.slice(0, 4)).toEqual(['id', 'group', 'voxels', 'original_firstorder_Energy']);
    expect(rows.map(([id, group, voxels]) => [id, group, voxels])).toEqual([
      ['one', 'tumour', '27'],
      ['two', 'normal', '27'],
    ]);
    const written = statSync(path.join(out(), 'cases', 'one.json')).mtimeMs;
    const table = statSync(path.join(out(), 'features.csv')).ino;
    const again = await extract(file);
    expect([again.made, again.skipped.sort(), again.failed.map(({ id }) => id).sort()]).toEqual([
      [],
      ['one', 'two'],
      ['bad', 'gone'],
    ]);
    expect(statSync(path.join(out(), 'cases', 'one.json')).mtimeMs).toBe(written);
    expect(statSync(path.join(out(), 'features.csv')).ino).toBe(table); // as the folder may be read-only
    expect(readdirSync(path.join(out(), 'cases')).sort()).toEqual(['one.json', 'two.json']);
  });

  it('is made again where a file, the settings or the record changed', async () => {
    const file = await writeCases();
    await extract(file);
    writeFileSync(path.join(out(), 'cases', 'one.json'), '{"made": 1');
    expect((await extract(file)).made).toEqual(['one']);
    await writeNifti(path.join(folder, 'files', 'two.nii'), {
      shape: [5, 5, 3],
      spacingMm: [1, 1, 1],
      affine: identity,
      data: new Int16Array(75).fill(3),
    });
    expect((await extract(file)).made).toEqual(['two']);
    expect((await extract(file, { settings: radiomicsSettings({ families: ['firstorder'] }) })).made.length).toBe(2);
    expect(features()[0]!.some((name) => name.includes('glcm'))).toBe(false);
  });

  it('ends all its processes when the caller stops it', async () => {
    const file = await writeCases();
    const stopped = extract(file, {
      workers: 2,
      onProgress: () => {
        throw new Error('stop');
      },
    });
    await expect(stopped).rejects.toThrow('stop');
  });

  it('outlives a case that takes its process with it', async () => {
    const file = await writeCases();
    // With a heap this small every process dies at its first case.
    const report = await extract(file, { workers: 1, nodeFlags: ['--max-old-space-size=1', ...flags.slice(1)] });
    expect(report.made).toEqual([]);
    expect(report.failed.length).toBe(4);
    expect(report.failed.find(({ id }) => id === 'one')!.reason).toMatch(
      /^Expected its process to finish, found that it ended with /,
    );
    expect(features().length).toBe(1);
  });
});
