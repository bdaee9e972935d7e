/** The classes of a cross-validation that keeps several apart, each alone: scores by case, fold and overall. */
import type { CaseList } from '../dataset/caseList.ts';
import { type CohortSummary, summariseCases } from '../evaluate/cohort.ts';
import { type DetectionSummary, summariseDetections } from '../evaluate/detection.ts';
import type { ClassCase } from '../evaluate/files.ts';
import type { ScoredPatientCase } from './cases.ts';
import type { FoldResult } from './result.ts';

/** Whether there is more than one class beside background: then the likeliest is taken, and no threshold. */
export const keepsApart = ({ classes = [] }: Pick<CaseList, 'classes'>): boolean => classes.length > 1;

/** Summaries over some cases of one class. */
interface ClassScope {
  readonly summary: CohortSummary;
  readonly detection: DetectionSummary;
}

/** One class: every test case has a row, with its lesions. */
export interface ClassSummary extends ClassScope {
  readonly name: string;
  readonly cases: readonly (ScoredPatientCase & ClassCase & { readonly fold: number })[];
  readonly folds: readonly (ClassScope & { readonly fold: number })[];
}

const scopeOf = (cases: readonly ClassCase[], seed: number): ClassScope => ({
  summary: summariseCases(cases, seed),
  detection: summariseDetections(cases.map(({ detection }) => detection)),
});

/** The rows of class `c` in the test cases of a fold. */
const rowsOf = ({ fold, cases }: FoldResult, c: number): ClassSummary['cases'] =>
  cases.map(({ patient, group, classes }) => ({ ...classes![c]!, patient, ...(group && { group }), fold }));

/** Every class over the results of the folds, in their order; nothing where one class is all there is. */
export function summariseClasses(list: CaseList, results: readonly FoldResult[], seed: number): ClassSummary[] {
  if (!keepsApart(list)) return [];
  return list.classes!.map(({ name }, c) => {
    const folds = results.map((result) => ({ fold: result.fold, ...scopeOf(rowsOf(result, c), seed) }));
    const cases = results.flatMap((result) => rowsOf(result, c));
    return { name, cases, folds, ...scopeOf(cases, seed) };
  });
}
