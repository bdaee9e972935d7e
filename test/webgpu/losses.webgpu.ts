/** Every loss that a run can name on the graphics card, against plain JavaScript, and the distances behind two of them. */
import { expect, it } from 'vitest';
import { tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';
import type { LossFunction } from '../../lib/loss/loss.ts';
import { losses } from '../../lib/loss/losses.ts';
import { signedDistance } from '../../lib/loss/signedDistance.ts';
import { Random } from '../../lib/random.ts';
import { relativeDifference } from '../engine/operationCases.ts';
import { type Example, randomExample, sureOf } from '../loss/measure.ts';
import { onBoth, onCard } from './card.ts';

/** Value and gradient by the logits, half through a run. */
async function measured(loss: LossFunction, { logits, labels, shape }: Example): Promise<Float32Array[]> {
  const x = tf.variable(tf.tensor4d(logits, [...shape]));
  const y = tf.tensor3d(labels, [shape[0], shape[1], shape[2]], 'int32');
  const progress = tf.scalar(0.5);
  const { value, gradients } = valueAndGradients(() => loss(x as tf.Tensor4D, y, progress), [x]);
  const found = [value, gradients[0] ?? tf.zerosLike(x)];
  const arrays: Float32Array[] = [];
  for (const tensor of found) arrays.push((await tensor.data<'float32'>()) as Float32Array);
  tf.dispose([x, y, progress, ...found]);
  return arrays;
}

onCard('losses', () => {
  it.each(Object.entries(losses) as [string, LossFunction][])('%s, of two and of three classes', async (_, loss) => {
    for (const classes of [2, 3]) {
      const example = randomExample([2, 9, 12, classes]);
      const { plain, card } = await onBoth(() => measured(loss, example));
      expect(relativeDifference(card[0], plain[0]), 'value').toBeLessThan(1e-5);
      expect(relativeDifference(card[1], plain[1]), 'gradient').toBeLessThan(1e-4);
    }
  });

  it.each(Object.entries(losses) as [string, LossFunction][])(
    '%s is finite where a network is sure',
    async (_, loss) => {
      for (const labels of [
        [1, 0, 1, 0, 1, 0],
        [0, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 1, 1],
      ]) {
        const { plain, card } = await onBoth(() => measured(loss, sureOf([1, 0, 0, 1, 1, 0], labels, 1e4)));
        expect(card[0].every(Number.isFinite) && card[1].every(Number.isFinite), `${card[0]} ${card[1]}`).toBe(true);
        expect(relativeDifference(card[0], plain[0]), 'value').toBeLessThan(1e-4);
      }
    },
  );

  it('distances in images and volumes', async () => {
    const random = Random.stream(1, 'distances');
    for (const [shape, spacing] of [
      [
        [2, 17, 40],
        [1, 1, 1],
      ],
      [
        [2, 5, 7, 9],
        [0.7, 0.83, 2.5],
      ],
    ] as [number[], [number, number, number]][]) {
      for (const share of [0, 0.05, 0.5, 1]) {
        const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () =>
          Number(random.uniform() < share),
        );
        const { plain, card } = await onBoth(async () => {
          const distance = tf.tidy(() => signedDistance(tf.tensor(values, shape), spacing));
          const found = (await distance.data<'float32'>()) as Float32Array;
          distance.dispose();
          return found;
        });
        expect(relativeDifference(card, plain)).toBeLessThan(1e-6);
      }
    }
  });
});
