/** What a JSON file must hold, said once as a schema, and the sentence for a file that holds something else. */
import * as v from 'valibot';
import { aName, expected, isName, messageOf, shownText, UserError } from '../errors.ts';
import { textKind } from './fileKind.ts';
import { readText } from './files.ts';

/** The shape of a value. A schema checks and never changes: what was read comes back as it is, unknown keys too. */
export type Schema<T> = v.GenericSchema<unknown, T>;

export const text = v.string();
/** The name of a patient, a case, a set: what is printed in tables and becomes a part of file names. */
export const oneLine = v.pipe(v.string(), v.check(isName, aName));
export const realNumber = v.pipe(
  v.number(),
  v.check((value: number) => Number.isFinite(value), 'a finite number'),
);
/** A number as JSON writes it: null stands for NaN and the infinities, which readers know to expect. */
export const written = v.nullable(realNumber) as unknown as Schema<number>;
export const natural = v.pipe(
  v.number(),
  v.check((value) => Number.isSafeInteger(value) && value >= 0, 'a whole number of 0 or more'),
);
/** A whole number of 1 or more. */
export const atLeastOne = v.pipe(
  v.number(),
  v.check((value) => Number.isSafeInteger(value) && value >= 1, 'a whole number of 1 or more'),
);
/** A finite number above 0. */
export const aboveZero = v.pipe(
  v.number(),
  v.check((value) => Number.isFinite(value) && value > 0, 'a positive number'),
);
export const flag = v.boolean();
export const anything = v.unknown();

/** An object as braces write it; keys that mean something to JavaScript itself are refused. */
const plainObject = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !['__proto__', 'constructor', 'prototype'].some((key) => Object.hasOwn(value, key));
const plain = v.custom<Record<string, unknown>>(plainObject, 'an object');
/** An object with at least these keys. Its type knows these alone. */
export const object = <const E extends v.ObjectEntries>(entries: E) =>
  v.pipe(plain, v.looseObject(entries)) as unknown as Schema<Readonly<v.InferOutput<v.ObjectSchema<E, undefined>>>>;
export const list = <const S extends v.GenericSchema>(item: S) =>
  v.array(item) as unknown as Schema<readonly v.InferOutput<S>[]>;
export const tuple = <const T extends v.TupleItems>(items: T) =>
  v.tuple(items) as unknown as Schema<Readonly<v.InferOutput<v.TupleSchema<T, undefined>>>>;
/** A list that begins with these and goes on with any number of the second. */
export const row = v.tupleWithRest;
export const optional = <const S extends v.GenericSchema>(schema: S) => v.optional(schema);
export const nullable = <const S extends v.GenericSchema>(schema: S) => v.nullable(schema);
export const choice = v.picklist;
export const exactly = v.literal;
export const either = v.union;
/** A value that passes a check of its own; `what` it must be stands in the sentence. */
export const passing = <T>(holds: (value: unknown) => boolean, what: string) => v.custom<T>(holds, what);

/** An object with any keys. */
export const dictionary = <const S extends v.GenericSchema>(values: S) => v.pipe(plain, v.record(v.string(), values));

const words: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  Object: 'an object',
  unknown: 'an object',
  Array: 'a list',
};

/** `slices[5].image` */
const placeOf = (path: readonly { readonly key: unknown }[] = []): string =>
  path.map(({ key }, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`)).join('');

/** What a schema's value is: a type and its schema are written once, as the schema. */
export type Shape<S extends v.GenericSchema> = v.InferOutput<S>;

/** What was expected, in words: a check says it itself, a list of choices is read from the schema. */
function wantedBy(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === 'validation' || issue.type === 'custom') return issue.message;
  const { expected: wanted = '' } = issue;
  const alternatives = (wanted ?? '').replace(/^\((.*)\)$/, '$1').split(' | ');
  return [...new Set(alternatives.map((name) => words[name] ?? name))].join(' or ') || 'something else';
}

function shownValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length ? 'a list' : 'an empty list';
  if (typeof value === 'object' && value !== null)
    return plainObject(value) ? 'an object' : 'an object with the key __proto__, constructor or prototype';
  return typeof value === 'string' ? shownText(value) : String(value);
}

/** The innermost reason of the alternative that got furthest. */
function deepest(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown> {
  const inner = (issue.issues ?? []).filter(({ path }) => path?.length);
  if (inner.length !== 1) return issue;
  return deepest({ ...inner[0], path: [...(issue.path ?? []), ...inner[0].path!] as typeof issue.path });
}

/** `a manifest whose slices[5].image is a text`, or without a name for the whole `slices[5].image to be a text`. */
function sentenceFor(issue: v.BaseIssue<unknown>, what: string | undefined): string {
  const place = placeOf(issue.path as { key: unknown }[] | undefined);
  if (!place) return what ?? wantedBy(issue);
  const isMissing = issue.input === undefined && /^"/.test(issue.expected ?? '');
  if (isMissing) return what ? `${what} with ${place}` : place;
  return what ? `${what} whose ${place} is ${wantedBy(issue)}` : `${place} to be ${wantedBy(issue)}`;
}

/**
 * The value itself, now known to have the shape; `what` it is stands in messages. Throws a UserError that names the
 * place inside the value, what belongs there, what is there and the file.
 */
export function checkShape<T>(value: unknown, schema: Schema<T>, file?: string, what?: string): T {
  const { success, issues } = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true });
  if (success) return value as T;
  const issue = deepest(issues[0]);
  throw expected(sentenceFor(issue, what), shownValue(issue.input), file);
}

/** No file of ours nests half as deep; whoever walks through thousands of levels runs out of stack. */
const deepestNesting = 200;

/** How deep the brackets of a JSON text nest; those inside its strings do not count. */
function nestingOf(content: string): number {
  let [deepest, depth, isText] = [0, 0, false];
  for (let at = 0; at < content.length; at++) {
    const code = content.charCodeAt(at);
    if (code === 34) isText = !isText;
    else if (isText) at += Number(code === 92);
    else if (code === 91 || code === 123) deepest = Math.max(deepest, ++depth);
    else if (code === 93 || code === 125) depth--;
  }
  return deepest;
}

/**
 * The value of a JSON text, which may begin with a byte order mark. Throws a UserError for text that is not JSON or
 * nests deeper than any file of ours.
 */
export function parseJson(content: string, file?: string): unknown {
  const nesting = nestingOf(content);
  if (nesting > deepestNesting)
    throw expected(`JSON that nests at most ${deepestNesting} levels deep`, `${nesting}`, file);
  try {
    return JSON.parse(content.replace(/^\ufeff/, ''));
  } catch (error) {
    throw expected('JSON', textKind(content) ?? `text that is not (${messageOf(error)})`, file);
  }
}

/** Reads a JSON file of this shape. Throws a UserError that names the file when it is absent, no JSON or of another. */
export async function readJsonAs<T>(file: string, schema: Schema<T>, what?: string): Promise<T> {
  return checkShape(parseJson(await readText(file, 'a JSON file'), file), schema, file, what);
}

/** The value of a JSON file of this shape; undefined where it is absent, damaged or of another. */
export const readJsonIfGood = <T>(file: string, schema: Schema<T>): Promise<T | undefined> =>
  readJsonAs(file, schema).catch((error) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
