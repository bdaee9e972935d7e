import { describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { whyNoGraphs } from '../../lib/engine/graph/native.ts';
import { crossEntropyDice } from '../../lib/loss/crossEntropyDice.ts';
import type { Batch } from '../../lib/preprocess/batches.ts';
import { Random } from '../../lib/random.ts';
import { CompiledStep } from '../../lib/step/compiledStep.ts';
import { EagerStep } from '../../lib/step/eagerStep.ts';
import { defaultAdam, type OptimizerConfig, referenceRmsprop } from '../../lib/step/optimizers.ts';
import { type NamedArrays, type StepOptions, type TrainStep } from '../../lib/step/step.ts';
import { smallNetwork } from './smallNetwork.ts';

/** Two 32×32 images with a bright square that is the mask. */
function squares(seed: number): Batch {
  const random = Random.stream(seed, 'batch');
  const labels = new Uint8Array(2 * 32 * 32);
  for (let n = 0; n < 2; n++)
    for (let y = 8; y < 20; y++) for (let x = 10; x < 24; x++) labels[(n * 32 + y) * 32 + x] = 1;
  const images = Float32Array.from(
    { length: labels.length * 3 },
    (_, i) => labels[Math.floor(i / 3)]! * 0.7 + 0.1 * random.normal(),
  );
  return { images, labels, n: 2, height: 32, width: 32, ids: ['a', 'b'] };
}

interface Made {
  model: tf.LayersModel;
  step: TrainStep;
}
function make(options: Partial<StepOptions> = {}): Made {
  const model = smallNetwork();
  return { model, step: new EagerStep(model, { optimizer: referenceRmsprop, loss: crossEntropyDice, ...options }) };
}
async function makeCompiled(options: Partial<StepOptions> = {}): Promise<Made> {
  const model = smallNetwork();
  return {
    model,
    step: await CompiledStep.compile(
      model,
      { optimizer: referenceRmsprop, loss: crossEntropyDice, ...options },
      squares(0),
    ),
  };
}
await startEngine();
const whyEager = whyNoGraphs();
const kinds: { kind: string; available: boolean; create: (options?: Partial<StepOptions>) => Made | Promise<Made> }[] =
  [
    { kind: 'the eager step', available: true, create: make },
    {
      kind: `the compiled step${whyEager ? ` (skipped: ${whyEager})` : ''}`,
      available: !whyEager,
      create: makeCompiled,
    },
  ];

const adamW: OptimizerConfig = { ...defaultAdam, weightDecay: 0.05 } as OptimizerConfig;
const weightsOf = (model: tf.LayersModel): number[] => model.getWeights().flatMap((w) => Array.from(w.dataSync()));

describe.each(kinds)('$kind', ({ available, create }) => {
  const test = it.skipIf(!available);

  test('learns: the loss of the same batch falls to a fraction within 25 steps', async () => {
    const { step } = await create();
    const losses: number[] = [];
    for (let k = 0; k < 25; k++) losses.push((await step.run(squares(1), 5e-3)).loss);
    expect(losses.at(-1)!).toBeLessThan(0.3 * losses[0]!);
  });

  test('is bit-equal from the same seed', async () => {
    const final = async (): Promise<NamedArrays> => {
      const { step } = await create({ optimizer: adamW, emaDecay: 0.9 });
      for (let k = 0; k < 3; k++) await step.run(squares(k), 1e-3);
      return step.state();
    };
    expect(await final()).toEqual(await final());
  });

  test.each([
    ['RMSProp', { optimizer: referenceRmsprop }],
    ['AdamW with averaging and clipping', { optimizer: adamW, emaDecay: 0.9, clipNorm: 0.5 }],
  ] as const)('%s goes on bit-equal after state and restore', async (_, options) => {
    const straight = await create(options);
    for (let k = 0; k < 4; k++) await straight.step.run(squares(k), 1e-3);
    const first = await create(options);
    for (let k = 0; k < 2; k++) await first.step.run(squares(k), 1e-3);
    const second = await create(options);
    await second.step.restore(structuredClone(await first.step.state()));
    for (let k = 2; k < 4; k++) await second.step.run(squares(k), 1e-3);
    expect(await second.step.state()).toEqual(await straight.step.state());
    const weights = (step: Made): Promise<number[]> => step.step.withAveragedWeights(async () => weightsOf(step.model));
    expect(await weights(second)).toEqual(await weights(straight));
  });
});

describe('EagerStep', () => {
  it('clips: the weights move by less, the reported norm is the one before', async () => {
    const [free, clipped] = [
      make({ optimizer: { name: 'sgd', momentum: 0 } }),
      make({ optimizer: { name: 'sgd', momentum: 0 }, clipNorm: 0.01 }),
    ];
    const before = weightsOf(free.model);
    const [a, b] = [await free.step.run(squares(1), 1), await clipped.step.run(squares(1), 1)];
    expect(b.gradientNorm).toBe(a.gradientNorm);
    const trainedMove = (model: tf.LayersModel): number =>
      Math.hypot(
        ...model.trainableWeights.flatMap((w) => Array.from(w.read().dataSync())).map((v, i) => v - startTrainable[i]!),
      );
    const startTrainable = make().model.trainableWeights.flatMap((w) => Array.from(w.read().dataSync()));
    expect(before).toHaveLength(weightsOf(free.model).length);
    expect(trainedMove(clipped.model)).toBeCloseTo(0.01, 4);
    expect(trainedMove(free.model)).toBeCloseTo(a.gradientNorm, 3);
  });

  it('shows averaged weights only inside withAveragedWeights', async () => {
    const { model, step } = make({ emaDecay: 0.5 });
    for (let k = 0; k < 3; k++) await step.run(squares(k), 1e-2);
    const trained = weightsOf(model);
    const averaged = await step.withAveragedWeights(async () => weightsOf(model));
    expect(averaged).not.toEqual(trained);
    expect(weightsOf(model)).toEqual(trained);
    await expect(
      step.withAveragedWeights(async () => {
        throw new Error('validation failed');
      }),
    ).rejects.toThrow('validation failed');
    expect(weightsOf(model)).toEqual(trained);
  });

  it('averages the gradients of the parts of a batch: two equal halves give what one half gives', async () => {
    const half = squares(1);
    const size = {
      ...half,
      images: half.images.slice(0, half.images.length / 2),
      labels: half.labels.slice(0, half.labels.length / 2),
      n: 1,
    };
    const twice: Batch = {
      ...half,
      images: Float32Array.from([...size.images, ...size.images]),
      labels: Uint8Array.from([...size.labels, ...size.labels]),
    };
    const [whole, parts] = [
      make({ optimizer: { name: 'sgd', momentum: 0 } }),
      make({ optimizer: { name: 'sgd', momentum: 0 }, microBatch: 1 }),
    ];
    const [a, b] = [await whole.step.run(size, 1e-2), await parts.step.run(twice, 1e-2)];
    expect(b.loss).toBeCloseTo(a.loss, 6);
    expect(b.gradientNorm).toBeCloseTo(a.gradientNorm, 5);
  });

  it.each([undefined, 1])('frees what it allocates (micro-batch %s)', async (microBatch) => {
    const { step } = make({ optimizer: adamW, emaDecay: 0.9, clipNorm: 0.1, microBatch });
    await step.run(squares(1), 1e-3);
    const before = tf.memory().numTensors;
    for (let k = 0; k < 3; k++) await step.run(squares(k), 1e-3);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses the state of another network by the name of the weight', async () => {
    const other = smallNetwork(8);
    const state = await new EagerStep(other, { optimizer: referenceRmsprop, loss: crossEntropyDice }).state();
    await expect(make().step.restore(state)).rejects.toThrow(
      'Expected weight/c1/conv1/kernel of shape [3,3,3,4] in the checkpoint, found shape [3,3,3,8]',
    );
  });
});
