/**
 * The compiled step against the eager one: same numbers to float32's rounding, state that goes from one to the other.
 */

import { describe, expect, it } from 'vitest';
import { currentEngine, startEngine, tf } from '../../lib/engine/engine.ts';
import { whyNoGraphs } from '../../lib/engine/graph/native.ts';
import { crossEntropyDice } from '../../lib/loss/crossEntropyDice.ts';
import { createAxUnet, type ModelConfig, variants } from '../../lib/model/axunet.ts';
import type { Batch } from '../../lib/preprocess/batches.ts';
import { checkStep, isEqualEnough } from '../../lib/step/checkStep.ts';
import { CompiledStep, type CompileOptions } from '../../lib/step/compiledStep.ts';
import { EagerStep } from '../../lib/step/eagerStep.ts';
import { exampleBatch } from '../../lib/step/exampleBatch.ts';
import { defaultAdam, type OptimizerConfig, referenceRmsprop } from '../../lib/step/optimizers.ts';
import { type NamedArrays, type StepOptions, type TrainStep } from '../../lib/step/step.ts';
import { smallNetwork } from './smallNetwork.ts';

await startEngine();
const why = whyNoGraphs() ? ` (skipped: ${whyNoGraphs()})` : '';

const size = { inputSize: [32, 32], inputChannels: 3 } as const;
const config: Partial<ModelConfig> = { width: 4, inputSize: [32, 32], asppRates: [1, 2, 3] };
const adamW: OptimizerConfig = { ...defaultAdam, weightDecay: 0.05 } as OptimizerConfig;
const everything: Partial<StepOptions> = { optimizer: adamW, emaDecay: 0.9, clipNorm: 0.5 };
const batchOf = (n = 2): Batch => exampleBatch(n, { ...size, inputSize: [32, 32] });
const optionsOf = (options: Partial<StepOptions>): StepOptions => ({
  optimizer: referenceRmsprop,
  loss: crossEntropyDice,
  ...options,
});
const modelOf = (changes: Partial<ModelConfig> = {}): tf.LayersModel => createAxUnet({ ...config, ...changes }, 1);

async function compiled(
  options: Partial<StepOptions> = {},
  compile: CompileOptions = {},
  model = smallNetwork(),
): Promise<{ model: tf.LayersModel; step: CompiledStep }> {
  return { model, step: await CompiledStep.compile(model, optionsOf(options), batchOf(), compile) };
}
function eager(options: Partial<StepOptions> = {}, model = smallNetwork()): { model: tf.LayersModel; step: TrainStep } {
  return { model, step: new EagerStep(model, optionsOf(options)) };
}

/** Largest distance between two states: per array, of the difference relative to the array's own length. */
function distance(a: NamedArrays, b: NamedArrays): { key: string; value: number } {
  expect(Object.keys(a).sort()).toEqual(Object.keys(b).sort());
  const norm = (values: ArrayLike<number>): number => Math.sqrt(Array.from(values).reduce((sum, v) => sum + v * v, 0));
  return Object.keys(a)
    .map((key) => {
      expect(a[key].shape, key).toEqual(b[key].shape);
      return { key, value: norm(a[key].data.map((v, i) => v - b[key].data[i])) / (norm(b[key].data) + 1e-3) };
    })
    .reduce((worst, each) => (each.value > worst.value ? each : worst));
}
async function expectEqual(a: TrainStep, b: TrainStep, tolerance: number): Promise<void> {
  const { key, value } = distance(await a.state(), await b.state());
  expect(value, key).toBeLessThan(tolerance);
}

