/** Training whose batches come from a thread. */

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLoader } from '../../lib/preprocess/loader.ts';
import type { SliceSet } from '../../lib/preprocess/sliceSet.ts';
import { readNewestCheckpoint } from '../../lib/train/checkpoint.ts';
import type { CheckpointMeta } from '../../lib/train/description.ts';
import { closeRun } from '../../lib/train/run.ts';
import { TrainingStopped, type TrainOptions, train } from '../../lib/train/trainer.ts';
import { putOnDisk } from '../preprocess/onDisk.ts';
import { allEnded, threads } from '../preprocess/watchedThreads.ts';
import { toyRun, toySlices } from './toy.ts';

vi.mock('node:worker_threads', async (original) =>
  (await import('../preprocess/watchedThreads.ts')).watchThreads(await original()),
);

let folder: string;
let slices: SliceSet;
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-waiting-'));
  slices = await putOnDisk(path.join(folder, 'slices'), toySlices());
  threads.started.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function trainOn(set: SliceSet, name: string, options: TrainOptions = {}): Promise<unknown> {
  const run = await toyRun(path.join(folder, name), {}, set);
  try {
    await train(run, options);
  } finally {
    closeRun(run);
  }
  const { meta, arrays } = (await readNewestCheckpoint<CheckpointMeta>(path.join(folder, name), 'last'))!;
  return { position: { ...meta.position, seconds: 0 }, arrays };
}

/** Slices so slow to read that a thread is worth its start after two of them. */
const slow = (set: SliceSet): SliceSet => ({
  ...set,
  read(i) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
    return set.read(i);
  },
});

describe('training with a thread for the batches', () => {
  it('ends with the same bits as without, also when it is stopped and resumed', async () => {
    const without = await trainOn(toySlices(), 'without');
    const loader = openLoader(slices, { threadAfterMs: 0 });
    while (!loader.isThreaded) await setTimeout(5);
    expect(await trainOn(slices, 'with', { loader })).toEqual(without);
    const onStep: TrainOptions['onStep'] = ({ step }) => {
      if (step === 6) process.emit('SIGTERM', 'SIGTERM');
    };
    await expect(trainOn(slices, 'stopped', { loader, onStep })).rejects.toThrow(TrainingStopped);
    expect(await trainOn(slices, 'stopped', { loader, resume: true })).toEqual(without);
    expect([loader.isThreaded, threads.started.length]).toEqual([true, 1]);
    await loader.close();
  });

  it('starts the thread by itself where batches are slow, and ends it with the run', async () => {
    await trainOn(slow(slices), 'run');
    expect(threads.started).toHaveLength(1);
    expect(allEnded()).toBe(true);
  });

  it('ends the thread when the run is stopped or fails', async () => {
    const onStep: TrainOptions['onStep'] = ({ step }) => {
      if (step === 6) process.emit('SIGTERM', 'SIGTERM');
    };
    await expect(trainOn(slow(slices), 'stopped', { onStep })).rejects.toThrow(TrainingStopped);
    await expect(
      trainOn(slow(slices), 'failed', {
        onStep: ({ step }) => {
          if (step === 6) throw new Error('the report failed');
        },
      }),
    ).rejects.toThrow('the report failed');
    expect(threads.started).toHaveLength(2);
    expect(allEnded()).toBe(true);
  });

  it('stops with the sentence of a slice that cannot be read', async () => {
    const loader = openLoader(slices, { threadAfterMs: 0 });
    while (!loader.isThreaded) await setTimeout(5);
    rmSync(path.join(folder, 'slices/data/p0-0.npy'));
    await expect(trainOn(slices, 'run', { loader })).rejects.toThrow(
      /^Expected a preprocessed slice \(run axunet preprocess again\), found no such file/,
    );
    await loader.close();
  });

  it('tells the share of waiting of training and of validation, which is most where reading is slow', async () => {
    const [training, validation]: [number[], number[]] = [[], []];
    await trainOn({ ...slow(slices), onDisk: undefined }, 'slow', {
      onStep: ({ waitingShare }) => training.push(waitingShare),
      onValidation: (done, total, waitingShare) => validation.push(waitingShare),
    });
    expect([training.length, validation.length]).toEqual([12, 9]);
    for (const share of [training.at(-1)!, validation.at(-1)!]) {
      expect(share).toBeGreaterThan(0.5);
      expect(share).toBeLessThan(1);
    }
  });
});
