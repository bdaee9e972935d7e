/** What the network's own layers share: named weights, and convolution steps built from them. */
import { tf } from 'axunet-engine/engine';
import { preparingTrace } from 'axunet-engine/graph/tracing';
import { batchNormReluInference, batchNormReluTraining, foldBatchNorm } from 'axunet-engine/ops/batchNormRelu';
import { convolution, convolutionRelu } from 'axunet-engine/ops/convolution';
import { movingAverage } from 'axunet-engine/ops/movingAverage';

/** Share of the old running statistics kept at each step, as in the reference. */
export const batchNormMomentum = 0.9;

/** How a weight starts; see initialise.ts. */
export type WeightRole = 'convolution' | 'depthwise' | 'transposed' | 'zeros' | 'ones';

export type Arguments = { training?: boolean };

export abstract class NetworkLayer extends tf.layers.Layer {
  /** Local name (`conv1/kernel`) to weight, in the order of creation. */
  readonly named = new Map<string, tf.LayerVariable>();
  readonly roles = new Map<string, WeightRole>();

  protected weight(name: string, shape: number[], role: WeightRole, trainable = true): void {
    const initializer = role === 'ones' ? tf.initializers.ones() : tf.initializers.zeros();
    this.named.set(name, this.addWeight(name, shape, 'float32', initializer, undefined, trainable));
    this.roles.set(name, role);
  }

  protected read<T extends tf.Tensor>(name: string): T {
    return this.named.get(name)!.read() as T;
  }

  protected convolutionWeights(name: string, kernel: number[], role: WeightRole = 'convolution'): void {
    this.weight(`${name}/kernel`, kernel, role);
    this.weight(`${name}/bias`, [role === 'depthwise' || role === 'transposed' ? kernel[2]! : kernel[3]!], 'zeros');
  }

  protected batchNormWeights(name: string, channels: number): void {
    this.weight(`${name}/gamma`, [channels], 'ones');
    this.weight(`${name}/beta`, [channels], 'zeros');
    this.weight(`${name}/mean`, [channels], 'zeros', false);
    this.weight(`${name}/variance`, [channels], 'ones', false);
  }

  /**
   * Convolution `conv` followed by batch norm `norm` and ReLU. In training the convolution's bias is not added:
   * subtracting the batch mean cancels it, so its gradient is exactly zero. It only shifts the running mean.
   */
  protected convolutionNormRelu(
    image: tf.Tensor4D,
    conv: string,
    norm: string,
    training: boolean,
    dilation = 1,
  ): tf.Tensor4D {
    if (!training && preparingTrace()) {
      const { kernel, bias } = this.folded(conv, norm);
      return convolutionRelu(image, kernel, bias, dilation);
    }
    const z = convolution(image, this.read(`${conv}/kernel`), training ? undefined : this.read(`${conv}/bias`), {
      dilation,
    });
    return this.normRelu(z, conv, norm, training);
  }

  /** Kernel and bias of convolution `conv` with batch norm `norm` in them. */
  protected folded(conv: string, norm: string): ReturnType<typeof foldBatchNorm> {
    const numbers = ['gamma', 'beta', 'mean', 'variance'].map((name) => this.read<tf.Tensor1D>(`${norm}/${name}`));
    return foldBatchNorm(
      this.read(`${conv}/kernel`),
      this.read(`${conv}/bias`),
      numbers,
      this.roles.get(`${conv}/kernel`) === 'depthwise',
    );
  }

  /** Batch norm and ReLU of `z`, which lacks the bias of `conv` in training and has it otherwise. */
  protected normRelu(z: tf.Tensor4D, conv: string, norm: string, training: boolean): tf.Tensor4D {
    const [gamma, beta] = [this.read<tf.Tensor1D>(`${norm}/gamma`), this.read<tf.Tensor1D>(`${norm}/beta`)];
    if (!training) {
      return batchNormReluInference(z, gamma, beta, this.read(`${norm}/mean`), this.read(`${norm}/variance`));
    }
    return batchNormReluTraining(z, gamma, beta, (mean, variance) => {
      this.follow(`${norm}/mean`, tf.add(mean, this.read(`${conv}/bias`)));
      this.follow(`${norm}/variance`, variance);
    });
  }

  private follow(name: string, batch: tf.Tensor): void {
    const running = this.named.get(name)!;
    running.write(movingAverage(running.read(), batch, batchNormMomentum));
  }
}

/** The one image tensor that a layer gets, [n, h, w, c]. */
export const only = (inputs: tf.Tensor | tf.Tensor[]): tf.Tensor4D =>
  (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;

/** The shape of a layer's one input. */
export const onlyShape = (shape: tf.Shape | tf.Shape[]): (number | null)[] =>
  (Array.isArray(shape[0]) ? shape[0] : shape) as (number | null)[];
