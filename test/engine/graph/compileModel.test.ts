/**
 * The compiled prediction against the model's own, which computes batch norm by itself, with and without our kernels.
 */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../../lib/engine/engine.ts';
import { type CompiledModel, compileModel } from '../../../lib/engine/graph/compileModel.ts';
import { whyNoGraphs } from '../../../lib/engine/graph/native.ts';
import { withoutOwnKernels } from '../../../lib/engine/ops/ownKernels.ts';
import { createAxUnet, type ModelConfig, variants } from '../../../lib/model/axunet.ts';
import { Random } from '../../../lib/random.ts';

await startEngine();
const why = whyNoGraphs();
const title = why ? `compileModel (skipped: ${why})` : 'compileModel';

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
function normals(name: string, shape: readonly number[]): Float32Array {
  const random = Random.stream(11, name);
  return Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
}

/** Batch norms as after some training: no scale is 1, no shift is 0. */
function shakeNorms(model: tf.LayersModel, seed: string): void {
  for (const weight of model.weights) {
    const shape = weight.shape as number[];
    const noise = normals(seed + weight.originalName, shape);
    if (/(gamma|variance)/.test(weight.name))
      tf.tidy(() => {
        weight.write(
          tf.tensor(
            noise.map((v) => 0.5 + Math.abs(v)),
            shape,
          ),
        );
      });
    else if (/(beta|mean|bias)/.test(weight.name))
      tf.tidy(() => {
        weight.write(
          tf.tensor(
            noise.map((v) => 0.3 * v),
            shape,
          ),
        );
      });
  }
}
function network(config: Partial<ModelConfig>): tf.LayersModel {
  const model = createAxUnet({ inputSize: [48, 32], width: 16, asppRates: [2, 3, 4], ...config }, 1);
  shakeNorms(model, 'start');
  return model;
}

const eagerly = (model: tf.LayersModel, images: Float32Array, shape: readonly number[]): Float32Array =>
  tf.tidy(() => (model.predict(tf.tensor(images, [...shape])) as tf.Tensor).dataSync<'float32'>() as Float32Array);

function expectEqual(found: Float32Array, wanted: Float32Array, tolerance = 1e-4): void {
  expect(found.length).toBe(wanted.length);
  const magnitude = wanted.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  expect(magnitude).toBeGreaterThan(0.01);
  const difference = found.reduce((most, v, i) => Math.max(most, Math.abs(v - wanted[i])), 0);
  expect(difference / magnitude).toBeLessThan(tolerance);
}

describe.skipIf(why)(title, () => {
  let compiled: CompiledModel | undefined;
  afterEach(() => {
    compiled?.close();
    compiled = undefined;
  });
  beforeAll(async () => void (await startEngine()));

  it.each(variants)('gives the logits of the model: %s, for batches of 1 and 3', async (variant) => {
    const model = network({ variant });
    compiled = compileModel(model);
    for (const n of [3, 1, 3]) {
      const shape = [n, 48, 32, 3];
      const images = normals(`images ${n}`, shape);
      const found = await compiled.predict(images, shape);
      expect(compiled.reason).toBeUndefined();
      expectEqual(found, eagerly(model, images, shape));
      expectEqual(
        found,
        withoutOwnKernels(() => eagerly(model, images, shape)),
      );
    }
    model.dispose();
  });

  it("does so with TensorFlow's kernels alone, and with few channels, where they are used anyway", async () => {
    const [shape, model] = [[2, 48, 32, 3], network({ width: 3 })];
    compiled = withoutOwnKernels(() => compileModel(model));
    const images = normals('few', shape);
    const wanted = eagerly(model, images, shape);
    // traced before the first await
    expectEqual(await withoutOwnKernels(() => compiled!.predict(images, shape)), wanted);
    model.dispose();
  });

  it("in bfloat16 it differs, by that format's rounding", async () => {
    const [shape, model] = [[1, 48, 32, 3], network({ width: 8 })];
    const images = normals('short', shape);
    compiled = compileModel(model, { bfloat16: true });
    const [found, wanted] = [await compiled.predict(images, shape), eagerly(model, images, shape)];
    expect(compiled.reason).toBeUndefined();
    expectEqual(found, wanted, 0.1);
    expect(() => expectEqual(found, wanted)).toThrow();
    model.dispose();
  });

  it('notices weights that have changed, for the shapes of before too', async () => {
    const [shape, model] = [[1, 48, 32, 3], network({})];
    const images = normals('changed', shape);
    compiled = compileModel(model);
    const before = await compiled.predict(images, shape);
    shakeNorms(model, 'changed');
    const after = await compiled.predict(images, shape);
    expectEqual(after, eagerly(model, images, shape));
    expect(() => expectEqual(after, before)).toThrow();
    model.dispose();
  });

  it("compiles models of tfjs' own layers", async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({
          filters: 4,
          kernelSize: 3,
          strides: 2,
          activation: 'relu',
          inputShape: [9, 8, 2],
          kernelInitializer: 'ones',
        }),
        tf.layers.batchNormalization({}),
        tf.layers.separableConv2d({ filters: 3, kernelSize: 2 }),
        tf.layers.dropout({ rate: 0.5 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 5, activation: 'softmax' }),
      ],
    });
    shakeNorms(model, 'stock');
    compiled = compileModel(model);
    for (const n of [1, 2]) {
      const images = normals('stock', [n, 9, 8, 2]);
      expectEqual(await compiled.predict(images, [n, 9, 8, 2]), eagerly(model, images, [n, 9, 8, 2]));
    }
    expect(compiled.reason).toBeUndefined();
    model.dispose();
  });

  it('applies what comes after the model within the graph', async () => {
    const [shape, model] = [[1, 48, 32, 3], network({ width: 4 })];
    const images = normals('finish', shape);
    compiled = compileModel(model, { finish: (logits) => tf.softmax(logits) });
    const found = await compiled.predict(images, shape);
    for (let i = 0; i < found.length; i += 2) expect(found[i] + found[i + 1]).toBeCloseTo(1, 5);
    const logits = eagerly(model, images, shape);
    for (let i = 0; i < found.length; i += 2)
      expect(found[i]).toBeCloseTo(1 / (1 + Math.exp(logits[i + 1] - logits[i])), 5);
    model.dispose();
  });

  it('leaves the event loop free while it computes', async () => {
    const [shape, model] = [[4, 96, 96, 3], network({ inputSize: [96, 96] })];
    const images = normals('free', shape);
    compiled = compileModel(model);
    await compiled.predict(images, shape);
    let [turns, isOver] = [0, false];
    const turn = (): void => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    await compiled.predict(images, shape);
    isOver = true;
    expect(turns).toBeGreaterThan(20);
    model.dispose();
  });

  it('closed while it computes, it ends that first and takes no more', async () => {
    const [shape, model] = [[1, 48, 32, 3], network({ width: 4 })];
    const images = normals('closed', shape);
    const closed = compileModel(model);
    const pending = closed.predict(images, shape);
    closed.close();
    expectEqual(await pending, eagerly(model, images, shape));
    await expect(closed.predict(images, shape)).rejects.toThrow('Expected an open network, found a closed one');
    model.dispose();
  });

  it('keeps no tensors and leaves the model as it was', async () => {
    const [shape, model] = [[1, 48, 32, 3], network({ width: 4 })];
    const images = normals('tensors', shape);
    const [wanted, { numTensors }] = [eagerly(model, images, shape), tf.memory()];
    compiled = compileModel(model);
    await compiled.predict(images, shape);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(eagerly(model, images, shape)).toEqual(wanted);
    model.dispose();
  });
});

