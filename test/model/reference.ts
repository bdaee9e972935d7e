/**
 * Reads values of the reference network (reference-8.json, formulas in its `how`) and puts its weights into ours.
 */
import { tf } from '../../lib/engine/engine.ts';
import type { Variant } from '../../lib/model/axunet.ts';
import { NetworkLayer } from '../../lib/model/layer.ts';

export interface Stats {
  shape: number[];
  mean: number;
  std: number;
  min: number;
  max: number;
  v: number[];
}
type Parameter = [p: number, name: string, shape: number[], role: string, live: number, norm: number];
export interface Pass {
  logits: Stats;
  layers?: Record<string, Stats>;
}
export interface TrainPass extends Pass {
  loss_mean_sq?: number;
  grads?: Record<string, number[]>;
  bn_after?: Record<string, number[]>;
}
export interface Run {
  variant: string;
  base: number;
  input: [number, number, number, number];
  counts: { live: number; live_trainable: number };
  params: Parameter[];
  eval: Pass;
  train?: TrainPass;
  grads_that_are_zero_in_exact_arithmetic?: (string | number)[];
  float32_vs_float64?: Record<string, unknown>;
}
export interface Steps {
  variant: string;
  base: number;
  input: [number, number, number, number];
  steps: number;
  float64: {
    loss: number[];
    ce: number[];
    dice_term: number[];
    eval_loss_after: number;
    param_norms_after: Record<string, number[]>;
  };
}
export interface Reference {
  runs: Run[];
  train_steps?: Steps | Steps[];
}

/** Names of the variants in reference files, and ours. The file's `withsep` uses the rates 12, 24, 36. */
const variantNames: Record<string, { variant: Variant; asppRates?: [number, number, number] }> = {
  residual: { variant: 'residual' },
  plain: { variant: 'plain' },
  unet: { variant: 'unet' },
  withsep: { variant: 'grouped', asppRates: [12, 24, 36] },
  grouped: { variant: 'grouped', asppRates: [12, 24, 36] },
  aspp_no_sep: { variant: 'unet-aspp' },
  'unet-aspp': { variant: 'unet-aspp' },
  sep_no_aspp: { variant: 'unet-sep' },
  'unet-sep': { variant: 'unet-sep' },
};

/** Our configuration for a reference run, or undefined for a network that is not one of the six. */
export const variantOf = (name: string): { variant: Variant; asppRates?: [number, number, number] } | undefined =>
  variantNames[name];

/** The integer hash of `how.init`: uniform in [0, 1). */
export function hashUniform(j: number, p: number): number {
  const M = 16777213;
  const h1 = modulo(48271 * j + 7919 * (p + 1) + 12345, M);
  const h2 = modulo(h1 * h1 + j, M);
  return modulo(69621 * h2 + p + 1, M) / M;
}
/**
 * Six times faster than `%` and exact here: all numbers are below 2^53 and the quotient's rounding is far below 1 / M.
 */
const modulo = (a: number, m: number): number => a - Math.floor(a / m) * m;

/** Initial values of parameter p, flat in the reference's own layout. */
function initialValues([p, , shape, role]: Parameter): Float64Array {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = new Float64Array(size);
  const fanIn = role === 'convT_weight' ? shape[0]! : shape.slice(1).reduce((a, b) => a * b, 1);
  const formula: Record<string, (j: number) => number> = {
    bias: (j) => 0.01 * Math.cos(j + p),
    bn_gamma: (j) => 1 + 0.1 * Math.sin(j + p),
    bn_beta: (j) => 0.05 * Math.cos(j),
    bn_mean: (j) => 0.02 * Math.sin(j),
    bn_var: (j) => 1 + 0.1 * Math.cos(j) ** 2,
  };
  const of = formula[role] ?? ((j: number) => (2 * hashUniform(j, p) - 1) * Math.sqrt(6 / fanIn));
  for (let j = 0; j < size; j++) values[j] = of(j);
  return values;
}

