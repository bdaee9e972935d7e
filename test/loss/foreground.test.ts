/** Sums of the foreground against examples by hand. */
import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/engine/engine.ts';
import { foregroundSums, smoothingOf } from '../../lib/loss/foreground.ts';
import type { Over } from '../../lib/loss/loss.ts';
import { column, type Example, masks, sureOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

function sumsOf({ logits, labels, shape }: Example, over: Over = 'sample'): Record<string, number[]> {
  const [n, height, width] = shape;
  return tf.tidy(() => {
    const y = tf.tensor3d(labels, [n, height, width], 'int32');
    const sums = foregroundSums(tf.tensor4d(logits, [...shape]), y, over);
    return Object.fromEntries(Object.entries(sums).map(([name, tensor]) => [name, [...tensor.dataSync()]]));
  });
}
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

  test('take all classes but 0 as one', () => {
    // Logits 0, ln 2, ln 5 are probabilities 1/8, 2/8 and 5/8, so 7/8 of the foreground; the second pixel has 2/3.
    const example: Example = {
      logits: Float32Array.of(0, Math.log(2), Math.log(5), 7, 7, 7),
      labels: Int32Array.of(2, 0),
      shape: [1, 1, 2, 3],
    };
    expect(sumsOf(example)).toEqual({
      probability: near(7 / 8 + 2 / 3),
      overlap: near(7 / 8),
      truth: near(1),
      squares: near(49 / 64 + 4 / 9),
    });
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

describe('smoothingOf', () => {
  it('makes one number two, above and below', () => {
    expect(smoothingOf(1)).toEqual([1, 1]);
    expect(smoothingOf([0, 1e-5])).toEqual([0, 1e-5]);
  });
});
