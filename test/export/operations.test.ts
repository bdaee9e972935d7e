import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { networkOperations } from '../../lib/export/operations.ts';
import { createAxUnet, variants } from '../../lib/model/axunet.ts';

beforeAll(() => startEngine());
const models: tf.LayersModel[] = [];
afterAll(() => {
  for (const model of models) model.dispose();
});
const operationsOf = async (config: Parameters<typeof createAxUnet>[0]) => {
  const model = createAxUnet(config);
  models.push(model);
  return networkOperations(model);
};

describe('a network as plain operations', () => {
  it.each(variants)('of the variant %s comes in an order in which it can be computed', async (variant) => {
    const { operations, input } = await operationsOf({ variant, width: 2, inputSize: [32, 48] });
    expect(input).toEqual([32, 48, 3]);
    const known = new Set(['image']);
    for (const { name, inputs } of operations) {
      expect(inputs.filter((source) => !known.has(source))).toEqual([]);
      expect(known.has(name)).toBe(false);
      known.add(name);
    }
    expect(operations.at(-1)).toMatchObject({ name: 'c10', kind: 'convolution', shape: [32, 48, 2] });
  });

  it.each(variants)('of the variant %s has every weight once', async (variant) => {
    const model = createAxUnet({ variant, width: 2, inputSize: [32, 32] });
    models.push(model);
    const sizes = (await networkOperations(model)).operations.flatMap((operation) => {
      if ('statistics' in operation) return operation.statistics.map(({ data }) => data.length);
      return 'kernel' in operation ? [operation.kernel.data.length, operation.bias.data.length] : [];
    });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(model.countParams());
  });

  it('writes a separable block as pointwise, depthwise, norm, ReLU, convolution, norm, ReLU', async () => {
    const { operations } = await operationsOf({ variant: 'unet-sep', width: 2, inputSize: [32, 32] });
    const block = operations.filter(({ name }) => name === 'c2' || name.startsWith('c2/'));
    expect(block.map(({ kind }) => kind)).toEqual([
      ...['convolution', 'depthwise', 'norm', 'relu'],
      ...['convolution', 'norm', 'relu'],
    ]);
  });

  it('has the windows and rows of the published network at 512 pixels', async () => {
    const { operations } = await operationsOf({ variant: 'unet-aspp', width: 1, inputSize: [512, 512] });
    const thirds = [
      [0, 11],
      [10, 22],
      [21, 32],
    ];
    expect(operations.find(({ kind }) => kind === 'windowMaxima')).toMatchObject({ rows: thirds, columns: thirds });
    const repeated = Array.from({ length: 32 }, (_, i) => Math.floor((3 * i) / 32)); // 0–10, 11–21, 22–31
    expect(operations.find(({ kind }) => kind === 'pick')).toMatchObject({ rows: repeated, columns: repeated });
  });

  it('is refused for a layer that is none of ours, by its name', async () => {
    const image = tf.input({ shape: [4, 4, 1] });
    const output = tf.layers.dense({ name: 'mine', units: 2 }).apply(image) as tf.SymbolicTensor;
    const model = tf.model({ inputs: image, outputs: output });
    models.push(model);
    await expect(networkOperations(model)).rejects.toThrow(/^Expected layers of the classes .*, found Dense in mine$/);
  });
});
