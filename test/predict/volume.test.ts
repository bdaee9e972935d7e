import { describe, expect, it } from 'vitest';
import { createAxUnet } from '../../lib/model/axunet.ts';
import { type ForegroundNetwork, foregroundNetwork } from '../../lib/predict/slices.ts';
import { type Member, predictVolume, predictWith } from '../../lib/predict/volume.ts';
import { type Grid, nativeGrid } from '../../lib/preprocess/grid.ts';
import { obliqueVolume, thresholdModel } from './fake.ts';

const windowHu = [-160, 240] as const;
/** 60.5 HU, between two values that can occur. */
const threshold = (60.5 + 160) / 400;
/** In the canonical frame rows run to posterior (7 voxels), columns to the left (13), slices to superior (10). */
const grid = nativeGrid(7, 13);

describe('predicting a volume whose axes are tilted, permuted and of unequal spacing', () => {
  it('returns exactly the mask of the middle channel on the source voxels', async () => {
    const volume = obliqueVolume();
    const model = await thresholdModel(grid.size, 1, threshold);
    const { mask, probability } = await predictVolume(model, volume, { grid, windowHu, batchSize: 3 });
    expect(mask.data).toEqual(Uint8Array.from(volume.data, (hu) => Number(hu > 60)));
    expect(mask.data.includes(1) && mask.data.includes(0)).toBe(true);
    for (const made of [mask, probability]) {
      expect(made.shape).toEqual(volume.shape);
      expect(made.spacingMm).toEqual(volume.spacingMm);
      made.affine.forEach((v, i) => expect(v).toBeCloseTo(volume.affine[i], 12));
    }
    expect(Math.max(...probability.data)).toBeLessThanOrEqual(1);
  });

  it.each([
    [0, 'inferior', 1],
    [2, 'superior', -1],
  ] as const)('gives channel %i the slice on the %s side, the edge slice repeated', async (channel, _, alongX) => {
    const volume = obliqueVolume();
    const model = await thresholdModel(grid.size, channel, threshold);
    const { mask } = await predictVolume(model, volume, { grid, windowHu });
    const [nx] = volume.shape; // the source's x runs to inferior
    const neighbour = (i: number): number => Math.min(Math.max((i % nx) + alongX, 0), nx - 1) - (i % nx);
    expect(mask.data).toEqual(Uint8Array.from(volume.data, (_, i) => Number(volume.data[i + neighbour(i)] > 60)));
  });

  it('is zero outside a smaller window of the grid, and right inside it', async () => {
    const volume = obliqueVolume();
    // 4 mm around the slice centre: the middle row of 1.1 mm and the one on each side
    const small: Grid = { size: [16, 16], unit: 'mm', centre: [0, 0], extent: [4, 16 * 0.8] };
    const model = await thresholdModel(small.size, 1, -1); // everything in the window
    const { mask } = await predictVolume(model, volume, { grid: small, windowHu });
    const [nx, ny] = volume.shape;
    const row = (z: number): number =>
      Array.from(mask.data.subarray(nx * ny * z, nx * ny * (z + 1))).reduce((sum, v) => sum + v, 0);
    expect(Array.from({ length: 7 }, (_, z) => row(z) / (nx * ny))).toEqual([0, 0, 1, 1, 1, 0, 0]);
  });

  it('takes a higher threshold for a smaller mask', async () => {
    const volume = obliqueVolume();
    const model = await thresholdModel(grid.size, 1, threshold);
    const at = async (t: number): Promise<Uint8Array> =>
      (await predictVolume(model, volume, { grid, windowHu, threshold: t })).mask.data;
    const [low, high] = [await at(0.5), await at(1 - 1e-6)];
    expect(high.every((v, i) => v <= low[i])).toBe(true);
  });

  it('gives the same with the network compiled, not compiled, and made ready once for several volumes', async () => {
    const volume = obliqueVolume();
    const model = createAxUnet({ width: 2, inputSize: [16, 16] }, 5);
    const small: Grid = { size: [16, 16], unit: 'mm', centre: [0, 0], extent: [8, 12] };
    const predict = (network?: ForegroundNetwork) =>
      predictVolume(model, volume, { grid: small, windowHu, batchSize: 4, network });
    process.env.AXUNET_COMPILE = 'off';
    const wanted = await predict().finally(() => {
      delete process.env.AXUNET_COMPILE;
    });
    const network = foregroundNetwork(model);
    for (const found of [await predict(), await predict(network), await predict(network)]) {
      const difference = found.probability.data.map((v, i) => Math.abs(v - wanted.probability.data[i]));
      expect(Math.max(...difference)).toBeLessThan(1e-5);
    }
    network.close();
    expect(Math.max(...wanted.probability.data)).toBeGreaterThan(0.1);
  });

  it('tells its progress in slices, and ends with an error of the network', async () => {
    const volume = obliqueVolume();
    const told: string[] = [];
    let calls = 0;
    const network: ForegroundNetwork = {
      reason: 'a fake',
      close: () => {},
      predict: async (images, [n]) => {
        if (++calls === 3) throw new Error('no memory');
        return new Float32Array(images.length / 3).fill(n / 10);
      },
    };
    const model = await thresholdModel(grid.size, 1, threshold);
    const options = {
      grid,
      windowHu,
      batchSize: 3,
      network,
      onProgress: (done: number, total: number) => {
        told.push(`${done} of ${total}`);
      },
    };
    await expect(predictVolume(model, volume, options)).rejects.toThrow('no memory');
    expect(told).toEqual(['3 of 10', '6 of 10']);
  });
});

