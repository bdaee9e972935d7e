/** The account of an evaluation as JSON, CSV and text. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScoredCase } from '../../lib/evaluate/cohort.ts';
import type { EvaluatedModel } from '../../lib/evaluate/files.ts';
import { describeOutcomes, formatEvaluation } from '../../lib/evaluate/formatReport.ts';
import { metricNames, scoreMasks } from '../../lib/evaluate/metrics.ts';
import { makeReport } from '../../lib/evaluate/report.ts';
import { writeReport } from '../../lib/evaluate/writeReport.ts';
import { parseCsv } from '../../lib/io/csv.ts';

/** A line of 10 voxels of 1 ml: the reference is the first five, a prediction the first `found`. */
const scored = (id: string, found: number): ScoredCase => {
  const first = (n: number): Uint8Array => Uint8Array.from({ length: 10 }, (_, i) => Number(i < n));
  return { id, ...scoreMasks(first(found), first(5), [10, 1, 1], [10, 10, 10]) };
};
const good: EvaluatedModel = { name: 'good', cases: [scored('a', 5), scored('b', 4), scored('c', 6)], failed: [] };
const blind: EvaluatedModel = {
  name: 'blind',
  cases: [scored('a', 3), scored('b', 0)],
  failed: [{ id: 'c', reason: 'Expected a prediction, found none' }],
};

describe('makeReport', () => {
  it('summarises each model over its own cases and compares over those that all have', () => {
    const { models, comparisons, plots } = makeReport([good, blind], 4);
    expect(models.map(({ summary }) => summary.cases)).toEqual([3, 2]);
    expect(models[0].summary.metrics.dice.all.mean).toBeCloseTo((1 + 8 / 9 + 10 / 11) / 3, 12);
    expect(comparisons.map(({ metric, pairs }) => `${metric} ${pairs}`)).toEqual([
      'dice 2',
      'hd95PooledMm 2',
      'nsd2 2',
    ]);
    // Dice 1 and 8/9 against 6/8 and 0.
    expect(comparisons[0].meanDifference).toBeCloseTo((1 + 8 / 9 - 6 / 8) / 2, 12);
    expect(plots[0].models[1].values).toEqual([0.75, 0, null]);
  });
  it('tells of a model none of whose references has foreground, as nothing is measured there', () => {
    const nothing = { id: 'a', ...scoreMasks(new Uint8Array(8), new Uint8Array(8), [8, 1, 1], [1, 1, 1]) };
    expect(makeReport([{ name: 'void', cases: [nothing, nothing], failed: [] }, good]).warnings).toEqual([
      'void: no reference has any foreground (2 empty); is the label map right?',
    ]);
    expect(makeReport([good, blind])).not.toHaveProperty('warnings');
    expect(makeReport([{ ...blind, cases: [] }])).not.toHaveProperty('warnings');
  });
  it('compares nothing where one model or no case is common, and is the same for the same seed', () => {
    expect(makeReport([good]).comparisons).toEqual([]);
    expect(makeReport([good, { ...blind, cases: [] }]).comparisons).toEqual([]);
    expect(makeReport([good, blind], 4)).toEqual(makeReport([good, blind], 4));
  });
});

describe('as text', () => {
  it('says of each case which of its masks have something, and of each mean what it leaves out', () => {
    const text = formatEvaluation(makeReport([good, blind]));
    expect(text).toContain('good: 3 cases: 3 in both masks, 0 missed, 0 invented, 0 rightly empty\n');
    expect(text).toContain('blind: 2 cases: 1 in both masks, 1 missed, 0 invented, 0 rightly empty, 1 FAILED\n');
    expect(text).toContain('mean ± SD, 1 in both masks (1 missed, 0 invented)');
    expect(text).toMatch(/^b +MISSED +0\.000/m);
    expect(text).toContain('FAILED  c: Expected a prediction, found none');
    expect(text).toMatch(/^good - blind +DSC +2 +0\.569/m); // (1 + 8/9 − 6/8) / 2
    const outcomes = { both: 1, missed: 2, invented: 3, neither: 4 };
    expect(describeOutcomes({ cases: 10, outcomes })).toBe(
      '10 cases: 1 in both masks, 2 missed, 3 invented, 4 rightly empty',
    );
  });
  it('is a line where a model has no case', () => {
    const nothing = formatEvaluation(makeReport([{ name: 'none', cases: [], failed: [] }]));
    expect(nothing).toBe('none: 0 cases: 0 in both masks, 0 missed, 0 invented, 0 rightly empty');
  });
});

