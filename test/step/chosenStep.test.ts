/** Which step a run gets, and what it says about it. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { CannotCompile, UserError } from '../../lib/engine/errors.ts';
import { whyNoGraphs } from '../../lib/engine/graph/native.ts';
import { crossEntropyDice } from '../../lib/loss/crossEntropyDice.ts';
import type { Batch } from '../../lib/preprocess/batches.ts';
import { type ChooseOptions, ChosenStep } from '../../lib/step/chosenStep.ts';
import { EagerStep } from '../../lib/step/eagerStep.ts';
import { exampleBatch } from '../../lib/step/exampleBatch.ts';
import { type StepOptions, type TrainStep } from '../../lib/step/step.ts';

await startEngine();
const why = whyNoGraphs() ? ` (skipped: ${whyNoGraphs()})` : '';
const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-choose-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  vi.stubEnv('AXUNET_CACHE', mkdtempSync(path.join(folder, 'cache-')));
  vi.stubEnv('AXUNET_COMPILE', 'auto');
  vi.stubEnv('AXUNET_STEP_CHECK', 'once');
});
afterEach(() => vi.unstubAllEnvs());

const batch: Batch = exampleBatch(2, { inputSize: [16, 16], inputChannels: 3 });
const options: StepOptions = { optimizer: { name: 'sgd', momentum: 0.9 }, loss: crossEntropyDice, emaDecay: 0.9 };

/** Two convolutions with a batch norm of tfjs between them. */
function smallModel(withDropout = false): tf.LayersModel {
  const initializer = (seed: number): ReturnType<typeof tf.initializers.glorotNormal> =>
    tf.initializers.glorotNormal({ seed });
  const layers = [
    tf.layers.conv2d({
      name: 'first',
      inputShape: [16, 16, 3],
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: initializer(1),
    }),
    tf.layers.batchNormalization({ name: 'norm' }),
    ...(withDropout ? [tf.layers.dropout({ rate: 0.5 })] : []),
    tf.layers.conv2d({ name: 'last', filters: 2, kernelSize: 1, kernelInitializer: initializer(2) }),
  ];
  return tf.sequential({ layers });
}

interface Chosen {
  step: TrainStep;
  lines: string[];
  model: tf.LayersModel;
}
async function choose(
  choice: ChooseOptions = {},
  changes: Partial<StepOptions> = {},
  model = smallModel(),
): Promise<Chosen> {
  const lines: string[] = [];
  const step = new ChosenStep(model, { ...options, ...changes }, { onChoice: (line) => lines.push(line), ...choice });
  expect(step.kind).toBe('not chosen yet');
  await step.run(batch, 1e-2);
  await step.run(batch, 1e-2);
  return { step, lines, model };
}
/** That two steps of the eager step from the same start have come to the same. */
async function expectEagerState(
  { step }: Chosen,
  model = smallModel(),
  changes: Partial<StepOptions> = {},
): Promise<void> {
  const eager = new EagerStep(model, { ...options, ...changes });
  await eager.run(batch, 1e-2);
  await eager.run(batch, 1e-2);
  const [a, b] = [Object.values(await step.state()), Object.values(await eager.state())];
  expect(a).toEqual(b);
}

