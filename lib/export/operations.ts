/**
 * A network as the few plain operations that every other program has: what onnx.ts, savedModel.ts and tfjs.ts write in
 * their own words. Images are [n, h, w, c]; kernels are as in lib/model: [k, k, in, out].
 *
 *     DoubleConvolution     convolution, norm, relu, twice; or pointwise and depthwise convolution first
 *     ConvolutionNormRelu   convolution, norm, relu
 *     Convolution           convolution
 *     UpConvolution         upConvolution
 *     AdaptiveMaxPool       windowMaxima
 *     ResizeNearestLike     pick: which row and column each new one repeats
 *     MaxPool, Join, Add    the same
 */
import { adaptiveWindow, nearestIndex, type tf } from 'axunet-engine';
import { expected } from '../errors.ts';
import type { ImageShape } from '../model/layer.ts';
import type { NamedArrays } from '../step/step.ts';
import { readWeights } from '../step/weights.ts';

/** Numbers with their shape, the last axis fastest. */
export type Weights = NamedArrays[string];
type Range = readonly [start: number, end: number];

interface Common {
  /** Names the output too. */
  readonly name: string;
  /** Names of the operations whose outputs come in. */
  readonly inputs: readonly string[];
  /** Height, width and channels of the output. */
  readonly shape: readonly [number, number, number];
}

/** Zero padded, so that height and width stay, or are halved by a stride of 2. */
export interface ConvolutionOperation extends Common {
  readonly kind: 'convolution';
  readonly kernel: Weights;
  readonly bias: Weights;
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
}

/** Those that are told by their inputs alone. */
type Simple = { readonly [K in 'relu' | 'maxPool' | 'join' | 'add']: Common & { readonly kind: K } };

/** One of the plain operations. */
export type Operation =
  | ConvolutionOperation
  /** `kernel` [3, 3, c, 1]: each channel by itself. */
  | (Common & { readonly kind: 'depthwise'; readonly kernel: Weights; readonly bias: Weights })
  /** `kernel` [2, 2, out, in]: pixel (i, j) fills (2i, 2j) to (2i + 1, 2j + 1). */
  | (Common & { readonly kind: 'upConvolution'; readonly kernel: Weights; readonly bias: Weights })
  /** Batch norm with its running statistics, `gamma`, `beta`, `mean`, `variance` [c]. */
  | (Common & { readonly kind: 'norm'; readonly statistics: readonly [Weights, Weights, Weights, Weights] })
  | Simple['relu' | 'maxPool' | 'join' | 'add']
  /** The maximum of each window of rows × columns. */
  | (Common & { readonly kind: 'windowMaxima'; readonly rows: readonly Range[]; readonly columns: readonly Range[] })
  /** The rows and columns of these numbers. */
  | (Common & { readonly kind: 'pick'; readonly rows: readonly number[]; readonly columns: readonly number[] });

type OperationOf<K extends Operation['kind']> = Extract<Operation, { kind: K }>;

/** How a format writes each kind of operation; `Target` is where to. */
export type Writers<Target, Result> = {
  readonly [K in Operation['kind']]: (target: Target, operation: OperationOf<K>) => Result;
};

/** Writes one operation as its kind is written. */
export const writeWith = <Target, Result>(
  writers: Writers<Target, Result>,
  target: Target,
  operation: Operation,
): Result => (writers[operation.kind] as (target: Target, operation: Operation) => Result)(target, operation);

/** A network as plain operations in an order in which they can be computed; the last one gives the logits. */
export interface Network {
  readonly name: string;
  /** Height, width and channels of the input, which operations call `image`. */
  readonly input: readonly [number, number, number];
  readonly operations: readonly Operation[];
}

/** A layer that is being written down: its inputs, its output, its weights by local name. */
interface Layer {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly inputShapes: readonly ImageShape[];
  readonly shape: readonly [number, number, number];
  readonly config: Readonly<Record<string, number | boolean>>;
  readonly weight: (name: string) => Weights;
}

const kernelAndBias = ({ weight }: Layer, name: string): { kernel: Weights; bias: Weights } => ({
  kernel: weight(`${name}/kernel`),
  bias: weight(`${name}/bias`),
});

/** `conv1`, `bn1` and a ReLU after what `input` names; the ReLU has the layer's own name where it is the last one. */
function convolutionNormRelu(layer: Layer, [conv, norm, relu]: readonly string[], input: string): Operation[] {
  const { name, shape, weight } = layer;
  const { dilation = 1 } = layer.config as { dilation?: number };
  const [convName, normName] = [`${name}/${conv}`, `${name}/${norm}`];
  const statistics = ['gamma', 'beta', 'mean', 'variance'].map((part) => weight(`${norm}/${part}`));
  const ways = { stride: 1, dilation, groups: 1 };
  const first: Operation =
    conv === 'depthwise'
      ? { kind: 'depthwise', name: convName, inputs: [input], shape, ...kernelAndBias(layer, conv) }
      : { kind: 'convolution', name: convName, inputs: [input], shape, ...kernelAndBias(layer, conv!), ...ways };
  return [
    first,
    { kind: 'norm', name: normName, inputs: [convName], shape, statistics: statistics as never },
    { kind: 'relu', name: relu ? `${name}/${relu}` : name, inputs: [normName], shape },
  ];
}