describe('as files', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-report-'));
  beforeAll(() => writeReport(folder, makeReport([good, blind])));
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

  it('are two tables, the text and JSON, in which an infinite distance is null', () => {
    expect(readdirSync(folder).sort()).toEqual(['cases.csv', 'report.json', 'report.txt', 'summary.csv']);
    const { version, models } = JSON.parse(read('report.json'));
    expect([version, models[1].cases[1].values.hausdorffMm]).toEqual([1, null]);
    expect(read('report.txt')).toBe(`${formatEvaluation(makeReport([good, blind]))}\n`);
  });
  it('have a line for each model and case, with counts, metrics and the reason of a failure', () => {
    const [heading, ...rows] = parseCsv(read('cases.csv'));
    expect(heading).toEqual(['model', 'case', 'outcome', 'tp', 'fp', 'fn', 'tn', ...metricNames, 'failed']);
    expect(rows.map((row) => row.slice(0, 7).join())).toEqual([
      'good,a,both,5,0,0,5',
      'good,b,both,4,0,1,5',
      'good,c,both,5,1,0,4',
      'blind,a,both,3,0,2,5',
      'blind,b,missed,0,0,5,5',
      'blind,c,failed,,,,',
    ]);
    expect(rows[4][heading.indexOf('hausdorffMm')]).toBe(''); // infinite: no number
    expect(rows[5].at(-1)).toBe('Expected a prediction, found none');
  });
  it('have a line for each model and metric, over all cases and over the found ones', () => {
    const [heading, ...rows] = parseCsv(read('summary.csv'));
    expect(rows).toHaveLength(2 * metricNames.length);
    const dice = rows.find(([model, metric]) => model === 'blind' && metric === 'dice')!;
    const of = (column: string): string => dice[heading.indexOf(column)];
    expect(['cases', 'found', 'missed', 'failed'].map(of)).toEqual(['2', '1', '1', '1']);
    expect([Number(of('mean')), Number(of('mean_found')), of('sd_found')]).toEqual([0.375, 0.75, '']);
  });
});

describe('with classes kept apart', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-report-classes-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const none = { lesions: 0, found: 0, touched: 0, falsePositives: 0 };
  const tumours = [
    { ...scored('a', 4), detection: { lesions: 1, found: 1, touched: 1, falsePositives: 0 } },
    { ...scored('b', 0), detection: { ...none, falsePositives: 2 } },
  ];
  const cases = [scored('a', 5), scored('b', 5)];
  const model: EvaluatedModel = { name: 'm', cases, failed: [], classes: [{ name: 'tumour', cases: tumours }] };

  it('says of each class what it says of the whole, and how often its lesions were found', () => {
    const text = formatEvaluation(makeReport([model, { ...model, name: 'n' }]));
    expect(text).toContain('m, all classes as one: 2 cases: 2 in both masks');
    expect(text).toContain('m, tumour: 2 cases: 1 in both masks, 1 missed');
    expect(text).toContain('found in 1 of 1 cases that have one (sensitivity 1.000; ');
    expect(text).toContain(
      'none predicted in 0 of 1 cases without one (specificity 0.000); 2 false positive components, 1.00',
    );
    expect(text).toContain('Paired comparison, tumour\n');
  });
  it('has a line for each class in its tables, and a table of detection', async () => {
    await writeReport(folder, makeReport([model]));
    const table = (name: string): string[][] => parseCsv(readFileSync(path.join(folder, name), 'utf8'));
    const [heading, ...rows] = table('cases.csv');
    expect(rows.map((row) => row.slice(0, 4).join())).toEqual([
      'm,a,all,both',
      'm,b,all,both',
      'm,a,tumour,both',
      'm,b,tumour,missed',
    ]);
    expect(rows.map((row) => row.slice(heading.indexOf('lesions'), -1).join())).toEqual([
      ',,,',
      ',,,',
      '1,1,1,0',
      '0,0,0,2',
    ]);
    expect(table('summary.csv')).toHaveLength(1 + 2 * metricNames.length);
    expect(table('detection.csv')[1].join()).toBe('m,tumour,1,1,1,1,1,0,0,2,1');
  });
  it('says of pictures that a millimetre is a pixel', () => {
    expect(formatEvaluation(makeReport([{ ...good, unit: 'px' }]))).toMatch(/^Pictures have no spacing: 1 mm below/);
  });
});
