/**
 * What the network's own layers share: named weights, settings that are saved with the model, and one image in and out.
 */
import { type BatchNormWeights, type ConvolutionWeights, tf } from 'axunet-engine';

/** Share of the old running statistics kept at each step, as in the reference. */
export const batchNormMomentum = 0.9;

/** How a weight starts; see initialise.ts. */
export type WeightRole = 'convolution' | 'depthwise' | 'transposed' | 'zeros' | 'ones';

export interface LayerConfig {
  name?: string;
}

/** Rows, columns and channels of an image; null where they are not known when the model is built. */
export type ImageShape = [n: number | null, height: number, width: number, channels: number];
type Inputs = tf.Tensor | tf.Tensor[];
type Shapes = tf.Shape | tf.Shape[];

const listOf = <T>(one: T | T[]): T[] => (Array.isArray(one) ? one : [one]);
const shapesOf = (shapes: Shapes): ImageShape[] =>
  (Array.isArray(shapes[0]) ? shapes : [shapes]) as unknown as ImageShape[];

/** An image on its way through a network that is being built. */
export type Node = tf.SymbolicTensor;

/** A layer applied to one or more nodes. */
export const through = (layer: tf.layers.Layer, ...inputs: Node[]): Node =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as Node;

/**
 * A layer on images [n, h, w, c]. `Settings` are what its constructor is given besides a name; they are saved
 * with the model. Layers say three things: their weights (`declareWeights`), the shape that comes out (`shapeOf`)
 * and what they compute (`compute`).
 */
export abstract class NetworkLayer<Settings extends object = object> extends tf.layers.Layer {
  /** Local name (`conv1/kernel`) to weight, in the order of creation. */
  readonly named = new Map<string, tf.LayerVariable>();
  readonly roles = new Map<string, WeightRole>();
  protected readonly settings: Settings;

  constructor(config: LayerConfig & Settings) {
    super(config);
    this.settings = config;
  }

  /** Declares the weights, for images of so many channels. */
  protected declareWeights(_channels: number): void {}

  /** The shape of the output for inputs of these shapes. */
  protected abstract shapeOf(...inputs: ImageShape[]): ImageShape;

  /** The output for one or more images. Tensors made on the way are disposed. */
  protected abstract compute(images: tf.Tensor4D[], training: boolean): tf.Tensor4D;

  override build(shapes: Shapes): void {
    this.declareWeights(shapesOf(shapes)[0][3]);
    super.build(shapes);
  }

  override call(inputs: Inputs, { training = false }: { training?: boolean }): tf.Tensor {
    return tf.tidy(() => this.compute(listOf(inputs) as tf.Tensor4D[], training));
  }

  override computeOutputShape(shapes: Shapes): tf.Shape {
    return this.shapeOf(...shapesOf(shapes));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.settings };
  }

  private weight(name: string, shape: number[], role: WeightRole, trainable = true): void {
    const initializer = role === 'ones' ? tf.initializers.ones() : tf.initializers.zeros();
    this.named.set(name, this.addWeight(name, shape, 'float32', initializer, undefined, trainable));
    this.roles.set(name, role);
  }

  private read<T extends tf.Tensor>(name: string): T {
    return this.named.get(name)!.read() as T;
  }

  /**
   * Declares kernel and bias of a convolution: [k, k, in, out], depthwise [k, k, channels,
   * 1], transposed [2, 2, out, in].
   */
  protected declareConvolution(name: string, kernel: number[], role: WeightRole = 'convolution'): void {
    this.weight(`${name}/kernel`, kernel, role);
    this.weight(`${name}/bias`, [kernel[role === 'convolution' ? 3 : 2]], 'zeros');
  }

  protected declareBatchNorm(name: string, channels: number): void {
    this.weight(`${name}/gamma`, [channels], 'ones');
    this.weight(`${name}/beta`, [channels], 'zeros');
    this.weight(`${name}/mean`, [channels], 'zeros', false);
    this.weight(`${name}/variance`, [channels], 'ones', false);
  }

  protected convolution(name: string): ConvolutionWeights {
    return { kernel: this.read(`${name}/kernel`), bias: this.read(`${name}/bias`) };
  }

  protected batchNorm(name: string): BatchNormWeights {
    return {
      gamma: this.read(`${name}/gamma`),
      beta: this.read(`${name}/beta`),
      mean: this.read(`${name}/mean`),
      variance: this.read(`${name}/variance`),
    };
  }
}
