/** The layers of a network as plain data, for the figures and tables that are drawn from the model itself. */
import type { ConvolutionLevel } from './separableConvolution.ts';

/** What a layer does, as far as the figures tell layers apart. */
export type LayerKind =
  | 'input'
  | 'block'
  | 'separable'
  | 'convolution'
  | 'shortcut'
  | 'grouped'
  | 'pool'
  | 'up'
  | 'join'
  | 'add'
  | 'resize'
  | 'other';

export interface LayerNode {
  readonly name: string;
  readonly kind: LayerKind;
  /** Height, width, channels. */
  readonly outputShape: readonly [number, number, number];
  /** All values of the layer, running statistics included. */
  readonly parameters: number;
  /** Names of the layers whose output it takes. */
  readonly inputs: readonly string[];
  /** For instance `3×3, rate 4`. */
  readonly detail?: string;
}

/** The parts of a tfjs layer that are read here; any `tf.LayersModel` fits. */
interface Layer {
  readonly name: string;
  readonly outputShape: unknown;
  readonly inboundNodes: readonly { readonly inboundLayers: readonly { readonly name: string }[] }[];
  getClassName(): string;
  getConfig(): Record<string, unknown>;
  countParams(): number;
}
export interface LayeredModel {
  readonly layers: readonly unknown[];
}

const plainKinds: Record<string, LayerKind> = {
  InputLayer: 'input',
  MaxPool: 'pool',
  AdaptiveMaxPool: 'pool',
  UpConvolution: 'up',
  Join: 'join',
  Add: 'add',
  ResizeNearestLike: 'resize',
  ConvolutionNormRelu: 'convolution',
};

function kindOf(layer: Layer): LayerKind {
  const config = layer.getConfig();
  const className = layer.getClassName();
  if (className === 'DoubleConvolution') return config.separable ? 'separable' : 'block';
  if (className === 'Convolution' && Number(config.stride) > 1) return 'shortcut';
  if (className === 'Convolution') return Number(config.groups) > 1 ? 'grouped' : 'convolution';
  return plainKinds[className] ?? 'other';
}

function detailOf(layer: Layer): string | undefined {
  const config = layer.getConfig() as { kernelSize?: number; dilation?: number; bins?: number };
  const { kernelSize: k, dilation, bins } = config;
  if (bins) return `to ${bins}×${bins}`;
  if (!k) return undefined;
  return dilation && dilation > 1 ? `${k}×${k}, rate ${dilation}` : `${k}×${k}`;
}

/** Reads the layers of a `tf.LayersModel` with fixed input size, in the order in which they are computed. */
export function modelLayers(model: LayeredModel): LayerNode[] {
  return (model.layers as readonly Layer[]).map((layer) => {
    const [, height, width, channels] = (
      Array.isArray((layer.outputShape as unknown[])[0]) ? (layer.outputShape as number[][])[0] : layer.outputShape
    ) as number[];
    const kind = kindOf(layer);
    const inputs = (layer.inboundNodes[0]?.inboundLayers ?? []).map((l) => l.name);
    return {
      name: layer.name,
      kind,
      outputShape: [height!, width!, channels!],
      parameters: layer.countParams(),
      inputs: kind === 'resize' ? inputs.slice(0, 1) : inputs, // the second one gives its size only
      detail: detailOf(layer),
    };
  });
}

/** The separable convolutions of a network, one per separable block, for `separableConvolution`. */
export function separableLevels(layers: readonly LayerNode[]): ConvolutionLevel[] {
  const channelsOf = new Map(layers.map((l) => [l.name, l.outputShape[2]]));
  return layers
    .filter((l) => l.kind === 'separable')
    .map(({ name, outputShape: [height, width, outputChannels], inputs }) => ({
      name,
      height,
      width,
      outputChannels,
      inputChannels: channelsOf.get(inputs[0]!)!,
    }));
}
