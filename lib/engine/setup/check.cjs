// The self-check of a freshly compiled binding, in a process of its own because a wrong library kills it.
// Prints {"version": "2.16.2", "gpu": false}, or fails with the reason.
// With the file of the graph binding as argument, that one is checked too.
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined; // tfjs-node calls it; Node 23 removed it
const tf = require('@tensorflow/tfjs');
const node = require('@tensorflow/tfjs-node-gpu');

/** Some numbers between -1 and 1, the same ones each time. */
const numbers = (shape) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 12.9898)),
    shape,
  );

const jobs = {
  'a matrix product': () => tf.matMul(numbers([17, 23]), numbers([23, 9])),
  'a dilated convolution': () => tf.conv2d(numbers([2, 13, 11, 3]), numbers([3, 3, 3, 5]), 1, 'same', 'NHWC', 2),
};

async function results(backend) {
  await tf.setBackend(backend);
  return Object.values(jobs).map((job) => tf.tidy(() => job().dataSync()));
}

/** Throws where two lists of numbers are not the same up to `tolerance`. */
function compare(job, reference, found, tolerance) {
  if (reference.length !== found.length)
    throw new Error(`${job} has ${found.length} numbers instead of ${reference.length}`);
  const difference = reference.reduce((worst, value, i) => Math.max(worst, Math.abs(value - found[i])), 0);
  if (!(difference <= tolerance)) throw new Error(`${job} differs by ${difference} from the cpu backend`);
}

/**
 * A graph of placeholders, a matrix product and one of our own convolutions, run in a session;
 * the cpu backend computes the same.
 */
async function checkGraph(file, tolerance) {
  const { Graph, Session } = require(file);
  const codes = { float32: 1, int: 1, type: 4, shape: 5 }; // of TensorFlow's element types and attributes
  const graph = new Graph();
  const float = (name) => ({ name, type: codes.type, value: codes.float32 });
  const integers = (name, value) => ({ name, type: codes.int, value });
  const inputs = {
    a: numbers([7, 5]),
    b: numbers([5, 3]),
    image: numbers([2, 9, 10, 5]),
    kernel: numbers([3, 3, 5, 35]),
    bias: numbers([0]),
  };
  for (const [name, { shape }] of Object.entries(inputs))
    graph.add('Placeholder', name, [], [float('dtype'), { name: 'shape', type: codes.shape, value: shape }], []);
  graph.add('MatMul', 'product', ['a', 'b'], [float('T')], []);
  // Rows of 32 outputs for each input, with 80 numbers between the 36 planes (../ops/winograd.ts).
  graph.add(
    'AxunetWinogradKernel',
    'transformed',
    ['kernel'],
    [integers('shape', [36, 2 * 5 * 32 + 80]), integers('options', [0])],
    [],
  );
  graph.add(
    'AxunetWinogradConvolution',
    'convolution',
    ['image', 'transformed', 'bias'],
    [integers('shape', [2, 9, 10, 35]), integers('options', [1, 0])],
    [],
  );
  const session = new Session(graph, new Uint8Array());
  const feeds = Object.entries(inputs).map(([name, tensor]) => ({
    name,
    dtype: codes.float32,
    shape: tensor.shape,
    data: tensor.dataSync(),
  }));
  const { outputs } = await session.run(feeds, ['product', 'convolution'], [], false);
  session.close();
  const [product, convolution] = outputs.map(({ buffer }) => new Float32Array(buffer));
  compare('a matrix product in a graph', tf.matMul(inputs.a, inputs.b).dataSync(), product, tolerance);
  compare(
    'our own convolution in a graph',
    tf.conv2d(inputs.image, inputs.kernel, 1, 'same').dataSync(),
    convolution,
    1e-4,
  );
}

async function main() {
  const native = await results('tensorflow');
  const { isUsingGpuDevice, binding } = tf.backend();
  const reference = await results('cpu');
  // A GPU may compute in TF32, with ten bits of mantissa.
  const tolerance = isUsingGpuDevice ? 2e-2 : 1e-4;
  Object.keys(jobs).forEach((job, j) => compare(job, reference[j], native[j], tolerance));
  if (process.argv[2]) await checkGraph(process.argv[2], tolerance);
  console.log(JSON.stringify({ version: binding.TF_Version ?? node.version['tfjs-node'], gpu: isUsingGpuDevice }));
}

main().catch((error) => {
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
});
