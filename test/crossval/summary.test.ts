import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScoredPatientCase } from '../../lib/crossval/cases.ts';
import { readFold } from '../../lib/crossval/readResult.ts';
import { crossvalMarkdown, formatCrossval } from '../../lib/crossval/report.ts';
import { type Crossval, type FoldResult, foldFile } from '../../lib/crossval/result.ts';
import { summariseFolds } from '../../lib/crossval/summary.ts';
import { crossvalCasesCsv, crossvalSummaryCsv, writeCrossval } from '../../lib/crossval/writeReport.ts';
import { choosePostprocessing } from '../../lib/evaluate/choosePostprocessing.ts';
import { scoreMasks } from '../../lib/evaluate/metrics.ts';
import { parseCsv } from '../../lib/io/csv.ts';
import { writeJson } from '../../lib/io/files.ts';
import { referenceConfig } from '../../lib/train/config.ts';
import { slicesInMemory } from '../preprocess/slicesInMemory.ts';

/** Masks of one row of ten voxels of 10 mm, which make 1 ml each. */
const organ = [0, 1, 1, 1, 1, 0, 0, 0, 0, 0];
const score = (patient: string, prediction: number[]): ScoredPatientCase => ({
  id: `${patient}-ct`,
  patient,
  ...scoreMasks(prediction, organ, [10, 1, 1], [10, 10, 10]),
});
const half = [0, 1, 1, 0, 0, 0, 0, 0, 0, 0]; // Dice 2·2 / (2 + 4) = 2/3
const withIsland = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0]; // Dice 8/9
const empty = new Array<number>(10).fill(0);

const folds = [
  { training: ['c'], validation: ['d'], test: ['a', 'b'] },
  { training: ['a'], validation: ['b'], test: ['c', 'd'] },
];
const crossval: Crossval = {
  folder: '',
  plan: {
    version: 1,
    config: referenceConfig,
    holdOut: 2,
    folds,
    data: { dataset: 'made up', mode: 'default', unit: 'mm', slices: 4, sha256: '' },
  },
  list: {
    dataset: 'made up',
    kind: '3d',
    folder: '',
    labelMap: { 1: 1 },
    cases: ['a', 'b', 'c', 'd'].map((patient) => ({ id: `${patient}-ct`, patient, image: '' })),
  },
  slices: slicesInMemory([]),
  options: {
    weights: 'best',
    threshold: 0.5,
    mirror: [],
    postprocessing: 'chosen',
    metric: 'dice',
    seed: 1,
    probability: false,
  },
};
async function result(
  fold: number,
  before: ScoredPatientCase[],
  cases: ScoredPatientCase[],
  validation = withIsland,
): Promise<FoldResult> {
  const [patient] = folds[fold].validation;
  const read = async () => ({
    prediction: validation,
    reference: organ,
    shape: [10, 1, 1] as const,
    spacingMm: [10, 10, 10] as const,
  });
  return {
    version: 1,
    fold,
    made: { options: crossval.options, labels: { labelMap: { 1: 1 } }, inputs: {} },
    patients: folds[fold],
    threshold: 0.5,
    postprocessing: await choosePostprocessing([{ id: patient, patient, read }]),
    before,
    cases,
    failed: [],
    masks: {},
  };
}
const make = async (): Promise<FoldResult[]> => [
  await result(1, [score('c', empty), score('d', organ)], [score('c', empty), score('d', organ)], organ),
  await result(0, [score('a', half), score('b', withIsland)], [score('a', half), score('b', organ)]),
];

let made: Promise<FoldResult[]> | undefined;
/** Made once: the bootstrap intervals take most of the time. */
const results = (): Promise<FoldResult[]> => (made ??= make());
let sum: Promise<ReturnType<typeof summariseFolds>> | undefined;
const summed = () => (sum ??= results().then((folds) => summariseFolds(crossval, folds)));

describe('a cross-validation of synthetic patients', () => {
  it('says so in text and JSON, also where the plan is of an earlier version', async () => {
    const results = [await result(0, [score('a', half), score('b', half)], [score('a', half), score('b', half)])];
    expect(summariseFolds(crossval, results)).not.toHaveProperty('isSynthetic');
    for (const data of [{ isSynthetic: true } as const, { dataset: 'phantom' }]) {
      const plan = { ...crossval.plan, data: { ...crossval.plan.data, ...data } };
      const summary = summariseFolds({ ...crossval, plan }, results);
      expect(summary.isSynthetic).toBe(true);
      expect(formatCrossval(summary)).toContain('2 synthetic patients');
      expect(crossvalMarkdown(summary)).toContain('these scores say nothing of scans of people');
    }
  });
});

