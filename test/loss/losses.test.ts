/** Losses against sums worked out by hand and finite differences, on every engine. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';
import { crossEntropy } from '../../lib/loss/crossEntropy.ts';
import { crossEntropyDice } from '../../lib/loss/crossEntropyDice.ts';
import type { LossFunction } from '../../lib/loss/loss.ts';
import { softDice } from '../../lib/loss/softDice.ts';
import { Random } from '../../lib/random.ts';
import { engines } from '../engine/engines.ts';

const value = (loss: LossFunction, logits: number[], labels: number[]): number =>
  tf.tidy(() => loss(tf.tensor4d(logits, [1, 1, labels.length, 2]), tf.tensor3d(labels, [1, 1, labels.length], 'int32')).dataSync()[0]!);

describe.each(engines)('on $title', ({ engine, available }) => {
  beforeAll(async () => { if (available) await startEngine(engine); });
  const test = it.skipIf(!available);

  // Two pixels with p(foreground) = 3/4 and 1/5, labels 1 and 0.
  const logits = [0, Math.log(3), Math.log(4), 0];
  test('cross-entropy of p = 3/4 for a foreground and 1/5 for a background pixel is (ln 4/3 + ln 5/4) / 2', () => {
    expect(value(crossEntropy, logits, [1, 0])).toBeCloseTo((Math.log(4 / 3) + Math.log(5 / 4)) / 2, 6);
  });
  test('soft Dice of the same is 1 − (2·3/4 + 1) / (19/20 + 1 + 1)', () => {
    expect(value(softDice, logits, [1, 0])).toBeCloseTo(1 - 2.5 / (0.95 + 2), 6);
  });
  test('their sum is the training loss', () => {
    expect(value(crossEntropyDice, logits, [1, 0])).toBeCloseTo((Math.log(4 / 3) + Math.log(5 / 4)) / 2 + 1 - 2.5 / 2.95, 6);
  });
  test('an empty mask predicted as empty costs nothing', () => {
    expect(value(crossEntropyDice, [60, -60, 60, -60], [0, 0])).toBeCloseTo(0, 6);
  });
  test('extreme logits stay finite: a sure mistake costs its margin', () => {
    expect(value(crossEntropy, [1000, -1000], [1])).toBeCloseTo(2000, 2);
    expect(value(softDice, [1000, -1000], [1])).toBeCloseTo(0.5, 6); // 1 − (0 + 1) / (0 + 1 + 1)
  });

  test.each([['crossEntropy', crossEntropy], ['softDice', softDice], ['crossEntropyDice', crossEntropyDice]] as [string, LossFunction][])(
    '%s has the gradient that finite differences show', (_, loss) => {
      const shape: [number, number, number, number] = [2, 3, 4, 2];
      const random = Random.stream(1, 'loss');
      const start = Float32Array.from({ length: 48 }, () => random.normal());
      const labels = tf.tensor3d(Int32Array.from({ length: 24 }, () => random.integer(2)), [2, 3, 4], 'int32');
      const x = tf.variable(tf.tensor4d(start, shape));
      const { gradients } = valueAndGradients(() => loss(x as tf.Tensor4D, labels), [x]);
      const gradient = gradients[0]!.dataSync();
      const h = 0.05;
      for (let i = 0; i < 48; i += 5) {
        const at = (d: number): number => tf.tidy(() => loss(tf.tensor4d(start.map((v, k) => (k === i ? v + d : v)), shape), labels).dataSync()[0]!);
        expect(Math.abs((at(h) - at(-h)) / (2 * h) - gradient[i]!), `logit ${i}`).toBeLessThan(2e-4);
      }
    });
});
