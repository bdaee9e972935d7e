/** Pictures through a network that finds bright pixels. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGreyImage } from '../../lib/io/image.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import type { Predictor } from '../../lib/predict/ensemble.ts';
import { type PredictFilesOptions, predictFiles } from '../../lib/predict/files.ts';
import { findVolumes } from '../../lib/predict/inputs.ts';
import { type Grid, nativeGrid } from '../../lib/preprocess/grid.ts';
import { tiff } from '../io/makeTiff.ts';
import { writeGreyPng } from '../io/writeGreyPng.ts';
import { obliqueVolume, thresholdModel } from './fake.ts';

let folder: string;
let predictor: Predictor;
const at = (...names: string[]): string => path.join(folder, ...names);

const [width, height] = [5, 3];
/** Grey values in steps, so that up and down, left and right differ. */
const picture = { data: Uint8Array.from({ length: width * height }, (_, i) => 17 * i), width, height };
const bright = Uint8Array.from(picture.data, (grey) => (grey >= 128 ? 255 : 0));

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-pictures-'));
  mkdirSync(at('in'));
  await writeGreyPng(at('in', 'b.png'), picture);
  const grid = nativeGrid(height, width);
  const model = await thresholdModel(grid.size, 1, 127.5 / 255);
  predictor = { model, grid, windowHu: [-160, 240], sha256: 'weights', isOfPictures: true };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const predict = async (options: Partial<PredictFilesOptions> = {}, change: Partial<Predictor> = {}) =>
  predictFiles({ ...predictor, ...change }, await findVolumes([at('in')]), { out: at('out'), ...options });

describe('Pictures', () => {
  it('become masks of 0 and 255 of the same size, and maps of probability', async () => {
    expect(await predict({ probability: true })).toMatchObject({ made: ['b'], failed: [] });
    expect(await readGreyImage(at('out', 'b.png'))).toEqual({ data: bright, width, height });
    for (const name of ['b.png', 'b_probability.png'])
      expect(readFileSync(at('out', name))[25], 'colour type: grey alone').toBe(0);
    const probability = (await readGreyImage(at('out', 'b_probability.png'))).data;
    expect([probability[0], probability.at(-1)]).toEqual([0, 255]);
    const record = JSON.parse(readFileSync(at('out', 'b.json'), 'utf8'));
    expect([record.voxels, record.pancreasMl]).toEqual([bright.filter((v) => v > 0).length, undefined]);
  });

  it('are skipped when they are complete', async () => {
    await predict();
    expect(await predict()).toMatchObject({ made: [], skipped: ['b'] });
    expect(await predict({ threshold: 0.9 })).toMatchObject({ made: ['b'] });
  });

  it('say why their mask is empty', async () => {
    await writeGreyPng(at('in', 'b.png'), { ...picture, data: new Uint8Array(width * height) });
    const messages = ({ warnings = [] }: { warnings?: readonly { message: string }[] }) =>
      warnings.map(({ message }) => message).filter((message) => message.startsWith('the mask is empty'));
    expect(messages(await predict())).toEqual(['the mask is empty: the highest probability is 0, the threshold 0.5']);
    await writeGreyPng(at('in', 'b.png'), picture);
    expect(messages(await predict())).toEqual([]);
  });

  it('are turned before and after where their name is that of a slice of the 2-D NIH set', async () => {
    await writeGreyPng(at('in', 'PANCREAS_0005-12.png'), picture);
    // A network that finds what lies in the lower half of what it sees, whatever that is.
    const half: Grid = { size: [16, 16], unit: 'px', centre: [1, 0], extent: [2, 5] };
    await predict({}, { grid: half, model: await thresholdModel(half.size, 1, -1) });
    const rowsOf = async (name: string): Promise<number[]> => {
      const { data } = await readGreyImage(at('out', name));
      return [0, 1, 2].map((row) => data[row * width]);
    };
    expect(await rowsOf('b.png')).toEqual([0, 255, 255]);
    expect(await rowsOf('PANCREAS_0005-12.png')).toEqual([255, 255, 0]);
  });

  it('keep their largest part where that is asked for, but know no ml', async () => {
    await writeGreyPng(at('in', 'b.png'), {
      ...picture,
      data: Uint8Array.from([255, 0, 255, 255, 0, ...Array(10).fill(0)]),
    });
    await predict({ postprocessing: { keep: 'largest' } });
    expect([...(await readGreyImage(at('out', 'b.png'))).data.slice(0, 5)]).toEqual([0, 0, 255, 255, 0]);
    await expect(predict({ postprocessing: { keep: { minimumMl: 1 } } })).rejects.toThrow(
      'Expected --postprocess of pictures without ml, found 1ml',
    );
  });

  it('are found in folders without volumes, TIFF too, whose mask is a PNG', async () => {
    expect(await findVolumes([at('in')])).toEqual([{ file: at('in', 'b.png'), name: 'b', isPicture: true }]);
    writeFileSync(at('notes.txt'), '');
    await expect(findVolumes([at('notes.txt')])).rejects.toThrow('or pictures (.png, .jpg, .tif), found none');
    const { width, height, data } = await readGreyImage(at('in', 'b.png'));
    writeFileSync(at('in', 'C.TIF'), tiff({ width, height, strips: [data] }));
    const inputs = await findVolumes([at('in')]);
    expect(inputs.map(({ name }) => name)).toEqual(['C', 'b']);
    const report = await predict();
    expect(report.made).toEqual(['C', 'b']);
    expect(await readGreyImage(at('out', 'C.png'))).toEqual(await readGreyImage(at('out', 'b.png')));
    await writeNifti(at('in', 'a.nii'), obliqueVolume());
    expect((await findVolumes([at('in')])).map(({ name }) => name)).toEqual(['a']);
  });
});