describe('the summary of a cross-validation', () => {
  it('holds every patient once, in the order of the folds, and means, SDs, medians and extremes', async () => {
    const { cases, folds: byFold, summary, missingFolds } = await summed();
    expect(cases.map(({ patient, fold }) => `${patient}${fold}`)).toEqual(['a0', 'b0', 'c1', 'd1']);
    expect(missingFolds).toEqual([]);
    // Dice 2/3, 1, 0, 1
    const { mean, sd, median, min, max } = summary.metrics.dice.all;
    expect([mean, median, min, max]).toEqual([expect.closeTo(2 / 3, 12), expect.closeTo(5 / 6, 12), 0, 1]);
    expect(sd).toBeCloseTo(Math.sqrt(((1 / 3) ** 2 * 2 + (2 / 3) ** 2) / 3), 12);
    expect(byFold.map(({ summary: own }) => own.metrics.dice.all.mean)).toEqual([expect.closeTo(5 / 6, 12), 0.5]);
    expect(byFold.map(({ patients }) => patients)).toEqual([
      { training: 1, validation: 1, test: 2 },
      { training: 1, validation: 1, test: 2 },
    ]);
    expect(summary.outcomes).toEqual({ both: 3, missed: 1, invented: 0, neither: 0 });
    expect(summary.metrics.dice.found.mean).toBeCloseTo(8 / 9, 12);
  });

  it('tells what post-processing did to the test cases and what all folds together choose', async () => {
    const {
      postprocessing,
      choice,
      folds: [first, second],
    } = await summed();
    expect(first.postprocessing).not.toEqual({}); // an island of 1 ml goes where the validation case had one
    expect(second.postprocessing).toEqual({});
    expect(postprocessing!.before.metrics.dice.all.mean).toBeCloseTo((2 / 3 + 8 / 9 + 0 + 1) / 4, 12);
    expect(postprocessing!.after.metrics.dice.all.mean).toBeCloseTo(2 / 3, 12);
    expect(postprocessing!.comparison.better).toEqual([1, 0, 3]);
    // better in one, equal in the other
    expect(choice).toEqual({ threshold: 0.5, postprocessing: first.postprocessing });
  });

  it('weighs thresholds of the folds by their validation cases', async () => {
    const [second, first] = await results();
    const choiceOf = (a: number, b: number) => ({
      chosen: 0.5,
      candidates: [
        { threshold: 0.5, meanDice: a },
        { threshold: 0.3, meanDice: b },
      ],
    });
    const both = summariseFolds(crossval, [
      { ...first, thresholdChoice: choiceOf(0.8, 0.7) },
      { ...second, thresholdChoice: choiceOf(0.5, 0.9) },
    ]);
    expect(both.choice!.threshold).toBe(0.3);
  });

  it('holds what preprocessing and the folds found odd, once', async () => {
    const [second, first] = await results();
    const entry = { id: 'a-ct', patient: 'a', sources: {}, slices: 1, warnings: ['a.nii.gz: every voxel is 40'] };
    const manifest = { ...crossval.slices.manifest, cases: [entry] };
    const seen = (message: string) => ({ id: 'a-ct', fold: 0, side: 'test' as const, message });
    const odd = { ...first, warnings: [seen('every voxel is 40'), seen('the mask is empty')] };
    const { warnings } = summariseFolds({ ...crossval, slices: { ...crossval.slices, manifest } }, [second, odd]);
    expect(warnings).toEqual([
      { id: 'a-ct', message: 'a.nii.gz: every voxel is 40' },
      { id: 'a-ct', fold: 0, side: 'test', message: 'the mask is empty' },
    ]);
  });

  it('names folds that are missing or failed, cases without a score, and cases that no fold tests', async () => {
    const [, first] = await results();
    const list = { ...crossval.list, cases: [...crossval.list.cases, { id: 'e-ct', patient: 'e', image: '' }] };
    const summary = summariseFolds(
      { ...crossval, list },
      [
        {
          ...first,
          cases: first.cases.slice(1),
          before: first.before.slice(1),
          failed: [
            { id: 'a-ct', fold: 0, side: 'test', reason: 'torn' },
            { id: 'd-ct', fold: 0, side: 'validation', reason: 'torn too' },
          ],
        },
      ],
      [{ fold: 1, reason: 'no memory' }],
    );
    expect(summary).toMatchObject({
      missingFolds: [1],
      failed: [{ id: 'e-ct', reason: 'it has no slices' }, { id: 'a-ct', reason: 'torn' }, { id: 'd-ct' }],
    });
    const text = formatCrossval(summary);
    for (const line of [
      'FAILED  fold 1: no memory',
      'FAILED  e-ct: it has no slices',
      'FAILED  a-ct (test case of fold 0): torn',
      'FAILED  d-ct (validation case of fold 0): torn too',
      '1 of 2 folds',
      ' rightly empty, 2 FAILED',
    ])
      expect(text).toContain(line);
    expect(text).not.toContain('Not run yet');
    expect(
      parseCsv(crossvalCasesCsv(summary))
        .slice(1)
        .map((row) => [row[1], row[3], row[4], row.at(-1)]),
    ).toEqual([
      ['b-ct', '0', 'both', ''],
      ['e-ct', '', 'failed', 'it has no slices'],
      ['a-ct', '0', 'failed', 'torn'],
    ]);
    expect(crossvalMarkdown(summary)).toContain('- FAILED  fold 1: no memory');
    expect(formatCrossval(summariseFolds(crossval, []))).toContain('Not run yet: fold 0, 1');
  });

  it('refuses results in which a patient was seen, or is tested twice', async () => {
    const [second, first] = await results();
    expect(() =>
      summariseFolds(crossval, [{ ...first, patients: { ...folds[0], validation: ['a'] } }, second]),
    ).toThrow('Expected test patients that fold 0 has not seen, found a');
    expect(() =>
      summariseFolds(crossval, [
        first,
        { ...second, patients: { ...folds[1], training: ['b'], test: ['a', 'c', 'd'], validation: [] } },
      ]),
    ).toThrow('found a 2 times');
  });
});

