/** Our kernels of batch norm and ReLU against float64 sums in the test. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';
import { batchNormEpsilon, batchNormReluTraining } from '../../lib/engine/ops/batchNormRelu.ts';
import { hasOwnKernels } from '../../lib/engine/ops/ownKernels.ts';
import { Random } from '../../lib/random.ts';

await startEngine();
const why = hasOwnKernels() ? '' : ' (skipped: our kernels are not here)';

interface Found {
  y: Float32Array;
  mean: Float32Array;
  variance: Float32Array;
  gradients: Float32Array[];
}

interface Numbers {
  /** rows × channels */
  z: Float32Array;
  gamma: Float32Array;
  beta: Float32Array;
  dy: Float32Array;
}

function run({ z, gamma, beta, dy }: Numbers): Found {
  const channels = gamma.length;
  const rows = z.length / channels;
  return tf.tidy(() => {
    const variables = [
      tf.variable(tf.tensor4d(z, [1, rows, 1, channels])),
      tf.variable(tf.tensor1d(gamma)),
      tf.variable(tf.tensor1d(beta)),
    ] as tf.Variable[];
    const statistics: Float32Array[] = [];
    const data = (t: tf.Tensor): Float32Array => t.dataSync<'float32'>() as Float32Array;
    const apply = (): tf.Tensor4D =>
      batchNormReluTraining(
        variables[0] as unknown as tf.Tensor4D,
        variables[1] as unknown as tf.Tensor1D,
        variables[2] as unknown as tf.Tensor1D,
        (mean, variance) => statistics.push(data(mean), data(variance)),
      );
    const y = data(apply());
    const { gradients } = valueAndGradients(
      () => tf.sum(tf.mul(apply(), tf.tensor4d(dy, [1, rows, 1, channels]))) as tf.Scalar,
      variables,
    );
    const result = { y, mean: statistics[0], variance: statistics[1], gradients: gradients.map((g) => data(g!)) };
    tf.dispose(variables);
    return result;
  });
}

/** One channel by the formulas of the module, in float64. `isOpen` tells where the ReLU lets through. */
function byHand(
  z: number[],
  gamma: number,
  beta: number,
  dy: number[],
  isOpen: boolean[],
): { mean: number; variance: number; y: number[]; dz: number[]; dGamma: number; dBeta: number } {
  const n = z.length;
  const mean = z.reduce((a, b) => a + b) / n;
  const variance = z.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
  const s = 1 / Math.sqrt(variance + batchNormEpsilon);
  const g = dy.map((d, i) => (isOpen[i] ? d : 0));
  const [dBeta, dGamma] = [g.reduce((a, b) => a + b), g.reduce((sum, d, i) => sum + d * (z[i] - mean) * s, 0)];
  return {
    mean,
    variance,
    dGamma,
    dBeta,
    y: z.map((v) => Math.max(0, gamma * (v - mean) * s + beta)),
    dz: z.map((v, i) => gamma * s * (g[i] - dBeta / n - ((v - mean) * s * dGamma) / n)),
  };
}

describe.skipIf(!hasOwnKernels())(`batch norm and ReLU with our kernels${why}`, () => {
  it('equal the formulas in float64 for any number of pixels and channels, far from 0 too', () => {
    const rows = fc.oneof(fc.integer({ min: 4, max: 40 }), fc.integer({ min: 120, max: 270 }), fc.constant(3000));
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 70 }), fc.integer({ min: -20, max: 20 }), (n, channels, offset) => {
        const random = Random.stream(n, `${channels}`);
        const draw = (length: number, shift = 0): Float32Array =>
          Float32Array.from({ length }, () => shift + random.normal());
        const [z, gamma, beta, dy] = [draw(n * channels, offset), draw(channels), draw(channels), draw(n * channels)];
        const found = run({ z, gamma, beta, dy });
        for (const c of new Set([0, channels >> 1, channels - 1])) {
          const of = (all: Float32Array): number[] => Array.from({ length: n }, (_, i) => all[i * channels + c]);
          const wanted = byHand(
            of(z),
            gamma[c],
            beta[c],
            of(dy),
            of(found.y).map((y) => y > 0),
          );
          const near = (actual: number, value: number, scale: number, what: string): void =>
            expect(Math.abs(actual - value) / scale, what).toBeLessThan(2e-5);
          near(found.mean[c], wanted.mean, 1 + Math.abs(offset), 'mean');
          near(found.variance[c], wanted.variance, 1, 'variance');
          of(found.y).forEach((y, i) => near(y, wanted.y[i], 1 + Math.abs(offset), 'y'));
          of(found.gradients[0]).forEach((d, i) =>
            near(d, wanted.dz[i], 1 + Math.max(...wanted.dz.map(Math.abs)), 'dz'),
          );
          near(found.gradients[1][c], wanted.dGamma, Math.sqrt(n) + Math.abs(wanted.dGamma), 'dγ');
          near(found.gradients[2][c], wanted.dBeta, Math.sqrt(n) + Math.abs(wanted.dBeta), 'dβ');
        }
      }),
      { numRuns: 25 },
    );
  });

  it('keep the variance where the first pixel lies far from the others, and of a constant image make β', () => {
    const n = 20_000;
    const random = Random.stream(1, 'outlier');
    const z = Float32Array.from({ length: n }, (_, i) => (i ? 0.1 * random.normal() : 30));
    const ones = Float32Array.of(1);
    const { variance } = run({ z, gamma: ones, beta: ones, dy: new Float32Array(n) });
    expect(Math.abs(variance[0] / byHand([...z], 1, 1, [...z], []).variance - 1)).toBeLessThan(1e-3);
    const flat = run({
      z: new Float32Array(n).fill(1e4),
      gamma: ones,
      beta: Float32Array.of(0.5),
      dy: new Float32Array(n),
    });
    expect(flat.variance[0]).toBe(0);
    expect(new Set(flat.y)).toEqual(new Set([0.5]));
  });

  it('let a NaN through to the output instead of cutting it off to 0', () => {
    const z = Float32Array.from({ length: 64 }, (_, i) => (i === 40 ? NaN : i % 7));
    const [one, dy] = [Float32Array.of(1), new Float32Array(64).fill(1)];
    const { y, mean, gradients } = run({ z, gamma: one, beta: one, dy });
    expect(mean[0]).toBeNaN();
    expect(y.every(Number.isNaN)).toBe(true);
    expect(gradients[0].every(Number.isNaN)).toBe(true);
  });
});
