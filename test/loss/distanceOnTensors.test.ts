/** Distances by operations on tensors, against the transform of lib/volume: exact in pixels. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { distanceOnTensors } from '../../lib/loss/distanceOnTensors.ts';
import { Random } from '../../lib/random.ts';
import { distanceTransform } from '../../lib/volume/distance.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';

await startEngine();

const side = fc.constantFrom(1, 2, 5, 16);
const sizes = fc.oneof(fc.tuple(side, side), fc.tuple(side, side, side));

function compare(axes: readonly number[], share: number, spacing: Vec3, seed: number): number {
  const random = Random.stream(seed, 'distance on tensors');
  const mask = Uint8Array.from({ length: axes.reduce((a, b) => a * b) }, () => Number(random.uniform() < share));
  const shape = [...axes.toReversed(), 1].slice(0, 3) as unknown as Vec3;
  const found = tf.tidy(() => distanceOnTensors(tf.tensor(Float32Array.from(mask), [1, ...axes]), spacing).dataSync());
  const [toInside, toOutside] = (['foreground', 'background'] as const).map((target) =>
    distanceTransform(mask, shape, spacing, target, new Float64Array(mask.length)),
  );
  const hasBoth = mask.includes(0) && mask.includes(1);
  return mask.reduce((most, _, i) => {
    const wanted = hasBoth ? toInside[i]! - toOutside[i]! : 0;
    return Math.max(most, Math.abs(found[i]! - Math.fround(wanted)) / Math.max(1, Math.abs(wanted)));
  }, 0);
}

it('equals the transform of lib/volume for any mask, 0 where it is empty or full', () => {
  const shares = fc.constantFrom(0, 0.02, 0.5, 1);
  fc.assert(
    fc.property(sizes, shares, fc.integer(), (axes, share, seed) => {
      expect(compare(axes, share, [1, 1, 1], seed)).toBe(0);
      expect(compare(axes, share, [0.7, 0.83, 2.5], seed)).toBeLessThan(1e-6);
    }),
    { numRuns: 15 },
  );
});

it('takes rows in parts where all at once would be too large', () => {
  // 300 × 300 × 200 numbers are more than the 2²⁴ of a part.
  expect(compare([300, 200], 0.001, [1, 1, 1], 1)).toBe(0);
});

it('has no gradient', () => {
  const mask = tf.tensor3d([0, 1, 1, 0], [1, 2, 2]);
  const gradient = tf.grad((x) => tf.sum(tf.mul(x, distanceOnTensors(x, [1, 1, 1]))))(mask);
  expect(Array.from(gradient.dataSync()), 'of the product that of the other factor alone').toEqual([1, -1, -1, 1]);
});
