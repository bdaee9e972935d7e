/**
 * A network as a SavedModel, which TensorFlow, TensorFlow Serving and converters read: one graph whose weights are
 * constants, with the signature `serving_default`. Images are [n, h, w, c]. It is written node by node with
 * TensorFlow's own operations: the graphs that lib/engine makes hold kernels that only this project has. Field numbers
 * are those of saved_model.proto, meta_graph.proto and graph.proto.
 */
import { batchNormEpsilon } from 'axunet-engine/ops/batchNormRelu';
import {
  type ConvolutionOperation,
  type Network,
  type Operation,
  type Weights,
  type Writers,
  writeWith,
} from './operations.ts';
import { bytes, float, type Message, message, string, whole, wholes } from './protobuf.ts';

const [float32, int32] = [1, 3]; // DataType
const producer = 1087; // the version of graphs that TensorFlow 2.9 writes: later ones read it

const shapeOf = (field: number, sides: readonly number[]): Message =>
  message(field, ...sides.map((side) => message(2, whole(1, side))));

/** Values of attributes by their kind; each is the content of an AttrValue. */
const type = (value: number): Message => whole(6, value);
const text = (value: string): Message => string(2, value);
const list = (values: readonly number[]): Message => message(1, wholes(3, values));

/** What every operation on our images says. */
const onFloats = { T: type(float32) };

/** The nodes of one graph. */
class Graph {
  readonly nodes: Message[] = [];

  /** A node and its name. */
  node(op: string, name: string, inputs: readonly string[], attributes: Readonly<Record<string, Message>> = onFloats) {
    const attrs = Object.entries(attributes).map(([key, value]) => message(5, string(1, key), message(2, value)));
    this.nodes.push(message(1, string(1, name), string(2, op), ...inputs.map((input) => string(3, input)), ...attrs));
    return name;
  }

  #constant(name: string, dtype: number, shape: readonly number[], data: Float32Array | Int32Array): string {
    const tensor = message(8, whole(1, dtype), shapeOf(2, shape), bytes(4, data));
    return this.node('Const', name, [], { dtype: type(dtype), value: tensor });
  }

  weights(name: string, { shape, data }: Weights): string {
    return this.#constant(name, float32, shape, data);
  }

  numbers(name: string, values: readonly number[]): string {
    return this.#constant(name, int32, [values.length], Int32Array.from(values));
  }

  number(name: string, value: number): string {
    return this.#constant(name, int32, [], Int32Array.of(value));
  }

  concat(name: string, images: readonly string[], axis: number): string {
    const attributes = { ...onFloats, N: whole(3, images.length), Tidx: type(int32) };
    return this.node('ConcatV2', name, [...images, this.number(`${name}/axis`, axis)], attributes);
  }
}

const padded = (stride: number, dilation: number): Record<string, Message> => ({
  ...onFloats,
  strides: list([1, stride, stride, 1]),
  dilations: list([1, dilation, dilation, 1]),
  padding: text('SAME'),
});

function addBias(graph: Graph, name: string, image: string, bias: Weights): void {
  graph.node('BiasAdd', name, [image, graph.weights(`${name}/bias`, bias)]);
}

const simply =
  (op: string, attributes: Readonly<Record<string, Message>> = onFloats) =>
  (graph: Graph, { name, inputs }: Operation): void =>
    void graph.node(op, name, inputs, attributes);

/** Each group on its own: TensorFlow convolves in groups on some devices alone. */
function inGroups(graph: Graph, operation: ConvolutionOperation): string {
  const { name, inputs, kernel, groups, stride, dilation } = operation;
  const split = (part: string, value: string): string[] => {
    const node = graph.node('Split', part, [graph.number(`${part}/axis`, 3), value], {
      ...onFloats,
      num_split: whole(3, groups),
    });
    return Array.from({ length: groups }, (_, g) => (g === 0 ? node : `${node}:${g}`));
  };
  const images = split(`${name}/images`, inputs[0]!);
  const kernels = split(`${name}/kernels`, graph.weights(`${name}/kernel`, kernel));
  const parts = images.map((image, g) =>
    graph.node('Conv2D', `${name}/group${g}`, [image, kernels[g]!], padded(stride, dilation)),
  );
  return graph.concat(`${name}/groups`, parts, 3);
}

/** [2, 2, out, in] as a pointwise kernel [1, 1, in, 4 out], whose outputs are then laid out in squares of 2 × 2. */
function inSquares({ shape, data }: Weights): Weights {
  const [filters, channels] = shape.slice(2) as [number, number];
  const out = new Float32Array(data.length);
  for (let k = 0; k < 4 * filters; k++)
    for (let i = 0; i < channels; i++) out[i * 4 * filters + k] = data[k * channels + i]!;
  return { shape: [1, 1, channels, 4 * filters], data: out };
}

