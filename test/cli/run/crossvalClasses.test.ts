/** Cross-validation of an organ and its tumour: the same numbers as from single runs, class by class. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { openDataset } from '../../../lib/dataset/cases.ts';
import { parseClasses } from '../../../lib/dataset/classes.ts';
import { evaluateFiles } from '../../../lib/evaluate/files.ts';
import { pairFiles } from '../../../lib/evaluate/pairs.ts';
import { makeReport } from '../../../lib/evaluate/report.ts';
import { parseCsv } from '../../../lib/io/csv.ts';
import { writeJson } from '../../../lib/io/files.ts';
import { readNifti, writeNifti } from '../../../lib/io/nifti.ts';
import { openSlices } from '../../../lib/preprocess/sliceSet.ts';
import { preprocessDataset } from '../../../lib/preprocess/slices.ts';
import { loadRun } from '../../../lib/train/loadRun.ts';
import { describeRun } from '../../../lib/train/run.ts';
import { trainFolder } from '../../../lib/train/trainFolder.ts';
import { makeCohort, patient } from './cohort.ts';
import { listen } from './listen.ts';

const crossval = await loadCommand('crossval');
const predict = await loadCommand('predict');

const labels = parseClasses('pancreas=3,tumour=7');
let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);
const json = (...names: string[]) => JSON.parse(readFileSync(at(...names), 'utf8'));
const ids = ['case_1', 'case_2', 'case_3', 'case_4'];
const healthy = 'case_2';

/** The organs of `makeCohort` with the half towards the last rows as a brighter tumour, but of one case. */
async function makeTumours(): Promise<void> {
  await makeCohort(folder, ids.length);
  for (const [i, id] of ids.entries()) {
    const { image, label } = patient(i + 1);
    const rows = [...label.data].flatMap((v, p) => (v ? [Math.floor(p / 24) % 20] : []));
    const middle = (Math.min(...rows) + Math.max(...rows)) / 2;
    const isTumour = (p: number): boolean => id !== healthy && Math.floor(p / 24) % 20 > middle;
    const data = label.data.map((v, p) => v && (isTumour(p) ? 7 : 3));
    const hu = image.data.map((v, p) => (data[p] === 7 ? v + 120 : v));
    await writeNifti(at('raw', 'imagesTr', `${id}_0000.nii.gz`), { ...image, data: hu });
    await writeNifti(at('raw', 'labelsTr', `${id}.nii.gz`), { ...label, data });
  }
  const list = await openDataset(`nnunet:${at('raw')}`, undefined, labels);
  rmSync(at('slices'), { recursive: true });
  await preprocessDataset(list, { out: at('slices'), mode: 'default' });
}

const changes = ['width=4', 'variant=unet', 'gridSize=[16,16]', 'batchSize=2', 'learningRate=0.03', 'validateEvery=5'];
const settings = ['--preset', 'tiny', ...changes.flatMap((one) => ['--set', one]), '--epochs', '5'];
const run = (...args: string[]): Promise<number> =>
  crossval.run(['--dataset', `nnunet:${at('raw')}`, '--slices', at('slices'), '--out', at('cv'), ...args]);

let said: string[];
const text = (): string => said.join('\n');
let table: string;

beforeAll(async () => {
  process.env.AXUNET_COMPILE = 'off';
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-crossval-classes-'));
  await makeTumours();
  await writeJson(at('folds.json'), { seed: 1, folds: [ids.slice(0, 2), ids.slice(2)] });
  said = listen();
  expect(await run('--folds-file', at('folds.json'), ...settings), text()).toBe(0);
  table = text();
});
afterAll(() => {
  delete process.env.AXUNET_COMPILE;
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  said = listen();
});
afterEach(() => vi.restoreAllMocks());

