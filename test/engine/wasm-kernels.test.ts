import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { dilatedConvolution } from '../../lib/engine/wasm/dilated.ts';
import { registerWasmKernels } from '../../lib/engine/wasm/kernels.ts';
import { startWasm } from '../../lib/engine/wasm/start.ts';
import { crossEntropyDice } from '../../lib/loss/crossEntropyDice.ts';
import { createAxUnet } from '../../lib/model/axunet.ts';
import { Random } from '../../lib/random.ts';

// The oracle is the stock cpu backend of tfjs. It ignores dilations in gradients, so there a dilated filter is written
// out with its zeros (`holes`) and of the gradient only the taps that exist are kept (`taps`).

type Shape = [number, number, number, number];

interface Convolution {
  input: Shape;
  filter: Shape;
  strides: [number, number];
  dilations: [number, number];
  pad: 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];
}

beforeAll(async () => {
  await startWasm();
});

async function on(backend: 'cpu' | 'wasm', compute: () => tf.Tensor): Promise<Float32Array> {
  await tf.setBackend(backend);
  const result = tf.tidy(compute);
  const values = (await result.data()) as Float32Array;
  result.dispose();
  return values;
}

const values = (random: Random, shape: number[]): tf.Tensor4D =>
  tf.tensor<tf.Rank.R4>(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal()),
    shape as Shape,
  );

function expectClose(found: Float32Array, expected: Float32Array, tolerance = 2e-5): void {
  expect(found.length).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  for (let i = 0; i < found.length; i++) expect(Math.abs(found[i] - expected[i])).toBeLessThan(tolerance * scale);
}

function holes(filter: tf.Tensor4D, [dy, dx]: [number, number]): tf.Tensor4D {
  const [h, w, i, o] = filter.shape;
  const wide = tf.pad(tf.reshape(filter, [h * w, i * o]), [
    [0, 0],
    [0, (dx - 1) * i * o],
  ]);
  const tall = tf.pad(tf.reshape(wide, [h, w * dx * i * o]), [
    [0, 0],
    [0, (dy - 1) * w * dx * i * o],
  ]);
  return tf.slice(
    tf.reshape(tall, [h * dy, w * dx, i, o]),
    [0, 0, 0, 0],
    [(h - 1) * dy + 1, (w - 1) * dx + 1, i, o],
  ) as tf.Tensor4D;
}

const taps = (gradient: tf.Tensor, [dy, dx]: [number, number]): tf.Tensor =>
  tf.stridedSlice(gradient, [0, 0, 0, 0], gradient.shape, [dy, dx, 1, 1]);

const extent = (size: number, dilation: number): number => (size - 1) * dilation + 1;

const convolution = (depthwise: boolean): fc.Arbitrary<Convolution> =>
  fc
    .record({
      batch: fc.integer({ min: 1, max: 3 }),
      size: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
      channels: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: depthwise ? 3 : 5 })),
      kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
      step: fc.oneof(
        fc.record({
          strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
          dilations: fc.constant<[number, number]>([1, 1]),
        }),
        fc.record({
          strides: fc.constant<[number, number]>([1, 1]),
          dilations: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
        }),
      ),
      pad: fc.oneof(
        fc.constantFrom<'same' | 'valid' | 'number'>('same', 'valid', 'number'),
        fc.tuple(
          ...([0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 3 })) as [
            fc.Arbitrary<number>,
            fc.Arbitrary<number>,
            fc.Arbitrary<number>,
            fc.Arbitrary<number>,
          ]),
        ),
      ),
      padding: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ batch, size, channels, kernel, step, pad, padding }) => {
      // With one number as padding, tfjs computes the width of the output from the filter's height.
      const square = pad === 'number';
      const shape: [number, number] = square ? [kernel[0], kernel[0]] : kernel;
      const steps = square
        ? { strides: step.strides, dilations: [step.dilations[0], step.dilations[0]] as [number, number] }
        : step;
      const explicit = Array.isArray(pad)
        ? ([
            [0, 0],
            [pad[0], pad[1]],
            [pad[2], pad[3]],
            [0, 0],
          ] as Convolution['pad'])
        : pad;
      return {
        input: [batch, ...size, channels[0]] as Shape,
        filter: [...shape, ...channels] as Shape,
        ...steps,
        pad: explicit === 'number' ? padding : (explicit as Convolution['pad']),
      };
    })
    .filter((c) => outputShape(c, depthwise).every((size) => size > 0));

