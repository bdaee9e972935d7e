import { describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';
import { crossEntropyDice } from '../../lib/loss/crossEntropyDice.ts';
import { createAxUnet } from '../../lib/model/axunet.ts';
import { checkStep, isEqualEnough, toleranceOf } from '../../lib/step/checkStep.ts';
import type { CompiledStep } from '../../lib/step/compiledStep.ts';
import { exampleBatch } from '../../lib/step/exampleBatch.ts';
import { referenceRmsprop } from '../../lib/step/optimizers.ts';
import { variableOf } from '../../lib/step/weights.ts';

await startEngine();
const options = { optimizer: referenceRmsprop, loss: crossEntropyDice };
const batch = exampleBatch(1, { inputSize: [16, 16], inputChannels: 3 });
const model = createAxUnet({ variant: 'unet', width: 2, inputSize: [16, 16] }, 1);

/** Loss and gradients at the model's weights, changed by `change`. */
function answers(change: (g: Float32Array, i: number) => Float32Array | undefined, lossFactor = 1): CompiledStep {
  const [x, y] = [
    tf.tensor4d(batch.images, [1, 16, 16, 3]),
    tf.tensor3d(Int32Array.from(batch.labels), [1, 16, 16], 'int32'),
  ];
  const { value, gradients } = valueAndGradients(
    () => crossEntropyDice(model.apply(x, { training: true }) as tf.Tensor4D, y),
    model.trainableWeights.map(variableOf),
  );
  const arrays = gradients.map((g, i) => g && change(g.dataSync<'float32'>().slice() as Float32Array, i));
  const loss = value.dataSync()[0] * lossFactor;
  tf.dispose([x, y, value, gradients.filter((g) => g !== undefined)]);
  return { gradients: async () => ({ loss, gradients: arrays }) } as unknown as CompiledStep;
}

describe('checkStep', () => {
  it('finds cosine 1 for equal gradients, and leaves the model and the memory as they were', async () => {
    const same = answers((g) => g);
    const [before, tensors] = [model.getWeights().map((w) => w.dataSync()), tf.memory().numTensors];
    const check = await checkStep(model, options, same, batch);
    expect(check.cosine).toBeCloseTo(1, 12);
    expect(check.lossDifference).toBe(0);
    expect(model.getWeights().map((w) => w.dataSync())).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it.each<[string, (g: Float32Array, i: number) => Float32Array | undefined]>([
    ['turned round', (g) => g.map((v) => -v)],
    ['of the last kernel left out', (g, i) => (i === model.trainableWeights.length - 2 ? undefined : g)],
    [
      'of the last kernel twice as large',
      (g, i) => (i === model.trainableWeights.length - 2 ? g.map((v) => 2 * v) : g),
    ],
    ['that are not numbers', (g) => g.fill(NaN)],
    ['of zero', (g) => g.fill(0)],
  ])('refuses gradients %s', async (_, change) => {
    expect(isEqualEnough(await checkStep(model, options, answers(change), batch))).toBe(false);
  });

  it('refuses another loss with the same gradients', async () => {
    const check = await checkStep(
      model,
      options,
      answers((g) => g, 1.001),
      batch,
    );
    expect(check.lossDifference).toBeCloseTo(1e-3, 5);
    expect(isEqualEnough(check)).toBe(false);
  });
});

describe('isEqualEnough', () => {
  it('tolerates more between steps with other kernels, and most in bfloat16', () => {
    expect(toleranceOf({})).toBe('sameKernels');
    expect(toleranceOf({ kernels: 'tensorflow' })).toBe('otherKernels');
    expect(toleranceOf({ kernels: 'tensorflow', bfloat16: true })).toBe('bfloat16');
    const check = (cosine: number, lossDifference = 0): boolean[] =>
      (['sameKernels', 'otherKernels', 'bfloat16'] as const).map((tolerance) =>
        isEqualEnough({ cosine, lossDifference }, tolerance),
      );
    expect(check(1 - 1e-7)).toEqual([true, true, true]);
    expect(check(1 - 1e-5)).toEqual([false, true, true]);
    expect(check(0.95)).toEqual([false, false, true]);
    expect(check(0.8)).toEqual([false, false, false]);
    expect(check(1, 1e-3)).toEqual([false, false, true]);
    expect(check(NaN)).toEqual([false, false, false]);
  });
});