describe('its tables', () => {
  it('count a missed patient with the diagonal of the image, never leave him out', async () => {
    const summary = await summed();
    const lines = formatCrossval(summary).split('\n');
    expect(lines[0]).toContain(
      '4 patients, 2 folds, each tested once, by the network that never saw it; ' +
        '4 cases: 3 in both masks, 1 missed, 0 invented, 0 rightly empty',
    );
    expect(lines.find((line) => line.startsWith('c-ct (c)'))).toMatch(
      /^c-ct \(c\) +1 +MISSED +0\.000 +0\.000 +0\.000 +0\.000 +– +– +0\.000$/,
    );
    const diagonal = Math.hypot(100, 10, 10);
    expect(summary.summary.metrics.hd95PooledMm.all.max).toBe(diagonal);
    expect(lines.find((line) => line.startsWith('maximum'))).toContain(diagonal.toFixed(3));
    expect(lines.find((line) => line.startsWith('mean ± SD, 3 in both masks alone'))).toContain('0.889');
    expect(lines.find((line) => /^mean ± SD +all/.test(line))).toContain('0.667 ± 0.471');
  });

  it('are the same in Markdown and CSV', async () => {
    const summary = await summed();
    const markdown = crossvalMarkdown(summary)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(new Set(markdown.map((line) => line.split('|').length)).size).toBe(1);
    // heading, patients, fold 0, fold 1 and all with a row more for the missed patient
    expect(markdown).toHaveLength(2 + 4 + 5 + 6 + 6);
    expect(markdown[2]).toMatch(/^\| a-ct \(a\) \| 0 \| both \| 0\.667 \| 0\.500 \| 1\.000 \| 0\.500 \|/);
    const [header, ...rows] = parseCsv(crossvalCasesCsv(summary));
    expect(rows.map((row) => Object.fromEntries(row.map((value, i) => [header![i], value])))).toMatchObject([
      { patient: 'a', case: 'a-ct', fold: '0', outcome: 'both', tp: '2', fn: '2' },
      { patient: 'b', dice: '1' },
      { patient: 'c', outcome: 'missed', hd95PooledMm: '', dice: '0' },
      { patient: 'd', fold: '1' },
    ]);
    const [names, ...scopes] = parseCsv(crossvalSummaryCsv(summary));
    const dice = scopes
      .filter((row) => row[1] === 'dice')
      .map((row) => Object.fromEntries(row.map((value, i) => [names![i], value])));
    expect(dice.map(({ fold, cases, missed }) => [fold, cases, missed])).toEqual([
      ['0', '2', '0'],
      ['1', '2', '1'],
      ['all', '4', '1'],
    ]);
    expect(Number(dice[2].mean)).toBeCloseTo(2 / 3, 12);
    expect(Number(dice[2].ci_low)).toBeLessThan(2 / 3);
  });
});

describe('on disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-crossval-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('a fold keeps distances that do not exist, so what was read is summarised like what was computed', async () => {
    const computed = await results();
    for (const one of computed) await writeJson(foldFile(folder, one.fold), one);
    const read = (await Promise.all([0, 1].map((k) => readFold(folder, k)))).map((one) => one!);
    expect(read[1].cases[0].values.hd95PooledMm).toBe(Infinity);
    const [fromDisk, fromMemory] = [summariseFolds(crossval, read), await summed()];
    expect(fromDisk.summary).toEqual(fromMemory.summary);
    expect(JSON.stringify(fromDisk)).toBe(JSON.stringify(fromMemory));
    expect(await readFold(folder, 2)).toBeUndefined();
  });

  it('the summary is JSON, Markdown and two tables', async () => {
    const summary = await summed();
    await writeCrossval(folder, summary);
    expect(
      JSON.parse(readFileSync(path.join(folder, 'summary.json'), 'utf8')).summary.metrics.dice.all.mean,
    ).toBeCloseTo(2 / 3, 12);
    expect(readFileSync(path.join(folder, 'summary.md'), 'utf8')).toBe(crossvalMarkdown(summary));
    for (const name of ['cases.csv', 'summary.csv'])
      expect(readFileSync(path.join(folder, name), 'utf8').split('\n').length).toBeGreaterThan(4);
  });
});
