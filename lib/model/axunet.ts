/**
 * AX-Unet: a U-Net with separable convolutions, an ASPP block at the bottleneck and residual shortcuts.
 *
 *     image ─ c1 ─────────────────────────────────────────────────────── c9 ─ c10 ─ logits
 *              └ p1 ─ c2 ───────────────────────────────────────── c8 ─ up9
 *                      └ p2 ─ c3 ─────────────────────────── c7 ─ up8
 *                              └ p4 ─ c4 ───────────── c6 ─ up7
 *                                      └ p5 ─ c5 ─ ASPP ─ up6
 *
 * The ASPP block is in aspp.ts, the layers are in blocks.ts; their names are the reference's. Source: Yang et al. 2022,
 * doi 10.3389/fonc.2022.894970, and its public code.
 */
import { tf } from 'axunet-engine';
import { expected } from '../errors.ts';
import { asppHead } from './aspp.ts';
import { Convolution, DoubleConvolution, Join, MaxPool, UpConvolution } from './blocks.ts';
import { initialiseWeights } from './initialise.ts';
import { type Node, through } from './layer.ts';

/** The networks that `createAxUnet` can build: the published one, two of the authors' files, and three ablations. */
export const variants = ['residual', 'plain', 'grouped', 'unet', 'unet-aspp', 'unet-sep'] as const;
/**
 * `residual`: the network of the reference's training run. `plain`: the same without shortcuts. `grouped`:
 * U-Net + ASPP with grouped convolutions after each skip. The others are ablations: U-Net alone, with
 * ASPP, with separable convolutions.
 */
export type Variant = (typeof variants)[number];

/** What decides about the layers of a network; sizes are [height, width] in pixels. */
export interface ModelConfig {
  variant: Variant;
  /** Channels of the first level; every other channel number is a multiple of it. The paper's network has 64. */
  width: number;
  /** Height and width of the input, multiples of 16. */
  inputSize: readonly [number, number];
  /** Neighbouring slices seen as channels. */
  inputChannels: number;
  /** Output channels, background first. */
  classes: number;
  /** Dilations of the three 3×3 branches of the ASPP block. */
  asppRates: readonly [number, number, number];
}

/** The network of the paper at full size. */
export const defaultModel: ModelConfig = {
  variant: 'residual',
  width: 64,
  inputSize: [512, 512],
  inputChannels: 3,
  classes: 2,
  asppRates: [2, 4, 6],
};

interface Parts {
  separable: boolean;
  aspp: boolean;
  shortcuts: boolean;
  grouped: boolean;
}
const parts: Record<Variant, Parts> = {
  residual: { separable: true, aspp: true, shortcuts: true, grouped: false },
  plain: { separable: true, aspp: true, shortcuts: false, grouped: false },
  grouped: { separable: false, aspp: true, shortcuts: false, grouped: true },
  unet: { separable: false, aspp: false, shortcuts: false, grouped: false },
  'unet-aspp': { separable: false, aspp: true, shortcuts: false, grouped: false },
  'unet-sep': { separable: true, aspp: false, shortcuts: false, grouped: false },
};

const pool = (name: string, x: Node): Node => through(new MaxPool({ name }), x);
const add = (name: string, a: Node, b: Node): Node => through(tf.layers.add({ name }), a, b);
const concat = (name: string, ...x: Node[]): Node => through(new Join({ name }), ...x);

/** Checks a configuration and fills in the defaults. Throws on a size that the four poolings cannot halve. */
export function modelConfig(given: Partial<ModelConfig> = {}): ModelConfig {
  const config = { ...defaultModel, ...given };
  if (!variants.includes(config.variant)) throw expected(`a variant of ${variants.join(', ')}`, `"${config.variant}"`);
  for (const length of config.inputSize) {
    if (!Number.isInteger(length) || length < 16 || length % 16)
      throw expected('input height and width divisible by 16', config.inputSize.join(' × '));
  }
  for (const [name, value] of Object.entries({
    width: config.width,
    inputChannels: config.inputChannels,
    classes: config.classes,
  })) {
    if (!Number.isInteger(value) || value < 1) throw expected(`a positive whole number as ${name}`, `${value}`);
  }
  return config;
}

/**
 * Builds the network: images [n, h, w, inputChannels] to logits [n, h, w, classes] (no softmax; losses take logits).
 * With a seed the weights start as the reference's do; without one they are zero, to be loaded.
 */
export function createAxUnet(given: Partial<ModelConfig> = {}, seed?: number): tf.LayersModel {
  const config = modelConfig(given);
  const { separable, aspp, shortcuts, grouped } = parts[config.variant];
  const w = config.width;
  const block = (name: string, filters: number, x: Node, sep = separable): Node =>
    through(new DoubleConvolution({ name, filters, separable: sep }), x);
  const shortcut = (name: string, filters: number, x: Node): Node =>
    through(new Convolution({ name, filters, kernelSize: 1, stride: 2 }), x);

  // Encoder. The shortcuts carry a linear, halved copy past each level; c3 takes p2 alone, as its authors intend.
  const image = tf.input({ name: 'image', shape: [...config.inputSize, config.inputChannels] });
  const c1 = block('c1', w, image, false);
  const p1 = pool('p1', c1);
  const c2 = block('c2', 2 * w, p1);
  const p2 = pool('p2', c2);
  const sum2 = shortcuts ? add('sum2', shortcut('s1', 2 * w, p1), p2) : p2;
  const c3 = block('c3', 4 * w, p2);
  const p4 = pool('p4', c3);
  const sum3 = shortcuts ? add('sum3', shortcut('s2', 4 * w, sum2), p4) : p4;
  const c4 = block('c4', 8 * w, sum3);
  const p5 = pool('p5', c4);
  const sum4 = shortcuts ? add('sum4', shortcut('s3', 8 * w, sum3), p5) : p5;
  const c5 = block('c5', 16 * w, sum4);

  // Decoder: double the size, join the encoder's features of that size, convolve.
  const level = (k: number, filters: number, x: Node, skip: Node): Node => {
    const joined = concat(`skip${k}`, through(new UpConvolution({ name: `up${k}`, filters }), x), skip);
    const merged = grouped
      ? through(new Convolution({ name: `merge${k}`, filters: 2 * filters, kernelSize: 3, groups: 2 }), joined)
      : joined;
    return block(`c${k}`, filters, merged);
  };
  const c6 = level(6, 8 * w, aspp ? asppHead(c5, w, config.asppRates) : c5, c4);
  const c7 = level(7, 4 * w, c6, c3);
  const c8 = level(8, 2 * w, c7, c2);
  const c9 = level(9, w, c8, c1);
  const logits = through(new Convolution({ name: 'c10', filters: config.classes, kernelSize: 1 }), c9);

  const model = tf.model({ name: `axunet_${config.variant.replace('-', '_')}_${w}`, inputs: image, outputs: logits });
  if (seed !== undefined) initialiseWeights(model, seed);
  return model;
}
