/** The tables of the model card `data/weights/README.md`: from the index, and from what was recorded. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expected } from 'axunet/errors';
import { dice, type OverlapCounts } from 'axunet/evaluate/overlap';
import { keepText, readText } from 'axunet/io/files';
import { projectPath } from 'axunet/settings';
import { summarise } from 'axunet/statistics/summary';
import { indexName, readShippedIndex, type ShippedIndex } from 'axunet/weights/shippedIndex';
import { accuracyName } from '../study/plan.ts';
import { readStudyRecord, type StudyRecord } from '../study/record.ts';
import { describeFalseAlarms, type FalseAlarms } from './falseAlarms.ts';
import { patientOf } from './greyPairs.ts';
import { describeGreyScale, readGreyScale } from './greyScale.ts';
import { readShippedRecord, type ShippedRecord } from './realCases.ts';

/** Between them a program writes. */
const [start, end] = ['<!-- written by npm run weights -- --card -->', '<!-- end of what is written -->'];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

function networksPart({ members, ensemble, small, made, threshold, scales = [1] }: ShippedIndex): string {
  const rows = members.map(({ name, file, bytes, parameters, changes, sha256 }) => {
    const uses = [...(ensemble.includes(name) ? ['`weights`'] : []), ...(name === small ? ['`small`'] : [])];
    const changed = Object.entries(changes as object).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
    return [`[${file}](${file})`, uses.join(', '), changed.join(', '), `${parameters}`, megabytes(bytes), sha256];
  });
  const all = members.reduce((sum, { bytes }) => sum + bytes, 0);
  const head = ['file', 'part of', 'on the preset `study`', 'parameters', 'size', 'SHA-256'];
  return [
    '### Files',
    table(head, rows),
    `${megabytes(all)} in all, kernels in 16 bits. \`weights\` is the mean of the probabilities of ` +
      `${ensemble.length} networks, each through windows of ${scales.join(', ')} times the size, ` +
      `threshold ${threshold}. Made by \`${made.command}\` with ${made.engine}, Node ` +
      `${made.node}, one thread, on ${made.cpu}.`,
  ].join('\n\n');
}

/** Mean and standard deviation over patients of the DSC of each patient's pooled pixels, of each run of an arm. */
function dscByArm({ arms, runs }: StudyRecord): string[][] {
  return arms.flatMap(({ name, label }) => {
    const own = runs.filter(({ arm }) => arm === name);
    if (own.length === 0) return [];
    const byPatient = new Map<string, number[]>();
    for (const { cases } of own)
      for (const [patient, counts] of pooled(cases))
        byPatient.set(patient, [...(byPatient.get(patient) ?? []), dice(counts)]);
    const means = [...byPatient.values()].map((all) => all.reduce((a, b) => a + b, 0) / all.length);
    const { mean, sd, n } = summarise(means);
    const lowest = Math.min(...means);
    return [[label, `${own.length}`, `${n}`, `${mean.toFixed(3)} ± ${sd.toFixed(3)}`, lowest.toFixed(3)]];
  });
}

function pooled(cases: StudyRecord['runs'][number]['cases']): Map<string, OverlapCounts> {
  const sums = new Map<string, OverlapCounts>();
  for (const { id, counts } of cases) {
    const patient = patientOf(id);
    const before = sums.get(patient) ?? { tp: 0, fp: 0, fn: 0, tn: 0 };
    const [tp, fp] = [before.tp + counts.tp, before.fp + counts.fp];
    sums.set(patient, { tp, fp, fn: before.fn + counts.fn, tn: before.tn + counts.tn });
  }
  return sums;
}

function validationPart(record: StudyRecord | undefined): string {
  const heading = '### Validation';
  if (!record) return `${heading}\n\nNot recorded yet: \`npm run study -- ${accuracyName}\`.`;
  const head = ['networks', 'runs', 'unseen patients', 'DSC by patient, mean ± SD', 'lowest patient'];
  return [
    heading,
    'All patients trained these networks, so none is left to test them. These are networks of the recipe, and of ' +
      'others beside it, that were trained without the patients on whom they are scored (' +
      `\`npm run study -- ${accuracyName}\`); of a patient with several runs the mean counts.`,
    table(head, dscByArm(record)),
  ].join('\n\n');
}

