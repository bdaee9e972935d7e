/** Values and gradients of every operation, on every engine and set of kernels, against the plain form on cpu. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { withoutOwnKernels } from '../../lib/engine/ops/ownKernels.ts';
import { kernelSets } from './engines.ts';
import { cases, evaluate, type Result, relativeDifference } from './operationCases.ts';

const oracle = new Map<string, Result>();
beforeAll(async () => {
  await startEngine('cpu');
  for (const each of cases) oracle.set(each.title, await evaluate(each));
});

describe.each(kernelSets.filter(({ engine }) => engine !== 'cpu'))('on $title', ({ engine, available, own }) => {
  beforeAll(async () => {
    if (available) await startEngine(engine);
  });

  it.skipIf(!available).each(cases)('$title equals the plain form, with its gradients', async (each) => {
    const before = tf.memory().numTensors;
    const found = await evaluate(each, own ? undefined : withoutOwnKernels);
    const wanted = oracle.get(each.title)!;
    expect(found.shape).toEqual(wanted.shape);
    found.arrays.forEach((array, i) => {
      expect(array.length).toBe(wanted.arrays[i].length);
      expect(relativeDifference(array, wanted.arrays[i]), i ? `gradient of input ${i - 1}` : 'value').toBeLessThan(
        2e-5,
      );
    });
    expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
  });
});
