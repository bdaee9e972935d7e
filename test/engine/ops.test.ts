/**
 * Every operation of the network, on every engine: values against sums written out in the test, gradients against
 * finite differences. The gradient of Σ c·f(x) along a direction d is compared with (L(x + hd) − L(x − hd)) / 2h.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';
import { adaptiveMaxPool, adaptiveWindow, nearestIndex, resizeNearest } from '../../lib/engine/ops/adaptiveMaxPool.ts';
import { batchNormReluInference, batchNormReluTraining } from '../../lib/engine/ops/batchNormRelu.ts';
import { addBias } from '../../lib/engine/ops/bias.ts';
import { convolution } from '../../lib/engine/ops/convolution.ts';
import { depthwiseConvolution } from '../../lib/engine/ops/depthwise.ts';
import { groupedConvolution } from '../../lib/engine/ops/groupedConvolution.ts';
import { maxPool } from '../../lib/engine/ops/maxPool.ts';
import { hasOwnKernels } from '../../lib/engine/ops/ownKernels.ts';
import { pointwiseConvolution } from '../../lib/engine/ops/pointwise.ts';
import { softmaxCrossEntropy } from '../../lib/engine/ops/softmaxCrossEntropy.ts';
import { upConvolution } from '../../lib/engine/ops/upConvolution.ts';
import { classProbability } from '../../lib/loss/probabilityMap.ts';
import { Random } from '../../lib/random.ts';
import { engines } from './engines.ts';

/** Normal numbers, the same on every engine. */
function normals(name: string, shape: number[]): Float32Array {
  const random = Random.stream(7, name);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());
}

type Shape4 = [number, number, number, number];
type Op = (...inputs: tf.Tensor[]) => tf.Tensor;

/**
 * A piecewise linear operation allows a large step, since rounding is then the only error; a curved one a small step.
 */
function checkGradients(op: Op, shapes: number[][], step: number, tolerance: number): void {
  const values = shapes.map((shape, i) => normals(`input ${i}`, shape));
  const variables = values.map((v, i) => tf.variable(tf.tensor(v, shapes[i])));
  const weights = tf.tensor(
    normals('weights', tf.tidy(() => op(...variables)).shape),
    tf.tidy(() => op(...variables)).shape,
  );
  const loss = (inputs: tf.Tensor[]): tf.Scalar => tf.sum(tf.mul(op(...inputs), weights)) as tf.Scalar;
  const { gradients } = valueAndGradients(() => loss(variables), variables);
  values.forEach((value, i) => {
    const direction = normals(`direction ${i}`, shapes[i]!);
    const at = (h: number): number =>
      tf.tidy(() => {
        const moved = tf.tensor(
          value.map((v, k) => v + h * direction[k]!),
          shapes[i],
        );
        return loss(variables.map((v, j) => (j === i ? moved : v))).dataSync()[0]!;
      });
    const numeric = (at(step) - at(-step)) / (2 * step);
    const gradient = Array.from(gradients[i]!.dataSync());
    const analytic = gradient.reduce((s, g, k) => s + g * direction[k]!, 0);
    const scale = Math.max(1, Math.hypot(...gradient));
    expect(Math.abs(numeric - analytic) / scale, `input ${i}: ${analytic} against ${numeric}`).toBeLessThan(tolerance);
  });
  tf.dispose([variables, weights, gradients.filter((g) => g !== undefined)]);
}

