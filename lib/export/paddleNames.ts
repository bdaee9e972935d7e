/**
 * What the weights of the paper's network are called in the files of its public code: facts of that code, found by
 * running it (docs/differences.md). Ours are `layer/part/weight`, theirs the path of attributes in PaddlePaddle.
 */
import { variants } from '../model/axunet.ts';

type Variant = (typeof variants)[number];

/** The last word: of a convolution, and of batch norm. */
const weightWords: Readonly<Record<string, string>> = { kernel: 'weight', bias: 'bias' };
const normWords: Readonly<Record<string, string>> = {
  gamma: 'weight',
  beta: 'bias',
  mean: '_mean',
  variance: '_variance',
};

/** Parts of the blocks c1 … c9. */
const blockParts: Readonly<Record<string, string>> = {
  conv1: '0',
  pointwise: '0.pointwise_conv',
  depthwise: '0.depthwise_conv',
  bn1: '1',
  conv2: '2',
  bn2: '3',
};

const head = 'deeplabhead.head';
/** Convolution and batch norm of the ASPP block and the head. */
const headParts: Readonly<Record<string, readonly [conv: string, norm?: string]>> = {
  aspp0: [`${head}.0.features.0.0`, `${head}.0.features.0.1`],
  aspp1: [`${head}.0.features.1.asppconv.0`, `${head}.0.features.1.asppconv.1`],
  aspp2: [`${head}.0.features.2.asppconv.0`, `${head}.0.features.2.asppconv.1`],
  aspp3: [`${head}.0.features.3.asppconv.0`, `${head}.0.features.3.asppconv.1`],
  aspp4_3x3: [`${head}.0.features.4.features.0`, `${head}.0.features.4.features.1`],
  aspp_project: [`${head}.0.project.0`, `${head}.0.project.1`],
  head_conv: [`${head}.1`, `${head}.2`],
  head_out: [`${head}.3`],
};

/** `s1` → `short1`, `merge6` → `merge6_conv`; `up6` and `c10` are called so there too. */
function single(layer: string): string {
  if (/^s\d$/.test(layer)) return layer.replace('s', 'short');
  return layer.startsWith('merge') ? `${layer}_conv` : layer;
}

/** The reference's name of one of our weights: `c2/bn1/gamma` → `c2.layers.1.weight`. */
export function paddleName(weight: string): string {
  const [layer, part, word] = weight.split('/') as [string, string, string];
  const isNorm = part.startsWith('bn');
  const last = isNorm ? normWords[word] : weightWords[word];
  if (/^c\d$/.test(layer)) return `${layer}.layers.${blockParts[part]}.${last}`;
  const inHead = headParts[layer];
  return `${inHead ? inHead[isNorm ? 1 : 0] : single(layer)}.${last}`;
}

/**
 * The variant that has the weights of these names. The class whose shortcuts are built and not called has the same
 * names as the one that calls them: both are read as `residual`.
 */
export function variantOfNames(names: ReadonlySet<string>): Variant {
  const has = (weight: string): boolean => names.has(paddleName(weight));
  if (has('merge6/conv/kernel')) return 'grouped';
  const isSeparable = has('c2/pointwise/kernel');
  if (!has('aspp_project/conv/kernel')) return isSeparable ? 'unet-sep' : 'unet';
  if (!isSeparable) return 'unet-aspp';
  return has('s1/conv/kernel') ? 'residual' : 'plain';
}
