/**
 * Our Winograd convolution against the direct sum in float64, its rounding, and its
 * independence of the number of threads.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { currentEngine, startEngine, tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';
import { hasBfloat16Kernels } from '../../lib/engine/graph/native.ts';
import { convolution } from '../../lib/engine/ops/convolution.ts';
import { hasOwnKernels, withoutOwnKernels } from '../../lib/engine/ops/ownKernels.ts';
import { isWinogradFaster, winogradConvolution, withBfloat16Products } from '../../lib/engine/ops/winograd.ts';
import { Random } from '../../lib/random.ts';
import { flags } from '../../scripts/flags.mjs';
import { hashOfKernels } from './kernelChild.ts';

await startEngine();
const why = hasOwnKernels() ? '' : ` (skipped: ${currentEngine().name} has none of our kernels here)`;
type Shape = [n: number, height: number, width: number, channels: number];

function normals(name: string, length: number): Float32Array {
  const random = Random.stream(5, name);
  return Float32Array.from({ length }, () => random.normal());
}

interface Arrays {
  value: Float64Array;
  image: Float64Array;
  kernel: Float64Array;
}

/** A convolution to compute: image [n, h, w, in], kernel [3, 3, in, out] and the gradient of the output. */
interface Numbers {
  x: Float32Array;
  shape: Shape;
  k: Float32Array;
  co: number;
  dy: Float32Array;
}

const numbersOf = (shape: Shape, co: number): Numbers => {
  const [n, height, width, ci] = shape;
  const [x, k] = [normals('x', n * height * width * ci), normals('k', 9 * ci * co)];
  return { x, shape, k, co, dy: normals('dy', n * height * width * co) };
};

/** Value and gradients by their definitions, summed in float64. */
function direct({ x, shape: [n, h, w, ci], k, co, dy }: Numbers, dilation: number): Arrays {
  const result = {
    value: new Float64Array(n * h * w * co),
    image: new Float64Array(x.length),
    kernel: new Float64Array(k.length),
  };
  for (let b = 0; b < n; b++)
    for (let i = 0; i < h; i++)
      for (let j = 0; j < w; j++)
        for (let a = 0; a < 9; a++) {
          const [y, z] = [i + (Math.floor(a / 3) - 1) * dilation, j + ((a % 3) - 1) * dilation];
          if (y < 0 || y >= h || z < 0 || z >= w) continue;
          const [from, to] = [((b * h + y) * w + z) * ci, ((b * h + i) * w + j) * co];
          for (let c = 0; c < ci; c++) {
            const [pixel, taps] = [x[from + c], (a * ci + c) * co];
            let back = 0;
            for (let o = 0; o < co; o++) {
              result.value[to + o] += pixel * k[taps + o];
              result.kernel[taps + o] += pixel * dy[to + o];
              back += k[taps + o] * dy[to + o];
            }
            result.image[from + c] += back;
          }
        }
  return result;
}

/** Value and gradients of Σ dy · f(image, kernel) as `f` computes them. */
function computed(
  f: (x: tf.Tensor4D, k: tf.Tensor4D) => tf.Tensor4D,
  { x, shape, k, co, dy }: Numbers,
): Record<keyof Arrays, Float32Array> {
  return tf.tidy(() => {
    const [image, kernel] = [tf.variable(tf.tensor4d(x, shape)), tf.variable(tf.tensor4d(k, [3, 3, shape[3], co]))];
    const value = f(image as tf.Tensor4D, kernel as tf.Tensor4D);
    const { gradients } = valueAndGradients(
      () => tf.sum(tf.mul(f(image as tf.Tensor4D, kernel as tf.Tensor4D), tf.tensor4d(dy, value.shape))) as tf.Scalar,
      [image, kernel],
    );
    const [v, i, g] = [value, ...gradients].map((t) => t!.dataSync<'float32'>() as Float32Array);
    tf.dispose([image, kernel]);
    return { value: v, image: i, kernel: g };
  });
}

/** Root mean square of the difference relative to that of the wanted numbers. */
function relativeError(actual: ArrayLike<number>, wanted: Float64Array): number {
  let [error, size] = [0, 0];
  wanted.forEach((w, i) => {
    error += (actual[i] - w) ** 2;
    size += w * w;
  });
  return Math.sqrt(error / Math.max(size, 1e-30));
}

