/**
 * Signed distances on every engine and set of kernels: against the transform of lib/volume, by hand, and as a constant
 * of gradients and graphs.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';
import { Session } from '../../lib/engine/graph/native.ts';
import { withTrace } from '../../lib/engine/graph/tracing.ts';
import { hasOwnKernels, withoutOwnKernels } from '../../lib/engine/ops/ownKernels.ts';
import { signedDistance } from '../../lib/loss/signedDistance.ts';
import { Random } from '../../lib/random.ts';
import { distanceTransform } from '../../lib/volume/distance.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';
import { kernelSets } from '../engine/engines.ts';

const side = fc.constantFrom(1, 2, 3, 7, 16, 17, 40);
const share = fc.constantFrom(0, 0.01, 0.3, 0.9, 0.999, 1);
const spacings = fc.constantFrom<Vec3[]>([1, 1, 1], [0.7, 0.83, 2.5], [3, 0.5, 0.683594]);

/** What lib/volume/distance.ts says of each image: to the inside outside, minus to the outside inside. */
function wantedOf(values: Float32Array, [n, ...axes]: number[], spacingMm: Vec3): Float32Array {
  const shape = [...axes.toReversed(), 1].slice(0, 3) as unknown as Vec3;
  const size = values.length / n;
  const out = new Float32Array(values.length);
  for (let k = 0; k < n; k++) {
    const mask = values.slice(k * size, (k + 1) * size).map((v) => Number(v > 0.5));
    if (!mask.includes(0) || !mask.includes(1)) continue;
    const [outside, inside] = (['foreground', 'background'] as const).map((target) =>
      distanceTransform(mask, shape, spacingMm, target, new Float64Array(size)),
    );
    for (let i = 0; i < size; i++) out[k * size + i] = mask[i] ? -inside[i] : outside[i];
  }
  return out;
}

const randomValues = (size: number, inside: number, seed: number): Float32Array => {
  const random = Random.stream(seed, 'signed distance');
  return Float32Array.from(
    { length: size },
    () => (random.uniform() < inside ? 1 : 0) * (0.6 + 0.4 * random.uniform()),
  );
};

describe.each(kernelSets)('on $title', ({ engine, available, own }) => {
  beforeAll(async () => {
    if (available) await startEngine(engine);
  });
  const test = it.skipIf(!available);
  const run = (values: ArrayLike<number>, shape: number[], spacing?: Vec3): Float32Array =>
    tf.tidy(() => {
      const compute = (): Float32Array =>
        signedDistance(tf.tensor(Float32Array.from(values), shape), spacing).dataSync<'float32'>() as Float32Array;
      return own ? compute() : withoutOwnKernels(compute);
    });

  test('a square has −1 at its rim, and 1 or √2 around it', () => {
    const mask = [0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0];
    const root2 = Math.fround(Math.SQRT2);
    // The image ends below the square, and what lies beyond it is not outside.
    expect([...run(mask, [1, 4, 5])]).toEqual([
      root2,
      1,
      1,
      1,
      root2,
      1,
      -1,
      -1,
      -1,
      1,
      1,
      -1,
      -2,
      -1,
      1,
      1,
      -1,
      -2,
      -1,
      1,
    ]);
  });

  test('each image is a case of its own; an empty and a full one have 0 everywhere', () => {
    expect([...run([0, 0, 0, 1, 1, 1, 0, 1, 1], [3, 1, 3])]).toEqual([0, 0, 0, 0, 0, 0, 1, -1, -2]);
  });

  test('the spacing is that of x, y and z, x being the last axis; 1/2 itself is outside', () => {
    expect([...run([0.51, 0.5, 0], [1, 1, 3], [0.25, 9, 9])]).toEqual([-0.25, 0.25, 0.5]);
    expect([...run([0, 1, 0], [1, 3, 1], [9, 2, 9])]).toEqual([2, -2, 2]);
    expect([...run([0, 0, 1], [1, 3, 1, 1], [9, 9, 1.5])]).toEqual([3, 1.5, -1.5]);
  });

  test('equals lib/volume/distance.ts for any images and volumes, exactly', () => {
    const shapes = fc.oneof(
      fc.tuple(fc.integer({ min: 1, max: 3 }), side, side),
      fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 6 }), side, side),
    );
    fc.assert(
      fc.property(shapes, share, spacings, fc.integer({ min: 0, max: 1e6 }), (shape, inside, spacing, seed) => {
        const values = randomValues(
          shape.reduce((a, b) => a * b, 1),
          inside,
          seed,
        );
        const found = run(values, shape, spacing);
        const wanted = wantedOf(values, shape, spacing);
        const at = wanted.findIndex((value, i) => value !== found[i]);
        expect(at < 0 ? 'equal' : `pixel ${at} of [${shape}]: ${found[at]} instead of ${wanted[at]}`).toBe('equal');
      }),
      { numRuns: 40 },
    );
  });

  test('has no gradient: the mask is a constant to it', () => {
    const x = tf.variable(tf.tensor([0.2, 0.9, 0.4], [1, 1, 3]));
    const compute = () => valueAndGradients(() => tf.sum(tf.mul(x, signedDistance(x))) as tf.Scalar, [x]);
    const { value, gradients } = own ? compute() : withoutOwnKernels(compute);
    expect([...gradients[0]!.dataSync()]).toEqual([1, -1, 1]); // of Σ x · constant
    tf.dispose([x, value, gradients[0]!]);
  });

  test('refuses other ranks, other types and a spacing that cannot be', () => {
    expect(() => signedDistance(tf.zeros([3, 3]))).toThrow(
      'Expected float32 values [n, h, w] or [n, d, h, w], found float32 [3, 3]',
    );
    expect(() => signedDistance(tf.zeros([1, 3, 3], 'int32'))).toThrow('found int32 [1, 3, 3]');
    expect(() => signedDistance(tf.zeros([1, 3, 3]), [1, 0, 1])).toThrow(
      'Expected a spacing of 10⁻⁶ to 2000 mm for x, y, z, found 1, 0, 1',
    );
  });

  test('is an operation of a graph where our kernels run, and is refused by a trace elsewhere', async ({ skip }) => {
    if (engine !== 'tensorflow' || !hasOwnKernels()) skip('there are no graphs here');
    const trace = () =>
      withTrace({}, (t) => {
        const x = t.placeholder('x', [1, 2, 3], 'float32');
        return { graph: t.graph, ref: t.refOf(signedDistance(x.tensor())) };
      });
    if (!own) return expect(() => withoutOwnKernels(trace)).toThrow('Cannot compile code that reads the values');
    const { graph, ref } = trace();
    const session = new Session(graph);
    const [{ data }] = await session.run({ x: { shape: [1, 2, 3], data: Float32Array.of(1, 0, 0, 0, 0, 0) } }, [ref]);
    expect([...data]).toEqual([-1, 1, 2, 1, Math.fround(Math.SQRT2), Math.fround(Math.sqrt(5))]);
    session.close();
  });
});
