import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readNifti, writeNifti } from '../../lib/io/nifti.ts';
import { findVolumes, predictFiles, type Predictor } from '../../lib/predict/files.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { obliqueVolume, thresholdModel } from './fake.ts';

let folder: string;
let predictor: Predictor;
const at = (...names: string[]): string => path.join(folder, ...names);

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-predict-'));
  mkdirSync(at('in'));
  for (const name of ['b.nii.gz', 'a.nii']) await writeNifti(at('in', name), obliqueVolume());
  writeFileSync(at('in', 'notes.txt'), 'not a volume');
  const grid = nativeGrid(7, 13);
  predictor = { model: await thresholdModel(grid.size, 1, (60.5 + 160) / 400), grid, windowHu: [-160, 240], sha256: 'weights 1' };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('finding volumes', () => {
  it('takes the NIfTI files of a folder by name, and single files', async () => {
    expect(await findVolumes([at('in')])).toEqual([{ file: at('in', 'a.nii'), name: 'a' }, { file: at('in', 'b.nii.gz'), name: 'b' }]);
    expect(await findVolumes([at('in', 'b.nii.gz')])).toHaveLength(1);
  });

  it('refuses what is not there, folders without volumes, other files and two volumes of one name', async () => {
    mkdirSync(at('empty'));
    await writeNifti(at('empty', '.hidden.nii'), obliqueVolume());
    await expect(findVolumes([at('nowhere')])).rejects.toThrow('Expected a NIfTI file or a folder of them, found nothing');
    await expect(findVolumes([at('empty')])).rejects.toThrow('Expected NIfTI files (.nii, .nii.gz, .hdr), found none');
    await expect(findVolumes([at('in', 'notes.txt')])).rejects.toThrow('Expected the name of a NIfTI file');
    await writeNifti(at('empty', 'a.nii.gz'), obliqueVolume());
    await expect(findVolumes([at('in'), at('empty')])).rejects.toThrow('Expected volumes with different names');
  });
});

describe('predicting files', () => {
  it('writes the mask on the source grid, its volume, and the probability when asked', async () => {
    const report = await predictFiles(predictor, await findVolumes([at('in')]), { out: at('out'), probability: true });
    expect(report).toEqual({ made: ['a', 'b'], skipped: [], failed: [] });
    const [source, mask, probability] = await Promise.all([at('in', 'a.nii'), at('out', 'a.nii.gz'), at('out', 'a_probability.nii.gz')].map((file) => readNifti(file)));
    expect(mask.data).toEqual(Uint8Array.from(source.data, (hu) => Number(hu > 60)));
    expect(mask.affine).toEqual(source.affine);
    expect(probability.data).toBeInstanceOf(Float32Array);
    const record = JSON.parse(readFileSync(at('out', 'a.json'), 'utf8')) as { voxels: number; pancreasMl: number };
    expect(record.voxels).toBe(source.data.filter((hu) => hu > 60).length);
    expect(record.pancreasMl).toBeCloseTo((record.voxels * 2.5 * 0.8 * 1.1) / 1000, 6);
  });

  it('never replaces a volume by its mask', async () => {
    const before = readFileSync(at('in', 'b.nii.gz'));
    symlinkSync(at('in'), at('link'));
    for (const out of [at('in'), at('link')]) {
      await expect(predictFiles(predictor, await findVolumes([at('in')]), { out })).rejects.toThrow(/^Expected another folder for the masks .*b\.nii\.gz/);
    }
    expect(readFileSync(at('in', 'b.nii.gz'))).toEqual(before);
    expect(await predictFiles(predictor, await findVolumes([at('in', 'a.nii')]), { out: at('in') })).toMatchObject({ made: ['a'], failed: [] });
  });

  it('skips what is complete, and makes again what is damaged, of another input, network or threshold', async () => {
    const inputs = await findVolumes([at('in')]);
    const again = async (change: Partial<Predictor> = {}, threshold?: number): Promise<string[]> =>
      (await predictFiles({ ...predictor, ...change }, inputs, { out: at('out'), threshold })).made;
    expect(await again()).toEqual(['a', 'b']);
    const written = statSync(at('out', 'a.nii.gz')).mtimeMs;
    expect(await again()).toEqual([]);
    expect(statSync(at('out', 'a.nii.gz')).mtimeMs).toBe(written);
    writeFileSync(at('out', 'a.nii.gz'), 'torn');
    expect(await again()).toEqual(['a']);
    rmSync(at('out', 'b.json'));
    expect(await again()).toEqual(['b']);
    await writeNifti(at('in', 'b.nii.gz'), { ...obliqueVolume(), data: obliqueVolume().data.map((hu) => hu + 1) });
    expect(await again()).toEqual(['b']);
    expect(await again({ sha256: 'weights 2' })).toEqual(['a', 'b']);
    expect(await again({ sha256: 'weights 2' }, 0.7)).toEqual(['a', 'b']);
  });

  it('names a file that cannot be read and makes the others', async () => {
    writeFileSync(at('in', 'aa.nii.gz'), 'no gzip');
    const notes: string[] = [];
    const report = await predictFiles(predictor, await findVolumes([at('in')]), { out: at('out'), onProgress: (done, total, note) => notes.push(`${done}/${total} ${note}`) });
    expect(report.made).toEqual(['a', 'b']);
    expect(report.failed).toHaveLength(1);
    expect(report.failed[0].reason).toMatch(/aa\.nii\.gz/);
    expect(notes.at(-1)).toBe('3/3 b done');
  });
});
