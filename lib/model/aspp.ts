/**
 * Atrous spatial pyramid pooling (ASPP), the bottleneck of AX-Unet, and the head behind it.
 *
 *     c5 ─┬─ aspp0             1×1 ─────────────────────────┐
 *         ├─ aspp1 … aspp3     3×3, dilated by the rates ───┤
 *         └─ aspp4_pool ─ aspp4_3x3 ─ aspp4                 ├─ aspp_join ─ aspp_project ─ head_conv ─ head_out
 *            3 × 3 maxima, 1×1, back to the size of c5 ─────┘             1×1            3×3         1×1, linear
 *
 * The rates are 2, 4 and 6 unless told otherwise; aspp_join puts the five branches one behind the other along the
 * channels; the 3 × 3 maxima are of nine parts of the whole picture, not of a moving window. Every convolution but
 * head_out is followed by batch norm and ReLU.
 *
 * Source: Yang et al. 2022, doi 10.3389/fonc.2022.894970, and its public code.
 */
import { AdaptiveMaxPool, Convolution, ConvolutionNormRelu, Join, ResizeNearestLike } from './blocks.ts';
import { type Node, through } from './layer.ts';

/**
 * The bottleneck seen at five scales (1×1, three dilated 3×3, pooled to 3×3), joined along channels and projected;
 * then the head's 3×3 and linear 1×1 convolution. `c5` [n, h, w, 16 width] → the same shape; `rates` are the three
 * dilations.
 */
export function asppHead(c5: Node, width: number, rates: readonly [number, number, number]): Node {
  const branch = (name: string, kernelSize: number, x: Node, dilation = 1, filters = 4 * width): Node =>
    through(new ConvolutionNormRelu({ name, filters, kernelSize, dilation }), x);
  const local = branch('aspp0', 1, c5);
  const dilated = rates.map((rate, i) => branch(`aspp${i + 1}`, 3, c5, rate));
  const pooled = branch('aspp4_3x3', 1, through(new AdaptiveMaxPool({ name: 'aspp4_pool', bins: 3 }), c5));
  const context = through(new ResizeNearestLike({ name: 'aspp4' }), pooled, c5);
  const joined = through(new Join({ name: 'aspp_join' }), local, ...dilated, context);
  const projected = branch('aspp_project', 1, joined);
  const head = branch('head_conv', 3, projected, 1, 8 * width);
  return through(new Convolution({ name: 'head_out', filters: 16 * width, kernelSize: 1 }), head);
}
