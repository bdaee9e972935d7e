/** The recorded study `radiomics` in the form that its figure and tables take. */

import type { Row } from 'axunet/figures/table';
import type { PowerPanel } from '../figures/powerCurves.ts';
import {
  type EffectClass,
  effectClasses,
  effectClassOf,
  type FoundShare,
  methodNames,
  noEffect,
} from '../study/power.ts';
import { type PowerRecord, powerStudyName, readPowerRecord } from '../study/powerRecord.ts';

/** The record, and one line that says what it was made of or how to make it. */
export async function loadPower(): Promise<PowerRecord | undefined> {
  const record = await readPowerRecord();
  console.log(
    record
      ? `${record.source}; ${record.cohorts} cohorts of each size\nmade by \`${record.command}\``
      : `not recorded; \`npm run study -- ${powerStudyName}\` makes it`,
  );
  return record;
}

/** Tests alone, then what corrects Welch's. */
const plain = methodNames.filter((name) => !name.includes(','));
export const shownMethods: readonly string[] = [
  ...plain,
  ...methodNames.filter((name) => name.startsWith(`${plain[0]}, `)),
];
export const plainMethods = plain.length;
/** The lines of the figure: without the permutation test, which lies on the test that it permutes. */
export const drawnMethods: readonly string[] = shownMethods.filter((name) => !name.startsWith('permutation'));
/** How many of these are tests without correction. */
export const plainLines = plain.filter((name) => drawnMethods.includes(name)).length;

const classNames: readonly EffectClass[] = [...effectClasses.map(({ name }) => name), noEffect];

const countOf = (features: number): string => `${features} feature${features === 1 ? '' : 's'}`;

function rangeText(from: number, below?: number): string {
  if (from === 0) return `below ${below}`;
  return below === undefined ? `from ${from}` : `${from} to ${below}`;
}

/** How a class is called, with its range of effects in SD and its number of features. */
function classTitle({ features }: PowerRecord, name: EffectClass): string {
  if (name === noEffect) return `<b>no effect</b>: healthy<br>against healthy (${countOf(features.length)})`;
  const place = effectClasses.findIndex((one) => one.name === name);
  const [from, below] = [effectClasses[place]!.from, effectClasses[place - 1]?.from];
  const own = features.filter(({ effect }) => effectClassOf(effect) === name).length;
  return `<b>${name} effect</b>: ${rangeText(from, below)} SD<br>(${countOf(own)})`;
}

/** The line that is hoped for or allowed, in per cent; none where nothing can be asked. */
function aimOf({ level }: PowerRecord, name: EffectClass): { aim?: number } {
  if (name === noEffect) return { aim: 100 * level };
  return name === 'hardly any' ? {} : { aim: 80 };
}

const shareOf = (
  { shares }: PowerRecord,
  patients: number,
  effects: EffectClass,
  method: string,
): FoundShare | undefined =>
  shares.find((one) => one.patients === patients && one.effects === effects && one.method === method);

const panelOf = (record: PowerRecord, name: EffectClass): PowerPanel => ({
  title: classTitle(record, name),
  ...aimOf(record, name),
  curves: drawnMethods.map((method) => ({
    name: method,
    points: record.sizes.flatMap((patients) => {
      const one = shareOf(record, patients, name, method);
      if (!one) return [];
      return [{ patients, found: 100 * one.share, error: Number.isNaN(one.error) ? 0 : 100 * one.error }];
    }),
  })),
});

/**
 * One panel a class of true effects; the dotted line is 80 % where there is something to find, and the level
 * where there is not. No record gives none.
 */
export const powerPanels = (record: PowerRecord | undefined): PowerPanel[] =>
  record
    ? classNames
        .filter((name) => record.shares.some(({ effects }) => effects === name))
        .map((name) => panelOf(record, name))
    : [];

/**
 * One row a method: per cent of each class's features found with so many patients in each group, and cohorts with
 * a false finding among healthy people.
 */
export function powerRows(
  record: PowerRecord | undefined,
  patients: number,
  methods: readonly string[] = methodNames,
): Row[] {
  if (!record) return [];
  const per = (share: number | undefined, digits: number): string =>
    share === undefined ? '–' : (100 * share).toFixed(digits);
  return methods.map((method) => ({
    method,
    ...Object.fromEntries(
      classNames.map((name) => [
        name === noEffect ? 'healthy: found, %' : `${name}, %`,
        per(shareOf(record, patients, name, method)?.share, name === noEffect ? 1 : 0),
      ]),
    ),
    'healthy: cohorts with a finding, %': per(shareOf(record, patients, noEffect, method)?.any, 0),
  }));
}

/**
 * One row a method: the smallest recorded group with which at least 80 % of the
 * features of each class are found on average.
 */
export function patientsNeeded(
  record: PowerRecord | undefined,
  share = 0.8,
  methods: readonly string[] = shownMethods,
): Row[] {
  if (!record) return [];
  const needed = (name: EffectClass, method: string): string => {
    const found = record.sizes.map((patients) => shareOf(record, patients, name, method)?.share);
    if (found.every((one) => one === undefined)) return '–';
    const enough = record.sizes.find((_, i) => (found[i] ?? 0) >= share);
    return enough === undefined ? `more than ${record.sizes.at(-1)}` : String(enough);
  };
  const classes = effectClasses.filter(({ from }) => from > 0);
  return methods.map((method) => ({
    method,
    ...Object.fromEntries(classes.map(({ name }) => [`${name} effects`, needed(name, method)])),
  }));
}
