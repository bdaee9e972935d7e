/** Focal loss against examples by hand. */
import { expect } from 'vitest';
import { tf } from '../../lib/engine/engine.ts';
import { focal, focalMap } from '../../lib/loss/focal.ts';
import { column, masks, randomExample, square, sureOf, valueOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

const { log, sqrt } = Math;

onEveryKernelSet('focal', (test) => {
  test('is the mean of α_y (1 − p_y)² (−log p_y)', () => {
    const foreground = 0.75 * (1 / 4) ** 2 * log(4 / 3);
    const background = 0.25 * ((1 / 5) ** 2 * log(5 / 4) + (1 / 2) ** 2 * log(2) + (1 / 4) ** 2 * log(4 / 3));
    expect(valueOf(focal(), square)).toBeCloseTo((foreground + background) / 4, 5);
    // Three pixels of weight 3/4, six of 1/4, each (1/4)² ln 4/3: (9/4 + 6/4) / 9 / 16 · ln 4/3.
    expect(valueOf(focal(), column)).toBeCloseTo((5 / 192) * log(4 / 3), 6);
  });

  test('is cross-entropy with γ = 0 and no α', () => {
    const plain = focal({ gamma: 0, alpha: null });
    expect(valueOf(plain, square)).toBeCloseTo((2 * log(4 / 3) + log(5 / 4) + log(2)) / 4, 5);
    expect(valueOf(plain, column)).toBeCloseTo(log(4 / 3), 5);
  });

  test('weighs by √(1 − p_y) with γ = 1/2', () => {
    const wanted = (2 * sqrt(1 / 4) * log(4 / 3) + sqrt(1 / 5) * log(5 / 4) + sqrt(1 / 2) * log(2)) / 4;
    expect(valueOf(focal({ gamma: 0.5, alpha: null }), square)).toBeCloseTo(wanted, 5);
  });

  test('is 0 for a sure and right prediction, also of an empty and of a full mask', () => {
    for (const mask of Object.values(masks)) expect(valueOf(focal(), sureOf(mask, mask))).toBeCloseTo(0, 6);
  });

  test('is α_y times the margin of the logits for the opposite of the truth', () => {
    // The modulating factor is 1, the margin 2 · 1000. Missed pixels weigh 3/4, false ones 1/4; the corner has 3 and 6.
    expect(valueOf(focal(), sureOf(masks.empty, masks.full, 1000))).toBeCloseTo(1500, 2);
    expect(valueOf(focal(), sureOf(masks.full, masks.empty, 1000))).toBeCloseTo(500, 2);
    expect(valueOf(focal({ alpha: null }), sureOf(masks.empty, masks.full, 1000))).toBeCloseTo(2000, 2);
    const opposite = masks.corner.map((y) => 1 - y);
    expect(valueOf(focal(), sureOf(opposite, masks.corner, 1000))).toBeCloseTo((3 * 1500 + 6 * 500) / 9, 2);
  });

  test('has a map whose mean it is', () => {
    const { logits, labels, shape } = randomExample([2, 5, 7, 2]);
    const map = tf.tidy(() => focalMap()(tf.tensor4d(logits, [...shape]), tf.tensor3d(labels, [2, 5, 7], 'int32')));
    expect(map.shape).toEqual([2, 5, 7]);
    const values = [...map.dataSync()];
    map.dispose();
    expect(values.reduce((a, b) => a + b) / 70).toBeCloseTo(valueOf(focal(), { logits, labels, shape }), 6);
  });
});
