import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareWork } from '../../../notebooks/lessons/cluster/compare.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-compare-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A work folder with these files. */
function workOf(name: string, files: Readonly<Record<string, string>>): string {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.join(folder, name, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(folder, name, file), text);
  }
  return path.join(folder, name);
}

describe('compareWork', () => {
  it('counts equal files, times apart, and names what differs or stands alone', async () => {
    const step = (loss: number, seconds: number) => `{"loss":${loss}}\n{"epoch":1,"seconds":${seconds}}\n`;
    const one = workOf('one', {
      'features/features.csv': 'id\na\n',
      'runs/a/history.jsonl': step(0.5, 7),
      'runs/b/history.jsonl': step(0.5, 7),
      'runs/a/last/SHA256SUMS': 'aa  checkpoint.json\nbb  weights.bin\n',
      'runs/b/last/SHA256SUMS': 'aa  checkpoint.json\nbb  weights.bin\n',
      'masks/a.json': '{\n  "made": {\n    "model": "x"\n  },\n  "voxels": 5\n}\n',
      'masks/a.nii.gz': 'mask',
      'log/train-1.log': 'one',
      'masks/shards/1-of-1.json': '{}',
      'alone.txt': '',
    });
    const other = workOf('other', {
      'features/features.csv': 'id\na\n',
      'runs/a/history.jsonl': step(0.5, 8),
      'runs/b/history.jsonl': step(0.25, 7),
      'runs/a/last/SHA256SUMS': 'ac  checkpoint.json\nbb  weights.bin\n',
      'runs/b/last/SHA256SUMS': 'aa  checkpoint.json\nbc  weights.bin\n',
      'masks/a.json': '{\n  "made": {\n    "model": "y"\n  },\n  "voxels": 5\n}\n',
      'masks/a.nii.gz': 'mosk',
      'log/train-1.log': 'another',
    });
    expect(await compareWork(one, other)).toEqual({
      equal: 1,
      equalButForTimes: { 'seconds of training': 1, 'checksum of a checkpoint that says seconds': 2 },
      different: ['masks/a.nii.gz', 'runs/b/history.jsonl', 'runs/b/last/SHA256SUMS'],
      alone: ['alone.txt'],
    });
  });
});