function outputShape({ input, filter, strides, dilations, pad }: Convolution, depthwise: boolean): Shape {
  return tf.backend_util.computeConv2DInfo(input, filter, strides, dilations, pad as never, undefined, depthwise)
    .outShape as Shape;
}

const kernel = (name: string, inputs: object, attrs: object): tf.Tensor =>
  tf.engine().runKernel(name, inputs as never, attrs as never) as tf.Tensor;

/** Both gradients of one convolution on wasm, and on cpu with the dilated filter written out. */
async function compare(c: Convolution, depthwise: boolean, seed: number): Promise<void> {
  const random = Random.stream(seed, 'wasm kernels');
  const x = values(random, c.input);
  const filter = values(random, c.filter);
  const dy = values(random, outputShape(c, depthwise));
  const [toInput, toFilter] = depthwise
    ? ['DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter']
    : ['Conv2DBackpropInput', 'Conv2DBackpropFilter'];
  const attrs = { strides: c.strides, pad: c.pad, dataFormat: 'NHWC' };
  const dilated = { ...attrs, dilations: c.dilations };
  const written = { ...attrs, dilations: [1, 1] };
  const full = [extent(c.filter[0], c.dilations[0]), extent(c.filter[1], c.dilations[1]), c.filter[2], c.filter[3]];
  const { input: inputShape, filter: filterShape } = c;

  expectClose(
    await on('wasm', () => kernel(toInput, { dy, filter }, { ...dilated, inputShape })),
    await on('cpu', () => kernel(toInput, { dy, filter: holes(filter, c.dilations) }, { ...written, inputShape })),
  );
  expectClose(
    await on('wasm', () => kernel(toFilter, { x, dy }, { ...dilated, filterShape })),
    await on('cpu', () => taps(kernel(toFilter, { x, dy }, { ...written, filterShape: full }), c.dilations)),
  );
  tf.dispose([x, filter, dy]);
}

describe('the training kernels of the wasm engine', () => {
  it('give the gradients of any convolution as the cpu backend does', async () => {
    await fc.assert(
      fc.asyncProperty(convolution(false), fc.integer(), (c, seed) => compare(c, false, seed)),
      { numRuns: 150 },
    );
  });

  it('give the gradients of any depthwise convolution as the cpu backend does', async () => {
    await fc.assert(
      fc.asyncProperty(convolution(true), fc.integer(), (c, seed) => compare(c, true, seed)),
      { numRuns: 150 },
    );
  });
});