describe.skipIf(whyNoGraphs())(`CompiledStep on ${currentEngine().name}${why}`, () => {
  it.each(variants)('has the loss and the gradients of the eager step of %s', async (variant) => {
    const model = modelOf({ variant });
    const { step } = await compiled({}, {}, model);
    const check = await checkStep(model, optionsOf({}), step, batchOf());
    expect(isEqualEnough(check), JSON.stringify(check)).toBe(true);
    const own = await checkStep(model, optionsOf({}), step, batchOf(), 'tensorflow');
    expect(own.cosine).toBeGreaterThan(1 - 1e-4);
    step.dispose();
    model.dispose();
  });

  // An epsilon far above the rounding of gradients: else RMSProp and Adam blow up those that are 0 but for rounding
  // (biases before a norm).
  it.each<[string, Partial<StepOptions>, number, number]>([
    [
      'SGD with momentum, clipping and averaging',
      { optimizer: { name: 'sgd', momentum: 0.9 }, clipNorm: 0.5, emaDecay: 0.9 },
      20,
      2e-3,
    ],
    ['RMSProp', { optimizer: { ...referenceRmsprop, epsilon: 1e-4 } as OptimizerConfig }, 5, 2e-3],
    [
      'AdamW with clipping and averaging',
      { ...everything, optimizer: { ...adamW, epsilon: 1e-2 } as OptimizerConfig },
      5,
      2e-3,
    ],
    ['SGD in micro-batches', { optimizer: { name: 'sgd', momentum: 0.9 }, microBatch: 1, emaDecay: 0.9 }, 4, 2e-3],
  ])(
    'follows the eager step with %s: weights, slots, statistics and averages',
    async (_, options, steps, tolerance) => {
      const [ours, theirs] = [await compiled(options), eager(options)];
      for (let k = 0; k < steps; k++) {
        const learningRate = 1e-3 / (1 + k);
        const [a, b] = [await ours.step.run(batchOf(), learningRate), await theirs.step.run(batchOf(), learningRate)];
        expect(Math.abs(a.loss - b.loss), `loss of step ${k + 1}`).toBeLessThan(tolerance);
        expect(Math.abs(a.gradientNorm / b.gradientNorm - 1), `norm of step ${k + 1}`).toBeLessThan(10 * tolerance);
      }
      await expectEqual(ours.step, theirs.step, tolerance);
      ours.step.dispose();
      theirs.step.dispose();
    },
  );

  it('follows the eager step where large weights lie beside small ones', async () => {
    const options: Partial<StepOptions> = { optimizer: { name: 'sgd', momentum: 0.9 }, emaDecay: 0.9 };
    const [ours, theirs] = [await compiled(options, {}, smallNetwork(8)), eager(options, smallNetwork(8))];
    for (let k = 0; k < 3; k++) {
      await ours.step.run(batchOf(), 1e-3);
      await theirs.step.run(batchOf(), 1e-3);
    }
    await expectEqual(ours.step, theirs.step, 2e-3);
  });

  const threeHeads = (): tf.LayersModel => {
    const image = tf.input({ name: 'image', shape: [32, 32, 3] });
    const conv = (name: string, filters: number): tf.SymbolicTensor =>
      tf.layers
        .conv2d({ name, filters, kernelSize: 1, kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }) })
        .apply(image) as tf.SymbolicTensor;
    return tf.model({ inputs: image, outputs: [conv('used', 2), conv('large', 1500), conv('small', 4)] });
  };
  const heads = (logits: tf.Tensor4D): tf.Tensor4D[] => logits as unknown as tf.Tensor4D[];
  const onUsed = (logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Scalar => crossEntropyDice(heads(logits)[0], labels);
  // its gradient needs no weight
  const linear = (logits: tf.Tensor4D): tf.Scalar => tf.addN(heads(logits).map((head) => tf.mean(head))) as tf.Scalar;
  const optimizers: OptimizerConfig[] = [
    { ...referenceRmsprop, epsilon: 1e-4 } as OptimizerConfig,
    { name: 'sgd', momentum: 0.9 },
    { ...defaultAdam, epsilon: 1e-2 } as OptimizerConfig,
    { ...adamW, epsilon: 1e-2 } as OptimizerConfig,
  ];
  const gradients = { 'that do not exist': onUsed, 'that need no weight': linear };

  it.each(
    optimizers.flatMap((optimizer) =>
      Object.entries(gradients).map(([title, loss]) => [title, optimizer, loss] as const),
    ),
  )(
    'moves weights and slots by gradients %s as the eager step does, after the loss has read them: %j',
    async (_, optimizer, loss) => {
      const options: Partial<StepOptions> = { optimizer, loss };
      const theirs = eager(options, threeHeads());
      const state = await theirs.step.state();
      for (const key of Object.keys(state))
        if (!key.startsWith('weight/'))
          state[key] = {
            shape: state[key].shape,
            data: state[key].data.map((v) => (key === 'stepCount' ? 3 : v + 0.25)),
          };
      await theirs.step.restore(state);
      const wanted = [await theirs.step.run(batchOf(), 1e-2), await theirs.step.run(batchOf(), 1e-2)];
      for (let attempt = 0; attempt < 4; attempt++) {
        // the order of what does not wait for each other differs from session to session
        const ours = await compiled(options, {}, threeHeads());
        await ours.step.restore(state);
        for (const { loss: seen } of wanted) expect((await ours.step.run(batchOf(), 1e-2)).loss).toBeCloseTo(seen, 4);
        await expectEqual(ours.step, theirs.step, 1e-5);
        ours.step.dispose();
      }
      theirs.step.dispose();
    },
  );

  it("keeps what layers of others assign by themselves: tfjs' own batch norm", async () => {
    const network = (): tf.LayersModel => {
      const image = tf.input({ name: 'image', shape: [32, 32, 3] });
      const layers = [
        tf.layers.conv2d({
          name: 'first',
          filters: 4,
          kernelSize: 3,
          padding: 'same',
          kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
        }),
        tf.layers.batchNormalization({ name: 'norm', momentum: 0.8 }),
        tf.layers.conv2d({
          name: 'last',
          filters: 2,
          kernelSize: 1,
          kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }),
        }),
      ];
      return tf.model({
        inputs: image,
        outputs: layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, image),
      });
    };
    const options: Partial<StepOptions> = { optimizer: { name: 'sgd', momentum: 0.9 } };
    const [ours, theirs] = [await compiled(options, {}, network()), eager(options, network())];
    const before = await theirs.step.state();
    for (let k = 0; k < 3; k++) {
      await ours.step.run(batchOf(), 1e-2);
      await theirs.step.run(batchOf(), 1e-2);
    }
    await expectEqual(ours.step, theirs.step, 2e-3);
    const after = await ours.step.state();
    const statistics = Object.keys(after).filter((key) => key.includes('moving'));
    expect(statistics).toHaveLength(2);
    for (const key of statistics) expect(after[key].data).not.toEqual(before[key].data);
  });

  it('goes through batches of other sizes, a last one that is not full, and parts that do not divide it', async () => {
    const options: Partial<StepOptions> = { optimizer: { name: 'sgd', momentum: 0 } };
    for (const microBatch of [undefined, 2]) {
      const [ours, theirs] = [await compiled({ ...options, microBatch }), eager({ ...options, microBatch })];
      for (const n of [2, 3, 1, 2]) {
        const [a, b] = [await ours.step.run(batchOf(n), 1e-3), await theirs.step.run(batchOf(n), 1e-3)];
        expect(a.loss).toBeCloseTo(b.loss, 4);
        expect(a.gradientNorm / b.gradientNorm).toBeCloseTo(1, 3);
      }
      await expectEqual(ours.step, theirs.step, 1e-3);
    }
  });

  it('makes the same bits from the same seed, with activations kept or made again', async () => {
    const final = async (recompute: boolean): Promise<NamedArrays> => {
      const { step } = await compiled(everything, { recompute });
      for (let k = 0; k < 2; k++) await step.run(batchOf(), 1e-3);
      return step.state();
    };
    const first = await final(false);
    expect(await final(false)).toEqual(first);
    expect(await final(true)).toEqual(first);
  });

  it('goes on where an eager step stopped, and an eager step where it stopped', async () => {
    const first = eager(everything);
    await first.step.run(batchOf(), 1e-3);
    const state = await first.step.state();
    const next = await compiled(everything);
    await next.step.restore(state);
    expect(await next.step.state()).toEqual(state);
    const [weight] = next.model.trainableWeights;
    expect(weight.read().dataSync()).toEqual(state[`weight/${weight.originalName}`].data); // the model's copy too
    const [a, b] = [await next.step.run(batchOf(), 1e-3), await first.step.run(batchOf(), 1e-3)];
    expect(a.loss).toBeCloseTo(b.loss, 5);
    const after = await next.step.state();
    expect(after.stepCount.data[0]).toBe(2);
    const last = eager(everything);
    await last.step.restore(after);
    expect(await last.step.state()).toEqual(after);
  });

  it("holds the weights while it trains: the model's copy is gone until withAveragedWeights", async () => {
    const { model, step } = await compiled({ emaDecay: 0.5 });
    await step.run(batchOf(), 1e-2);
    const read = (): Float32Array => model.trainableWeights[0].read().dataSync<'float32'>() as Float32Array;
    expect(() => {
      if (read().length !== model.trainableWeights[0].read().size) throw new Error('released');
    }).toThrow();
    expect(() => tf.tidy(() => (model.predict(tf.zeros([1, 32, 32, 3])) as tf.Tensor).dataSync())).toThrow();
    const state = await step.state();
    const key = `average/${model.trainableWeights[0].originalName}`;
    const inside = await step.withAveragedWeights(async () => read().slice());
    expect(inside).toEqual(state[key].data);
    expect(read(), 'the weights themselves again').toEqual(state[key.replace('average', 'weight')].data);
    expect(await step.state()).toEqual(state);
    await expect(
      step.withAveragedWeights(async () => {
        throw new Error('validation failed');
      }),
    ).rejects.toThrow('validation failed');
    expect((await step.run(batchOf(), 1e-2)).loss).toBeGreaterThan(0);
    const plain = await compiled({});
    await plain.step.run(batchOf(), 1e-2);
    const weights = await plain.step.withAveragedWeights(async () => plain.model.trainableWeights[0].read().dataSync());
    expect(weights).toEqual((await plain.step.state())[`weight/${model.trainableWeights[0].originalName}`].data);
  });

  it('leaves no tensors behind and frees its session', async () => {
    const { model, step } = await compiled(everything);
    await step.run(batchOf(), 1e-3);
    const before = tf.memory().numTensors;
    for (let k = 0; k < 3; k++) await step.run(batchOf(k + 1), 1e-3);
    await step.withAveragedWeights(async () => {});
    await step.state();
    expect(tf.memory().numTensors).toBe(before);
    const running = step.run(batchOf(), 1e-3);
    step.dispose();
    await running; // a session ends when what is under way is over
    await expect(step.run(batchOf(), 1e-3)).rejects.toThrow('Expected an open session, found a closed one');
    expect(() => {
      step.dispose();
      model.dispose();
    }).not.toThrow();
  });

  it('refuses the state of another network by the name of the weight, and keeps its own', async () => {
    const { step } = await compiled({});
    const before = await step.state();
    const state = await eager({}, smallNetwork(8)).step.state();
    await expect(step.restore(state)).rejects.toThrow(
      'Expected weight/c1/conv1/kernel of shape [3,3,3,4] in the checkpoint, found shape [3,3,3,8]',
    );
    expect(await step.state()).toEqual(before);
  });

  it.each([2, 7])('refuses a state with %i numbers in a weight of 4, and keeps its own', async (numbers) => {
    const { step } = await compiled({});
    const before = await step.state();
    const key = 'weight/c1/bn1/gamma';
    await expect(
      step.restore({ ...before, [key]: { shape: [4], data: new Float32Array(numbers).fill(9) } }),
    ).rejects.toThrow(`Expected 4 numbers of ${key} in the checkpoint, found ${numbers}`);
    expect(await step.state()).toEqual(before);
  });

  it.each<[string, StepOptions['loss'], RegExp]>([
    [
      'reads values',
      (logits, labels) => tf.mul(crossEntropyDice(logits, labels), tf.sum(logits).dataSync()[0]) as tf.Scalar,
      /Cannot compile code that reads the values of/,
    ],
    [
      'draws random numbers',
      (logits, labels) => crossEntropyDice(tf.add(logits, tf.randomNormal(logits.shape)) as tf.Tensor4D, labels),
      /Cannot compile code that draws random numbers/,
    ],
    [
      'counts its calls',
      (() => {
        let calls = 0;
        return (logits: tf.Tensor4D, labels: tf.Tensor3D) =>
          tf.mul(crossEntropyDice(logits, labels), 1 / ++calls) as tf.Scalar;
      })(),
      /Cannot compile Mul: it uses a value that JavaScript computes anew/,
    ],
  ])('refuses a loss that %s, and the model is as before', async (_, loss, message) => {
    const model = modelOf();
    const before = model.getWeights().map((w) => w.dataSync());
    await expect(CompiledStep.compile(model, optionsOf({ loss }), batchOf())).rejects.toThrow(message);
    expect(model.getWeights().map((w) => w.dataSync())).toEqual(before);
  });

  it('runs in bfloat16, with a loss near that of float32', async () => {
    const [short, full] = [await compiled({}, { bfloat16: true }), await compiled({})];
    expect(short.step.kind).toContain('bfloat16');
    const [a, b] = [await short.step.run(batchOf(), 1e-3), await full.step.run(batchOf(), 1e-3)];
    expect(a.loss).not.toBe(b.loss);
    expect(Math.abs(a.loss - b.loss)).toBeLessThan(0.05);
  });

  it('serves timers during a step', async () => {
    const { step } = await compiled();
    let ticks = 0;
    const timer = setInterval(() => {
      ticks++;
    }, 1);
    for (let k = 0; k < 5; k++) await step.run(batchOf(), 1e-3);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });
});
