// The self-check of a freshly compiled binding, in a process of its own because a wrong library kills it.
// Prints {"version": "2.16.2", "gpu": false}, or fails with the reason.
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined; // tfjs-node calls it; Node 23 removed it
const tf = require('@tensorflow/tfjs');
const node = require('@tensorflow/tfjs-node-gpu');

/** Some numbers between -1 and 1, the same ones each time. */
const numbers = (shape) => tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 12.9898)), shape);

const jobs = {
  'a matrix product': () => tf.matMul(numbers([17, 23]), numbers([23, 9])),
  'a dilated convolution': () => tf.conv2d(numbers([2, 13, 11, 3]), numbers([3, 3, 3, 5]), 1, 'same', 'NHWC', 2),
};

async function results(backend) {
  await tf.setBackend(backend);
  return Object.values(jobs).map((job) => tf.tidy(() => job().dataSync()));
}

async function main() {
  const native = await results('tensorflow');
  const { isUsingGpuDevice, binding } = tf.backend();
  const reference = await results('cpu');
  // A GPU may compute in TF32, with ten bits of mantissa.
  const tolerance = isUsingGpuDevice ? 2e-2 : 1e-4;
  Object.keys(jobs).forEach((job, j) => {
    const difference = reference[j].reduce((worst, value, i) => Math.max(worst, Math.abs(value - native[j][i])), 0);
    if (!(difference <= tolerance)) throw new Error(`${job} differs by ${difference} from the cpu backend`);
  });
  console.log(JSON.stringify({ version: binding.TF_Version ?? node.version['tfjs-node'], gpu: isUsingGpuDevice }));
}

main().catch((error) => {
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
});
