/**
 * How often tests find what is there, and what is not, when the same comparison is made
 * with many cohorts of one population.
 */

import { expected } from 'axunet/errors';
import { choice, dictionary, list, natural, object, realNumber, type Schema, text, written } from 'axunet/io/schema';
import { breathe } from 'axunet/progress';
import { Random } from 'axunet/random';
import type { FeatureColumns } from 'axunet/statistics/compareFeatures';
import { mannWhitney } from 'axunet/statistics/mannWhitney';
import { moments, varianceOf } from 'axunet/statistics/moments';
import { benjaminiHochberg, holm } from 'axunet/statistics/multipleTesting';
import { permutationTest } from 'axunet/statistics/permutationTest';
import { welchTTest } from 'axunet/statistics/welch';
import { mean } from 'simple-statistics';

/** Features of the same people with and without their disease, in the same order. */
export interface Population {
  readonly ill: FeatureColumns;
  readonly healthy: FeatureColumns;
  /** What the disease does to each feature, in SDs of the healthy; the features named here are compared. */
  readonly effects: Readonly<Record<string, number>>;
}

export interface PowerOptions {
  /** People in each of the two groups. */
  readonly patients: number;
  /** How many cohorts are drawn. */
  readonly cohorts: number;
  /** Random arrangements of each permutation test. */
  readonly resamples: number;
  readonly seed: number;
  /** A feature is found when its (corrected) p is at most this; 0.05 by default. */
  readonly level?: number;
}

/** Features by the size of what the disease does to them: from the least |effect| in SD up to the next. */
export const effectClasses = [
  { name: 'large', from: 0.8 },
  { name: 'medium', from: 0.5 },
  { name: 'small', from: 0.2 },
  { name: 'hardly any', from: 0 },
] as const;

/** All features where both groups are healthy: every one that is found is false. */
export const noEffect = 'none';
export type EffectClass = (typeof effectClasses)[number]['name'] | typeof noEffect;

export const effectClassNames: readonly EffectClass[] = [...effectClasses.map(({ name }) => name), noEffect];

export const effectClassOf = (effect: number): EffectClass =>
  effectClasses.find(({ from }) => Math.abs(effect) >= from)!.name;

type Test = (a: readonly number[], b: readonly number[], resamples: number, seed: number) => number;

const tests: Readonly<Record<string, Test>> = {
  'Welch t': (a, b) => welchTTest(a, b).p,
  'Mann-Whitney': (a, b) => mannWhitney(a, b).p,
  'permutation (Welch t)': (a, b, resamples, seed) => permutationTest(a, b, { resamples, seed }).p,
};

const corrections: Readonly<Record<string, (p: readonly number[]) => readonly number[]>> = {
  '': (p) => p,
  ', Benjamini-Hochberg': benjaminiHochberg,
  ', Holm': holm,
};

/** Every test, alone and corrected over all features: `Welch t`, `Welch t, Benjamini-Hochberg`, … */
export const methodNames: readonly string[] = Object.keys(tests).flatMap((test) =>
  Object.keys(corrections).map((correction) => `${test}${correction}`),
);

/** What one method does with one class of features in groups of one size. */
export interface FoundShare {
  readonly patients: number;
  readonly effects: EffectClass;
  readonly method: string;
  /** Mean over the cohorts of the share of the class's features that are found. */
  readonly share: number;
  /** Its standard error over the cohorts; NaN for a single one. */
  readonly error: number;
  /** Share of the cohorts in which any feature of the class is found. */
  readonly any: number;
}

export interface PowerAtSize {
  readonly shares: readonly FoundShare[];
  /** Share of the cohorts in which each feature is found by Welch's test, uncorrected. */
  readonly features: Readonly<Record<string, number>>;
}

/** What the kept results of a size must hold. */
export const powerSchema: Schema<PowerAtSize> = object({
  shares: list(
    object({
      patients: natural,
      effects: choice(effectClassNames),
      method: text,
      share: realNumber,
      error: written,
      any: realNumber,
    }),
  ),
  features: dictionary(realNumber),
});

/** Which features each method finds in one comparison: a list of features for each method. */
function findings(
  pairs: readonly (readonly [number[], number[]])[],
  { resamples, level = 0.05 }: PowerOptions,
  seed: number,
): boolean[][] {
  return Object.values(tests).flatMap((test) => {
    const values = pairs.map(([a, b]) => test(a, b, resamples, seed));
    const p = values.map((value) => (Number.isNaN(value) ? 1 : value)); // NaN: all values equal
    return Object.values(corrections).map((correct) => correct(p).map((value) => value <= level));
  });
}

