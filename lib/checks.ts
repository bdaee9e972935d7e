/** What a value of a configuration must be: in words, and whether a given value is that; where two values differ. */
import { expected } from './errors.ts';

export type Check = readonly [string, (value: unknown) => boolean];

export const number = (what: string, holds: (v: number) => boolean): Check => [
  what,
  (v) => typeof v === 'number' && Number.isFinite(v) && holds(v),
];
export const finite = number('a number', () => true);
export const positive = number('a positive number', (v) => v > 0);
export const count = number('a positive whole number', (v) => v > 0 && Number.isInteger(v));
export const wholeNumber = number('a whole number of 0 or more', (v) => v >= 0 && Number.isInteger(v));
export const yesNo: Check = ['true or false', (v) => typeof v === 'boolean'];
export const orNull = ([what, holds]: Check): Check => [`${what} or null`, (v) => v === null || holds(v)];
export const oneOf = (names: readonly string[]): Check => [
  `one of ${names.join(', ')}`,
  (v) => names.includes(v as string),
];
export const listOf = (what: string, [, holds]: Check, least: number, most = Infinity): Check => [
  what,
  (v) => Array.isArray(v) && v.length >= least && v.length <= most && v.every(holds),
];

/** A value as a sentence shows it. */
export const shown = (value: unknown): string =>
  typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));

/**
 * Throws a sentence for the first of `values` that `table` does not know or does not allow. `option` says what they
 * are, as in `a training option`; `prefix` stands before their names.
 */
export function checkOptions(
  values: object,
  table: Readonly<Record<string, Check>>,
  option: string,
  prefix = '',
): void {
  for (const [key, value] of Object.entries(values)) {
    if (!Object.hasOwn(table, key))
      throw expected(
        `${option} of ${Object.keys(table)
          .map((name) => prefix + name)
          .join(', ')}`,
        `"${prefix}${key}"`,
      );
    const [what, holds] = table[key]!;
    if (!holds(value)) throw expected(`${prefix}${key} to be ${what}`, shown(value));
  }
}

/** Whether two values are written alike as JSON, in the order of their keys. */
export const isSameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The first place where two JSON values differ, as `config.width: 8 and 16`; undefined when they are equal. */
export function firstDifference(a: unknown, b: unknown, at = ''): string | undefined {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return Object.is(a, b) ? undefined : `${at}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference(
      (a as Record<string, unknown>)[key],
      (b as Record<string, unknown>)[key],
      at ? `${at}.${key}` : key,
    );
    if (found) return found;
  }
  return undefined;
}
