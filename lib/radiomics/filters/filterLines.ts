/** Runs a recursive filter over several lines of samples at once. */
import type { RecursiveFilter } from './recursiveGaussian.ts';

/** The recursions look back this far, so that the first and last samples are done on their own. */
export const shortestLine = 4;

/** Samples `i` of all lines, in the order of the recursion; what lies before the first is the first, gone on for ever. */
function startCausal(input: Float64Array, out: Float64Array, lines: number, { causal, causalEdge, d }: RecursiveFilter): void {
  for (let b = 0; b < lines; b++) {
    for (let i = 0; i < shortestLine; i++) {
      const at = (k: number): number => input[b + lines * Math.max(0, i - k)]!;
      const back = (k: number): number => (i >= k ? out[b + lines * (i - k)]! * d[k - 1]! : input[b]! * causalEdge[k - 1]!);
      const fed = at(0) * causal[0] + at(1) * causal[1] + at(2) * causal[2] + at(3) * causal[3];
      out[b + lines * i] = fed - (back(1) + back(2) + back(3) + back(4));
    }
  }
}

function startAnticausal(input: Float64Array, out: Float64Array, lines: number, length: number, { anticausal, anticausalEdge, d }: RecursiveFilter): void {
  for (let b = 0; b < lines; b++) {
    for (let i = 0; i < shortestLine; i++) {
      const last = length - 1;
      const at = (k: number): number => input[b + lines * Math.min(last, last - i + k)]!;
      const back = (k: number): number => (i >= k ? out[b + lines * (last - i + k)]! * d[k - 1]! : input[b + lines * last]! * anticausalEdge[k - 1]!);
      const fed = at(1) * anticausal[0] + at(2) * anticausal[1] + at(3) * anticausal[2] + at(4) * anticausal[3];
      out[b + lines * (last - i)] = fed - (back(1) + back(2) + back(3) + back(4));
    }
  }
}

/**
 * Filters `lines` lines of `length` samples, sample i of line b at [b + lines·i]; needs `shortestLine` samples.
 * The result is forward + backward, which have the size of `input`. Neighbouring lines run in step, so that the
 * processor has as many independent recursions to work on.
 */
export function filterLines(input: Float64Array, forward: Float64Array, backward: Float64Array, lines: number, length: number, filter: RecursiveFilter): void {
  const [d1, d2, d3, d4] = filter.d;
  const [n0, n1, n2, n3] = filter.causal;
  const [m1, m2, m3, m4] = filter.anticausal;
  const [two, three, four] = [2 * lines, 3 * lines, 4 * lines];
  startCausal(input, forward, lines, filter);
  for (let p = four; p < lines * length; p++) {
    const fed = input[p]! * n0 + input[p - lines]! * n1 + input[p - two]! * n2 + input[p - three]! * n3;
    forward[p] = fed - (forward[p - lines]! * d1 + forward[p - two]! * d2 + forward[p - three]! * d3 + forward[p - four]! * d4);
  }
  startAnticausal(input, backward, lines, length, filter);
  for (let p = lines * (length - 4) - 1; p >= 0; p--) {
    const fed = input[p + lines]! * m1 + input[p + two]! * m2 + input[p + three]! * m3 + input[p + four]! * m4;
    backward[p] = fed - (backward[p + lines]! * d1 + backward[p + two]! * d2 + backward[p + three]! * d3 + backward[p + four]! * d4);
  }
}
