import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withMeasured } from '../../bench/document.ts';
import { linesOf, lineWith, runProgram } from '../../bench/program.ts';
import { recordedFolder, scoreMasks } from '../../bench/time-to-dice.ts';
import { measuredText } from '../../bench/time-to-dice-docs.ts';
import { diceCurves } from '../../bench/time-to-dice-figure.ts';
import { nnunetOptions, timeToDiceOptions } from '../../bench/time-to-dice-options.ts';
import {
  bestWay,
  type DiceRecord,
  type DiceRun,
  epochsWithin,
  type FoldRecord,
  levelRows,
  levelTable,
  nnunetTable,
  type PeerWay,
  readRecord,
  recordFile,
  secondsToLevel,
  wholeRatios,
  writeRecord,
} from '../../bench/time-to-dice-record.ts';
import { encodeNpy } from '../../lib/io/npy.ts';
import { object, realNumber } from '../../lib/io/schema.ts';
import type { SliceSet } from '../../lib/preprocess/sliceSet.ts';
import { projectPath } from '../../lib/settings.ts';
import { presetConfig } from '../../lib/train/presets.ts';
import { wrapMarkdown } from '../../scripts/docs-wrap.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-dice-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A run with a point for each [seconds, DSC]. */
const run = (name: string, ...points: [number, number][]): DiceRun => ({
  name,
  load: 0.1,
  firstStepS: 2,
  seconds: points.at(-1)![0],
  steps: 40 * points.length,
  rssMb: 700,
  points: points.map(([seconds, dice], i) => ({
    epoch: i + 1,
    step: 40 * (i + 1),
    seconds,
    dice,
    sliceDice: dice / 2,
  })),
});

const sizes = { trainingSlices: 160, validationSlices: 39, validationPatients: 9 };
const folds: FoldRecord[] = [
  { fold: 0, first: 'ours', ...sizes, ours: run('a', [10, 0.4], [20, 0.7]), peer: run('b', [30, 0.5], [40, 0.72]) },
  { fold: 1, first: 'peer', ...sizes, ours: run('a', [11, 0.5], [22, 0.49]), peer: run('b', [22, 0.6], [44, 0.71]) },
  { fold: 2, first: 'ours', ...sizes, ours: run('a', [5, 0.9]) },
];

describe('seconds to a level', () => {
  it('are those of the first point that has it, also where the curve falls again', () => {
    const { points } = run('a', [10, 0.4], [20, 0.7], [30, 0.65], [40, 0.71]);
    expect([0.3, 0.4, 0.41, 0.7, 0.705, 0.8].map((level) => secondsToLevel(points, level))).toEqual([
      10,
      10,
      20,
      20,
      40,
      null,
    ]);
    expect(secondsToLevel([], 0.1)).toBeNull();
  });

  it('are compared fold by fold where both reached it; a fold of one program counts nowhere', () => {
    const [half, high] = levelRows(folds, [0.5, 0.7]);
    expect(half).toEqual({
      level: 0.5,
      folds: [
        { fold: 0, ours: 20, peer: 30, ratio: 20 / 30 },
        { fold: 1, ours: 11, peer: 22, ratio: 0.5 },
      ],
      leastRatio: 0.5,
      medianRatio: (20 / 30 + 0.5) / 2,
    });
    expect(high!.folds).toEqual([
      { fold: 0, ours: 20, peer: 40, ratio: 0.5 },
      { fold: 1, ours: null, peer: 44, ratio: null },
    ]);
    expect([high!.leastRatio, high!.medianRatio]).toEqual([0.5, 0.5]);
    expect(levelRows([], [0.5])[0]).toEqual({ level: 0.5, folds: [], leastRatio: null, medianRatio: null });
  });

  it('stand beside those of all steps', () => {
    expect(wholeRatios(folds)).toEqual({ leastRatio: 0.5, medianRatio: 0.5 }); // 20 / 40 and 22 / 44
    expect(wholeRatios([])).toEqual({ leastRatio: null, medianRatio: null });
  });

  it('make a table with a row a level, and a dash for what was not reached', () => {
    const lines = levelTable(folds).split('\n');
    expect(lines[0]).toBe('| DSC | fold 0 | fold 1 | ratio, least | median |');
    expect(lines).toContain('| 0.70 | 20.0 / 40.0 | – / 44.0 | 0.50 | 0.50 |');
    expect(lines).toContain('| 0.75 | – / – | – / – | – | – |');
    expect(lines.at(-1)).toBe('| DSC at the end | 0.700 / 0.720 | 0.490 / 0.710 |  |  |');
  });
});