/** Throws unless two groups of different people can be drawn. */
function checkPeople(
  { ill, healthy, effects }: Population,
  { patients, cohorts }: PowerOptions,
): { names: string[]; people: number } {
  const names = Object.keys(effects);
  const people = ill[names[0] ?? '']?.length ?? 0;
  const other = names.find((name) => ill[name]?.length !== people || healthy[name]?.length !== people);
  const counted = (columns: FeatureColumns): number => columns[other ?? '']?.length ?? 0;
  if (other) throw expected(`${people} values of ${other}, ill and healthy`, `${counted(ill)} and ${counted(healthy)}`);
  if (!(Number.isInteger(patients) && patients >= 2 && 2 * patients <= people))
    throw expected(`from 2 to ${people >> 1} patients in a group, since nobody is in both`, `${patients}`);
  if (!(Number.isInteger(cohorts) && cohorts > 0)) throw expected('a whole number of cohorts above 0', `${cohorts}`);
  return { names, people };
}

/**
 * What is found in cohort `k`: method by method, feature by feature, with the disease
 * in the first group and without it.
 */
function findingsOfCohort(
  population: Population,
  options: PowerOptions,
  k: number,
): { disease: boolean[][]; none: boolean[][] } {
  const { names, people } = checkPeople(population, options);
  const everybody = Array.from({ length: people }, (_, i) => i);
  const drawn = Random.stream(options.seed, 'cohort', options.patients, k).shuffle(everybody);
  const [first, second] = [drawn.slice(0, options.patients), drawn.slice(options.patients, 2 * options.patients)];
  const pick = (values: readonly number[], who: readonly number[]): number[] => who.map((i) => values[i]!);
  const pairs = (columns: FeatureColumns) =>
    names.map((name) => [pick(columns[name]!, first), pick(population.healthy[name]!, second)] as const);
  return {
    disease: findings(pairs(population.ill), options, k),
    none: findings(pairs(population.healthy), options, k),
  };
}

/** Mean share of the features at `own` places that the cohorts find. */
function shareFound(
  cohorts: readonly (readonly boolean[])[],
  own: readonly number[],
): Pick<FoundShare, 'share' | 'error' | 'any'> {
  const shares = cohorts.map((found) => mean(own.map((i) => Number(found[i]))));
  const m = moments(shares);
  return { share: m.mean, error: Math.sqrt(varianceOf(m) / m.n), any: mean(shares.map((s) => Number(s > 0))) };
}

/**
 * Draws `cohorts` times 2·`patients` different people, half of them ill and half healthy, and tests every feature; then
 * the same people once more, all of them healthy (class `none`). Everybody is in the population in both versions, so
 * the groups differ in nothing but the disease: a mean that it leaves alone is truly equal, and, since nobody is in
 * both groups, the limited population makes the difference of two healthy means no less variable than an unlimited one
 * would (a randomised experiment, Neyman 1923). Classes without features are left out. Equal arguments give equal
 * results. Throws for too few people and unequal lengths.
 */
export async function powerAt(
  population: Population,
  options: PowerOptions,
  onCohort: (done: number) => void = () => {},
): Promise<PowerAtSize> {
  const { names } = checkPeople(population, options);
  const all: { disease: boolean[][]; none: boolean[][] }[] = [];
  for (let k = 0; k < options.cohorts; k++) {
    all.push(findingsOfCohort(population, options, k));
    onCohort(k + 1);
    await breathe();
  }
  const placesOf = (wanted: EffectClass): number[] =>
    names.flatMap((name, i) => (effectClassOf(population.effects[name]!) === wanted ? [i] : []));
  const classes = effectClasses.map(({ name }) => ({ name, own: placesOf(name) })).filter(({ own }) => own.length > 0);
  const everyPlace = names.map((_, i) => i);
  const { patients } = options;
  const shares = methodNames.flatMap((method, m): FoundShare[] => {
    const [ill, healthy] = [all.map(({ disease }) => disease[m]!), all.map(({ none }) => none[m]!)];
    const ofClasses = classes.map(({ name, own }) => ({ patients, effects: name, method, ...shareFound(ill, own) }));
    return [...ofClasses, { patients, effects: noEffect, method, ...shareFound(healthy, everyPlace) }];
  });
  const foundByWelch = (i: number): number => mean(all.map(({ disease }) => Number(disease[0]![i])));
  return { shares, features: Object.fromEntries(names.map((name, i) => [name, foundByWelch(i)])) };
}