/** Convolution by its definition: zero outside the image, taps `dilation` apart, windows as TensorFlow's `same`. */
function convolutionByHand(
  x: Float32Array,
  [n, h, w, ci]: Shape4,
  k: Float32Array,
  [kh, kw, , co]: Shape4,
  { stride, dilation }: { stride: number; dilation: number },
): number[] {
  const out: number[] = [];
  const [oh, ow] = [Math.ceil(h / stride), Math.ceil(w / stride)];
  const before = (length: number, outLength: number, taps: number): number =>
    Math.floor(Math.max(0, (outLength - 1) * stride + (taps - 1) * dilation + 1 - length) / 2);
  const [top, left] = [before(h, oh, kh), before(w, ow, kw)];
  for (let b = 0; b < n; b++)
    for (let i = 0; i < oh; i++)
      for (let j = 0; j < ow; j++)
        for (let o = 0; o < co; o++) {
          let sum = 0;
          for (let a = 0; a < kh; a++)
            for (let c = 0; c < kw; c++) {
              const [y, z] = [i * stride - top + a * dilation, j * stride - left + c * dilation];
              if (y < 0 || y >= h || z < 0 || z >= w) continue;
              for (let e = 0; e < ci; e++)
                sum += x[((b * h + y) * w + z) * ci + e]! * k[((a * kw + c) * ci + e) * co + o]!;
            }
          out.push(sum);
        }
  return out;
}

function expectClose(actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++)
    expect(Math.abs(actual[i]! - wanted[i]!), `value ${i}`).toBeLessThan(tolerance * Math.max(1, Math.abs(wanted[i]!)));
}

describe('windows and indices', () => {
  it('adaptive windows of 32 in 3 are [0, 11), [10, 22), [21, 32)', () => {
    expect([0, 1, 2].map((k) => adaptiveWindow(k, 3, 32))).toEqual([
      [0, 11],
      [10, 22],
      [21, 32],
    ]);
  });
  it('nearest resize 3 → 32 reads index 0 eleven times, 1 eleven times, 2 ten times', () => {
    const indices = Array.from({ length: 32 }, (_, i) => nearestIndex(i, 3, 32));
    expect([0, 1, 2].map((v) => indices.filter((i) => i === v).length)).toEqual([11, 11, 10]);
  });
});

