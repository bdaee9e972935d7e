import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { referenceConfig } from '../../../lib/train/config.ts';
import {
  caseToRow,
  caseValue,
  cropMask,
  type ExampleSlice,
  packMask,
  readStudyRecord,
  recordFile,
  rowToCase,
  type StudyCase,
  type StudyRecord,
  unpackMask,
  writeStudyRecord,
} from '../../../notebooks/lessons/study/record.ts';

const records = mkdtempSync(path.join(os.tmpdir(), 'axunet-records-'));
afterAll(() => rmSync(records, { recursive: true, force: true }));

const found: StudyCase = {
  id: 'a',
  outcome: 'both',
  counts: { tp: 3, fp: 1, fn: 2, tn: 10 },
  imageDiagonalMm: 100,
  values: { dice: 2 / 3, hd95PooledMm: 4.5 },
};
const missed: StudyCase = {
  id: 'b',
  outcome: 'missed',
  counts: { tp: 0, fp: 0, fn: 2, tn: 14 },
  imageDiagonalMm: 100,
  values: { dice: 0, hd95PooledMm: Infinity },
};
const record: StudyRecord = {
  study: 'made-up',
  title: 'A study',
  command: 'npm run study -- made-up',
  source: 'nobody',
  engine: 'none',
  node: '20',
  seeds: [1],
  patients: { training: ['c'], validation: ['d'], test: ['a', 'b'] },
  arms: [{ name: 'one', label: 'One' }],
  runs: [
    {
      arm: 'one',
      seed: 1,
      config: referenceConfig,
      version: { package: '0' },
      steps: 5,
      seconds: 2,
      loss: 0.5,
      cases: [found, missed],
    },
  ],
};

describe('the record of a study', () => {
  it('keeps the rows of each class and how often its lesions were found', async () => {
    const detection = { withLesion: 1, found: 1, touched: 1, withoutLesion: 1, rightlyEmpty: 0, falsePositives: 2 };
    const runs = [{ ...record.runs[0], classes: [{ name: 'tumour', cases: [found, missed], detection }] }];
    await writeStudyRecord({ ...record, study: 'classes', runs }, records);
    const [run] = (await readStudyRecord('classes', records))!.runs;
    expect(run.classes!.map(({ name, detection: told }) => [name, told])).toEqual([['tumour', detection]]);
    expect(run.classes![0].cases).toEqual(run.cases);
  });

  it('comes back as it was written, missing distances included, with one line a case', async () => {
    await writeStudyRecord(record, records);
    const back = (await readStudyRecord('made-up', records))!;
    expect(back.runs[0].cases[1]).toEqual(missed);
    expect(back.runs[0].cases[0].values.dice).toBeCloseTo(2 / 3, 6);
    expect({ ...back, runs: [] }).toEqual({ ...record, runs: [] });
    const lines = readFileSync(recordFile('made-up', records), 'utf8').split('\n');
    expect(lines.filter((line) => line.trim().startsWith('["a","both"'))).toHaveLength(1);
  });

  it('is undefined where there is none', async () => {
    expect(await readStudyRecord('unheard-of', records)).toBeUndefined();
  });

  it('counts a missing distance as the diagonal of the image and refuses a metric it does not hold', () => {
    expect(caseValue('hd95PooledMm', missed)).toBe(100);
    expect(caseValue('hd95PooledMm', found)).toBe(4.5);
    expect(() => caseValue('nsd1', found)).toThrow('Expected NSD 1 mm (elements) of a, found none');
  });

  it('keeps pictures without millimetres as they are', () => {
    const { imageDiagonalMm, ...picture } = found;
    expect(rowToCase(caseToRow({ ...picture, values: { dice: 0.5 } }, ['dice']), ['dice'])).toEqual({
      ...picture,
      values: { dice: 0.5 },
    });
  });
});

describe('a packed mask', () => {
  it('unpacks to itself', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 100 }), (mask) => {
        expect([...unpackMask(packMask(mask), mask.length)]).toEqual(mask);
      }),
    );
  });

  it('is cropped to the window of its example', () => {
    const slice = { id: 'a', height: 2, width: 2, place: { top: 1, left: 1, rows: 3, columns: 3 } } as ExampleSlice;
    const whole = [0, 0, 0, 0, 1, 0, 0, 1, 1];
    expect([...unpackMask(cropMask({ id: 'a', mask: packMask(whole) }, slice).mask, 4)]).toEqual([1, 0, 1, 1]);
  });
});
