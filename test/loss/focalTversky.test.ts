/** Focal Tversky loss against examples by hand. */
import { expect } from 'vitest';
import { focalTversky } from '../../lib/loss/focalTversky.ts';
import { column, type Example, gradientOf, masks, square, sureOf, valueOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

onEveryKernelSet('focal Tversky', (test) => {
  test('is the Tversky distance to the power 3/4', () => {
    // tversky.test.ts derives 46/221 and 3/13.
    expect(valueOf(focalTversky(), square)).toBeCloseTo((46 / 221) ** 0.75, 5);
    expect(valueOf(focalTversky(), column)).toBeCloseTo((3 / 13) ** 0.75, 5);
  });

  test('takes another γ, and the weights of Tversky', () => {
    expect(valueOf(focalTversky({ gamma: 2 }), column)).toBeCloseTo(Math.sqrt(3 / 13), 5);
    // With 1/2 and 1/2 it is Dice: (1 − 18/27)^(3/4).
    const dice = focalTversky({ falsePositives: 0.5, falseNegatives: 0.5, smoothing: 0 });
    expect(valueOf(dice, column)).toBeCloseTo((1 / 3) ** 0.75, 5);
  });

  test('takes the root of each image, or of the batch as one', () => {
    // Two pixels with p = 3/4, the first foreground. Without smoothing 1 − TI is 0.175 / 0.925 and 1;
    // as one image (0.175 + 0.225) / 1.15.
    const both: Example = {
      logits: Float32Array.of(0, Math.log(3), 0, Math.log(3)),
      labels: Int32Array.of(1, 0),
      shape: [2, 1, 1, 2],
    };
    expect(valueOf(focalTversky({ smoothing: 0 }), both)).toBeCloseTo(((0.175 / 0.925) ** 0.75 + 1) / 2, 5);
    expect(valueOf(focalTversky({ smoothing: 0, over: 'batch' }), both)).toBeCloseTo((0.4 / 1.15) ** 0.75, 5);
  });

  test('is 0 for a sure and right prediction, with a gradient that is finite where the root is vertical', () => {
    for (const mask of Object.values(masks)) {
      expect(valueOf(focalTversky(), sureOf(mask, mask))).toBeCloseTo(0, 4);
      for (const slope of gradientOf(focalTversky(), sureOf(mask, mask))) expect(Number.isFinite(slope)).toBe(true);
    }
  });

  test('is the root of 1 − 1 / (1 + the weight of the wrong pixels) for the opposite of the truth', () => {
    expect(valueOf(focalTversky(), sureOf(masks.empty, masks.full))).toBeCloseTo((1 - 1 / (1 + 0.7 * 9)) ** 0.75, 6);
    expect(valueOf(focalTversky(), sureOf(masks.full, masks.empty))).toBeCloseTo((1 - 1 / (1 + 0.3 * 9)) ** 0.75, 6);
  });
});
