/** Classes that are kept apart, by name: which stored label values each of them stands for. */
import { expected } from '../errors.ts';
import { passing, type Schema } from '../io/schema.ts';
import type { LabelClass, LabelMap, OpenOptions } from './caseList.ts';

/** Letters, digits, - and _, for a name becomes a part of file names; `all` is all classes as one. */
const isName = (name: unknown): boolean =>
  typeof name === 'string' && /^[a-z][\w-]{0,39}$/i.test(name) && name.toLowerCase() !== 'all';
const isValue = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0 && Number(value) < 2 ** 15;
const areDifferent = (items: readonly unknown[]): boolean => new Set(items).size === items.length;

/** What the kernels of losses have room for, without background. */
const mostClasses = 63;

function areClasses(given: unknown): given is LabelClass[] {
  if (!Array.isArray(given) || given.length === 0 || given.length > mostClasses) return false;
  const isClass = (one: Partial<LabelClass> | null): boolean =>
    isName(one?.name) && Array.isArray(one?.values) && one.values.length > 0 && one.values.every(isValue);
  if (!given.every(isClass)) return false;
  const classes = given as LabelClass[];
  const names = classes.map(({ name }) => name.toLowerCase());
  return areDifferent(names) && areDifferent(classes.flatMap(({ values }) => values));
}

/** Classes as a file of slices or of a run holds them; names that cannot be parts of file names are refused. */
export const classesSchema: Schema<readonly LabelClass[]> = passing<readonly LabelClass[]>(
  areClasses,
  'a list of classes with names and label values',
);

const labelMapOfClasses = (classes: readonly LabelClass[]): LabelMap =>
  Object.fromEntries(classes.flatMap(({ values }, i) => values.map((value) => [value, i + 1])));

/**
 * Reads `pancreas=1,tumour=2` into classes, in this order; `pancreas=4+5` has two values, and `*=0` takes all values
 * that are not named for background. Throws a UserError for anything else, and for a name or value given twice.
 */
export function parseClasses(text: string): Required<Pick<OpenOptions, 'labelMap' | 'classes'>> & OpenOptions {
  const entries = text.split(',').map((entry) => entry.trim());
  const classes = entries
    .filter((entry) => entry !== '*=0')
    .map((entry): LabelClass => {
      const [, name = '', values = ''] = /^([^=]*)=(\d{1,5}(?:\+\d{1,5})*)$/.exec(entry) ?? [];
      return { name, values: values.split('+').map(Number) };
    });
  if (!areClasses(classes))
    throw expected(
      '--labels with different names and label values, such as pancreas=1,tumour=2 or pancreas=4+5,tumour=1,*=0',
      `"${text}"`,
    );
  const others = classes.length < entries.length && { otherLabels: 'background' as const };
  return { labelMap: labelMapOfClasses(classes), classes, ...others };
}

/** Class numbers as the stored values of `classes`, such as 0, 1, 2 → 0, 1, 7; as they are without classes. */
export function storedValues(
  classNumbers: Uint8Array,
  classes: readonly LabelClass[] | undefined,
): Uint8Array | Int16Array {
  if (!classes) return classNumbers;
  const stored = [0, ...classes.map(({ values }) => values[0]!)];
  const out = new (Math.max(...stored) < 256 ? Uint8Array : Int16Array)(classNumbers.length);
  for (let i = 0; i < out.length; i++) out[i] = stored[classNumbers[i]!]!;
  return out;
}

/** Classes of a network of which nobody knows more than how many there are. */
export const numberedClasses = (count: number): LabelClass[] =>
  Array.from({ length: count }, (_, i) => ({ name: `class-${i + 1}`, values: [i + 1] }));

/** What is put behind a case's name in the files of probabilities: one file, or one for each of several classes. */
export const probabilitySuffixes = (classes: readonly LabelClass[] = []): string[] =>
  classes.length < 2 ? ['_probability'] : classes.map(({ name }) => `_probability_${name}`);

/** Whether two lists name the same classes with the same values, in one order. */
export const areSameClasses = (a?: readonly LabelClass[], b?: readonly LabelClass[]): boolean =>
  JSON.stringify(a?.map(({ name, values }) => [name, values])) ===
  JSON.stringify(b?.map(({ name, values }) => [name, values]));

/** `pancreas=1,tumour=2`, as `--labels` takes it. */
export const describeClasses = (classes: readonly LabelClass[]): string =>
  classes.map(({ name, values }) => `${name}=${values.join('+')}`).join(',');