describe('several networks', () => {
  /** A network that gives one probability everywhere in its window. */
  const constant = (value: number, own: Grid = grid): Member => ({
    grid: own,
    windowHu,
    network: {
      reason: 'a fake',
      close: () => {},
      predict: async (images) => new Float32Array(images.length / 3).fill(value),
    },
  });

  it('are averaged voxel by voxel; one alone, or one twice, is that network to the bit', async () => {
    const volume = obliqueVolume();
    const model = createAxUnet({ width: 2, inputSize: [16, 16] }, 5);
    const small: Grid = { size: [16, 16], unit: 'mm', centre: [0, 0], extent: [8, 12] };
    const network = foregroundNetwork(model);
    const wanted = (await predictVolume(model, volume, { grid: small, windowHu, network })).probability.data;
    const member = { grid: small, windowHu, network };
    expect((await predictWith([member], volume)).probability.data).toEqual(wanted);
    expect((await predictWith([member, member], volume)).probability.data).toEqual(wanted);
    const mixed = (await predictWith([member, constant(0)], volume)).probability.data;
    expect(mixed).toEqual(wanted.map((v) => v / 2));
    network.close();
  });

  it('may have windows of their own; outside of its window a network says 0', async () => {
    const volume = obliqueVolume();
    // The middle three of the rows along the source's z.
    const narrow: Grid = { size: [16, 16], unit: 'mm', centre: [0, 0], extent: [4, 16 * 0.8] };
    const { mask, probability } = await predictWith([constant(0.75), constant(0.25, narrow)], volume);
    const [nx, ny] = volume.shape;
    const rows = Array.from({ length: 7 }, (_, z) => [
      ...new Set(probability.data.subarray(nx * ny * z, nx * ny * (z + 1))),
    ]);
    expect(rows).toEqual([[0.375], [0.375], [0.5], [0.5], [0.5], [0.375], [0.375]]);
    expect(mask.data).toEqual(Uint8Array.from(probability.data, (v) => Number(v >= 0.5)));
    expect(probability.affine).toEqual(mask.affine);
  });

  it('tell their progress together, and none is refused', async () => {
    const told: number[] = [];
    await predictWith([constant(0), constant(1)], obliqueVolume(), {
      batchSize: 5,
      onProgress: (done, total) => {
        told.push(done / total);
      },
    });
    expect(told).toEqual([0.25, 0.5, 0.75, 1]);
    await expect(predictWith([], obliqueVolume())).rejects.toThrow('Expected a network to predict with, found none');
  });
});
