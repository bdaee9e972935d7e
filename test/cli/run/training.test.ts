import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { foldsFor, openMadeSlices, readConfig, readTrainingOptions, slicesFor } from '../../../lib/cli/run/training.ts';
import { parseClasses } from '../../../lib/dataset/classes.ts';
import type { SliceSet } from '../../../lib/preprocess/sliceSet.ts';
import { referenceConfig, trainConfig } from '../../../lib/train/config.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = path.join(folder, 'config.json');
const configured = async (text: string, set: string[] = [], base = referenceConfig) => {
  writeFileSync(file, text);
  return (await readConfig({ config: file, set } as unknown as Parameters<typeof readConfig>[0]))(base);
};

describe('--labels', () => {
  it('are of a data set: slices that were made have their classes', async () => {
    const values = { slices: folder, labels: parseClasses('a=1,b=2') } as unknown as Parameters<typeof slicesFor>[0];
    await expect(slicesFor(values, 'train')).rejects.toThrow(/^Expected --labels with --dataset .*, found --slices$/);
  });
});

describe('--folds-seed', () => {
  const entries = Array.from({ length: 12 }, (_, i) => ({ patient: `p${i}` }));
  const slices = { entries, manifest: { cases: [] } } as unknown as SliceSet;
  const folds = (foldsSeed: number | undefined, seed: number) =>
    foldsFor({ foldsSeed, config: undefined }, slices, seed).then((dealt) => dealt.folds);

  it('deals alike for every seed of the training; without it that seed deals', async () => {
    expect(await folds(7, 1)).toEqual(await folds(7, 2));
    expect(await folds(undefined, 1)).not.toEqual(await folds(undefined, 2));
    expect(await folds(undefined, 7)).toEqual(await folds(7, 1));
  });

  it('contradicts a file of folds', async () => {
    const values = { set: [], foldsFile: 'x.json', foldsSeed: 1 } as unknown as Parameters<
      typeof readTrainingOptions
    >[0];
    await expect(readTrainingOptions(values)).rejects.toThrow(
      'Expected either --folds-file or --folds-seed, found both',
    );
  });
});

describe('--config', () => {
  it('is an object of options, under those of --set', async () => {
    expect(await configured('{"width": 8, "epochs": 2}', ['width=4'])).toEqual({
      ...referenceConfig,
      width: 4,
      epochs: 2,
    });
  });
  it.each(['null', '[]', '"width"', '7', 'true'])('that is %s is refused with its file', async (text) => {
    const sentence = /^Expected an object of training options, found .* in .*config\.json$/;
    await expect(configured(text)).rejects.toThrow(sentence);
  });
  it.each([
    ['{"widht": 8}', /^Expected a training option of seed, .*, found "widht" in .*config\.json$/],
    ['{"epochs": "a"}', /^Expected epochs to be a positive whole number or null, found "a" in .*config\.json$/],
    ['{"optimizer": 3}', /^Expected optimizer to be an object of options, found 3 in .*config\.json$/],
    ['{"optimizer": {"name": "adam", "beta9": 1}}', /found "optimizer\.beta9" in .*config\.json$/],
    ['{"optimizer": {"name": "adamw"}}', /^Expected optimizer\.name to be one of .* in .*config\.json$/],
    ['{"schedule": {"kind": "x"}}', /^Expected schedule\.kind to be one of .*, found "x" in .*config\.json$/],
    ['{"epochs": 1, "minutes": 2}', /^Expected either epochs or minutes, found both in .*config\.json$/],
    ['{"batchSize": 0}', /^Expected batchSize to be a positive whole number, found 0 in .*config\.json$/],
    ['{"asppRates": [2, 4]}', /^Expected asppRates to be 3 positive whole numbers, found \[2,4\] in .*config\.json$/],
  ])('%s is refused with its file and field', async (text, sentence) => {
    await expect(configured(text)).rejects.toThrow(sentence);
  });
  it('is not blamed for a fault of --set, nor refused for what --set mends', async () => {
    await expect(configured('{"width": 8}', ['seed=x'])).rejects.toThrow(
      /^Expected seed to be a whole number of at most 16 digits, found "x"$/,
    );
    expect(await configured('{"width": -8}', ['width=4'])).toMatchObject({ width: 4 });
    expect(await configured('{"epochs": null}', ['minutes=3'])).toMatchObject({ epochs: null, minutes: 3 });
    expect(await configured('{"minutes": 5}', ['epochs=3'])).toMatchObject({ epochs: 3, minutes: null });
    expect(await configured('{"epochs": 5}', ['minutes=3'])).toMatchObject({ epochs: null, minutes: 3 });
  });
});

describe('what is said of a training', () => {
  const read = (values: object) =>
    readTrainingOptions({ set: [], ...values } as unknown as Parameters<typeof readTrainingOptions>[0]);
  it('is checked to its last field before any slice is made', async () => {
    writeFileSync(file, '{"optimizer": {"beta9": 1}}');
    await expect(read({ config: file })).rejects.toThrow(/found "optimizer\.beta9" in .*config\.json$/);
    await expect(read({ set: ['width=0'] })).rejects.toThrow('Expected width to be a positive whole number, found 0');
    await expect(read({ foldsFile: path.join(folder, 'absent') })).rejects.toThrow('found no such file in');
    expect((await read({ epochs: '2' }))(referenceConfig)).toEqual({ ...referenceConfig, epochs: 2 });
  });
  it('must fit the configuration that it changes, such as that of an older plan', async () => {
    writeFileSync(file, '{"optimizer": {"rho": 0.9}}');
    const values = { set: [], config: file } as unknown as Parameters<typeof readTrainingOptions>[0];
    const adam = trainConfig({ optimizer: { name: 'adam' } });
    await expect(readTrainingOptions(values, adam)).rejects.toThrow('found "optimizer.rho"');
  });
});

describe('--slices', () => {
  it('tell again which cases failed and what is odd in the others', async () => {
    const manifest = {
      version: 1,
      dataset: 'd',
      mode: 'default',
      unit: 'mm',
      slices: [],
      cases: [{ id: 'a', patient: 'a', sources: {}, slices: 0, warnings: ['a.nii: was the rescale intercept lost?'] }],
      failed: [{ id: 'b', reason: 'torn' }],
      pending: [],
    };
    writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
    const error = vi.spyOn(console, 'error').mockReturnValue();
    try {
      await openMadeSlices(folder, 'train');
      expect(error.mock.calls.flat()).toEqual([
        'axunet train: case b is left out: torn',
        'axunet train: warning: case a: a.nii: was the rescale intercept lost?',
      ]);
    } finally {
      error.mockRestore();
    }
  });
});
