/** Patient-level folds: seeded, saved as JSON, and checked wherever they come from. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expected, shownText, UserError } from '../errors.ts';
import {
  anything,
  checkShape,
  list,
  object,
  oneLine,
  optional,
  readJsonAs,
  realNumber,
  type Shape,
} from '../io/schema.ts';
import { Random } from '../random.ts';
import { type CaseList } from './caseList.ts';

/** Patients by fold: every patient is in exactly one. */
export interface Folds {
  readonly seed: number;
  /** The validation patients of each fold. */
  readonly folds: readonly (readonly string[])[];
  /** Where a split that was not drawn here comes from. */
  readonly note?: string;
}

/** How many folds (4 where nothing is said), from which seed, balanced by which group of each patient. */
export interface FoldOptions {
  /** Number of folds; 4 as in the paper. */
  count?: number;
  seed: number;
  /** Patient → group: each group is spread evenly over the folds (fold sizes still differ by one at most). */
  groups?: Readonly<Record<string, string>>;
}

/**
 * Deals shuffled patients into folds whose sizes differ by one at most. The result depends on the set of
 * patients and the seed, not on the order in which the patients are given; a patient given twice counts once.
 *
 * Throws when there are fewer patients than folds, or fewer than two folds.
 */
export function makeFolds(patients: readonly string[], { count = 4, seed, groups = {} }: FoldOptions): Folds {
  const unique = [...new Set(patients)].sort();
  if (!Number.isInteger(count) || count < 2) throw expected('2 folds or more', `${count}`);
  if (unique.length < count) throw expected(`at least ${count} patients for ${count} folds`, `${unique.length}`);
  const groupNames = [...new Set(unique.map((patient) => groups[patient] ?? ''))].sort();
  const dealt = groupNames.flatMap((group) =>
    Random.stream(seed, 'folds', group).shuffle(unique.filter((p) => (groups[p] ?? '') === group)),
  );
  return { seed, folds: Array.from({ length: count }, (_, k) => dealt.filter((_, i) => i % count === k).sort()) };
}

/** Folds of a data set's patients, balanced by group where its cases have groups. */
export function foldsOf(list: CaseList, options: Omit<FoldOptions, 'groups'>): Folds {
  const groups = Object.fromEntries(list.cases.flatMap((c) => (c.group ? [[c.patient, c.group]] : [])));
  return makeFolds(
    list.cases.map((c) => c.patient),
    { ...options, groups },
  );
}

/** The patients of fold k against all others. Throws when k is not a fold's number. */
export function splitFold({ folds }: Folds, k: number): { training: string[]; validation: string[] } {
  const validation = folds[k];
  if (!validation) throw expected(`a fold from 0 to ${folds.length - 1}`, `${k}`);
  return {
    training: folds
      .filter((_, i) => i !== k)
      .flat()
      .sort(),
    validation: [...validation].sort(),
  };
}

/** Throws, naming them, when patients are on both sides: the score would be of patients already seen. */
export function assertDisjoint(training: readonly string[], validation: readonly string[]): void {
  const seen = new Set(training);
  const both = [...new Set(validation.filter((patient) => seen.has(patient)))];
  if (both.length)
    throw expected('no patient on both sides of the split', `${both.join(', ')} in training and in validation`);
}

const names = (patients: string[]): string =>
  patients.slice(0, 10).join(', ') + (patients.length > 10 ? ` and ${patients.length - 10} more` : '');

/**
 * Every way in which folds do not fit a set of patients, one phrase each: unknown, missing and repeated patients, empty
 * folds.
 */
export function foldProblems({ folds }: Folds, patients: readonly string[]): string[] {
  const known = new Set(patients);
  const dealt = folds.flat();
  const counts = new Map<string, number>();
  for (const patient of dealt) counts.set(patient, (counts.get(patient) ?? 0) + 1);
  const repeated = [...counts].filter(([, n]) => n > 1).map(([patient]) => patient);
  const unknown = [...counts.keys()].filter((patient) => !known.has(patient));
  const missing = [...known].filter((patient) => !counts.has(patient)).sort();
  return [
    ...(repeated.length ? [`patients in more than one fold: ${names(repeated)}`] : []),
    ...(unknown.length ? [`patients that the data set does not have: ${names(unknown)}`] : []),
    ...(missing.length ? [`patients in no fold: ${names(missing)}`] : []),
    ...folds.flatMap((fold, k) => (fold.length ? [] : [`fold ${k} is empty`])),
  ];
}

/** How messages describe our file. */
const foldsFile = '{"seed": 1, "folds": [["patient", …], ["patient", …]]}';
const foldsSchema = object({ folds: list(list(oneLine)), seed: optional(realNumber), note: optional(oneLine) });

/** nnU-Net's `splits_final.json`: training and validation cases of each fold. */
const splitsSchema = list(object({ train: list(oneLine), val: list(oneLine) }));

function foldsIn(value: unknown, place: string): Folds {
  const { folds, seed = 0, note } = checkShape(value, foldsSchema, place, foldsFile);
  if (folds.length >= 2) return { seed, folds, ...(note && { note }) };
  throw expected(`${foldsFile} with 2 folds or more`, `${folds.length}`, place);
}

/**
 * The folds of an nnU-Net split, whose validation sides are what our folds are. Throws where a training side is not
 * everybody else, which no folds can say.
 */
function foldsOfSplits(splits: Shape<typeof splitsSchema>, place: string): Folds {
  if (splits.length < 2)
    throw expected(`${foldsFile}, or splits_final.json, with 2 folds or more`, `${splits.length}`, place);
  const everybody = new Set(splits.flatMap(({ train, val }) => [...train, ...val]));
  for (const [k, { train, val }] of splits.entries()) {
    const both = train.find((patient) => val.includes(patient));
    if (both !== undefined) throw expected(`fold ${k} without a case on both sides`, shownText(both), place);
    const missing = [...everybody].find((patient) => !train.includes(patient) && !val.includes(patient));
    if (missing !== undefined)
      throw expected(`fold ${k} to have every case on one side`, `none for ${shownText(missing)}`, place);
  }
  return { seed: 0, folds: splits.map(({ val }) => val), note: 'nnU-Net splits_final.json' };
}

/** Names as the patients have them: letters with marks may be written in two ways that look the same (NFC, NFD). */
function spelledAs(patients: readonly string[], folds: readonly (readonly string[])[]): string[][] {
  const own = new Map(patients.map((patient) => [patient.normalize('NFC'), patient]));
  return folds.map((fold) => fold.map((name) => own.get(name.normalize('NFC')) ?? name));
}

const splitFolder = fileURLToPath(new URL('./splits/', import.meta.url));

/**
 * Reads folds from a JSON file (ours, or nnU-Net's `splits_final.json`), or a split that comes with the project by its
 * name (`nih-2d-trial`).
 * With `patients` given, they must match exactly. Throws a UserError naming what does not fit.
 */
export async function readFolds(file: string, patients?: readonly string[]): Promise<Folds> {
  const builtIn = path.join(splitFolder, `${file}.json`);
  const place = !existsSync(file) && existsSync(builtIn) ? builtIn : file;
  const value = await readJsonAs(place, anything);
  const stored = Array.isArray(value)
    ? foldsOfSplits(checkShape(value, splitsSchema, place), place)
    : foldsIn(value, place);
  const folds = spelledAs(patients ?? [], stored.folds);
  const read = { ...stored, folds };
  const problems = foldProblems(read, patients ?? folds.flat());
  if (problems.length) throw new UserError(`The folds in ${place} do not fit: ${problems.join('; ')}`);
  return read;
}
