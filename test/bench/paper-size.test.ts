import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withMeasured } from '../../bench/document.ts';
import { nihSize, sliceCounts } from '../../bench/paper-size/cohort.ts';
import { duration, measuredText } from '../../bench/paper-size/docs.ts';
import { memoryOverTime } from '../../bench/paper-size/figure.ts';
import { recordedFolder } from '../../bench/paper-size/main.ts';
import { paperSizeOptions } from '../../bench/paper-size/options.ts';
import {
  growth,
  type PaperSizeRecord,
  readRecord,
  type StageRecord,
  writeRecord,
} from '../../bench/paper-size/record.ts';
import { stageNames, stagesOf } from '../../bench/paper-size/stages.ts';
import { largestInParts, watchCommand } from '../../bench/paper-size/watch.ts';
import { readText } from '../../lib/io/files.ts';
import { projectPath } from '../../lib/settings.ts';
import { wrapMarkdown } from '../../scripts/docs-wrap.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-paper-size-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the cohort', () => {
  it('has as many volumes and slices as the set, between the same bounds', () => {
    const counts = sliceCounts(82);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(19_327);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([nihSize.fewest, nihSize.most]);
  });

  it('takes small and large ones where it is smaller', () => {
    const counts = sliceCounts(4);
    expect(counts).toHaveLength(4);
    expect(Math.max(...counts) - Math.min(...counts)).toBeGreaterThan(60);
    expect(() => sliceCounts(83)).toThrow('from 1 to 82 volumes');
  });
});

describe('watching a command', () => {
  it.skipIf(process.platform !== 'linux')('adds up the memory and processor time of a child of a child', async () => {
    const hold = "const held = Buffer.alloc(96 * 2 ** 20, 1); setTimeout(() => console.log('held', held.length), 900)";
    const parent = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(hold)}], { stdio: 'inherit' })`;
    const lines: string[] = [];
    const found = await watchCommand(process.execPath, ['-e', parent], { onLine: (line) => lines.push(line) });
    expect(lines).toEqual([`held ${96 * 2 ** 20}`]);
    // Two programs of some 40 MiB and what the second one holds.
    expect(found.peakMb).toBeGreaterThan(96 + 60);
    expect(found.peakMb).toBeLessThan(96 + 200);
    expect(found.seconds).toBeGreaterThan(0.9);
    expect(found.cpuS).toBeGreaterThan(0.02);
  });

  it.skipIf(process.platform !== 'linux')('tells the last words of a command that fails', async () => {
    await expect(watchCommand(process.execPath, ['-e', 'console.error("no room"); process.exit(3)'])).rejects.toThrow(
      'found exit code 3: no room',
    );
  });

  it('keeps the largest of each part of the time', () => {
    expect(largestInParts([1, 5, 2, 8, 3, 4, 9, 0], 4)).toEqual([5, 8, 4, 9]);
    expect(largestInParts([1.2, 5.6], 4)).toEqual([1, 6]);
  });
});

const stage = (name: StageRecord['name'], mbOverTime: number[], seconds = 100): StageRecord => ({
  name,
  load: 0.1,
  seconds,
  cpuS: 150,
  peakMb: Math.max(...mbOverTime),
  mbOverTime,
  diskMb: 1000,
});

const record: PaperSizeRecord = {
  version: 1,
  command: 'npm run bench -- paper-size --volumes 82',
  node: '20.20.2',
  machine: '2 × a processor',
  memoryGb: 24,
  volumes: 82,
  slices: 19_327,
  keptSlices: 7000,
  cohortMb: 5000,
  stages: stageNames.map((name) => stage(name, [100, 300, 200])),
};

describe('the record', () => {
  it('says by how much memory grew from the middle of a stage to its end', () => {
    expect(growth(stage('verify', [900, 1, 1, 200, 100, 100, 100, 300, 100]))).toBe(1.5);
    expect(growth(stage('verify', [1, 2, 3]))).toBeUndefined();
  });

  it('is read as it was written', async () => {
    await writeRecord(folder, record);
    expect(await readRecord(folder)).toEqual(record);
  });

  it('gives time a volume, the ratio of both sides and what larger sets would take', () => {
    const python = stageNames.map((name) => ({ name, seconds: 250, cpuS: 300 }));
    const comparison = {
      volumes: 3,
      slices: 250,
      load: 0,
      ours: record.stages,
      python,
      libraries: 'x',
      pythonPeakMb: 9,
    };
    const text = measuredText({ ...record, comparison });
    expect(text).toContain('| `verify` | 1.67 min | 1.22 | 2.50 min | 300 | – | 1,000 |');
    expect(text).toContain('| all | 10.0 min | 25.0 min | 0.40 |');
    // 5 stages of 100 s for 82 scans: 36,390 × 500 / 82 s; one epoch of 100 s for 82: 36,390 × 100 / 82 × 50 s.
    expect(text).toContain('| PanTS, 36,390 scans | 2.57 days | 36.98 min | 25.7 days |'.replace('36.98', '37.0'));
  });

  it('names times by their size', () => {
    expect([12.34, 600, 7200, 1e6].map(duration)).toEqual(['12.3 s', '10.0 min', '2.00 h', '11.6 days']);
  });

  it('draws each stage where it began', () => {
    const { data } = memoryOverTime(record);
    expect(data).toHaveLength(stageNames.length);
    expect((data[1] as { x: number[] }).x[0]).toBeCloseTo(100 / 60, 12);
  });
});

describe('the job', () => {
  it('validates on patients that it does not train on', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    await stagesOf(folder, '/cohort', ids);
    const { folds } = JSON.parse(await readText(path.join(folder, 'folds.json'), 'folds')) as { folds: string[][] };
    expect(folds).toEqual([
      ['c', 'g'],
      ['a', 'b', 'd', 'e', 'f'],
    ]);
  });

  it('refuses what is no number of volumes', () => {
    expect(() => paperSizeOptions({ volumes: 'all' })).toThrow('a whole number of volumes');
    expect(() => paperSizeOptions({ compared: '2' })).toThrow('at least 3');
  });

  it('stands in docs/benchmarks.md as it is recorded', async () => {
    const found = await readRecord(recordedFolder);
    const document = await readText(projectPath('docs/benchmarks.md'), 'a document');
    expect(found).toBeDefined();
    expect(wrapMarkdown(withMeasured(document, 'paper-size', measuredText(found!)))).toBe(document);
  });
});
