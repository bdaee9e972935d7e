import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readNifti, writeNifti } from '../../lib/io/nifti.ts';
import type { Predictor } from '../../lib/predict/ensemble.ts';
import { predictFiles } from '../../lib/predict/files.ts';
import { findVolumes } from '../../lib/predict/inputs.ts';
import { postprocessMask } from '../../lib/predict/postprocess.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { voxelVolumeMl } from '../../lib/volume/volume.ts';
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
  predictor = {
    model: await thresholdModel(grid.size, 1, (60.5 + 160) / 400),
    grid,
    windowHu: [-160, 240],
    sha256: 'weights 1',
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('finding volumes', () => {
  it('takes the NIfTI files of a folder by name, and single files', async () => {
    expect(await findVolumes([at('in')])).toEqual([
      { file: at('in', 'a.nii'), name: 'a' },
      { file: at('in', 'b.nii.gz'), name: 'b' },
    ]);
    expect(await findVolumes([at('in', 'b.nii.gz')])).toHaveLength(1);
  });

  it('refuses what is not there, folders without volumes, other files and two volumes of one name', async () => {
    mkdirSync(at('empty'));
    await writeNifti(at('empty', '.hidden.nii'), obliqueVolume());
    await expect(findVolumes([at('nowhere')])).rejects.toThrow('Expected a volume or a folder of them, found nothing');
    await expect(findVolumes([at('empty')])).rejects.toThrow(
      'Expected volumes (.nii, .nii.gz, .hdr, .nrrd, .nhdr, .mha, .mhd or DICOM), or pictures (.png, .jpg, .tif), found none',
    );
    await expect(findVolumes([at('in', 'notes.txt')])).rejects.toThrow('Expected volumes (.nii');
    await writeNifti(at('empty', 'a.nii.gz'), obliqueVolume());
    await expect(findVolumes([at('in'), at('empty')])).rejects.toThrow('Expected volumes with different names');
    renameSync(at('empty', 'a.nii.gz'), at('empty', 'A.nii.gz'));
    await expect(findVolumes([at('in'), at('empty')])).rejects.toThrow('differ in more than capital letters');
  });
});

describe('predicting files', () => {
  it('writes the mask on the source grid, its volume, and the probability when asked', async () => {
    const report = await predictFiles(predictor, await findVolumes([at('in')]), { out: at('out'), probability: true });
    expect(report).toEqual({ made: ['a', 'b'], skipped: [], failed: [] });
    const [source, mask, probability] = await Promise.all(
      [at('in', 'a.nii'), at('out', 'a.nii.gz'), at('out', 'a_probability.nii.gz')].map((file) => readNifti(file)),
    );
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
      await expect(predictFiles(predictor, await findVolumes([at('in')]), { out })).rejects.toThrow(
        /^Expected another folder for the masks .*b\.nii\.gz/,
      );
    }
    expect(readFileSync(at('in', 'b.nii.gz'))).toEqual(before);
    expect(await predictFiles(predictor, await findVolumes([at('in', 'a.nii')]), { out: at('in') })).toMatchObject({
      made: ['a'],
      failed: [],
    });
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

  it('makes again what a record holds something else of than warnings', async () => {
    const inputs = await findVolumes([at('in')]);
    await predictFiles(predictor, inputs, { out: at('out') });
    const record = JSON.parse(readFileSync(at('out', 'a.json'), 'utf8')) as object;
    writeFileSync(at('out', 'a.json'), JSON.stringify({ ...record, warnings: 5 }));
    expect(await predictFiles(predictor, inputs, { out: at('out') })).toMatchObject({
      made: ['a'],
      skipped: ['b'],
      failed: [],
    });
  });

  it('says that a mask is empty and why, on what the network was trained, and what sets the scan apart', async () => {
    const inputs = await findVolumes([at('in', 'a.nii')]);
    const nothing = await thresholdModel(predictor.grid.size, 1, 2);
    const trainedOn = { dataset: 'phantom', isSynthetic: true, patients: 18 };
    const report = await predictFiles({ ...predictor, model: nothing, trainedOn }, inputs, { out: at('out') });
    const messages = [
      'trained on synthetic patients (phantom): no mask of a real scan can be relied on',
      'the mask is empty: the highest probability is 0, the threshold 0.5',
    ];
    expect(report.warnings?.map(({ message }) => message)).toEqual(messages);
    const record = JSON.parse(readFileSync(at('out', 'a.json'), 'utf8')) as object;
    expect(record).toMatchObject({ warnings: messages, trainedOn: [trainedOn], voxels: 0 });
    const again = await predictFiles({ ...predictor, model: nothing, trainedOn }, inputs, { out: at('out') });
    expect(again).toMatchObject({ skipped: ['a'], warnings: report.warnings });
  });

  it('counts volumes and their slices', async () => {
    const notes: string[] = [];
    const onProgress = (done: number, total: number, note: string) => void notes.push(`${done}/${total} ${note}`);
    await predictFiles(predictor, await findVolumes([at('in', 'a.nii')]), { out: at('out'), batchSize: 4, onProgress });
    expect(notes[0]).toBe('0/1 a');
    expect(notes[1]).toBe('0.4/1 a, slice 4 of 10');
    expect(notes.at(-1)).toBe('1/1 a done');
  });

  it('names a file that cannot be read and makes the others', async () => {
    writeFileSync(at('in', 'aa.nii.gz'), 'no gzip');
    const notes: string[] = [];
    const report = await predictFiles(predictor, await findVolumes([at('in')]), {
      out: at('out'),
      onProgress: (done, total, note) => notes.push(`${done}/${total} ${note}`),
    });
    expect(report.made).toEqual(['a', 'b']);
    expect(report.failed).toHaveLength(1);
    expect(report.failed[0].reason).toMatch(/aa\.nii\.gz/);
    expect(notes.at(-1)).toBe('3/3 b done');
  });

  it('gives masks and probabilities the shape, spacing and place of their source', async () => {
    await predictFiles(predictor, await findVolumes([at('in')]), {
      out: at('out'),
      probability: true,
      mirror: ['x', 'z'],
    });
    const source = await readNifti(at('in', 'b.nii.gz'));
    for (const name of ['b', 'b_probability']) {
      const { shape, spacingMm, affine } = await readNifti(at('out', `${name}.nii.gz`));
      expect({ shape, spacingMm, affine }).toEqual({
        shape: source.shape,
        spacingMm: source.spacingMm,
        affine: source.affine,
      });
    }
    const { data } = await readNifti(at('out', 'b_probability.nii.gz'));
    expect(data.every((v) => v >= 0 && v <= 1)).toBe(true);
    // the network looks at the middle channel of each pixel alone, so flips change nothing
    expect((await readNifti(at('out', 'b.nii.gz'))).data).toEqual(
      Uint8Array.from(source.data, (hu) => Number(hu > 60)),
    );
  });

  it('post-processes the masks, not the probabilities, and tells the volumes before and after', async () => {
    const inputs = await findVolumes([at('in', 'b.nii.gz')]);
    const sparse = { ...predictor, model: await thresholdModel(predictor.grid.size, 1, (225.5 + 160) / 400) };
    expect(await predictFiles(sparse, inputs, { out: at('raw'), probability: true })).not.toHaveProperty(
      'postprocessed',
    );
    const options = { out: at('out'), probability: true, postprocessing: { keep: 'largest' } as const };
    const report = await predictFiles(sparse, inputs, options);
    const [raw, mask] = [
      (await readNifti(at('raw', 'b.nii.gz'))).data as Uint8Array,
      await readNifti(at('out', 'b.nii.gz')),
    ];
    const wanted = postprocessMask(raw, mask.shape, mask.spacingMm, { keep: 'largest' });
    expect(mask.data).toEqual(wanted);
    expect(wanted).not.toEqual(raw);
    const ml = (data: Uint8Array): number => data.reduce((sum, v) => sum + v, 0) * voxelVolumeMl(mask);
    expect(report.postprocessed).toEqual([{ name: 'b', beforeMl: ml(raw), afterMl: ml(wanted) }]);
    expect((await readNifti(at('out', 'b_probability.nii.gz'))).data).toEqual(
      (await readNifti(at('raw', 'b_probability.nii.gz'))).data,
    );
    expect(await predictFiles(sparse, inputs, options)).toEqual({ ...report, made: [], skipped: ['b'] });
    expect((await predictFiles(sparse, inputs, { ...options, postprocessing: { fillHoles: true } })).made).toEqual([
      'b',
    ]);
  });

  it('averages several networks, in whatever order they are given', async () => {
    const inputs = await findVolumes([at('in', 'a.nii')]);
    const stricter = {
      ...predictor,
      model: await thresholdModel(predictor.grid.size, 1, (100.5 + 160) / 400),
      sha256: 'weights 2',
    };
    expect((await predictFiles([predictor, stricter], inputs, { out: at('out'), threshold: 0.75 })).made).toEqual([
      'a',
    ]);
    const source = await readNifti(at('in', 'a.nii'));
    // at 100 HU one network says 1 and the other 0.22, at 101 HU 0.78: means of 0.61 and 0.89
    expect((await readNifti(at('out', 'a.nii.gz'))).data).toEqual(
      Uint8Array.from(source.data, (hu) => Number(hu > 100)),
    );
    expect((await predictFiles([stricter, predictor], inputs, { out: at('out'), threshold: 0.75 })).skipped).toEqual([
      'a',
    ]);
    expect((await predictFiles([stricter], inputs, { out: at('out'), threshold: 0.75 })).made).toEqual(['a']);
  });

  it('refuses to average a network with itself, networks of different windows, and no network', async () => {
    const inputs = await findVolumes([at('in', 'a.nii')]);
    const predict = (...predictors: Predictor[]) => predictFiles(predictors, inputs, { out: at('out') });
    await expect(predict(predictor, predictor)).rejects.toThrow(
      'Expected different networks to average, found one of them twice',
    );
    await expect(predict(predictor, { ...predictor, sha256: 'weights 2', windowHu: [-1024, 1024] })).rejects.toThrow(
      'Expected networks that were trained with one HU window, to average them, found -160 to 240 HU and -1024 to 1024 HU',
    );
    await expect(predict()).rejects.toThrow('Expected a network to predict with, found none');
  });

  it('tells once why networks are not compiled, and nothing where they are', async () => {
    const inputs = await findVolumes([at('in')]);
    const told: string[] = [];
    const predict = () =>
      predictFiles(predictor, inputs, {
        out: at('out'),
        onChoice: (line) => {
          told.push(line);
        },
      });
    process.env.AXUNET_COMPILE = 'off';
    await predict().finally(() => {
      delete process.env.AXUNET_COMPILE;
    });
    expect(told).toEqual(['prediction: operation by operation (AXUNET_COMPILE=off)']);
  });
});
