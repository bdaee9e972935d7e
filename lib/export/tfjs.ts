/**
 * A network as a layers model of TensorFlow.js that is made of its own layers alone: `tf.loadLayersModel` reads it in a
 * browser or in Node with nothing of this project beside it, and converters turn it into Keras. Three things take
 * detours there: convolutions in groups are whole ones whose kernel is 0 between groups, windows are cropped and their
 * maximum taken, and rows are repeated so often that every third one is the right one.
 */

import { tf } from 'axunet-engine';
import { batchNormEpsilon } from 'axunet-engine/ops/batchNormRelu';
import { batchNormMomentum } from '../model/layer.ts';
import {
  type ConvolutionOperation,
  type Network,
  type Operation,
  type Weights,
  type Writers,
  writeWith,
} from './operations.ts';

type Node = tf.SymbolicTensor;
type Layer = tf.layers.Layer;
/** Where a layer goes: what comes in, and how it is applied to it with its weights. */
interface Place {
  readonly inputs: readonly Node[];
  readonly put: (layer: Layer, inputs: Node | Node[], weights?: readonly Weights[]) => Node;
}

/** The kernel of a convolution in groups, [k, k, c / groups, out], among all channels: [k, k, c, out]. */
function wholeKernel({ kernel, groups }: ConvolutionOperation): Weights {
  if (groups === 1) return kernel;
  const [height, width, channels, filters] = kernel.shape as [number, number, number, number];
  const data = new Float32Array(kernel.data.length * groups);
  const perGroup = filters / groups;
  for (let p = 0; p < kernel.data.length; p++) {
    const [filter, channel] = [p % filters, Math.floor(p / filters) % channels];
    const tap = Math.floor(p / (filters * channels));
    const group = Math.floor(filter / perGroup);
    data[(tap * groups * channels + group * channels + channel) * filters + filter] = kernel.data[p]!;
  }
  return { shape: [height, width, groups * channels, filters], data };
}

/** Weights are set below: to draw random ones first would take seconds. */
const unset = { kernelInitializer: 'zeros' } as const;

const nameOf = ({ name }: Operation): string => name.replaceAll('/', '_');

const writers: Writers<Place, Node> = {
  convolution({ inputs: [image], put }, operation) {
    const { kernel, bias, stride, dilation, shape } = operation;
    const ways = { kernelSize: kernel.shape[0]!, strides: stride, dilationRate: dilation, padding: 'same' as const };
    const layer = tf.layers.conv2d({ name: nameOf(operation), filters: shape[2], ...ways, ...unset });
    return put(layer, image!, [wholeKernel(operation), bias]);
  },
  depthwise({ inputs: [image], put }, operation) {
    const layer = tf.layers.depthwiseConv2d({
      name: nameOf(operation),
      kernelSize: 3,
      padding: 'same',
      depthwiseInitializer: 'zeros',
    });
    return put(layer, image!, [operation.kernel, operation.bias]);
  },
  upConvolution({ inputs: [image], put }, operation) {
    const layer = tf.layers.conv2dTranspose({
      name: nameOf(operation),
      filters: operation.shape[2],
      kernelSize: 2,
      strides: 2,
      padding: 'same',
      ...unset,
    });
    return put(layer, image!, [operation.kernel, operation.bias]);
  },
  norm({ inputs: [image], put }, operation) {
    const options = { name: nameOf(operation), epsilon: batchNormEpsilon, momentum: batchNormMomentum };
    return put(tf.layers.batchNormalization(options), image!, operation.statistics);
  },
  relu: ({ inputs: [image], put }, operation) =>
    put(tf.layers.activation({ name: nameOf(operation), activation: 'relu' }), image!),
  maxPool: ({ inputs: [image], put }, operation) =>
    put(tf.layers.maxPooling2d({ name: nameOf(operation), poolSize: 2, strides: 2 }), image!),
  join: ({ inputs, put }, operation) => put(tf.layers.concatenate({ name: nameOf(operation) }), [...inputs]),
  add: ({ inputs, put }, operation) => put(tf.layers.add({ name: nameOf(operation) }), [...inputs]),
  windowMaxima({ inputs: [image], put }, operation) {
    const name = nameOf(operation);
    const [height, width, channels] = (image!.shape as number[]).slice(1) as [number, number, number];
    const maxima = operation.rows.map(([top, bottom], i) => {
      const row = operation.columns.map(([left, right], j) => {
        const part = `${name}_${i}_${j}`;
        const cropping: [[number, number], [number, number]] = [
          [top, height - bottom],
          [left, width - right],
        ];
        const window = put(tf.layers.cropping2D({ name: `${part}_window`, cropping }), image!);
        const maximum = put(tf.layers.globalMaxPooling2d({ name: `${part}_maximum` }), window);
        return put(tf.layers.reshape({ name: part, targetShape: [1, 1, channels] }), maximum);
      });
      return put(tf.layers.concatenate({ name: `${name}_${i}`, axis: 2 }), row);
    });
    return put(tf.layers.concatenate({ name, axis: 1 }), maxima);
  },
  pick({ inputs: [image], put }, operation) {
    const name = nameOf(operation);
    const [height, width] = (image!.shape as number[]).slice(1) as [number, number];
    const size: [number, number] = [operation.rows.length, operation.columns.length];
    // row i of the result is row floor(i · height / rows): row i · height of an image that repeats each `rows` times
    const repeated = put(tf.layers.upSampling2d({ name: `${name}_repeated`, size }), image!);
    return put(tf.layers.maxPooling2d({ name, poolSize: 1, strides: [height, width] }), repeated);
  },
};

function setWeights(layer: Layer, weights: readonly Weights[]): void {
  const tensors = weights.map(({ shape, data }) => tf.tensor(data, shape));
  layer.setWeights(tensors);
  for (const tensor of tensors) tensor.dispose();
}

/** The network from layers of TensorFlow.js alone: images [n, h, w, channels] to logits. Its maker disposes it. */
function stockModel({ name, input, operations }: Network): tf.LayersModel {
  const image = tf.input({ name: 'image', shape: [...input] });
  const outputs = new Map<string, Node>([['image', image]]);
  const weighted: (readonly [Layer, readonly Weights[]])[] = [];
  for (const operation of operations) {
    const inputs = operation.inputs.map((source) => outputs.get(source)!);
    const put: Place['put'] = (layer, images, weights) => {
      if (weights) weighted.push([layer, weights]);
      return layer.apply(images) as Node;
    };
    outputs.set(operation.name, writeWith(writers, { inputs, put }, operation));
  }
  for (const [layer, weights] of weighted) setWeights(layer, weights);
  return tf.model({ name, inputs: image, outputs: outputs.get(operations.at(-1)!.name)! });
}

/** What `tf.loadLayersModel` reads: `model.json` and the bytes of `weights.bin` beside it. */
export async function tfjsFiles(network: Network): Promise<{ model: unknown; weights: Uint8Array }> {
  const model = stockModel(network);
  let files: { model: unknown; weights: Uint8Array } | undefined;
  try {
    await model.save(
      tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData, format, generatedBy }) => {
        const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
        files = {
          model: { format, generatedBy, modelTopology, weightsManifest },
          weights: new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)),
        };
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' as const } };
      }),
    );
  } finally {
    model.dispose();
  }
  return files!;
}