describe.skipIf(whyNoGraphs())(`ChosenStep${why}`, () => {
  it('compiles, checks, says so in one line, and does not check the same graph again', async () => {
    const first = await choose();
    expect(first.lines).toEqual([
      expect.stringMatching(
        /^step: compiled to one graph in \d+\.\d s, gradients equal the uncompiled ones \(cosine 1 − \S+\)$/,
      ),
    ]);
    expect(first.step.kind).toContain('compiled');
    expect(readdirSync(path.join(process.env.AXUNET_CACHE!, 'checked-steps'))).toHaveLength(1);
    const never = vi.fn();
    const second = await choose({ check: never });
    expect(second.lines[0]).toMatch(/, checked before$/);
    expect(never).not.toHaveBeenCalled();
    const other = vi.fn(async () => ({ cosine: 1, lossDifference: 0 }));
    await choose(
      { check: other },
      { loss: (logits, labels) => tf.mul(crossEntropyDice(logits, labels), 2) as tf.Scalar },
    );
    expect(other, 'another loss').toHaveBeenCalledTimes(1);
  });

  it('checks always or never where AXUNET_STEP_CHECK says so', async () => {
    const check = vi.fn(async () => ({ cosine: 1, lossDifference: 0 }));
    vi.stubEnv('AXUNET_STEP_CHECK', 'always');
    await choose({ check });
    await choose({ check });
    expect(check).toHaveBeenCalledTimes(2);
    vi.stubEnv('AXUNET_STEP_CHECK', 'never');
    const { lines } = await choose({ check });
    expect(check).toHaveBeenCalledTimes(2);
    expect(lines[0]).toMatch(/, not checked \(AXUNET_STEP_CHECK=never\)$/);
    vi.stubEnv('AXUNET_STEP_CHECK', 'sometimes');
    await expect(choose({ check })).rejects.toThrow(
      'Expected AXUNET_STEP_CHECK to be one of once, always, never, found "sometimes"',
    );
  });

  it('checks a step in bfloat16 too, by wider bounds', async () => {
    const { lines } = await choose({ bfloat16: true });
    expect(lines).toEqual([expect.stringMatching(/, gradients near the uncompiled ones \(cosine 1 − \S+\)$/)]);
    const wrong = await choose(
      { bfloat16: true, check: async () => ({ cosine: 0.5, lossDifference: 0 }) },
      { loss: (logits, labels) => tf.mul(crossEntropyDice(logits, labels), 3) as tf.Scalar },
    );
    expect(wrong.lines[0]).toMatch(/^step: operation by operation \(its gradients differ/);
  });

  it('goes operation by operation where compiling is off', async () => {
    vi.stubEnv('AXUNET_COMPILE', 'off');
    const chosen = await choose();
    expect(chosen.lines).toEqual(['step: operation by operation (AXUNET_COMPILE=off)']);
    await expectEagerState(chosen);
  });

  it('falls back in one line for a network with dropout', async () => {
    const { lines, step } = await choose({}, {}, smallModel(true));
    expect(lines).toEqual([
      expect.stringMatching(/^step: operation by operation \(Cannot compile code that draws random numbers.*\)$/),
    ]);
    expect(step.kind).toBe('operation by operation');
  });

  it("falls back where an operation cannot be put into a graph, with TensorFlow's reason", async () => {
    const loss: StepOptions['loss'] = (logits, labels) =>
      tf.add(
        crossEntropyDice(logits, labels),
        tf.sum(tf.cast(tf.unique(labels.flatten()).values, 'float32')).mul(0),
      ) as tf.Scalar;
    const { lines } = await choose({}, { loss });
    expect(lines).toEqual([expect.stringMatching(/^step: operation by operation \(Cannot compile Unique/)]);
  });

  it('falls back when the check finds other gradients, and is the eager step from the first number on', async () => {
    let flip = 1; // the graph is made with 1; the check then sees −1
    const turned = tf.customGrad((x) => ({
      value: (x as tf.Tensor).clone(),
      gradFunc: (dy: tf.Tensor) => tf.mul(dy, flip),
    }));
    const loss: StepOptions['loss'] = (logits, labels) => crossEntropyDice(turned(logits) as tf.Tensor4D, labels);
    const { checkStep } = await import('../../lib/step/checkStep.ts');
    const chosen = await choose(
      {
        check: (model, compiled, example) => {
          flip = -1;
          return checkStep(model, { ...options, loss }, compiled, example);
        },
      },
      { loss },
    );
    expect(chosen.lines).toEqual([
      expect.stringMatching(
        /^step: operation by operation \(its gradients differ from the uncompiled ones \(cosine -(1|0\.9)/,
      ),
    ]);
    await expectEagerState(chosen, smallModel(), { loss });
    expect(readdirSync(process.env.AXUNET_CACHE!), 'no note of a failed check').toEqual([]);
  });

  it('falls back, with its reason, where something refuses to compile, and is the eager step then', async () => {
    const check = async (): Promise<never> => {
      throw new CannotCompile('the graph', 'nobody likes it');
    };
    const chosen = await choose({ check });
    expect(chosen.lines).toEqual(['step: operation by operation (Cannot compile the graph: nobody likes it)']);
    expect(chosen.step.kind).toBe('operation by operation');
    await expectEagerState(chosen);
  });

  it.each([
    new Error('Cannot compile the graph: says an error of another class'),
    new UserError('Expected a step, found none'),
    new TypeError('Session is not a function'),
  ])('throws any other error on, whatever its message: %s', async (error) => {
    const step = new ChosenStep(smallModel(), options, { check: () => Promise.reject(error) });
    await expect(step.run(batch, 1e-2)).rejects.toBe(error);
    expect(step.kind).toBe('not chosen yet');
    step.dispose();
  });

  it('answers before the first batch, and restores into the step that it chooses', async () => {
    const { step: trained } = await choose();
    const state = await trained.state();
    const model = smallModel();
    const step = new ChosenStep(model, options);
    expect((await step.state()).stepCount.data[0]).toBe(0);
    await step.restore(state);
    expect(await step.state()).toEqual(state);
    await step.withAveragedWeights(async () => {});
    await step.run(batch, 1e-2);
    expect((await step.state()).stepCount.data[0]).toBe(3);
    step.dispose();
    expect(() => step.dispose()).not.toThrow();
  });
});

describe.each(['wasm', 'cpu'] as const)('ChosenStep on %s', (engine) => {
  it('goes operation by operation, because the engine is not TensorFlow', async () => {
    await startEngine(engine);
    try {
      const { lines } = await choose();
      expect(lines).toEqual(['step: operation by operation (the engine is not TensorFlow)']);
    } finally {
      await startEngine('auto');
    }
  });
});