/** Reference parameter name → our layer and weight. Every reference class uses the same names for the same layers. */
export function ourName(name: string): string {
  const block = /^(c\d)\.layers\.(\d)\.(.*)$/.exec(name);
  if (block) {
    const [, layer, index, rest] = block as unknown as [string, string, string, string];
    const separable = /^(pointwise|depthwise)_conv\.(.*)$/.exec(rest);
    if (separable) return `${layer}/${separable[1]}/${leaf(separable[2]!)}`;
    const isConvolution = index === '0' || index === '2';
    const within = { 0: 'conv1', 1: 'bn1', 2: 'conv2', 3: 'bn2' }[index];
    return `${layer}/${within}/${isConvolution ? leaf(rest) : normLeaf(rest)}`;
  }
  const convNorm = (layer: string, index: string, rest: string): string =>
    `${layer}/${index === '0' ? `conv/${leaf(rest)}` : `bn/${normLeaf(rest)}`}`;
  const branch = /features\.(\d)\.(?:asppconv\.|features\.)?(\d)\.(.*)$/.exec(name);
  if (branch) return convNorm(branch[1] === '4' ? 'aspp4_3x3' : `aspp${branch[1]}`, branch[2]!, branch[3]!);
  const project = /project\.(\d)\.(.*)$/.exec(name);
  if (project) return convNorm('aspp_project', project[1]!, project[2]!);
  const head = /head\.(\d)\.(\w+)$/.exec(name);
  if (head)
    return head[1] === '3'
      ? `head_out/conv/${leaf(head[2]!)}`
      : convNorm('head_conv', head[1] === '1' ? '0' : '1', head[2]!);
  const single = /^(up|c10|short|merge)(\d*)(?:_conv)?\.(.*)$/.exec(name)!;
  return `${single[1] === 'short' ? `s${single[2]}` : single[1]! + single[2]!}/conv/${leaf(single[3]!)}`;
}
const leaf = (name: string): string => (name === 'weight' ? 'kernel' : 'bias');
const normLeaf = (name: string): string =>
  ({ weight: 'gamma', bias: 'beta', _mean: 'mean', _variance: 'variance' })[name]!;

/**
 * Reference layout → ours: conv [out, in, kh, kw] → [kh, kw, in, out]; transposed [in, out, kh, kw] →
 * [kh, kw, out, in]; depthwise → [kh, kw, c, 1].
 */
const permutation: Record<string, [number, number, number, number]> = {
  conv_weight: [2, 3, 1, 0],
  grouped2_weight: [2, 3, 1, 0],
  convT_weight: [2, 3, 1, 0],
  depthwise_weight: [2, 3, 0, 1],
};

/**
 * A tensor of ours in the reference's layout, flat. In JavaScript, because TensorFlow's own
 * transposition takes minutes here.
 */
export function inReferenceLayout(tensor: tf.Tensor, role: string): Float32Array {
  const data = tensor.dataSync<'float32'>() as Float32Array;
  if (!permutation[role]) return data;
  const [height, width, third, fourth] = tensor.shape as [number, number, number, number];
  // [kh, kw, c, 1] → [c, 1, kh, kw]; the others → [fourth, third, kh, kw]
  const depthwise = role === 'depthwise_weight';
  const taps = height * width;
  const out = new Float32Array(data.length);
  for (let k = 0; k < taps; k++)
    for (let a = 0; a < third; a++)
      for (let b = 0; b < fourth; b++) {
        out[(depthwise ? a : b * third + a) * taps + k] = data[(k * third + a) * fourth + b]!;
      }
  return out;
}

/** Our weights by name, of a built model. */
export function namedWeights(model: tf.LayersModel): Map<string, tf.LayerVariable> {
  const all = new Map<string, tf.LayerVariable>();
  for (const layer of model.layers)
    if (layer instanceof NetworkLayer) for (const [name, w] of layer.named) all.set(`${layer.name}/${name}`, w);
  return all;
}

/**
 * Sets every weight by the formulas; checks on the way that norms equal the file's, so
 * that the formulas are read right.
 */
