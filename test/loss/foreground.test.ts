/** Sums of the foreground against examples by hand. */
import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/engine/engine.ts';
import { foregroundSums, meanOverClasses, smoothingOf } from '../../lib/loss/foreground.ts';
import type { Over } from '../../lib/loss/loss.ts';
import { column, type Example, masks, sureOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

function allSumsOf({ logits, labels, shape }: Example, over: Over = 'sample'): Record<string, number[]>[] {
  const [n, height, width] = shape;
  return tf.tidy(() => {
    const y = tf.tensor3d(labels, [n, height, width], 'int32');
    const all = foregroundSums(tf.tensor4d(logits, [...shape]), y, over);
    return all.map((sums) =>
      Object.fromEntries(Object.entries(sums).map(([name, tensor]) => [name, [...tensor.dataSync()]])),
    );
  });
}
const sumsOf = (example: Example, over?: Over): Record<string, number[]> => allSumsOf(example, over)[0];
const near = (...values: number[]): unknown => values.map((value) => expect.closeTo(value, 5));

onEveryKernelSet('foregroundSums', (test) => {
  test('are Σ p, Σ p y, Σ y and Σ p² over the pixels of an image', () => {
    expect(sumsOf(column)).toEqual({
      probability: near(15 / 4),
      overlap: near(9 / 4),
      truth: near(3),
      squares: near(33 / 16),
    });
  });

  test('stand for each class but 0', () => {
    // Logits 0, ln 2, ln 5 are probabilities 1/8, 2/8 and 5/8; the second pixel has 1/3 each.
    const example: Example = {
      logits: Float32Array.of(0, Math.log(2), Math.log(5), 7, 7, 7),
      labels: Int32Array.of(2, 0),
      shape: [1, 1, 2, 3],
    };
    expect(allSumsOf(example)).toEqual([
      {
        probability: near(2 / 8 + 1 / 3),
        overlap: near(0),
        truth: near(0),
        squares: near(4 / 64 + 1 / 9),
      },
      {
        probability: near(5 / 8 + 1 / 3),
        overlap: near(5 / 8),
        truth: near(1),
        squares: near(25 / 64 + 1 / 9),
      },
    ]);
  });

  test('are one number of each image, or one of the batch', () => {
    const both: Example = {
      logits: Float32Array.of(0, Math.log(3), 0, 0),
      labels: Int32Array.of(1, 0),
      shape: [2, 1, 1, 2],
    };
    expect(sumsOf(both).probability).toEqual(near(3 / 4, 1 / 2));
    expect(sumsOf(both, 'batch')).toEqual({
      probability: near(5 / 4),
      overlap: near(3 / 4),
      truth: near(1),
      squares: near(13 / 16),
    });
  });

  test('are 0 of an empty mask predicted as empty, and the pixels of a full one predicted as full', () => {
    for (const [mask, size] of [
      [masks.empty, 0],
      [masks.full, 9],
    ] as const) {
      const wanted = near(size);
      expect(sumsOf(sureOf(mask, mask))).toEqual({
        probability: wanted,
        overlap: wanted,
        truth: wanted,
        squares: wanted,
      });
    }
  });
});

onEveryKernelSet('meanOverClasses', (test) => {
  test('is the loss itself of one class, and the mean of several', () => {
    const losses = [1, 2, 6].map((value) => tf.scalar(value));
    expect(meanOverClasses(losses.slice(0, 1))).toBe(losses[0]);
    expect(tf.tidy(() => meanOverClasses(losses).dataSync()[0])).toBe(3);
    tf.dispose(losses);
  });
});

describe('smoothingOf', () => {
  it('makes one number two, above and below', () => {
    expect(smoothingOf(1)).toEqual([1, 1]);
    expect(smoothingOf([0, 1e-5])).toEqual([0, 1e-5]);
  });
});
