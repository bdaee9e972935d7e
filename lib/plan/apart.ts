/** A set with its foreground values apart, so that a planner sees each of them, whatever is trained in the end. */
import type { CaseList, LabelClass } from '../dataset/caseList.ts';

/** A name as classes may have it, else a number. */
const className = (name: string | undefined, value: number): string =>
  name !== undefined && /^[a-z][\w-]{0,39}$/i.test(name) && name.toLowerCase() !== 'all' ? name : `value-${value}`;

/**
 * The list with a class for each stored value that means foreground, in rising order of the values; as it is where
 * there is but one, and where classes are kept apart already. Two values of one name get numbers.
 */
export function withValuesApart(set: CaseList): CaseList {
  const values = Object.entries(set.labelMap)
    .filter(([value, found]) => found !== 0 && value !== '0')
    .map(([value]) => Number(value))
    .sort((a, b) => a - b);
  if (set.classes || values.length < 2 || set.kind === '2d') return set;
  const names = values.map((value) => className(set.labelNames?.[value], value));
  const areDifferent = new Set(names.map((name) => name.toLowerCase())).size === names.length;
  const classes = values.map(
    (value, i): LabelClass => ({ name: areDifferent ? names[i]! : `value-${value}`, values: [value] }),
  );
  const labelMap = { ...set.labelMap, ...Object.fromEntries(values.map((value, i) => [value, i + 1])) };
  return { ...set, labelMap, classes };
}
