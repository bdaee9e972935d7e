/**
 * The building blocks of AX-Unet as layers, one row of the paper's table each. Images are NHWC; `n` stands for the batch.
 * Facts: reference code Model.py and withsep.py, see docs/differences.md for what we do otherwise.
 */
import { tf } from 'axunet-engine/engine';
import { preparingTrace } from 'axunet-engine/graph/tracing';
import { adaptiveMaxPool, resizeNearest } from 'axunet-engine/ops/adaptiveMaxPool';
import { addBias, convolution } from 'axunet-engine/ops/convolution';
import { depthwiseConvolution } from 'axunet-engine/ops/depthwise';
import { groupedConvolution } from 'axunet-engine/ops/groupedConvolution';
import { join, partsOf } from 'axunet-engine/ops/join';
import { maxPool } from 'axunet-engine/ops/maxPool';
import { pointwiseConvolution } from 'axunet-engine/ops/pointwise';
import { upConvolution } from 'axunet-engine/ops/upConvolution';
import { type Arguments, NetworkLayer, only, onlyShape } from './layer.ts';

type Inputs = tf.Tensor | tf.Tensor[];
type Shapes = tf.Shape | tf.Shape[];
interface LayerConfig {
  name?: string;
}

/**
 * Two 3×3 convolutions, each with batch norm and ReLU: [n, h, w, c] → [n, h, w, filters].
 * With `separable` the first one is a pointwise convolution followed by a depthwise one (Xception's order, nothing
 * between the two), while the second stays ordinary: the reference's "DoubleSepConv" is separable by half.
 */
export class DoubleConvolution extends NetworkLayer {
  static className = 'DoubleConvolution';
  readonly filters: number;
  readonly separable: boolean;

  constructor(config: LayerConfig & { filters: number; separable: boolean }) {
    super(config);
    this.filters = config.filters;
    this.separable = config.separable;
  }

  override build(shape: Shapes): void {
    const channels = onlyShape(shape).at(-1)!;
    if (this.separable) {
      this.convolutionWeights('pointwise', [1, 1, channels, this.filters]);
      this.convolutionWeights('depthwise', [3, 3, this.filters, 1], 'depthwise');
    } else this.convolutionWeights('conv1', [3, 3, channels, this.filters]);
    this.batchNormWeights('bn1', this.filters);
    this.convolutionWeights('conv2', [3, 3, this.filters, this.filters]);
    this.batchNormWeights('bn2', this.filters);
    super.build(shape);
  }

  override call(inputs: Inputs, { training = false }: Arguments): tf.Tensor {
    return tf.tidy(() => {
      const image = only(inputs);
      const first = this.separable
        ? this.separableHalf(image, training)
        : this.convolutionNormRelu(image, 'conv1', 'bn1', training);
      return this.convolutionNormRelu(first, 'conv2', 'bn2', training);
    });
  }

  private separableHalf(image: tf.Tensor4D, training: boolean): tf.Tensor4D {
    const mixed = pointwiseConvolution(partsOf(image), this.read('pointwise/kernel'), this.read('pointwise/bias'));
    if (!training && preparingTrace()) {
      const { kernel, bias } = this.folded('depthwise', 'bn1');
      return tf.relu(addBias(depthwiseConvolution(mixed, kernel), bias));
    }
    const filtered = depthwiseConvolution(mixed, this.read('depthwise/kernel'));
    const z = training ? filtered : addBias(filtered, this.read('depthwise/bias'));
    return this.normRelu(z, 'depthwise', 'bn1', training);
  }

  override computeOutputShape(shape: Shapes): tf.Shape {
    return [...onlyShape(shape).slice(0, 3), this.filters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), filters: this.filters, separable: this.separable };
  }
}

/** k×k convolution (zero padded, dilated), batch norm, ReLU: [n, h, w, c] → [n, h, w, filters]. */
export class ConvolutionNormRelu extends NetworkLayer {
  static className = 'ConvolutionNormRelu';
  readonly filters: number;
  readonly kernelSize: number;
  readonly dilation: number;

  constructor(config: LayerConfig & { filters: number; kernelSize: number; dilation?: number }) {
    super(config);
    this.filters = config.filters;
    this.kernelSize = config.kernelSize;
    this.dilation = config.dilation ?? 1;
  }

  override build(shape: Shapes): void {
    this.convolutionWeights('conv', [this.kernelSize, this.kernelSize, onlyShape(shape).at(-1)!, this.filters]);
    this.batchNormWeights('bn', this.filters);
    super.build(shape);
  }

  override call(inputs: Inputs, { training = false }: Arguments): tf.Tensor {
    return tf.tidy(() => this.convolutionNormRelu(only(inputs), 'conv', 'bn', training, this.dilation));
  }

  override computeOutputShape(shape: Shapes): tf.Shape {
    return [...onlyShape(shape).slice(0, 3), this.filters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), filters: this.filters, kernelSize: this.kernelSize, dilation: this.dilation };
  }
}

/** Linear convolution with bias, optionally strided or in groups: [n, h, w, c] → [n, ⌈h/stride⌉, ⌈w/stride⌉, filters]. */
export class Convolution extends NetworkLayer {
  static className = 'Convolution';
  readonly filters: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly groups: number;

