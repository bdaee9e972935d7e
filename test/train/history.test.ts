import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EpochRecord, historyFile, readHistory, type StepRecord } from '../../lib/train/history.ts';
import { openJournal } from '../../lib/train/journal.ts';

const step = (n: number, epoch = 1): StepRecord => ({
  kind: 'step',
  step: n,
  epoch,
  loss: 1 / n,
  learningRate: 1e-3,
  gradientNorm: n,
});
const epoch = (n: number, at: number): EpochRecord => ({
  kind: 'epoch',
  step: at,
  epoch: n,
  loss: 0.5,
  learningRate: 1e-3,
  seconds: 1,
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-history-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('history.jsonl', () => {
  it('is empty where there is none', () => expect(readHistory(folder)).toEqual([]));

  it('is cut back to the checkpoint when a run is resumed, whatever was written after it', async () => {
    const first = await openJournal(folder, { step: 0, epochs: 0 });
    for (const record of [step(1), step(2), epoch(1, 2), step(3, 2), step(4, 2), epoch(2, 4)]) first.write(record);
    first.flush();
    first.close();
    appendFileSync(historyFile(folder), '{"kind":"step","step":5,"ep'); // torn by a kill
    expect(readHistory(folder)).toHaveLength(6);

    // the checkpoint was taken after step 4, before the second epoch was validated
    const resumed = await openJournal(folder, { step: 4, epochs: 1 });
    resumed.write(epoch(2, 4));
    resumed.close();
    expect(readHistory(folder)).toEqual([step(1), step(2), epoch(1, 2), step(3, 2), step(4, 2), epoch(2, 4)]);
    expect(readFileSync(historyFile(folder), 'utf8').endsWith('}\n')).toBe(true);
  });
});
