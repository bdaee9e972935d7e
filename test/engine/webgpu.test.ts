/** The parts of the engine webgpu that need no graphics card; test/webgpu has the others (npm run test:webgpu). */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { checkedNumbers, checkedTensors } from '../../lib/engine/webgpu/checkNetwork.ts';
import type { Device } from '../../lib/engine/webgpu/dawn.ts';
import { type Backend, throwDeviceErrors } from '../../lib/engine/webgpu/deviceErrors.ts';
import { poolGradientByOperations } from '../../lib/engine/webgpu/poolGradient.ts';
import { firstDifference } from '../../lib/engine/webgpu/selfCheck.ts';
import { UserError } from '../../lib/errors.ts';
import { crossEntropyDice } from '../../lib/loss/crossEntropyDice.ts';
import { createAxUnet } from '../../lib/model/axunet.ts';
import { Random } from '../../lib/random.ts';
import { EagerStep } from '../../lib/step/eagerStep.ts';
import { exampleBatch } from '../../lib/step/exampleBatch.ts';
import { referenceRmsprop } from '../../lib/step/optimizers.ts';

describe('errors of a graphics card', () => {
  type Listener = Parameters<Device['addEventListener']>[1];

  /** A device and a backend that say what they are told to. */
  function fake() {
    const listeners: Listener[] = [];
    let lose: (info: { reason: string; message: string }) => void = () => {};
    const device = {
      lost: new Promise<{ reason: string; message: string }>((resolve) => {
        lose = resolve;
      }),
      limits: { maxBufferSize: 1 },
      addEventListener: (_: string, listener: Listener) => void listeners.push(listener),
    };
    const values = { 1: [2] } as Record<number, number[]>;
    const backend: Backend = {
      read: async () => [1, 2],
      readSync: () => {
        throw new ReferenceError('OffscreenCanvas is not defined');
      },
      tensorMap: { get: (id) => ({ values: values[(id as { id: number }).id] }) },
    };
    throwDeviceErrors(backend, device);
    let isPrevented = false;
    const report = (message: string) => {
      const event = { error: { message }, preventDefault: () => void (isPrevented = true) };
      for (const listener of listeners) listener(event);
    };
    return { backend, report, lose, isPrevented: () => isPrevented };
  }

  it('come as an exception of the next read and of all after it: the first one, in its first line', async () => {
    const { backend, report, isPrevented } = fake();
    expect(await backend.read({})).toEqual([1, 2]);
    report('Error while parsing WGSL: type mismatch\n  code');
    report('is invalid due to a previous error');
    for (let k = 0; k < 2; k++)
      await expect(backend.read({})).rejects.toThrow(
        /^The graphics card failed, so that no result since can be trusted: Error while parsing WGSL: type mismatch\. /,
      );
    await expect(backend.read({})).rejects.toThrow(UserError);
    expect(isPrevented(), 'Dawn prints nothing').toBe(true);
  });

  it('come too where the card is gone', async () => {
    const { backend, lose } = fake();
    lose({ reason: 'unknown', message: 'driver reset' });
    await expect(backend.read({})).rejects.toThrow(/the device is lost \(unknown: driver reset\)/);
  });

  it('leave values that are here to those who do not wait, and tell others to', () => {
    const { backend } = fake();
    expect(backend.readSync({ id: 1 })).toEqual([2]);
    expect(() => backend.readSync({ id: 2 })).toThrow(/`await tensor\.data\(\)` instead of `dataSync\(\)`/);
  });
});

describe('the gradient of max pooling by operations', () => {
  beforeAll(async () => void (await startEngine('cpu')));

  it('equals the kernel of the cpu engine, with many equal maxima', () => {
    const sides = fc.integer({ min: 1, max: 9 });
    const sizes = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(sides, sides, sizes, fc.integer({ min: 1, max: 3 }), fc.boolean(), fc.integer(), (h, w, ...rest) => {
        const [size, stride, isSame, seed] = rest;
        fc.pre(isSame || (h >= size[0] && w >= size[1]));
        const attrs = { filterSize: size, strides: [stride, stride], pad: isSame ? 'same' : 'valid' };
        const random = Random.stream(seed, 'pool');
        const input = tf.tensor4d(
          Float32Array.from({ length: 2 * h * w * 3 }, () => random.integer(3) - 2),
          [2, h, w, 3],
        );
        const output = tf.maxPool(input, size, stride, attrs.pad as 'same');
        const dy = tf.tensor4d(
          Float32Array.from({ length: output.size }, () => random.normal()),
          output.shape,
        );
        const wanted = tf.engine().runKernel('MaxPoolGrad', { dy, input, output }, attrs as never) as tf.Tensor;
        const found = poolGradientByOperations({
          inputs: { dy, input, output },
          attrs: attrs as never,
          backend: undefined,
        });
        expect(found.shape).toEqual(wanted.shape);
        const theirs = wanted.dataSync();
        found.dataSync().forEach((value, i) => expect(value).toBeCloseTo(theirs[i]!, 5));
        tf.dispose([input, output, dy, wanted, found]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the network of the self-check', () => {
  it.each(['residual', 'grouped'] as const)('uses every kernel that a step of the variant %s uses', async (variant) => {
    await startEngine('cpu');
    const kernelsOf = async (work: () => Promise<void>): Promise<Set<string>> =>
      new Set((await tf.profile(work as never)).kernelNames);
    const checked = await kernelsOf(async () => tf.dispose([...checkedTensors().values()]));
    const model = createAxUnet({ variant, width: 1, inputSize: [16, 16] }, 1);
    const step = new EagerStep(model, { loss: crossEntropyDice, optimizer: referenceRmsprop });
    const used = await kernelsOf(async () => {
      await step.run(exampleBatch(1, { inputSize: [16, 16], inputChannels: 3 }), 1e-3);
    });
    expect(used.size).toBeGreaterThan(25);
    expect([...used].filter((name) => !checked.has(name) && name !== 'unnamed scope')).toEqual(['OnesLike']);
    step.dispose();
    model.dispose();
  });

  it('gives the same numbers on wasm, all of them finite and none a constant', async () => {
    await startEngine('cpu');
    const wanted = await checkedNumbers();
    await startEngine('wasm');
    const before = tf.memory().numTensors;
    const found = await checkedNumbers();
    expect(tf.memory().numTensors).toBe(before);
    expect(firstDifference(found, wanted)).toBeUndefined();
    for (const [name, numbers] of wanted) {
      expect(numbers.every(Number.isFinite), name).toBe(true);
      if (numbers.length > 1) expect(new Set(numbers).size, name).toBeGreaterThan(1);
    }
  });

  it('is told from another by any number, and by one that is missing or none', () => {
    const numbers = (...values: number[]) => new Map([['the loss', Float32Array.from(values)]]);
    expect(firstDifference(numbers(1, 200), numbers(1, 200.1))).toBeUndefined();
    expect(firstDifference(numbers(1, 200), numbers(1, 201))).toBe('the loss (by 1.0e+0 of 2.0e+2)');
    expect(firstDifference(numbers(1, NaN), numbers(1, 2))).toMatch(/^the loss/);
    expect(firstDifference(numbers(1), numbers(1, 2))).toMatch(/^the loss/);
    expect(firstDifference(new Map(), numbers(1))).toMatch(/^the loss/);
  });
});
