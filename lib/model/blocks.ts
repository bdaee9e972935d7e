/**
 * The building blocks of AX-Unet as layers, one kind of row of the paper's table each. Images are [n, h, w, c]. Put
 * together they are in axunet.ts, and the ASPP block of aspp0 … head_out in aspp.ts.
 *
 *     DoubleConvolution     c1, c2 … c9       3×3, batch norm, ReLU, twice; or the first half separable
 *     MaxPool               p1, p2, p4, p5    2×2 maximum
 *     Convolution           s1, s2, s3        1×1, every second pixel: the shortcuts
 *                           head_out, c10     1×1: the ends of the head and of the network
 *                           merge6 … merge9   3×3 in two groups, after each skip; of the variant `grouped` alone
 *     ConvolutionNormRelu   aspp0 … head_conv k×k, dilated in the ASPP block, batch norm, ReLU
 *     AdaptiveMaxPool       aspp4_pool        maximum of 3 × 3 overlapping windows
 *     ResizeNearestLike     aspp4             nearest neighbour, back to the size of c5
 *     UpConvolution         up6 … up9         transposed 2×2, doubles the size
 *     Join                  skip6 … skip9     [up, skip] along the channels; and the branches of ASPP: aspp_join
 *
 * Facts: reference code Model.py and withsep.py, see docs/differences.md for what we do otherwise.
 */
import {
  adaptiveMaxPool,
  convolution,
  convolutionNormRelu,
  groupedConvolution,
  join,
  maxPool,
  resizeNearest,
  separableNormRelu,
  tf,
  upConvolution,
} from 'axunet-engine';
import { type ImageShape, type LayerConfig, batchNormMomentum as momentum, NetworkLayer } from './layer.ts';

/**
 * Two 3×3 convolutions, each with batch norm and ReLU: [n, h, w, c] → [n, h, w, filters].
 * With `separable` the first one is a pointwise convolution followed by a depthwise one (Xception's order, nothing
 * between the two), while the second stays ordinary: the reference's "DoubleSepConv" is separable by half.
 */
export class DoubleConvolution extends NetworkLayer<{ filters: number; separable: boolean }> {
  static className = 'DoubleConvolution';

  protected override declareWeights(channels: number): void {
    const { filters, separable } = this.settings;
    if (separable) {
      this.declareConvolution('pointwise', [1, 1, channels, filters]);
      this.declareConvolution('depthwise', [3, 3, filters, 1], 'depthwise');
    } else this.declareConvolution('conv1', [3, 3, channels, filters]);
    this.declareBatchNorm('bn1', filters);
    this.declareConvolution('conv2', [3, 3, filters, filters]);
    this.declareBatchNorm('bn2', filters);
  }

  protected override shapeOf([n, height, width]: ImageShape): ImageShape {
    return [n, height, width, this.settings.filters];
  }

  protected override compute([image]: tf.Tensor4D[], training: boolean): tf.Tensor4D {
    const bn1 = this.batchNorm('bn1');
    const how = { training, momentum };
    const first = this.settings.separable
      ? separableNormRelu(image, this.convolution('pointwise'), this.convolution('depthwise'), bn1, how)
      : convolutionNormRelu(image, this.convolution('conv1'), bn1, how);
    return convolutionNormRelu(first, this.convolution('conv2'), this.batchNorm('bn2'), how);
  }
}

/** k×k convolution (zero padded, dilated), batch norm, ReLU: [n, h, w, c] → [n, h, w, filters]. */
export class ConvolutionNormRelu extends NetworkLayer<{ filters: number; kernelSize: number; dilation: number }> {
  static className = 'ConvolutionNormRelu';

  constructor(config: LayerConfig & { filters: number; kernelSize: number; dilation?: number }) {
    super({ dilation: 1, ...config });
  }

  protected override declareWeights(channels: number): void {
    const { filters, kernelSize } = this.settings;
    this.declareConvolution('conv', [kernelSize, kernelSize, channels, filters]);
    this.declareBatchNorm('bn', filters);
  }

  protected override shapeOf([n, height, width]: ImageShape): ImageShape {
    return [n, height, width, this.settings.filters];
  }

  protected override compute([image]: tf.Tensor4D[], training: boolean): tf.Tensor4D {
    const { dilation } = this.settings;
    return convolutionNormRelu(image, this.convolution('conv'), this.batchNorm('bn'), { training, momentum, dilation });
  }
}