describe('A network of the other kind', () => {
  const ofVolumes = { isOfPictures: false };
  it('refuses pictures without a window, and without spacing where its own is in mm', async () => {
    await expect(predict({}, ofVolumes)).rejects.toThrow(
      'Expected volumes for a network trained on CT, or --window with the HU that are black and white, found a picture',
    );
    const inMm = { ...ofVolumes, grid: { ...predictor.grid, unit: 'mm' as const } };
    await expect(predict({ windowHu: [-160, 240] }, inMm)).rejects.toThrow('Expected --spacing, the mm of a pixel');
    expect(await predict({ windowHu: [-160, 240], spacingMm: 1 }, inMm)).toMatchObject({ made: ['b'] });
    expect((await readGreyImage(at('out', 'b.png'))).data).toEqual(bright);
  });

  it('sees the HU of the window in a picture', async () => {
    // 0 and 255 stand for −160 and 640: the network's window ends in the middle, its threshold at a quarter.
    await predict({ windowHu: [-160, 640] }, ofVolumes);
    const quarter = Uint8Array.from(picture.data, (grey) => (grey >= 64 ? 255 : 0));
    expect((await readGreyImage(at('out', 'b.png'))).data).toEqual(quarter);
  });

  it('of pictures refuses volumes without a window, and sees each slice alone with one', async () => {
    rmSync(at('in', 'b.png'));
    const volume = obliqueVolume();
    await writeNifti(at('in', 'a.nii'), volume);
    await expect(predict()).rejects.toThrow(
      'Expected pictures for a network trained on pictures, or --window with the HU that are black and white, found a volume',
    );
    const grid = nativeGrid(7, 13);
    const masks = [0, 1, 2].map(async (channel) => {
      const model = await thresholdModel(grid.size, channel, 0.5);
      const sha256 = `channel ${channel}`;
      await predict({ windowHu: [-160, 240], out: at(sha256) }, { model, grid, sha256 });
      return readFileSync(at(sha256, 'a.nii.gz'));
    });
    const [below, here, above] = await Promise.all(masks);
    expect(below.equals(here) && above.equals(here)).toBe(true);
  });

  it('refuses a window or a spacing that nothing asks for', async () => {
    await expect(predict({ windowHu: [0, 1] })).rejects.toThrow('Expected --window only for data of another kind');
    await expect(predict({ spacingMm: 1 })).rejects.toThrow('Expected --spacing only of pictures');
  });

  it('of several classes refuses pictures', async () => {
    const classes = ['a', 'b'].map((name, i) => ({ name, values: [i + 1] }));
    await expect(predict({}, { classes })).rejects.toThrow('Expected volumes for a network of several classes');
  });
});
