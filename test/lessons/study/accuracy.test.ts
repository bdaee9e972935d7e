import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectPath } from '../../../lib/settings.ts';
import { accuracyMarkdown } from '../../../notebooks/lessons/study/accuracyMarkdown.ts';
import {
  accuracyRows,
  armWays,
  diceOf,
  ensembleWays,
  patientValues,
  sizeRows,
  type UnseenSlice,
  type Way,
} from '../../../notebooks/lessons/study/accuracySummary.ts';
import { accuracyName, findStudy } from '../../../notebooks/lessons/study/plan.ts';
import type { StudyRecord } from '../../../notebooks/lessons/study/record.ts';
import { expectedDice, reliability } from '../../../notebooks/lessons/study/unseen.ts';

const slice = (patient: string, k: number, truth: number, tp: number, fp: number): UnseenSlice => ({
  id: `PANCREAS_${patient}-${k}`,
  patient,
  truth,
  tp,
  fp,
});
/** Two patients: one with a large and a small section, one with a section that was missed. */
const way = (name: string, found: number): Way => ({
  name,
  label: name,
  repetitions: [[slice('0001', 1, 1000, found, 0), slice('0001', 2, 100, 0, 0), slice('0002', 1, 500, 250, 250)]],
});

describe('the study of accuracy', () => {
  it('counts DSC by slice, and by patient over pooled pixels', () => {
    // patient 1: 2·800 / (1100 + 800); patient 2: 2·250 / (500 + 500)
    const { values } = patientValues(way('a', 800));
    expect(values).toEqual({ '0001': expect.closeTo(1600 / 1900, 12), '0002': 0.5 });
    const [row] = accuracyRows([way('a', 800)]);
    expect(row!.bySlice.mean).toBeCloseTo((1600 / 1800 + 0 + 0.5) / 3, 12);
    expect(row!.byPatient.mean).toBeCloseTo((1600 / 1900 + 0.5) / 2, 12);
    expect(row!.byPatientOfSlices).toBeCloseTo((1600 / 1800 / 2 + 0.5) / 2, 12);
    expect(row!.comparison).toBeUndefined();
  });

  it('compares each way with the first, patient by patient', () => {
    const [, second] = accuracyRows([way('a', 800), way('b', 1000)]);
    expect(second!.comparison).toMatchObject({ first: 'b', second: 'a', pairs: 2, better: [1, 0, 1] });
    expect(second!.comparison!.meanDifference).toBeCloseTo((2000 / 2100 - 1600 / 1900) / 2, 12);
  });

  it('tells sections apart by the pixels of their label', () => {
    const rows = sizeRows(way('a', 800));
    expect(rows.map(({ slices }) => slices)).toEqual([1, 1, 1, 0, 0]);
    expect(rows[0]).toMatchObject({ from: 0, below: 300, dice: 0, missed: 1 });
    expect(rows[2]!.dice).toBeCloseTo(1600 / 1800, 12);
    expect(rows[4]!.dice).toBeNaN();
  });

  it('takes arms whose folds are all there, each repetition by itself', () => {
    const run = (arm: string, seed: number): unknown => ({
      arm,
      seed,
      cases: [{ id: `PANCREAS_000${1 + ((seed - 1) % 5)}-1`, counts: { tp: seed, fp: 1, fn: 2, tn: 3 } }],
    });
    const record = {
      arms: [
        { name: 'x', label: 'X' },
        { name: 'y', label: 'Y' },
      ],
      seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      runs: [...[1, 2, 3, 4, 5, 6].map((seed) => run('x', seed)), ...[1, 2, 3].map((seed) => run('y', seed))],
    } as unknown as StudyRecord;
    const ways = armWays(record, 5);
    expect(ways.map(({ name, repetitions }) => [name, repetitions.length])).toEqual([['x', 1]]);
    expect(ways[0]!.repetitions[0]!.map(({ patient, truth, tp }) => [patient, truth, tp])).toEqual([
      ['0001', 3, 1],
      ['0002', 4, 2],
      ['0003', 5, 3],
      ['0004', 6, 4],
      ['0005', 7, 5],
    ]);
  });

  it('reads an ensemble at one of its thresholds', () => {
    const record = {
      command: '',
      thresholds: [0.3, 0.5],
      ensembles: [
        {
          name: 'e',
          label: 'E',
          members: [],
          scales: [1],
          networks: 1,
          slices: [['PANCREAS_0007-3', 10, [9, 5], [8, 2]]],
        },
      ],
    } as unknown as Parameters<typeof ensembleWays>[0];
    expect(ensembleWays(record)[0]!.repetitions).toEqual([
      [{ id: 'PANCREAS_0007-3', patient: '0007', truth: 10, tp: 8, fp: 2 }],
    ]);
    expect(ensembleWays(record, 0.3)[0]!.repetitions[0]![0]).toMatchObject({ tp: 9, fp: 5 });
  });

  it('tests every slice as often in each arm', () => {
    const { folds, seeds } = findStudy(accuracyName);
    expect(seeds.length % folds!).toBe(0);
  });
});

it('docs/accuracy.md says what is recorded', async () => {
  const text = readFileSync(projectPath('docs/accuracy.md'), 'utf8');
  expect(text).toContain((await accuracyMarkdown()).trim());
});

describe('what the networks say of unseen slices', () => {
  it('promises the DSC that its probabilities imply', () => {
    // mask of two pixels with 0.9 and 0.6, one pixel outside with 0.3: 2·1.5 / (2 + 1.8)
    expect(expectedDice([0.9, 0.6, 0.3, 0], [1, 1, 0, 0])).toBeCloseTo(3 / 3.8, 12);
    expect(expectedDice([0, 0], [0, 0])).toBe(1);
    expect(expectedDice([1, 1, 0], [1, 1, 0])).toBe(1);
  });

  it('is calibrated where the share of pancreas is the probability', () => {
    const calibration = [
      { pixels: 100, pancreas: 10, probability: 0.1 },
      { pixels: 300, pancreas: 240, probability: 0.6 },
      { pixels: 0, pancreas: 0, probability: 0 },
    ];
    const { points, ece } = reliability({ calibration });
    expect(points.map(({ share }) => share)).toEqual([0.1, 0.8]);
    expect(ece).toBeCloseTo(0.75 * 0.2, 12);
  });

  it('calls two empty masks equal', () => {
    expect(diceOf({ truth: 0, tp: 0, fp: 0 })).toBe(1);
    expect(diceOf({ truth: 0, tp: 0, fp: 3 })).toBe(0);
  });
});