export function setReferenceWeights(model: tf.LayersModel, params: Parameter[]): void {
  const weights = namedWeights(model);
  for (const parameter of params) {
    const [, name, shape, role, live, norm] = parameter;
    if (!live) continue;
    const values = initialValues(parameter);
    let squares = 0;
    for (let j = 0; j < values.length; j++) squares += values[j]! ** 2;
    const length = Math.sqrt(squares);
    if (Math.abs(length - norm) > 1e-6 * norm) throw new Error(`${name}: norm ${length}, expected ${norm}`);
    const weight = weights.get(ourName(name));
    if (!weight) throw new Error(`no weight ${ourName(name)} for ${name}`);
    tf.tidy(() => {
      const tensor = tf.tensor(new Float32Array(values), shape);
      weight.write(permutation[role] ? tf.transpose(tensor, permutation[role]) : tensor);
    });
    weights.delete(ourName(name));
  }
  if (weights.size) throw new Error(`weights without a reference value: ${[...weights.keys()].join(', ')}`);
}

/** The input image of `how.input`, as NHWC. */
export function referenceInput([n, channels, height, width]: [number, number, number, number]): tf.Tensor4D {
  const data = new Float32Array(n * height * width * channels);
  let k = 0;
  for (let b = 0; b < n; b++)
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++)
        for (let c = 0; c < channels; c++) {
          data[k++] =
            Math.sin(0.05 * i * (c + 1) + 0.7 * b) * Math.cos(0.03 * j * (b + 1)) +
            0.3 * Math.sin(1.3 * i + 2.1 * j + 0.9 * c) +
            0.1 * c;
        }
  return tf.tensor4d(data, [n, height, width, channels]);
}

/** The ellipse of `train_steps.how`, class numbers [n, h, w]. */
export function referenceLabels([n, , height, width]: [number, number, number, number]): tf.Tensor3D {
  const data = new Int32Array(n * height * width);
  let k = 0;
  for (let b = 0; b < n; b++)
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++) {
        data[k++] =
          ((i - 0.5 * height - 2 * b) / (0.2 * height)) ** 2 + ((j - 0.4 * width) / (0.3 * width)) ** 2 <= 1 ? 1 : 0;
      }
  return tf.tensor3d(data, [n, height, width], 'int32');
}

/** Statistics and sampled values of an NHWC tensor, in the reference's NCHW order. */
export function statsOf(tensor: tf.Tensor4D, count: number): Stats {
  const [n, height, width, channels] = tensor.shape;
  const data = tensor.dataSync() as Float32Array;
  const pixels = height * width;
  let [sum, squares, min, max] = [0, 0, Infinity, -Infinity];
  for (const v of data) {
    sum += v;
    min = Math.min(min, v);
    max = Math.max(max, v);
  }
  const mean = sum / data.length;
  for (const v of data) squares += (v - mean) ** 2;
  const at = (flat: number): number => {
    const [b, c, pixel] = [Math.floor(flat / (channels * pixels)), Math.floor(flat / pixels) % channels, flat % pixels];
    return data[(b * pixels + pixel) * channels + c]!;
  };
  const v = Array.from({ length: count }, (_, q) => at((7919 * q + 13) % data.length));
  return { shape: [n, channels, height, width], mean, std: Math.sqrt(squares / data.length), min, max, v };
}

/**
 * The reference's own training loss: q = log-sigmoid of the logits, p = softmax over q, cross-entropy plus a "Dice"
 * over both classes that is really mean(1 − p_y). It lives in the tests, for comparison with the reference alone.
 */
export function referenceLoss(
  logits: tf.Tensor4D,
  labels: tf.Tensor3D,
): { loss: tf.Scalar; ce: tf.Scalar; dice: tf.Scalar } {
  const truth = tf.oneHot(labels, 2);
  // tf.logSigmoid has a gradient that reads a freed tensor
  const logP = tf.logSoftmax(tf.neg(tf.softplus(tf.neg(logits))));
  const logPy = tf.sum(tf.mul(truth, logP), -1);
  const ce = tf.neg(tf.mean(logPy)) as tf.Scalar;
  const dice = tf.mean(tf.sub(1, tf.div(tf.mul(2, tf.exp(logPy)), 2 + 1e-5))) as tf.Scalar;
  return { loss: tf.add(ce, dice), ce, dice };
}