/** A layer that does in `call` what cannot be compiled. */
class Odd extends tf.layers.Layer {
  static className = 'OddLayerOfTest';
  static what: (x: tf.Tensor) => tf.Tensor;
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return Odd.what(Array.isArray(inputs) ? inputs[0] : inputs);
  }
}
const oddModel = (what: (x: tf.Tensor) => tf.Tensor): tf.LayersModel => {
  Odd.what = what;
  return tf.sequential({ layers: [new Odd({ inputShape: [2] } as never)] });
};
let count = 0;

describe('where it cannot compile, compileModel lets the model predict and tells why', () => {
  it.skipIf(why).each([
    ['values are read', (x: tf.Tensor) => tf.mul(x, x.dataSync()[0]), /reads the values of .* in JavaScript/],
    ['JavaScript counts', (x: tf.Tensor) => tf.mul(x, ++count), /uses a value that JavaScript computes anew/],
    ['numbers are random', (x: tf.Tensor) => tf.add(x, tf.mul(0, tf.randomNormal([2]))), /random numbers/],
  ] as const)('%s', async (_, what, reason) => {
    const compiled = compileModel(oddModel(what));
    const found = await compiled.predict(Float32Array.of(3, 4), [1, 2]);
    expect(compiled.reason).toMatch(reason);
    expect(found[1] / found[0]).toBeCloseTo(4 / 3, 6);
    compiled.close();
  });

  it.skipIf(why)('the output has a type that graphs do not give back', async () => {
    const compiled = compileModel(
      oddModel((x) => x),
      { finish: (x) => tf.cast(x, 'complex64') },
    );
    expect(await compiled.predict(Float32Array.of(3, 4), [1, 2])).toHaveLength(4);
    expect(compiled.reason).toMatch(/^Cannot compile/);
    compiled.close();
  });

  it.skipIf(why)('but errors of the model itself come through, and it compiles the next inputs', async () => {
    const pickyModel = oddModel((x) => {
      if (x.shape[0] !== 1) throw new Error('one at a time');
      return tf.mul(x, 2);
    });
    const compiled = compileModel(pickyModel);
    await expect(compiled.predict(Float32Array.of(3, 4, 5, 6), [2, 2])).rejects.toThrow('one at a time');
    expect(await compiled.predict(Float32Array.of(3, 4), [1, 2])).toEqual(Float32Array.of(6, 8));
    expect(compiled.reason).toBeUndefined();
    compiled.close();
  });

  it('AXUNET_COMPILE=off', async () => {
    process.env.AXUNET_COMPILE = 'off';
    try {
      const compiled = compileModel(oddModel((x) => tf.mul(x, 2)));
      expect(compiled.reason).toBe('AXUNET_COMPILE=off');
      expect(await compiled.predict(Float32Array.of(3, 4), [1, 2])).toEqual(Float32Array.of(6, 8));
    } finally {
      delete process.env.AXUNET_COMPILE;
    }
  });

  it.each(['wasm', 'cpu'] as const)('the engine is %s', async (engine) => {
    await startEngine(engine);
    try {
      const compiled = compileModel(oddModel((x) => tf.mul(x, 2)));
      expect(await compiled.predict(Float32Array.of(3, 4), [1, 2])).toEqual(Float32Array.of(6, 8));
      expect(compiled.reason).toBe('the engine is not TensorFlow');
      compiled.close();
    } finally {
      await startEngine('auto');
    }
  });
});
