/**
 * A network as an ONNX file (opset 17), which onnxruntime, TensorRT, OpenVINO, MONAI and others read. Images are
 * [n, channels, h, w] there, of any n and the grid's height and width. Field numbers are those of onnx.proto.
 */
import { batchNormEpsilon } from 'axunet-engine/ops/batchNormRelu';
import type { About } from './about.ts';
import { type Network, type Operation, type Weights, type Writers, writeWith } from './operations.ts';
import { bytes, float, type Message, message, string, whole, wholes } from './protobuf.ts';

const opset = 17;
const irVersion = 8; // that of opset 17
const [float32, int64] = [1, 7]; // TensorProto.DataType
const kinds = { float: 1, int: 2, ints: 7 }; // AttributeProto.AttributeType

type Attribute = number | readonly number[] | { readonly float: number };

function attribute(name: string, value: Attribute): Message {
  if (typeof value === 'number') return message(5, string(1, name), whole(3, value), whole(20, kinds.int));
  if ('float' in value) return message(5, string(1, name), float(2, value.float), whole(20, kinds.float));
  return message(5, string(1, name), ...value.map((each) => whole(8, each)), whole(20, kinds.ints));
}

/** What is written of one network: nodes, and the arrays that they name. */
class Graph {
  readonly nodes: Message[] = [];
  readonly initializers: Message[] = [];

  /** A node and the name of its output. */
  node(type: string, inputs: readonly string[], output: string, attributes: Readonly<Record<string, Attribute>> = {}) {
    const written = Object.entries(attributes).map(([name, value]) => attribute(name, value));
    const named = inputs.map((input) => string(1, input));
    this.nodes.push(message(1, ...named, string(2, output), string(3, output), string(4, type), ...written));
    return output;
  }

  weights(name: string, { shape, data }: Weights): string {
    this.initializers.push(message(5, wholes(1, shape), whole(2, float32), string(8, name), bytes(9, data)));
    return name;
  }

  numbers(name: string, values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    this.initializers.push(message(5, wholes(1, [values.length]), whole(2, int64), string(8, name), bytes(9, data)));
    return name;
  }
}

/**
 * A kernel [k, k, a, b] as ONNX has it: [b, a, k, k], of a depthwise convolution [a, b, k, k].
 */
function kernelOf({ shape, data }: Weights, isDepthwise = false): Weights {
  const [height, width, a, b] = shape as [number, number, number, number];
  const taps = height * width;
  const out = new Float32Array(data.length);
  for (let tap = 0, p = 0; tap < taps; tap++)
    for (let i = 0; i < a; i++)
      for (let j = 0; j < b; j++) out[(isDepthwise ? i * b + j : j * a + i) * taps + tap] = data[p++]!;
  return { shape: isDepthwise ? [a, b, height, width] : [b, a, height, width], data: out };
}

const simply =
  (type: string, attributes: Readonly<Record<string, Attribute>> = {}) =>
  (graph: Graph, { name, inputs }: Operation): void =>
    void graph.node(type, inputs, name, attributes);

function kernelAndBias(graph: Graph, name: string, kernel: Weights, bias: Weights): string[] {
  return [graph.weights(`${name}/kernel`, kernel), graph.weights(`${name}/bias`, bias)];
}

/** Height and width are the axes 2 and 3. */
const spatialAxes = [2, 3] as const;

const writers: Writers<Graph, void> = {
  convolution(graph, { name, inputs, kernel, bias, stride, dilation, groups }) {
    const side = kernel.shape[0]!;
    graph.node('Conv', [...inputs, ...kernelAndBias(graph, name, kernelOf(kernel), bias)], name, {
      kernel_shape: [side, side],
      strides: [stride, stride],
      dilations: [dilation, dilation],
      pads: Array.from({ length: 4 }, () => (dilation * (side - 1)) / 2),
      group: groups,
    });
  },
  depthwise(graph, { name, inputs, kernel, bias, shape }) {
    graph.node('Conv', [...inputs, ...kernelAndBias(graph, name, kernelOf(kernel, true), bias)], name, {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      group: shape[2],
    });
  },
  upConvolution(graph, { name, inputs, kernel, bias }) {
    graph.node('ConvTranspose', [...inputs, ...kernelAndBias(graph, name, kernelOf(kernel), bias)], name, {
      kernel_shape: [2, 2],
      strides: [2, 2],
    });
  },
  norm(graph, { name, inputs, statistics }) {
    const parts = ['gamma', 'beta', 'mean', 'variance'].map((part, i) =>
      graph.weights(`${name}/${part}`, statistics[i]!),
    );
    graph.node('BatchNormalization', [...inputs, ...parts], name, { epsilon: { float: batchNormEpsilon } });
  },
  relu: simply('Relu'),
  maxPool: simply('MaxPool', { kernel_shape: [2, 2], strides: [2, 2] }),
  join: simply('Concat', { axis: 1 }),
  add: simply('Add'),
  windowMaxima(graph, { name, inputs, rows, columns }) {
    let image = inputs[0]!;
    for (const [axis, windows] of [rows, columns].entries()) {
      const maxima = windows.map(([start, end], k) => {
        const part = `${name}/${axis}/${k}`;
        const ends = [graph.numbers(`${part}/start`, [start]), graph.numbers(`${part}/end`, [end])];
        const slice = graph.node(
          'Slice',
          [image, ...ends, graph.numbers(`${part}/axis`, [spatialAxes[axis]!])],
          `${part}/slice`,
        );
        return graph.node('ReduceMax', [slice], part, { axes: [spatialAxes[axis]!], keepdims: 1 });
      });
      image = graph.node('Concat', maxima, axis === 0 ? `${name}/rows` : name, { axis: spatialAxes[axis]! });
    }
  },
  pick(graph, { name, inputs, rows, columns }) {
    const picked = graph.node('Gather', [...inputs, graph.numbers(`${name}/row`, rows)], `${name}/rows`, { axis: 2 });
    graph.node('Gather', [picked, graph.numbers(`${name}/column`, columns)], name, { axis: 3 });
  },
};

/** Images of any number, of these channels, height and width. */
function valueInfo(field: number, name: string, [height, width, channels]: readonly [number, number, number]): Message {
  const sides = [channels, height, width].map((side) => message(1, whole(1, side)));
  const tensor = message(1, whole(1, float32), message(2, message(1, string(2, 'n')), ...sides));
  return message(field, string(1, name), message(2, tensor));
}

/**
 * The ONNX file of a network in pieces: input `image` [n, channels, h, w], output `logits` [n, classes, h, w], and what
 * is to be known of it as its metadata.
 */
export function onnxFile({ name, input, operations }: Network, about: About): Message {
  const graph = new Graph();
  for (const operation of operations) writeWith(writers, graph, operation);
  const last = operations.at(-1)!;
  graph.node('Identity', [last.name], 'logits');
  const values = [valueInfo(11, 'image', input), valueInfo(12, 'logits', last.shape)];
  const entries = Object.entries(about).map(([key, value]) => message(14, string(1, key), string(2, value)));
  return [
    ...whole(1, irVersion),
    ...string(2, 'axunet'),
    ...string(3, about['axunet.version'] ?? ''),
    ...message(7, ...graph.nodes, string(2, name), ...graph.initializers, ...values),
    ...message(8, whole(2, opset)),
    ...entries.flat(),
  ];
}