  constructor(config: LayerConfig & { filters: number; kernelSize: number; stride?: number; groups?: number }) {
    super(config);
    this.filters = config.filters;
    this.kernelSize = config.kernelSize;
    this.stride = config.stride ?? 1;
    this.groups = config.groups ?? 1;
  }

  override build(shape: Shapes): void {
    this.convolutionWeights('conv', [
      this.kernelSize,
      this.kernelSize,
      onlyShape(shape).at(-1)! / this.groups,
      this.filters,
    ]);
    super.build(shape);
  }

  override call(inputs: Inputs): tf.Tensor {
    return tf.tidy(() => {
      const [kernel, bias] = [this.read<tf.Tensor4D>('conv/kernel'), this.read<tf.Tensor1D>('conv/bias')];
      if (this.groups > 1) return groupedConvolution(only(inputs), kernel, bias, this.groups);
      return convolution(only(inputs), kernel, bias, { stride: this.stride });
    });
  }

  override computeOutputShape(shape: Shapes): tf.Shape {
    const [n, height, width] = onlyShape(shape);
    return [n!, Math.ceil(height! / this.stride), Math.ceil(width! / this.stride), this.filters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { filters, kernelSize, stride, groups } = this;
    return { ...super.getConfig(), filters, kernelSize, stride, groups };
  }
}

/** Transposed 2×2 convolution with stride 2 and bias: [n, h, w, c] → [n, 2h, 2w, filters]. */
export class UpConvolution extends NetworkLayer {
  static className = 'UpConvolution';
  readonly filters: number;

  constructor(config: LayerConfig & { filters: number }) {
    super(config);
    this.filters = config.filters;
  }

  override build(shape: Shapes): void {
    this.convolutionWeights('conv', [2, 2, this.filters, onlyShape(shape).at(-1)!], 'transposed');
    super.build(shape);
  }

  override call(inputs: Inputs): tf.Tensor {
    return tf.tidy(() => upConvolution(only(inputs), this.read('conv/kernel'), this.read('conv/bias')));
  }

  override computeOutputShape(shape: Shapes): tf.Shape {
    const [n, height, width] = onlyShape(shape);
    return [n!, 2 * height!, 2 * width!, this.filters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), filters: this.filters };
  }
}

/** Images joined along the channels: [n, h, w, a], [n, h, w, b], … → [n, h, w, a + b + …]. */
export class Join extends NetworkLayer {
  static className = 'Join';

  override call(inputs: Inputs): tf.Tensor {
    return join(inputs as tf.Tensor4D[]); // without tidy, which would let the parts go
  }

  override computeOutputShape(shapes: Shapes): tf.Shape {
    const all = shapes as number[][];
    return [...all[0].slice(0, 3), all.reduce((sum, shape) => sum + shape[3], 0)];
  }
}

/** The maximum of each 2×2 square: [n, h, w, c] → [n, h/2, w/2, c]. */
export class MaxPool extends NetworkLayer {
  static className = 'MaxPool';

  override call(inputs: Inputs): tf.Tensor {
    return tf.tidy(() => maxPool(only(inputs)));
  }

  override computeOutputShape(shape: Shapes): tf.Shape {
    const [n, height, width, channels] = onlyShape(shape);
    return [n!, Math.floor(height! / 2), Math.floor(width! / 2), channels!];
  }
}

/** The maximum in bins × bins overlapping windows: [n, h, w, c] → [n, bins, bins, c]. */
export class AdaptiveMaxPool extends NetworkLayer {
  static className = 'AdaptiveMaxPool';
  readonly bins: number;

  constructor(config: LayerConfig & { bins: number }) {
    super(config);
    this.bins = config.bins;
  }

  override call(inputs: Inputs): tf.Tensor {
    return tf.tidy(() => adaptiveMaxPool(only(inputs), this.bins));
  }

  override computeOutputShape(shape: Shapes): tf.Shape {
    const [n, , , channels] = onlyShape(shape);
    return [n!, this.bins, this.bins, channels!];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), bins: this.bins };
  }
}

/** Nearest-neighbour resize to the height and width of the second input: [n, a, b, c], [n, h, w, …] → [n, h, w, c]. */
export class ResizeNearestLike extends NetworkLayer {
  static className = 'ResizeNearestLike';

  override call(inputs: Inputs): tf.Tensor {
    const [image, like] = inputs as [tf.Tensor4D, tf.Tensor4D];
    return tf.tidy(() => resizeNearest(image, like.shape[1], like.shape[2]));
  }

  override computeOutputShape(shapes: Shapes): tf.Shape {
    const [[n, , , channels], [, height, width]] = shapes as [number[], number[]];
    return [n!, height!, width!, channels!];
  }
}

for (const layer of [
  DoubleConvolution,
  ConvolutionNormRelu,
  Convolution,
  UpConvolution,
  Join,
  MaxPool,
  AdaptiveMaxPool,
  ResizeNearestLike,
]) {
  tf.serialization.registerClass(layer as unknown as tf.serialization.SerializableConstructor<tf.layers.Layer>);
}