describe('the budget', () => {
  it('fits whole epochs of both programs into the minutes of all folds', () => {
    // 600 s a fold, 30 s until the first steps; an epoch has 40 steps of 0.25 s and 1.35 of that: 13.5 s; 570 / 13.5
    const budget = { minutes: 20, folds: 2, stepsPerEpoch: 40, stepS: 0.25, firstStepS: 30 };
    expect(epochsWithin(budget)).toBe(42);
    expect(epochsWithin({ ...budget, minutes: 0.5 })).toBe(1);
  });

  it('takes compiling for the peer where the steps make up for it', () => {
    const way = { layout: 'channels_last', worker: false, fastestStepS: 0 } as const;
    const plain: PeerWay = { ...way, compiled: false, cached: false, firstStepS: 1, stepS: 0.2 };
    const compiled: PeerWay = { ...way, compiled: true, cached: true, firstStepS: 21, stepS: 0.1 };
    expect(bestWay([plain, compiled], 199)).toBe(plain); // 40.8 s against 40.9 s
    expect(bestWay([plain, compiled], 201)).toBe(compiled); // 41.2 s against 41.1 s
  });
});

const record: DiceRecord = {
  version: 1,
  command: 'npm run bench -- time-to-dice --epochs 2',
  source: 'made up',
  node: '20.0.0',
  machine: '2 × a processor',
  threads: 2,
  every: 1,
  config: presetConfig('study', 'nih-2d'),
  check: { parameters: 1869826, images: 1e-5, labels: 0, logits: 1e-6, losses: 1e-6, averages: 1e-5 },
  probe: { steps: 7, load: 0, ours: { firstStepS: 1, stepS: 0.1, fastestStepS: 0.1 }, peer: [] },
  folds,
};

describe('the record', () => {
  it('comes back as it was written, and is absent before', async () => {
    expect(await readRecord(path.join(folder, 'none'))).toBeUndefined();
    await writeRecord(folder, record);
    expect(await readRecord(folder)).toEqual(JSON.parse(JSON.stringify(record)));
  });

  it('is refused with the place of what does not belong there', async () => {
    const damaged = JSON.stringify(record).replace('"dice":0.7,', '"dice":"good",');
    writeFileSync(recordFile(folder), damaged);
    await expect(readRecord(folder)).rejects.toThrow(/folds\[0\]\.ours\.points\[1\]\.dice is a number, found "good"/);
  });

  it('is drawn as one line for each program and fold, each named in the legend', () => {
    const data = diceCurves(record).data as { name: string; x: number[]; showlegend?: boolean }[];
    expect(data.map(({ name, x }) => [name, x])).toEqual([
      ['a, fold 0', [10, 20]],
      ['b, fold 0', [30, 40]],
      ['a, fold 1', [11, 22]],
      ['b, fold 1', [22, 44]],
      ['a, fold 2', [5]],
    ]);
    expect(data.filter(({ showlegend }) => showlegend === false)).toEqual([]);
    expect(JSON.stringify(diceCurves({ folds: [] }))).toContain('Nothing has been measured yet');
  });

  it('puts nnU-Net beside ours', () => {
    const nnunet = {
      ...{ name: 'nnU-Net 2', load: 0, memoryTargetGb: 1, patchSize: [384, 512], batchSize: 2, parameters: 3 },
      ...{ firstStepS: 3, seconds: 19.5, steps: 6, rssMb: 1, dice: 0.25, sliceDice: 0.125 },
    };
    expect(nnunetTable(folds)).toBe('');
    expect(
      nnunetTable([{ ...folds[0]!, nnunet: [nnunet] }])
        .split('\n')
        .at(-1),
    ).toBe('| 0 | 19.5 | 384 × 512, batch 2, 6 steps | 0.250 (0.125) | 0.700 (0.350) |');
  });
});

describe('the document', () => {
  const [opening, closing] = ['<!-- measured: time-to-dice -->', '<!-- end of measured: time-to-dice -->'];

  it('shows what was measured between two comments, and nothing else changes', () => {
    const text = `before\n\n${opening}\n\nold\n\n${closing}\n\nafter\n`;
    const filled = withMeasured(text, 'time-to-dice', 'new');
    expect(filled).toBe(`before\n\n${opening}\n\nnew\n\n${closing}\n\nafter\n`);
    expect(withMeasured(filled, 'time-to-dice', 'old')).toBe(text);
    expect(() => withMeasured('before', 'time-to-dice', 'new')).toThrow('docs/benchmarks.md');
  });

  it('has these comments, and says what the record in the project says, where there is one', async () => {
    const document = readFileSync(projectPath('docs/benchmarks.md'), 'utf8');
    const found = await readRecord(recordedFolder);
    const measured = found ? measuredText(found) : 'Not measured yet on a quiet machine.';
    expect(wrapMarkdown(withMeasured(document, 'time-to-dice', measured))).toBe(document);
  });

  it('says how the peer ran, and on how busy a machine', () => {
    const peer: PeerWay[] = [
      ...[{ layout: 'contiguous', compiled: false, cached: false, worker: true, firstStepS: 2, stepS: 0.2 } as const],
      ...[
        { layout: 'channels_last', compiled: true, cached: true, worker: false, firstStepS: 9, stepS: 0.15 } as const,
      ],
    ].map((way) => ({ ...way, fastestStepS: 0.1 }));
    const text = measuredText({ ...record, probe: { ...record.probe, peer } });
    expect(text).toContain('| PyTorch, contiguous, worker | 200 ms | 2.0 s |');
    expect(text).toContain('| PyTorch, channels_last, one process, torch.compile, compiled before | 150 ms | 9.0 s |');
    expect(text).toContain('load before each training 0.1 to 0.1');
  });
});