function doubleConvolution(layer: Layer): Operation[] {
  const { name, shape, inputs, config } = layer;
  const [image] = inputs as [string];
  const pointwise = `${name}/pointwise`;
  const ways = { stride: 1, dilation: 1, groups: 1 };
  const first: Operation[] = config.separable
    ? [
        { kind: 'convolution', name: pointwise, inputs, shape, ...kernelAndBias(layer, 'pointwise'), ...ways },
        ...convolutionNormRelu(layer, ['depthwise', 'bn1', 'relu1'], pointwise),
      ]
    : convolutionNormRelu(layer, ['conv1', 'bn1', 'relu1'], image);
  return [...first, ...convolutionNormRelu(layer, ['conv2', 'bn2'], `${name}/relu1`)];
}

function windowMaxima({ name, inputs, inputShapes, shape, config }: Layer): Operation {
  const [[, height, width]] = inputShapes as [ImageShape];
  const bins = config.bins as number;
  const windows = (length: number): Range[] => Array.from({ length: bins }, (_, k) => adaptiveWindow(k, bins, length));
  return { kind: 'windowMaxima', name, inputs, shape, rows: windows(height), columns: windows(width) };
}

function pick({ name, inputs, inputShapes, shape }: Layer): Operation {
  const [[, height, width]] = inputShapes as [ImageShape];
  const numbers = (to: number, from: number): number[] =>
    Array.from({ length: to }, (_, i) => nearestIndex(i, from, to));
  const [rows, columns] = [numbers(shape[0], height), numbers(shape[1], width)];
  return { kind: 'pick', name, inputs: inputs.slice(0, 1), shape, rows, columns };
}

/** How each class of layers is written; one that is not here stops the export. */
const layers: Readonly<Record<string, (layer: Layer) => Operation[]>> = {
  DoubleConvolution: doubleConvolution,
  ConvolutionNormRelu: (layer) => convolutionNormRelu(layer, ['conv', 'bn'], layer.inputs[0]!),
  Convolution(layer) {
    const { name, inputs, shape, config } = layer;
    const { stride, groups } = config as { stride: number; groups: number };
    return [{ kind: 'convolution', name, inputs, shape, ...kernelAndBias(layer, 'conv'), stride, dilation: 1, groups }];
  },
  UpConvolution: (layer) => {
    const { name, inputs, shape } = layer;
    return [{ kind: 'upConvolution', name, inputs, shape, ...kernelAndBias(layer, 'conv') }];
  },
  AdaptiveMaxPool: (layer) => [windowMaxima(layer)],
  ResizeNearestLike: (layer) => [pick(layer)],
  MaxPool: ({ name, inputs, shape }) => [{ kind: 'maxPool', name, inputs, shape }],
  Join: ({ name, inputs, shape }) => [{ kind: 'join', name, inputs, shape }],
  Add: ({ name, inputs, shape }) => [{ kind: 'add', name, inputs, shape }],
};

const listOf = <T>(one: T | readonly T[]): readonly T[] => (Array.isArray(one) ? one : [one]) as readonly T[];

/**
 * The operations of a network that `createAxUnet` made, with copies of its weights. The engine must have been started.
 * Throws a UserError that names a layer of a class that is none of lib/model's.
 */
export async function networkOperations(model: tf.LayersModel): Promise<Network> {
  const weights = await readWeights(model);
  const [image, ...others] = model.layers as [tf.layers.Layer, ...tf.layers.Layer[]];
  const operations = others.flatMap((layer) => {
    const write = layers[layer.getClassName()];
    if (!write)
      throw expected(`layers of the classes ${Object.keys(layers).join(', ')}`, layer.getClassName(), layer.name);
    const sources = listOf(layer.input);
    return write({
      name: layer.name,
      inputs: sources.map(({ sourceLayer }) => sourceLayer.name),
      inputShapes: sources.map(({ shape }) => shape as unknown as ImageShape),
      shape: (layer.output as tf.SymbolicTensor).shape.slice(1) as [number, number, number],
      config: layer.getConfig() as Record<string, number | boolean>,
      weight: (name) => weights[`${layer.name}/${name}`]!,
    });
  });
  const input = (image.output as tf.SymbolicTensor).shape.slice(1) as [number, number, number];
  return { name: model.name, input, operations };
}