const writers: Writers<Graph, void> = {
  convolution(graph, operation) {
    const { name, inputs, kernel, bias, stride, dilation, groups } = operation;
    const ungrouped = (): string =>
      graph.node(
        'Conv2D',
        `${name}/sum`,
        [...inputs, graph.weights(`${name}/kernel`, kernel)],
        padded(stride, dilation),
      );
    addBias(graph, name, groups > 1 ? inGroups(graph, operation) : ungrouped(), bias);
  },
  depthwise(graph, { name, inputs, kernel, bias }) {
    const weights = graph.weights(`${name}/kernel`, kernel);
    addBias(graph, name, graph.node('DepthwiseConv2dNative', `${name}/sum`, [...inputs, weights], padded(1, 1)), bias);
  },
  upConvolution(graph, { name, inputs, kernel, bias }) {
    const weights = graph.weights(`${name}/kernel`, inSquares(kernel));
    const sums = graph.node('Conv2D', `${name}/sums`, [...inputs, weights], padded(1, 1));
    addBias(
      graph,
      name,
      graph.node('DepthToSpace', `${name}/sum`, [sums], { ...onFloats, block_size: whole(3, 2) }),
      bias,
    );
  },
  norm(graph, { name, inputs, statistics }) {
    const parts = ['gamma', 'beta', 'mean', 'variance'].map((part, i) =>
      graph.weights(`${name}/${part}`, statistics[i]!),
    );
    const attributes = { ...onFloats, U: type(float32), epsilon: float(4, batchNormEpsilon), is_training: whole(5, 0) };
    graph.node('FusedBatchNormV3', name, [...inputs, ...parts], attributes);
  },
  relu: simply('Relu'),
  maxPool: simply('MaxPool', {
    ...onFloats,
    ksize: list([1, 2, 2, 1]),
    strides: list([1, 2, 2, 1]),
    padding: text('VALID'),
  }),
  join: (graph, { name, inputs }) => void graph.concat(name, inputs, 3),
  add: simply('AddV2'),
  windowMaxima(graph, { name, inputs, rows, columns }) {
    let image = inputs[0]!;
    for (const [i, windows] of [rows, columns].entries()) {
      const axis = i + 1;
      const at = (value: number, others: number): number[] => [0, 1, 2, 3].map((k) => (k === axis ? value : others));
      const maxima = windows.map(([start, end], k) => {
        const part = `${name}/${axis}/${k}`;
        const [begin, size] = [
          graph.numbers(`${part}/begin`, at(start, 0)),
          graph.numbers(`${part}/size`, at(end - start, -1)),
        ];
        const slice = graph.node('Slice', `${part}/slice`, [image, begin, size], { ...onFloats, Index: type(int32) });
        const axes = graph.numbers(`${part}/axes`, [axis]);
        return graph.node('Max', part, [slice, axes], { ...onFloats, Tidx: type(int32), keep_dims: whole(5, 1) });
      });
      image = graph.concat(axis === 1 ? `${name}/rows` : name, maxima, axis);
    }
  },
  pick(graph, { name, inputs, rows, columns }) {
    const attributes = { Tparams: type(float32), Tindices: type(int32), Taxis: type(int32) };
    const pickAlong = (output: string, image: string, numbers: readonly number[], axis: number): string =>
      graph.node(
        'GatherV2',
        output,
        [image, graph.numbers(`${output}/numbers`, numbers), graph.number(`${output}/axis`, axis)],
        attributes,
      );
    pickAlong(name, pickAlong(`${name}/rows`, inputs[0]!, rows, 1), columns, 2);
  },
};

/** An input or output of the signature. */
function named(field: number, name: string, sides: readonly number[]): Message {
  return message(
    field,
    string(1, name),
    message(2, string(1, `${name}:0`), whole(2, float32), shapeOf(3, [-1, ...sides])),
  );
}

/**
 * `saved_model.pb` of a network in pieces: input `image` [n, h, w, channels], output `logits` [n, h, w, classes], of
 * any n. The file needs no others beside it.
 */
export function savedModelFile({ input, operations }: Network): Message {
  const graph = new Graph();
  graph.node('Placeholder', 'image', [], { dtype: type(float32), shape: shapeOf(7, [-1, ...input]) });
  for (const operation of operations) writeWith(writers, graph, operation);
  const last = operations.at(-1)!;
  graph.node('Identity', 'logits', [last.name]);
  const signature = [named(1, 'image', input), named(2, 'logits', last.shape), string(3, 'tensorflow/serving/predict')];
  const versions = message(4, whole(1, producer));
  return [
    ...whole(1, 1), // of the format
    ...message(
      2,
      message(1, string(4, 'serve'), string(5, '2.9.0')),
      message(2, ...graph.nodes, versions),
      message(5, string(1, 'serving_default'), message(2, ...signature)),
    ),
  ];
}