describe('axunet crossval with classes kept apart', { timeout: 120_000 }, () => {
  it('gives each class and their union the scores that axunet evaluate --labels finds in its masks', async () => {
    const { cases, classes, summary } = json('cv', 'summary.json');
    const sides = { reference: labels, prediction: labels, classes: labels.classes };
    const own = await evaluateFiles(pairFiles(at('cv', 'masks'), at('raw', 'labelsTr')), sides);
    const report = JSON.parse(JSON.stringify(makeReport([own], 1, sides)));
    const [{ classes: expected, summary: union }] = report.models;
    const byId = (all: { id: string }[]) => new Map(all.map((one) => [one.id, one]));
    const plain = ({ patient: _, fold: __, ...rest }: Record<string, unknown>) => rest;
    const whole = byId(report.models[0].cases);
    for (const row of cases) expect(plain(row)).toEqual(whole.get(row.id));
    expect(classes.map(({ name }: { name: string }) => name)).toEqual(['pancreas', 'tumour']);
    for (const [c, { cases: rows, detection }] of classes.entries()) {
      const wanted = byId(expected[c].cases);
      for (const row of rows) expect(plain(row)).toEqual(wanted.get(row.id));
      expect(rows).toHaveLength(ids.length);
      expect(detection).toEqual(expected[c].detection);
    }
    expect(summary.metrics.dice.all.mean).toBeCloseTo(union.metrics.dice.all.mean, 12);
    expect(classes[1].detection).toMatchObject({ withLesion: 3, withoutLesion: 1 });
    expect(classes[1].summary.metrics.dice.found.n).toBeGreaterThan(0); // tumours were predicted
  });

  it('trains each fold to the weights of a single run on its patients', async () => {
    const { config, folds } = json('cv', 'plan.json');
    const slices = await openSlices(at('slices'));
    const { training, validation } = folds[0];
    await trainFolder(at('single'), describeRun(config, slices, { training, validation }), slices);
    const [single, fold] = await Promise.all([loadRun(at('single')), loadRun(at('cv', 'fold-0'))]);
    const numbers = (one: typeof single) => one.model.getWeights().map((w) => w.dataSync());
    expect(numbers(single)).toEqual(numbers(fold));
    expect(fold.classes).toEqual(labels.classes);
    for (const one of [single, fold]) one.model.dispose();
  });

  it('writes the masks that axunet predict makes with the fold, in the stored values', async () => {
    const { cases, folds } = json('cv', 'summary.json');
    const first = cases[0];
    const image = at('raw', 'imagesTr', `${first.id}_0000.nii.gz`);
    expect(folds[first.fold].threshold).toBe(0.5);
    const model = ['--run', at('cv', `fold-${first.fold}`), '--postprocess', 'chosen'];
    expect(await predict.run([image, '--out', at('again'), ...model])).toBe(0);
    const [mask, again] = await Promise.all(
      [at('cv', 'masks', `${first.id}.nii.gz`), at('again', `${first.id}_0000.nii.gz`)].map((file) => readNifti(file)),
    );
    expect(again!.data).toEqual(mask!.data);
    expect(new Set([0, 3, 7, ...mask!.data])).toEqual(new Set([0, 3, 7]));
    expect(mask!.data).toContain(7);
  });

  it('tabulates each class by patient, with lesions, found ones and false positives', () => {
    expect(table).toContain('All classes as one');
    expect(table).toMatch(/^tumour: 4 cases: /m);
    expect(table).toMatch(/^case .* lesions +found +false positives$/m);
    expect(table).toMatch(/of 3 cases that have one \(sensitivity /);
    expect(table).not.toMatch(/, threshold|: threshold/);
    const rowsOf = (file: string) => {
      const [header, ...rows] = parseCsv(readFileSync(at('cv', file), 'utf8'));
      return rows.map((row) => Object.fromEntries(row.map((value, i) => [header![i], value])));
    };
    const cases = rowsOf('cases.csv');
    for (const name of ['all', 'pancreas', 'tumour'])
      expect(cases.filter((row) => row.class === name).map((row) => row.case)).toEqual(ids);
    const lesions = cases.filter((row) => row.class === 'tumour').map((row) => row.lesions);
    expect(lesions).toEqual(['1', '0', '1', '1']);
    const detection = rowsOf('detection.csv').filter((row) => row.class === 'tumour');
    expect(detection.map(({ fold, with_lesion }) => [fold, with_lesion])).toEqual([
      ['0', '1'],
      ['1', '2'],
      ['all', '3'],
    ]);
    expect(new Set(rowsOf('summary.csv').map((row) => row.class))).toEqual(new Set(['all', 'pancreas', 'tumour']));
    const markdown = readFileSync(at('cv', 'summary.md'), 'utf8');
    for (const title of ['## All classes as one', '## pancreas: 4 cases', '## tumour: 4 cases'])
      expect(markdown).toContain(title);
  });

  it('goes on without --labels, and refuses others and a threshold', async () => {
    expect(await run()).toBe(0);
    expect(text().match(/fold \d was complete/g)).toHaveLength(2);
    await expect(run('--labels', 'pancreas=3,cyst=7')).rejects.toThrow(
      'Expected slices with the classes pancreas=3,cyst=7, found pancreas=3,tumour=7',
    );
    await expect(run('--threshold', '0.4')).rejects.toThrow(
      'Expected no --threshold of several classes, of which the likeliest is taken, found 0.4',
    );
    expect(existsSync(at('cv', 'fold-0', 'fold.json'))).toBe(true);
  });
});
