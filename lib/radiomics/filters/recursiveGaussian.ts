/**
 * The Gaussian and its second derivative as recursive filters of fourth order along one
 * axis: cost does not grow with sigma.
 *
 * Deriche approximates the Gaussian by h(n) = Σₖ (aₖ cos(wₖ n/σ) + bₖ sin(wₖ n/σ)) exp(lₖ n/σ), k = 1, 2, for n ≥ 0.
 * Its z-transform is a rational function, so that a causal and an anticausal recursion with the same denominator filter
 * exactly with h. Constants: R. Deriche, Recursively implementing the Gaussian and its derivatives, INRIA report 1893,
 * 1993, as refined for the normalised second derivative by G. Farnebäck and C.-F. Westin, Improving Deriche-style
 * recursive Gaussian filters, J. Math. Imaging Vis. 26:293–299, 2006, doi:10.1007/s10851-006-8464-z. The order of
 * operations is that of ITK, because sums of doubles depend on it.
 */
import { exactCos, exactExp, exactSin } from './exactFunctions.ts';

/** Exponents and frequencies of the two terms, the same for all orders. */
const [w1, l1, w2, l2] = [0.6681, -1.3932, 2.0787, -1.3732];
/** [a₁, b₁, a₂, b₂] of the Gaussian and of its second derivative. */
const gaussianTerms = [1.353, 1.8151, -0.3531, 0.0902] as const;
const secondDerivativeTerms = [-1.3563, 5.2318, 0.3446, -2.2355] as const;

export type Four = readonly [number, number, number, number];

/**
 * out(i) = Σ causal[k]·in(i-k) - Σ d[k]·out(i-k-1), and mirrored Σ anticausal[k]·in(i+k+1) - Σ
 * d[k]·out(i+k+1); the two are summed.
 */
export interface RecursiveFilter {
  readonly causal: Four;
  readonly anticausal: Four;
  readonly d: Four;
  /**
   * What replaces d·out before the first and behind the last sample, as multiples of that sample: it goes on for ever.
   */
  readonly causalEdge: Four;
  readonly anticausalEdge: Four;
}

/** Denominator of the z-transform without its leading 1. */
function denominatorOf(sigma: number): Four {
  const [cos1, cos2] = [exactCos(w1 / sigma), exactCos(w2 / sigma)];
  const [exp1, exp2] = [exactExp(l1 / sigma), exactExp(l2 / sigma)];
  return [
    -2 * (exp2 * cos2 + exp1 * cos1),
    4 * cos2 * cos1 * exp1 * exp2 + (exp1 * exp1 + exp2 * exp2),
    -2 * cos1 * exp1 * exp2 * exp2 + -2 * cos2 * exp2 * exp1 * exp1,
    exp1 * exp1 * exp2 * exp2,
  ];
}

/** Numerator of the causal half. */
function numeratorOf(sigma: number, [a1, b1, a2, b2]: Four): Four {
  const [sin1, sin2] = [exactSin(w1 / sigma), exactSin(w2 / sigma)];
  const [cos1, cos2] = [exactCos(w1 / sigma), exactCos(w2 / sigma)];
  const [exp1, exp2] = [exactExp(l1 / sigma), exactExp(l2 / sigma)];
  return [
    a1 + a2,
    exp2 * (b2 * sin2 - (a2 + 2 * a1) * cos2) + exp1 * (b1 * sin1 - (a1 + 2 * a2) * cos1),
    ((a1 + a2) * cos2 * cos1 - (b1 * cos2 * sin1 + b2 * cos1 * sin2)) * (2 * exp1 * exp2) +
      (a2 * exp1 * exp1 + a1 * exp2 * exp2),
    exp2 * exp1 * exp1 * (b2 * sin2 - a2 * cos2) + exp1 * exp2 * exp2 * (b1 * sin1 - a1 * cos1),
  ];
}

const sumOf = ([n0, n1, n2, n3]: Four): number => n0 + n1 + n2 + n3;
const times = (n: Four, factor: number): Four => [n[0] * factor, n[1] * factor, n[2] * factor, n[3] * factor];

/** An even filter from its causal half; constants pass the edges as if the first and last sample went on for ever. */
function evenFilter(causal: Four, d: Four): RecursiveFilter {
  const anticausal: Four = [
    causal[1] - d[0] * causal[0],
    causal[2] - d[1] * causal[0],
    causal[3] - d[2] * causal[0],
    -d[3] * causal[0],
  ];
  const whole = 1 + d[0] + d[1] + d[2] + d[3];
  const edge = (sum: number): Four => d.map((each) => (each * sum) / whole) as unknown as Four;
  return { causal, anticausal, d, causalEdge: edge(sumOf(causal)), anticausalEdge: edge(sumOf(anticausal)) };
}

/** Smoothing with a Gaussian of `sigma` samples; a constant stays what it is. */
export function gaussianFilter(sigma: number): RecursiveFilter {
  const d = denominatorOf(sigma);
  const n = numeratorOf(sigma, gaussianTerms);
  return evenFilter(times(n, 1 / ((2 * sumOf(n)) / (1 + d[0] + d[1] + d[2] + d[3]) - n[0])), d);
}

/** Second derivative of that Gaussian, times `scale`: a constant gives 0 and i²/2 gives `scale`. */
export function secondDerivativeFilter(sigma: number, scale: number): RecursiveFilter {
  const d = denominatorOf(sigma);
  const smooth = numeratorOf(sigma, gaussianTerms);
  const curved = numeratorOf(sigma, secondDerivativeTerms);
  const sd = 1 + d[0] + d[1] + d[2] + d[3];
  const dd = d[0] + 2 * d[1] + 3 * d[2] + 4 * d[3];
  const ed = d[0] + 4 * d[1] + 9 * d[2] + 16 * d[3];
  const first = (n: Four): number => n[1] + 2 * n[2] + 3 * n[3];
  const second = (n: Four): number => n[1] + 4 * n[2] + 9 * n[3];
  // As much of the Gaussian is added as makes the sum over all samples 0.
  const beta = -(2 * sumOf(curved) - sd * curved[0]) / (2 * sumOf(smooth) - sd * smooth[0]);
  const n = [0, 1, 2, 3].map((k) => curved[k]! + beta * smooth[k]!) as unknown as Four;
  const mixed = (moment: (m: Four) => number): number => moment(curved) + beta * moment(smooth);
  const [sn, dn, en] = [mixed(sumOf), mixed(first), mixed(second)];
  const moment = (en * sd * sd - ed * sn * sd - 2 * dn * dd * sd + 2 * dd * dd * sn) / (sd * sd * sd);
  return evenFilter(times(n, scale / moment), d);
}
