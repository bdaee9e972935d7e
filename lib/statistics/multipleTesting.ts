/**
 * Corrections for testing many hypotheses at once. Each gives adjusted p values in
 * input order: reject where one is ≤ α.
 *
 * With p₍₁₎ ≤ … ≤ p₍ₘ₎: Bonferroni m·p; Holm max over j ≤ k of (m − j + 1)·p₍ⱼ₎; Benjamini-Hochberg min over j ≥ k of
 * m·p₍ⱼ₎/j; each at most 1.
 */
import { expected } from '../errors.ts';
import { checkList, type Sample, shownArgument } from './sample.ts';

function checkP(p: Sample): void {
  checkList(p, 'the p values');
  for (let i = 0; i < p.length; i++)
    if (!(typeof p[i] === 'number' && p[i]! >= 0 && p[i]! <= 1))
      throw expected('p values between 0 and 1', `${shownArgument(p[i])} at position ${i}`);
}

/** Positions from the smallest p to the largest. */
const ascending = (p: Sample): number[] => Array.from({ length: p.length }, (_, i) => i).sort((i, j) => p[i]! - p[j]!);

/** Bonferroni: m·p. Holds the family-wise error rate under any dependence. Empty gives empty; refuses NaN. */
export function bonferroni(p: Sample): number[] {
  checkP(p);
  return Array.from(p, (value) => Math.min(1, value * p.length));
}

/** Holm 1979: family-wise as Bonferroni, never less powerful. Empty gives empty; refuses NaN. */
export function holm(p: Sample): number[] {
  checkP(p);
  const adjusted = new Array<number>(p.length);
  let largest = 0;
  ascending(p).forEach((position, k) => {
    largest = Math.max(largest, (p.length - k) * p[position]!);
    adjusted[position] = Math.min(1, largest);
  });
  return adjusted;
}

/**
 * Benjamini & Hochberg 1995 (doi 10.1111/j.2517-6161.1995.tb02031.x): holds the false discovery rate of independent or
 * positively dependent tests. SciPy's `false_discovery_control`. Empty gives empty; refuses NaN.
 */
export function benjaminiHochberg(p: Sample): number[] {
  checkP(p);
  const adjusted = new Array<number>(p.length);
  let smallest = 1;
  ascending(p)
    .reverse()
    .forEach((position, k) => {
      smallest = Math.min(smallest, (p[position]! * p.length) / (p.length - k));
      adjusted[position] = smallest;
    });
  return adjusted;
}