describe('gradients of tfjs operations on the wasm engine', () => {
  const random = Random.stream(5, 'operations');
  const cases: Record<string, (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor> = {
    'a 3×3 convolution': (x, w) => tf.conv2d(x, w, 1, 'same'),
    'a 3×3 convolution of stride 2': (x, w) => tf.conv2d(x, w, 2, 'same'),
    'a dilated convolution by space to batch': (x, w) =>
      tf.batchToSpaceND(
        tf.conv2d(
          tf.spaceToBatchND(
            x,
            [2, 2],
            [
              [2, 2],
              [2, 2],
            ],
          ),
          w,
          1,
          'valid',
        ),
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    'a 2×2 up-convolution': (x, w) =>
      tf.conv2dTranspose(
        x,
        tf.slice(tf.transpose(w, [0, 1, 3, 2]), [0, 0, 0, 0], [2, 2, 4, 3]) as tf.Tensor4D,
        [2, 16, 16, 4],
        2,
        'valid',
      ),
    'a depthwise convolution': (x, w) => tf.depthwiseConv2d(x, w, 1, 'same'),
    'a separable convolution': (x, w) => tf.separableConv2d(x, w, tf.ones([1, 1, 12, 2]), 1, 'same'),
    'channel sums': (x, w) => tf.mul(tf.sum(x, [0, 1, 2]), tf.mean(w, [0, 1, 3])),
    'batch statistics': (x, w) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2], true);
      return tf.add(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5))), tf.mean(w, [0, 1, 3]));
    },
    'maximum pooling': (x, w) => tf.mul(tf.maxPool(x, 2, 2, 'valid'), tf.mean(w)),
    'maximum pooling with overlap and padding': (x, w) => tf.mul(tf.maxPool(x, [3, 2], 1, 'same'), tf.mean(w)),
  };

  it.each(Object.keys(cases))('equal those of the cpu backend for %s', async (name) => {
    const x = values(random, [2, 8, 8, 3]);
    const filter = values(random, [3, 3, 3, 4]);
    const loss = (a: tf.Tensor, w: tf.Tensor) =>
      tf.sum(tf.square(cases[name](a as tf.Tensor4D, w as tf.Tensor4D))) as tf.Scalar;
    for (const argument of [0, 1]) {
      const gradient = () => tf.grads(loss)([x, filter])[argument];
      expectClose(await on('wasm', gradient), await on('cpu', gradient));
    }
  });

  it.each([
    [2, 12, 9],
    [3, 5, 7],
    [6, 4, 4],
  ])('equal those of the cpu backend for a convolution of dilation %i on %i × %i', async (dilation, height, width) => {
    const x = values(random, [2, height, width, 3]);
    const filter = values(random, [3, 3, 3, 4]);
    type Operation = (image: tf.Tensor4D, kernel: tf.Tensor4D) => tf.Tensor;
    const own: Operation = (image, kernel) => dilatedConvolution(image, kernel, dilation);
    const written: Operation = (image, kernel) => tf.conv2d(image, holes(kernel, [dilation, dilation]), 1, 'same');
    const gradient = (operation: Operation, argument: number) =>
      tf.grads((image, kernel) => tf.sum(tf.square(operation(image as tf.Tensor4D, kernel as tf.Tensor4D))))([
        x,
        filter,
      ])[argument];
    expectClose(await on('wasm', () => own(x, filter)), await on('cpu', () => written(x, filter)));
    for (const argument of [0, 1])
      expectClose(await on('wasm', () => gradient(own, argument)), await on('cpu', () => gradient(written, argument)));
  });

  it('leave no tensor behind', async () => {
    await tf.setBackend('wasm');
    const x = values(random, [2, 8, 8, 3]);
    const filter = values(random, [3, 3, 3, 4]);
    const depthwise = values(random, [3, 3, 3, 1]);
    const backend = tf.backend() as unknown as { numDataIds(): number };
    const step = () =>
      tf.tidy(() => {
        const loss = (a: tf.Tensor4D, w: tf.Tensor4D, d: tf.Tensor4D) =>
          tf.sum(tf.conv2d(tf.depthwiseConv2d(a, d, 1, 'same'), w, 1, 'same')) as tf.Scalar;
        tf.grads(loss as never)([x, filter, depthwise]);
      });
    step();
    const before = [tf.memory().numTensors, backend.numDataIds()];
    step();
    expect([tf.memory().numTensors, backend.numDataIds()]).toEqual(before);
  });
});

describe('reductions that the own kernel does not cover', () => {
  it.each([[0], [1], [[1, 2]], [undefined]])('go to the stock kernel: axis %s', async (axis) => {
    const x = values(Random.stream(9), [2, 3, 4, 5]);
    for (const reduce of [tf.sum, tf.mean]) {
      expectClose(await on('wasm', () => reduce(x, axis)), await on('cpu', () => reduce(x, axis)));
    }
  });

  it('keep the reduced axes on demand and sum integers as integers', async () => {
    await tf.setBackend('wasm');
    expect(tf.sum(tf.ones([2, 3, 4]), [0, 1], true).shape).toEqual([1, 1, 4]);
    const counts = tf.sum(
      tf.tensor2d(
        [
          [1, 2],
          [3, 4],
        ],
        [2, 2],
        'int32',
      ),
      [0],
    );
    expect(counts.dtype).toBe('int32');
    expect(Array.from(await counts.data())).toEqual([4, 6]);
  });

  it('stay as they are when the kernels are registered twice', () => {
    const kernelFunc = tf.getKernel('Sum', 'wasm')!.kernelFunc;
    registerWasmKernels();
    expect(tf.getKernel('Sum', 'wasm')!.kernelFunc).toBe(kernelFunc);
  });
});

describe('a training step of AX-Unet', () => {
  it('gives every weight the gradient that the cpu backend gives it', async () => {
    const random = Random.stream(3, 'network');
    const image = values(random, [2, 32, 32, 3]);
    const labels = tf.tensor3d(
      Int32Array.from({ length: 2 * 32 * 32 }, () => random.integer(2)),
      [2, 32, 32],
      'int32',
    );
    const model = createAxUnet({ width: 2, inputSize: [32, 32] }, 1);
    const gradients = () => {
      const loss = () => crossEntropyDice(model.apply(image, { training: true }) as tf.Tensor4D, labels);
      const { value, grads } = tf.variableGrads(loss);
      return tf.concat([value, ...Object.values(grads)].map((tensor) => tf.reshape(tensor, [-1])));
    };
    const [found, expected] = [await on('wasm', gradients), await on('cpu', gradients)];
    expect(found.length).toBeGreaterThan(20_000);
    expectClose(found, expected, 1e-4);
  });
});