describe.each(engines)('on $title', ({ engine, available }) => {
  beforeAll(async () => {
    if (available) await startEngine(engine);
  });
  const test = it.skipIf(!available);

  const cases: { kernel: number; stride: number; dilation: number }[] = [
    { kernel: 3, stride: 1, dilation: 1 },
    { kernel: 1, stride: 1, dilation: 1 },
    { kernel: 1, stride: 2, dilation: 1 },
    { kernel: 3, stride: 1, dilation: 2 },
    { kernel: 3, stride: 1, dilation: 4 },
    { kernel: 3, stride: 1, dilation: 12 },
  ];
  describe.each(cases)(
    'a $kernel×$kernel convolution, stride $stride, dilation $dilation',
    ({ kernel, stride, dilation }) => {
      const image: Shape4 = [2, 6, 5, 3];
      const weights: Shape4 = [kernel, kernel, 3, 4];
      test('sums what its definition sums', () => {
        const [x, k] = [normals('x', image), normals('k', weights)];
        const y = tf.tidy(() =>
          convolution(tf.tensor4d(x, image), tf.tensor4d(k, weights), undefined, { stride, dilation }).dataSync(),
        );
        expectClose(y, convolutionByHand(x, image, k, weights, { stride, dilation }), 2e-5);
      });
      test('has the gradients of image, kernel and bias', () => {
        const op: Op = (x, k, b) =>
          convolution(x as tf.Tensor4D, k as tf.Tensor4D, b as tf.Tensor1D, { stride, dilation });
        checkGradients(op, [image, weights, [4]], 0.5, 2e-4);
      });
    },
  );

  // with whole vectors of channels, so that TensorFlow's side runs the kernels of cpp/
  test.each([
    ['few tiles', [1, 6, 5, 16], 1],
    ['many tiles', [5, 17, 16, 16], 1],
    ['taps outside of the image', [2, 6, 5, 16], 5],
  ] as const)('a 3×3 convolution of 16 channels has the gradients of image and kernel: %s', (_, image, dilation) => {
    checkGradients(
      (x, k) => convolution(x as tf.Tensor4D, k as tf.Tensor4D, undefined, { dilation }),
      [[...image], [3, 3, 16, 16]],
      0.5,
      2e-4,
    );
  });
  test('a pointwise convolution of two images has the gradients of both, of kernel and bias', () => {
    const op: Op = (x, y, k, b) =>
      pointwiseConvolution([x as tf.Tensor4D, y as tf.Tensor4D], k as tf.Tensor4D, b as tf.Tensor1D);
    checkGradients(op, [[2, 3, 4, 16], [2, 3, 4, 16], [1, 1, 32, 16], [16]], 0.5, 2e-4);
  });
  test('max pooling has the gradient of the image', () => {
    checkGradients((x) => maxPool(x as tf.Tensor4D), [[2, 5, 4, 3]], 1e-3, 1e-2);
  });
  test('max pooling lets a NaN through, wherever it lies in its square', (context) => {
    context.skip(!hasOwnKernels(), 'other kernels decide that themselves');
    for (let place = 0; place < 4; place++) {
      const pixels = [1, 2, 3, 4].map((v, i) => (i === place ? NaN : v));
      expect(tf.tidy(() => maxPool(tf.tensor4d(pixels, [1, 2, 2, 1])).dataSync())[0]).toBeNaN();
    }
  });
  test('of a batch without images there is nothing to give, and the gradients of kernel and bias are 0', (context) => {
    context.skip(!hasOwnKernels(), 'other kernels decide that themselves');
    const ops: [Op, ...number[][]][] = [
      [(x, k, b) => pointwiseConvolution([x as tf.Tensor4D], k as tf.Tensor4D, b as tf.Tensor1D), [1, 1, 16, 16], [16]],
      [(x, k, b) => convolution(x as tf.Tensor4D, k as tf.Tensor4D, b as tf.Tensor1D), [3, 3, 16, 16], [16]],
      [(x, k) => depthwiseConvolution(x as tf.Tensor4D, k as tf.Tensor4D), [3, 3, 16, 1]],
      [(x, k, b) => upConvolution(x as tf.Tensor4D, k as tf.Tensor4D, b as tf.Tensor1D), [2, 2, 16, 16], [16]],
      [(x) => maxPool(x as tf.Tensor4D)],
    ];
    for (const [op, ...shapes] of ops) {
      const variables = [tf.zeros([0, 4, 4, 16]), ...shapes.map((shape) => tf.ones(shape))].map((tensor) =>
        tf.variable(tensor),
      );
      const { gradients } = valueAndGradients(() => tf.sum(op(...variables)) as tf.Scalar, variables);
      for (const gradient of gradients)
        expect(new Set(gradient!.dataSync())).toEqual(new Set(gradient!.size ? [0] : []));
      tf.dispose([variables, gradients.filter((g) => g !== undefined)]);
    }
  });
  test('max pooling gives the gradient to the first of equal maxima', () => {
    // squares [3 3; 1 2] and [3 3; 2 1]
    const variable = tf.variable(tf.tensor4d([3, 3, 3, 3, 1, 2, 2, 1], [1, 2, 4, 1]));
    const { gradients } = valueAndGradients(
      () => tf.sum(tf.mul(maxPool(variable as tf.Tensor4D), tf.tensor4d([5, 7], [1, 1, 2, 1]))) as tf.Scalar,
      [variable],
    );
    expect(Array.from(gradients[0]!.dataSync())).toEqual([5, 0, 7, 0, 0, 0, 0, 0]);
    tf.dispose([variable, gradients[0]!]);
  });

  test("cross-entropy of logits 0 and ln 3 is ln 4 − the label's logit", () => {
    const logits = tf.tensor4d([0, Math.log(3), 0, Math.log(3)], [1, 1, 2, 2]);
    expectClose(
      tf.tidy(() => softmaxCrossEntropy(logits, tf.tensor3d([0, 1], [1, 1, 2], 'int32')).dataSync()),
      [Math.log(4), Math.log(4 / 3)],
    );
    expectClose(
      tf.tidy(() => classProbability(logits, 1).dataSync()),
      [0.75, 0.75],
    );
  });
  test('cross-entropy and the probability of the foreground have the gradients of the logits', () => {
    const labels = tf.tensor3d([0, 1, 2, 2, 1, 0], [1, 2, 3], 'int32');
    checkGradients((z) => softmaxCrossEntropy(z as tf.Tensor4D, labels), [[1, 2, 3, 3]], 1e-2, 1e-3);
    checkGradients((z) => classProbability(z as tf.Tensor4D, 1), [[1, 2, 3, 3]], 1e-2, 1e-3);
  });
  test('they stay finite for logits of ±10⁴, where the loss is the difference and the gradient 0 or ±1', () => {
    const variable = tf.variable(tf.tensor4d([1e4, -1e4, -1e4, 1e4], [1, 1, 2, 2]));
    const labels = tf.tensor3d([0, 0], [1, 1, 2], 'int32');
    const { value, gradients } = valueAndGradients(
      () => tf.sum(softmaxCrossEntropy(variable as tf.Tensor4D, labels)) as tf.Scalar,
      [variable],
    );
    expectClose(value.dataSync(), [2e4]);
    expectClose(gradients[0]!.dataSync(), [0, 0, -1, 1]);
    expectClose(
      tf.tidy(() => classProbability(variable as tf.Tensor4D, 1).dataSync()),
      [0, 1],
    );
    tf.dispose([variable, value, gradients[0]!]);
  });

  test('a depthwise convolution equals one convolution per channel', () => {
    const [x, k] = [normals('x', [1, 5, 4, 2]), normals('k', [3, 3, 2, 1])];
    const y = tf.tidy(() =>
      depthwiseConvolution(tf.tensor4d(x, [1, 5, 4, 2]), tf.tensor4d(k, [3, 3, 2, 1])).dataSync(),
    );
    for (const channel of [0, 1]) {
      const of = (v: Float32Array): Float32Array => v.filter((_, i) => i % 2 === channel);
      const steps = { stride: 1, dilation: 1 };
      const alone = convolutionByHand(of(x), [1, 5, 4, 1], of(k), [3, 3, 1, 1], steps);
      expectClose(of(Float32Array.from(y)), alone, 2e-5);
    }
  });
  test('a depthwise convolution has the gradients of image and kernel', () => {
    checkGradients(
      (x, k) => depthwiseConvolution(x as tf.Tensor4D, k as tf.Tensor4D),
      [
        [2, 5, 4, 3],
        [3, 3, 3, 1],
      ],
      0.5,
      2e-4,
    );
  });

  test('a grouped convolution keeps the halves apart', () => {
    const [x, k] = [normals('x', [1, 4, 4, 4]), normals('k', [3, 3, 2, 4])];
    const run = (image: Float32Array): Float32Array =>
      tf.tidy(
        () =>
          groupedConvolution(
            tf.tensor4d(image, [1, 4, 4, 4]),
            tf.tensor4d(k, [3, 3, 2, 4]),
            tf.tensor1d([1, 2, 3, 4]),
            2,
          ).dataSync<'float32'>() as Float32Array,
      );
    const changed = x.map((v, i) => (i % 4 >= 2 ? v + 1 : v)); // only the second group's input
    const [before, after] = [run(x), run(changed)];
    for (let i = 0; i < before.length; i++) expect(before[i] === after[i], `output ${i}`).toBe(i % 4 < 2);
  });
  test('a grouped convolution has the gradients of image, kernel and bias', () => {
    const op: Op = (x, k, b) => groupedConvolution(x as tf.Tensor4D, k as tf.Tensor4D, b as tf.Tensor1D, 2);
    checkGradients(op, [[1, 4, 4, 4], [3, 3, 2, 4], [4]], 0.5, 2e-4);
  });

  test('an up-convolution writes the four pixels (2i + a, 2j + b) of each input pixel', () => {
    const kernel = [1, 2, 3, 4]; // [2, 2, 1, 1]
    const y = tf.tidy(() =>
      upConvolution(
        tf.tensor4d([10, 20], [1, 1, 2, 1]),
        tf.tensor4d(kernel, [2, 2, 1, 1]),
        tf.tensor1d([0.5]),
      ).dataSync(),
    );
    expectClose(y, [10.5, 20.5, 20.5, 40.5, 30.5, 40.5, 60.5, 80.5]);
  });
  test('an up-convolution has the gradients of image, kernel and bias', () => {
    const op: Op = (x, k, b) => upConvolution(x as tf.Tensor4D, k as tf.Tensor4D, b as tf.Tensor1D);
    checkGradients(op, [[2, 3, 4, 3], [2, 2, 5, 3], [5]], 0.5, 2e-4);
  });

  test('batch norm and ReLU of −1, 1, 3 (mean 1, biased variance 8/3)', () => {
    const seen: number[] = [];
    const y = tf.tidy(() =>
      batchNormReluTraining(
        tf.tensor4d([-1, 1, 3], [1, 3, 1, 1]),
        tf.tensor1d([2]),
        tf.tensor1d([0.5]),
        (mean, variance) => seen.push(mean.dataSync()[0]!, variance.dataSync()[0]!),
      ).dataSync(),
    );
    const s = 2 / Math.sqrt(8 / 3 + 1e-5);
    expectClose(y, [0, 0.5, 2 * s + 0.5]);
    expectClose(seen, [1, 8 / 3]);
  });
  test('batch norm and ReLU have the gradients of image, γ and β', () => {
    // β = 4 keeps every value above the kink of the ReLU, β = 0 would put half of them below; both are tried.
    for (const shift of [0, 4]) {
      const op: Op = (z, g, b) =>
        batchNormReluTraining(z as tf.Tensor4D, g as tf.Tensor1D, tf.add(b!, shift) as tf.Tensor1D);
      checkGradients(op, [[2, 4, 3, 2], [2], [2]], 2e-3, 2e-2);
    }
  });
  test('the inference form uses the running statistics', () => {
    const of = (v: number): tf.Tensor1D => tf.tensor1d([v]);
    const y = tf.tidy(() =>
      batchNormReluInference(tf.tensor4d([-1, 1, 3], [1, 3, 1, 1]), of(2), of(0.5), of(1), of(4)).dataSync(),
    );
    expectClose(y, [0, 0.5, (2 * 2) / Math.sqrt(4 + 1e-5) + 0.5]);
  });

  test('adaptive max pooling takes the maximum of each overlapping window', () => {
    const x = normals('pool', [1, 4, 5, 2]);
    const y = tf.tidy(() => adaptiveMaxPool(tf.tensor4d(x, [1, 4, 5, 2]), 3).dataSync());
    const wanted: number[] = [];
    for (const [top, bottom] of [
      [0, 2],
      [1, 3],
      [2, 4],
    ] as const)
      for (const [left, right] of [
        [0, 2],
        [1, 4],
        [3, 5],
      ] as const)
        for (const c of [0, 1]) {
          let best = -Infinity;
          for (let i = top; i < bottom; i++)
            for (let j = left; j < right; j++) best = Math.max(best, x[(i * 5 + j) * 2 + c]!);
          wanted.push(best);
        }
    expectClose(y, wanted, 1e-7);
  });
  test('adaptive max pooling has the gradient of the image', () => {
    checkGradients((x) => adaptiveMaxPool(x as tf.Tensor4D, 3), [[2, 5, 4, 2]], 1e-3, 1e-2);
  });
  test('nearest resize repeats pixels and has the gradient of the image', () => {
    const y = tf.tidy(() => resizeNearest(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]), 3, 4).dataSync());
    expectClose(y, [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4]);
    checkGradients((x) => resizeNearest(x as tf.Tensor4D, 6, 7), [[2, 3, 3, 2]], 0.5, 2e-4);
  });
  test('a bias is added to its own channel', () => {
    const y = tf.tidy(() => addBias(tf.zeros([1, 1, 2, 3]), tf.tensor1d([1, 2, 3])).dataSync());
    expectClose(y, [1, 2, 3, 1, 2, 3]);
  });
});