/**
 * Linear convolution with bias, optionally strided or in groups: [n, h, w, c] → [n, ⌈h/stride⌉, ⌈w/stride⌉, filters].
 */
export class Convolution extends NetworkLayer<{ filters: number; kernelSize: number; stride: number; groups: number }> {
  static className = 'Convolution';

  constructor(config: LayerConfig & { filters: number; kernelSize: number; stride?: number; groups?: number }) {
    super({ stride: 1, groups: 1, ...config });
  }

  protected override declareWeights(channels: number): void {
    const { filters, kernelSize, groups } = this.settings;
    this.declareConvolution('conv', [kernelSize, kernelSize, channels / groups, filters]);
  }

  protected override shapeOf([n, height, width]: ImageShape): ImageShape {
    const { filters, stride } = this.settings;
    return [n, Math.ceil(height / stride), Math.ceil(width / stride), filters];
  }

  protected override compute([image]: tf.Tensor4D[]): tf.Tensor4D {
    const { kernel, bias } = this.convolution('conv');
    const { stride, groups } = this.settings;
    return groups > 1 ? groupedConvolution(image, kernel, bias, groups) : convolution(image, kernel, bias, { stride });
  }
}

/** Transposed 2×2 convolution with stride 2 and bias: [n, h, w, c] → [n, 2h, 2w, filters]. */
export class UpConvolution extends NetworkLayer<{ filters: number }> {
  static className = 'UpConvolution';

  protected override declareWeights(channels: number): void {
    this.declareConvolution('conv', [2, 2, this.settings.filters, channels], 'transposed');
  }

  protected override shapeOf([n, height, width]: ImageShape): ImageShape {
    return [n, 2 * height, 2 * width, this.settings.filters];
  }

  protected override compute([image]: tf.Tensor4D[]): tf.Tensor4D {
    const { kernel, bias } = this.convolution('conv');
    return upConvolution(image, kernel, bias);
  }
}

/** Images joined along the channels: [n, h, w, a], [n, h, w, b], … → [n, h, w, a + b + …]. */
export class Join extends NetworkLayer {
  static className = 'Join';

  protected override shapeOf(...shapes: ImageShape[]): ImageShape {
    const [[n, height, width]] = shapes;
    return [n, height, width, shapes.reduce((sum, [, , , channels]) => sum + channels, 0)];
  }

  protected override compute(images: tf.Tensor4D[]): tf.Tensor4D {
    return join(images);
  }
}

/** The maximum of each 2×2 square: [n, h, w, c] → [n, h/2, w/2, c]. */
export class MaxPool extends NetworkLayer {
  static className = 'MaxPool';

  protected override shapeOf([n, height, width, channels]: ImageShape): ImageShape {
    return [n, Math.floor(height / 2), Math.floor(width / 2), channels];
  }

  protected override compute([image]: tf.Tensor4D[]): tf.Tensor4D {
    return maxPool(image);
  }
}

/** The maximum in bins × bins overlapping windows: [n, h, w, c] → [n, bins, bins, c]. */
export class AdaptiveMaxPool extends NetworkLayer<{ bins: number }> {
  static className = 'AdaptiveMaxPool';

  protected override shapeOf([n, , , channels]: ImageShape): ImageShape {
    return [n, this.settings.bins, this.settings.bins, channels];
  }

  protected override compute([image]: tf.Tensor4D[]): tf.Tensor4D {
    return adaptiveMaxPool(image, this.settings.bins);
  }
}

/** Nearest-neighbour resize to the height and width of the second input: [n, a, b, c], [n, h, w, …] → [n, h, w, c]. */
export class ResizeNearestLike extends NetworkLayer {
  static className = 'ResizeNearestLike';

  protected override shapeOf([n, , , channels]: ImageShape, [, height, width]: ImageShape): ImageShape {
    return [n, height, width, channels];
  }

  protected override compute([image, { shape }]: tf.Tensor4D[]): tf.Tensor4D {
    return resizeNearest(image, shape[1], shape[2]);
  }
}

const layers = [
  ...[DoubleConvolution, ConvolutionNormRelu, Convolution, UpConvolution],
  ...[Join, MaxPool, AdaptiveMaxPool, ResizeNearestLike],
];
// Lets tfjs make a layer again from its saved settings.
for (const layer of layers) tf.serialization.registerClass(layer);