describe.skipIf(!hasOwnKernels())(`Winograd's convolution${why}`, () => {
  beforeAll(async () => void (await startEngine('tensorflow')));

  it('equals the direct sum in float64, with its gradients, for any sides, channels, dilation and images', () => {
    // from one tile to 192, below and above where another kernel takes over
    const side = fc.integer({ min: 1, max: 30 });
    const channels = fc.integer({ min: 16, max: 50 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.tuple(side, side),
        fc.tuple(channels, channels),
        fc.integer({ min: 1, max: 15 }),
        (n, [height, width], [from, to], dilation) => {
          const numbers = numbersOf([n, height, width, from], to);
          const wanted = direct(numbers, dilation);
          const found = computed((image, kernel) => winogradConvolution(image, kernel, dilation), numbers);
          for (const key of ['value', 'image', 'kernel'] as const) {
            expect(found[key]).toHaveLength(wanted[key].length);
            expect(relativeError(found[key], wanted[key]), key).toBeLessThan(1e-6);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it("in bfloat16 differs by that format's rounding, for any sides, channels and dilation", (context) => {
    context.skip(!hasBfloat16Kernels(), 'this processor has no bfloat16');
    const [side, channels] = [fc.integer({ min: 1, max: 20 }), fc.integer({ min: 16, max: 50 })];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.tuple(side, side),
        fc.tuple(channels, channels),
        fc.integer({ min: 1, max: 7 }),
        (n, [height, width], [from, to], dilation) => {
          const numbers = numbersOf([n, height, width, from], to);
          const wanted = direct(numbers, dilation);
          const found = withBfloat16Products(() =>
            computed((image, kernel) => winogradConvolution(image, kernel, dilation), numbers),
          );
          for (const key of ['value', 'image', 'kernel'] as const) {
            // bfloat16 rounds by up to 2^-9; the transform back adds differences of what was rounded
            const error = relativeError(found[key], wanted[key]);
            expect(error, key).toBeLessThan(0.03);
            expect(error, key).toBeGreaterThan(1e-4);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  // Relative errors measured here: direct 1e-7, Winograd 2e-7 to 3e-7 for images and 5e-7
  // for the gradient of the kernel.
  it.each([16, 64, 256])('rounds at most six times as much as the direct float32 sum (%i channels)', (channels) => {
    const numbers = numbersOf([1, 14, 14, channels], 32);
    const wanted = direct(numbers, 1);
    const run = () => computed((image, kernel) => convolution(image, kernel), numbers);
    const [ours, theirs] = [run(), withoutOwnKernels(run)];
    for (const key of ['value', 'image', 'kernel'] as const) {
      const [error, directError] = [relativeError(ours[key], wanted[key]), relativeError(theirs[key], wanted[key])];
      expect(error, `${key}: ${error} against ${directError}`).toBeLessThan(6 * directError);
    }
  });

  it('is exact for a kernel that only copies, to rounding, and 0 for zeros', () => {
    const shape: Shape = [1, 6, 6, 16];
    const [x, k] = [normals('copy', 36 * 16), new Float32Array(9 * 256)];
    for (let c = 0; c < 16; c++) k[(4 * 16 + c) * 16 + c] = 1;
    const dy = new Float32Array(36 * 16);
    const run = (image: Float32Array): Float32Array =>
      computed((a, b) => winogradConvolution(a, b, 1), { x: image, shape, k, co: 16, dy }).value;
    run(x).forEach((v, i) => expect(Math.abs(v - x[i])).toBeLessThan(4e-6));
    expect(new Set(run(new Float32Array(36 * 16)).map(Math.abs))).toEqual(new Set([0]));
  });

  it('lets a NaN of the image through', () => {
    const numbers = numbersOf([1, 8, 8, 16], 16);
    numbers.x.fill(NaN, 100, 101);
    const { value } = computed((a, b) => winogradConvolution(a, b, 1), numbers);
    expect(value.some(Number.isNaN)).toBe(true);
  });

  it('is taken for 3×3 kernels with stride 1 and at least 16 channels on both sides', () => {
    tf.tidy(() => {
      const [image, kernel] = [tf.zeros([1, 8, 8, 16]) as tf.Tensor4D, tf.zeros([3, 3, 16, 16]) as tf.Tensor4D];
      expect(isWinogradFaster(image, kernel, 1)).toBe(true);
      expect(isWinogradFaster(image, kernel, 2)).toBe(false);
      expect(isWinogradFaster(image, tf.zeros([3, 3, 16, 15]) as tf.Tensor4D, 1)).toBe(false);
      expect(isWinogradFaster(image, tf.zeros([1, 1, 16, 16]) as tf.Tensor4D, 1)).toBe(false);
      expect(withoutOwnKernels(() => isWinogradFaster(image, kernel, 1))).toBe(false);
    });
  });
});

describe.skipIf(!hasOwnKernels())(`our kernels${why}`, () => {
  it('give the same bits again, and with one thread or three', () => {
    const here = hashOfKernels();
    expect(hashOfKernels()).toBe(here);
    const file = fileURLToPath(new URL('kernelChild.ts', import.meta.url));
    for (const threads of ['1', '3']) {
      const { stdout, stderr } = spawnSync(process.execPath, [...flags, file], {
        encoding: 'utf8',
        env: { ...process.env, TF_NUM_INTRAOP_THREADS: threads },
      });
      expect(stdout.trim(), stderr).toBe(here);
    }
  });
});