describe('masks of any program', () => {
  const labels = [
    [1, 1, 0, 0],
    [1, 0, 0, 0],
    [1, 1, 1, 1],
  ];
  const patients = ['p', 'p', 'q'];
  const slices = {
    entries: patients.map((patient) => ({ patient, height: 2, width: 2 })),
    readLabel: (i: number) => Uint8Array.from(labels[i]!),
  } as unknown as SliceSet;
  const file = path.join(folder, 'masks.npy');

  it('are scored by patient and by slice', async () => {
    const masks = Uint8Array.of(...[1, 0, 0, 0], ...[1, 1, 1, 0], ...[0, 0, 1, 1]);
    writeFileSync(file, encodeNpy({ data: masks, shape: [3, 2, 2] }));
    // p: tp 1 + 1, fp 0 + 2, fn 1 + 0: 4 / 7; q: tp 2, fn 2: 4 / 6. Slices: 2/3, 2/4, 4/6
    const { dice, sliceDice } = await scoreMasks(file, slices, [0, 1, 2]);
    expect(dice).toBeCloseTo((4 / 7 + 4 / 6) / 2, 4);
    expect(sliceDice).toBeCloseTo((2 / 3 + 1 / 2 + 2 / 3) / 3, 4);
  });

  it('of another number or kind are refused', async () => {
    await expect(scoreMasks(file, slices, [0, 1])).rejects.toThrow(/2 × 2 × 2.*3 × 2 × 2/);
    writeFileSync(file, encodeNpy({ data: new Float32Array(8), shape: [2, 2, 2] }));
    await expect(scoreMasks(file, slices, [0, 1])).rejects.toThrow(/bytes/);
  });
});

describe('the options', () => {
  it('are numbers, with folds in order', () => {
    const options = timeToDiceOptions({ minutes: '25', folds: '3,0,3', out: 'x' }, 7);
    expect(options).toEqual({ n: 7, minutes: 25, folds: [0, 3], every: 1, threads: 2, data: undefined, out: 'x' });
    expect(nnunetOptions({ memory: '0.5', out: 'x' })).toMatchObject({ memoryTargetGb: 0.5, folds: [0, 1, 2, 3, 4] });
  });

  it('are refused with a sentence', () => {
    expect(() => timeToDiceOptions({}, 7)).toThrow('either --epochs or --minutes, found neither');
    expect(() => timeToDiceOptions({ epochs: '1', minutes: '1' }, 7)).toThrow('found both');
    expect(() => timeToDiceOptions({ epochs: '1.5' }, 7)).toThrow('a whole number of epochs above 0, found "1.5"');
    expect(() => timeToDiceOptions({ epochs: '1', folds: '0;1' }, 7)).toThrow('folds such as 0,1');
    expect(() => timeToDiceOptions({ epochs: '1', memory: '1' }, 7)).toThrow('without --memory');
    expect(() => nnunetOptions({ epochs: '1' })).toThrow('without --epochs');
    expect(() => nnunetOptions({ memory: '-1' })).toThrow('a positive number of GB, found "-1"');
  });
});

describe('a program', () => {
  const node = (code: string) => runProgram(process.execPath, ['-e', code]);

  it('is heard line by line, and by kind', async () => {
    const lines =
      await node(`console.log('words'); for (const s of [1, 2]) console.log(JSON.stringify({ kind: 'a', s }));
      console.log(JSON.stringify({ end: 3 }))`);
    expect(linesOf(lines, 'a', object({ s: realNumber })).map(({ s }) => s)).toEqual([1, 2]);
    expect(lineWith(lines, 'end', object({ end: realNumber })).end).toBe(3);
    expect(() => linesOf(lines, 'a', object({ t: realNumber }))).toThrow(/a line of kind a with t, found nothing/);
  });

  it('that fails or cannot start is told with its last words', async () => {
    await expect(node(`console.error('no memory'); process.exit(3)`)).rejects.toThrow(/exit code 3: no memory/);
    await expect(runProgram('no-such-program', [])).rejects.toThrow(/ENOENT/);
  });
});