function seenPart({ seen }: ShippedIndex, falseAlarms: FalseAlarms | undefined): string {
  const { look, organHu, pixelMm, sliceMm } = seen;
  const row = (what: string, range: { least: number; middle: number; most: number }, digits = 0): string[] => [
    what,
    ...[range.least, range.middle, range.most].map((value) => value.toFixed(digits)),
  ];
  const rows = [
    row('middle HU of soft tissue (20 to 200 HU)', look.softHu),
    row('share of it with 80 HU or more', look.brightShare, 2),
    row('noise (HU)', look.noiseHu),
    row('rows of the body (pixels)', look.bodyRows),
    row('columns of the body (pixels)', look.bodyColumns),
    row('mean HU in the mask, by patient', organHu),
    row(`pixel (mm), of ${pixelMm.patients} patients`, pixelMm, 2),
    row(`between slices (mm), of ${sliceMm.patients} patients`, sliceMm, 1),
  ];
  return [
    '### What the networks saw',
    `${seen.pictures} pictures of ${seen.patients} patients, ${seen.size.join('×')} pixels.`,
    table(['', 'least', 'middle', 'most'], rows),
    ...(falseAlarms
      ? [`With the expert's masks, ${describeFalseAlarms(falseAlarms)} (\`npm run study -- shipped\`).`]
      : []),
  ].join('\n\n');
}

function realPart(record: ShippedRecord | undefined): string {
  const heading = '### On real CT';
  if (!record) return `${heading}\n\nNot recorded yet: \`npm run study -- shipped\`.`;
  const [first] = record.networks;
  const rows = first!.cases.map((one, i) => {
    const shown = record.networks.map(({ cases }) => cases[i]!.dice?.toFixed(3) ?? '–');
    const ml = `${one.predictedMl.toFixed(1)} of ${one.referenceMl?.toFixed(1) ?? '?'}`;
    return [one.name, one.about, ...shown, ml, one.warnings.length === 0 ? 'nothing' : one.warnings.join('; ')];
  });
  const head = ['case', 'what', ...record.networks.map(({ name }) => `DSC of \`${name}\``), 'ml of `weights`', 'said'];
  return [heading, table(head, rows)].join('\n\n');
}

const patientsPart = (ids: readonly string[]): string => {
  const byPatient = new Map<string, string[]>();
  for (const id of ids) {
    const [patient, slice] = id.split('-') as [string, string];
    byPatient.set(patient, [...(byPatient.get(patient) ?? []), slice]);
  }
  const rows = [...byPatient].map(([patient, slices]) => [patient, slices.join(', ')]);
  return ['### Patients and slices', table(['patient', 'slices'], rows)].join('\n\n');
};

/** What stands between the two marks of the card. */
export async function cardTables(folder: string): Promise<string> {
  const grey = `### Grey scale\n\n${describeGreyScale(await readGreyScale())} (\`npm run study -- grey-scale\`).`;
  const validation = validationPart(await readStudyRecord(accuracyName));
  if (!existsSync(path.join(folder, indexName)))
    return ['### Files\n\nNone yet: `npm run weights` makes them.', validation, grey].join('\n\n');
  const index = await readShippedIndex(folder);
  const shipped = await readShippedRecord();
  return [
    networksPart(index),
    validation,
    realPart(shipped),
    grey,
    seenPart(index, shipped?.falseAlarms),
    patientsPart(index.slices),
  ].join('\n\n');
}

/** Puts the tables between the marks of the card in `folder`; the card's file. */
export async function writeCard(folder: string): Promise<string> {
  const file = path.join(folder, 'README.md');
  const text = await readText(file, 'the model card of the networks');
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw expected(`the lines "${start}" and "${end}"`, 'not both in this order', file);
  const before = text.slice(0, from + start.length);
  await keepText(file, `${before}\n\n${await cardTables(folder)}\n\n${text.slice(to)}`);
  execFileSync(process.execPath, [projectPath('scripts/docs-wrap.mjs'), file]);
  return file;
}

/** The tables that a card holds. */
export function tablesIn(card: string): string {
  return card.slice(card.indexOf(start) + start.length, card.indexOf(end)).trim();
}
