/** Sobel edges of masks against examples by hand. */
import { expect } from 'vitest';
import { tf } from '../../lib/engine/engine.ts';
import { sobelMagnitude } from '../../lib/loss/boundaryAware.ts';
import { sobelGradients } from '../../lib/loss/sobel.ts';
import { masks } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

const magnitudeOf = (labels: readonly number[], height = 3): number[] =>
  tf.tidy(() => [...sobelMagnitude(tf.tensor3d([...labels], [1, height, labels.length / height], 'int32')).dataSync()]);

onEveryKernelSet('sobel', (test) => {
  test('has 4 on both sides of a straight edge, 0 elsewhere', () => {
    // By the row 1 1 0 0: Gx is 4 (y(x + 1) − y(x − 1)), the rows being equal. Mirrored beyond the ends, 1 |1 1 0 0| 0.
    expect(magnitudeOf([1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0])).toEqual([0, 4, 4, 0, 0, 4, 4, 0, 0, 4, 4, 0]);
  });

  test('has both derivatives of a corner', () => {
    // The mask, mirrored without repeating its edge:
    //                0 1 0 0 0
    //   1 1 0        1 1 1 0 1
    //   1 0 0        0 1 0 0 0
    //   0 0 0        0 0 0 0 0
    //                0 1 0 0 0
    // Centre: Gx = −(1 + 2) = −3, Gy = −(1 + 2) = −3. Beside the corner: −(1 + 2 + 1) = −4 along the one axis, 0 across
    // the mirror. Right of the centre: Gx = 0 across the mirror, Gy = −(1 + 2·0 + 1) = −2. In the corners all mirrors.
    const [x, y] = tf.tidy(() => {
      const gradients = sobelGradients(tf.tensor3d(masks.corner, [1, 3, 3], 'int32'));
      return [gradients.x, gradients.y].map((each) => [...each.dataSync()].map((v) => v + 0));
    });
    expect(x).toEqual([0, -4, 0, 0, -3, 0, 0, -2, 0]);
    expect(y).toEqual([0, 0, 0, -4, -3, -2, 0, 0, 0]);
    const centre = Math.fround(3 * Math.SQRT2);
    expect(magnitudeOf(masks.corner)).toEqual([0, 4, 0, 4, expect.closeTo(centre, 5), 2, 0, 2, 0]);
  });

  test('has no edge in an empty and in a full mask, and takes all classes but 0 as one', () => {
    expect(magnitudeOf(masks.empty)).toEqual(masks.empty);
    expect(magnitudeOf(masks.full)).toEqual(masks.empty);
    expect(magnitudeOf([1, 2, 1, 2, 3, 2, 1, 2, 1])).toEqual(masks.empty);
  });

  test('has no derivative across an image of one row or of one column', () => {
    expect(magnitudeOf([0, 0, 1, 1, 1], 1)).toEqual([0, 4, 4, 0, 0]);
    expect(magnitudeOf([0, 0, 1, 1, 1], 5)).toEqual([0, 4, 4, 0, 0]);
    expect(magnitudeOf([1], 1)).toEqual([0]);
  });
});
