/** Probability and truth of a class against examples by hand. */
import { expect } from 'vitest';
import { tf } from '../../lib/engine/engine.ts';
import { classProbability, classTruth } from '../../lib/loss/probabilityMap.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

const { log } = Math;
const probabilityOf = (logits: number[], shape: number[], c = 1): number[] =>
  tf.tidy(() => [...classProbability(tf.tensor(logits, shape), c).dataSync()]);

onEveryKernelSet('probabilityMap', (test) => {
  test('the probability of two classes is e^z1 / (e^z0 + e^z1)', () => {
    // Logits 0 and ln 3: 3 / (1 + 3); ln 4 and 0: 1 / 5; equal ones: 1/2.
    const found = probabilityOf([0, log(3), log(4), 0, 7, 7], [1, 1, 3, 2]);
    expect(found).toEqual([3 / 4, 1 / 5, 1 / 2].map((p) => expect.closeTo(p, 6)));
  });

  test('each of several classes has its share', () => {
    // e^z = 1, 2, 5.
    const shares = [0, 1, 2].map((c) => probabilityOf([0, log(2), log(5)], [1, 1, 1, 3], c)[0]);
    expect(shares).toEqual([1 / 8, 2 / 8, 5 / 8].map((p) => expect.closeTo(p, 6)));
  });

  test('a tiny probability keeps its digits, and extreme logits give 0 or 1', () => {
    // 1 − softmax would round e⁻⁴⁰ to 0.
    const [tiny, none, sure] = probabilityOf([40, 0, 1e4, -1e4, -1e4, 1e4], [1, 1, 3, 2]);
    expect(tiny / Math.exp(-40)).toBeCloseTo(1, 4);
    expect([none, sure]).toEqual([0, 1]);
  });

  test('the last axis goes, of images and of volumes', () => {
    for (const shape of [
      [1, 2, 3, 2],
      [1, 1, 2, 3, 2],
    ]) {
      expect(tf.tidy(() => classProbability(tf.zeros(shape), 1).shape.join())).toBe(shape.slice(0, -1).join());
    }
  });

  test('the truth is 1 in its class alone', () => {
    const [truth, type] = tf.tidy(() => {
      const found = classTruth(tf.tensor([0, 1, 2, 0], [1, 2, 2], 'int32'), 2);
      return [[...found.dataSync()], found.dtype];
    });
    expect([truth, type]).toEqual([[0, 0, 1, 0], 'float32']);
  });
});
