import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tf } from '../../lib/engine/engine.ts';
import { sliceSummer } from '../../lib/preprocess/sliceChecksum.ts';
import type { SliceSet } from '../../lib/preprocess/sliceSet.ts';
import { readNewestCheckpoint } from '../../lib/train/checkpoint.ts';
import type { CheckpointMeta } from '../../lib/train/description.ts';
import { type EpochRecord, readHistory } from '../../lib/train/history.ts';
import { closeRun, type TrainingRun } from '../../lib/train/run.ts';
import { predictingWeights } from '../../lib/train/session.ts';
import { TrainingStopped, type TrainOptions, train } from '../../lib/train/trainer.ts';
import { disk } from './fullDisk.ts';
import { toyRun, toySlices } from './toy.ts';

vi.mock('node:fs/promises', async (original) => (await import('./fullDisk.ts')).limitWrites(await original()));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-trainer-'));
});
afterEach(() => {
  disk.bytesLeft = Infinity;
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string): string => path.join(folder, name);

/** History without the clock. */
const historyOf = (run: string): unknown[] => readHistory(run).map((record) => ({ ...record, seconds: 0 }));
/** All that the newest checkpoint holds, without the clock. */
async function stateOf(run: string): Promise<unknown> {
  const { meta, arrays } = (await readNewestCheckpoint<CheckpointMeta>(run, 'last'))!;
  return { position: { ...meta.position, seconds: 0 }, arrays };
}
const withRun = async <T>(
  name: string,
  f: (run: TrainingRun) => Promise<T>,
  ...changes: Parameters<typeof toyRun> extends [string, ...infer R] ? R : never
): Promise<T> => {
  const run = await toyRun(at(name), ...changes);
  try {
    return await f(run);
  } finally {
    closeRun(run);
  }
};
const stopAt =
  (step: number): TrainOptions['onStep'] =>
  (report) => {
    if (report.step === step) process.emit('SIGTERM', 'SIGTERM');
  };

describe('training', () => {
  it('lowers the loss, validates by patient, keeps the best and tells how it went', async () => {
    const result = await withRun('run', (run) => train(run), { epochs: 15, augment: 'none' });
    // 6 slices with a disc + 2 empty ones, batches of 2
    expect(result).toMatchObject({ reason: 'epochs', epochs: 15, steps: 15 * 4 });
    expect(result.best!.dice).toBeGreaterThan(0.9);
    const epochs = readHistory(at('run')).filter((record): record is EpochRecord => record.kind === 'epoch');
    expect(epochs).toHaveLength(15);
    expect(epochs[14].loss).toBeLessThan(epochs[0].loss / 3);
    expect(epochs[14].validation!.patients.map(({ patient }) => patient)).toEqual(['p3']);
    expect(Math.max(...epochs.map(({ validation }) => validation!.dice))).toBe(result.best!.dice);
    const best = await readNewestCheckpoint<CheckpointMeta>(at('run'), 'best');
    expect(best!.meta.position.step).toBe(result.best!.step);
    expect(JSON.parse(readFileSync(at('run/result.json'), 'utf8'))).toEqual(result);
    expect(JSON.parse(readFileSync(at('run/config.json'), 'utf8')).config.learningRate).toBe(0.02);
  });

  it('twice with one seed gives the same bits, with another seed other ones', async () => {
    for (const [name, seed] of [
      ['a', 1],
      ['b', 1],
      ['c', 2],
    ] as const)
      await withRun(name, (run) => train(run), { seed });
    expect(await stateOf(at('b'))).toEqual(await stateOf(at('a')));
    expect(await stateOf(at('c'))).not.toEqual(await stateOf(at('a')));
  });

  it('stopped by a signal and resumed at any step, ends with bits and history of an uninterrupted run', async () => {
    await withRun('whole', (run) => train(run));
    const [state, history] = [await stateOf(at('whole')), historyOf(at('whole'))];
    for (const step of [1, 4, 6, 12]) {
      // first of an epoch, last of an epoch, in the middle, last of the run
      await withRun(`stopped${step}`, async (run) => {
        await expect(train(run, { onStep: stopAt(step) })).rejects.toThrow(TrainingStopped);
      });
      expect(existsSync(at(`stopped${step}/result.json`))).toBe(false);
      await withRun(`stopped${step}`, (run) => train(run, { resume: true }));
      expect(await stateOf(at(`stopped${step}`)), `step ${step}`).toEqual(state);
      expect(historyOf(at(`stopped${step}`)), `step ${step}`).toEqual(history);
    }
  });

  it('stopped while validating, does the validation when it is resumed', async () => {
    await withRun('whole', (run) => train(run));
    const onValidation = (): void => {
      process.emit('SIGTERM', 'SIGTERM');
    };
    await withRun('stopped', (run) =>
      expect(train(run, { onValidation })).rejects.toThrow('Training stopped by SIGTERM after step 4'),
    );
    expect(readHistory(at('stopped'))).toHaveLength(4);
    await withRun('stopped', (run) => train(run, { resume: true }));
    expect(await stateOf(at('stopped'))).toEqual(await stateOf(at('whole')));
    expect(historyOf(at('stopped'))).toEqual(historyOf(at('whole')));
  });

  it('a finished run that is resumed does nothing and tells the same result', async () => {
    const result = await withRun('run', (run) => train(run));
    const onStep = vi.fn();
    expect(await withRun('run', (run) => train(run, { resume: true, onStep }))).toEqual(result);
    expect(onStep).not.toHaveBeenCalled();
  });

  it('refuses a folder that holds a run, and a resumed run that is another one', async () => {
    await withRun('run', (run) => train(run));
    await withRun('run', (run) =>
      expect(train(run)).rejects.toThrow(/^Expected a folder without a training run, found one in/),
    );
    await withRun(
      'run',
      (run) =>
        expect(train(run, { resume: true })).rejects.toThrow(/found another config.learningRate: 0.02 and 0.01$/),
      { learningRate: 0.01 },
    );
  });

  it('resumes on the slices that it was started with, and on no others, which it names', async () => {
    const summed = (changed: readonly string[] = []): SliceSet => {
      const set = toySlices();
      const entries = set.entries.map((entry, i) => {
        const { image, label } = set.read(i);
        const size = label.length;
        const plane = (c: number): Float32Array => image.slice(c * size, (c + 1) * size);
        const planes = [plane(0), plane(1), plane(2)] as const;
        if (changed.includes(entry.id)) planes[1].fill(0.5);
        return { ...entry, ...sliceSummer()({ z: 0, planes, label }) };
      });
      return { ...set, entries, manifest: { ...set.manifest, slices: entries } };
    };
    const resumed = (slices: SliceSet) => withRun('run', (run) => train(run, { resume: true }), {}, slices);
    const result = await withRun('run', (run) => train(run), {}, summed());
    expect(await resumed(summed())).toEqual(result);
    await expect(resumed(summed(['p1-0', 'p2-2']))).rejects.toThrow(
      /^Expected the slices that the run was started with, found others: p1-0, p2-2 changed in .*run$/,
    );
    const all = toySlices().entries.map(({ id }) => id);
    await expect(resumed(summed(all))).rejects.toThrow('p0-0, p0-1, p0-2, p1-0, p1-1 and 7 more changed');
    await expect(resumed(toySlices())).rejects.toThrow('found slices without checksums');
  });

  it('resumes a run of an earlier version, which knows no checksums', async () => {
    const result = await withRun('run', (run) => train(run));
    const set = toySlices();
    const entries = set.entries.map((entry) => ({ ...entry, imageCrc32: '0'.repeat(24), labelCrc32: '0'.repeat(8) }));
    const warn = vi.fn();
    const onDisk = { folder: at('nowhere'), cacheBytes: 0 };
    const now = { ...set, entries, manifest: { ...set.manifest, slices: entries }, onDisk };
    expect(await withRun('run', (run) => train(run, { resume: true, warn }), {}, now)).toEqual(result);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('before slices had checksums')]]);
  });

  it('stops early when the score does not rise any more', async () => {
    const result = await withRun('run', (run) => train(run), { epochs: 50, patience: 2, learningRate: 1e-9 });
    expect(result).toMatchObject({ reason: 'patience', epochs: 3, best: { epoch: 1 } });
  });

  it('in a time box trains until the time is over, with the schedule over it, and validates at the end', async () => {
    const result = await withRun('run', (run) => train(run), {
      minutes: 0.02,
      validateEvery: 1000,
      schedule: { kind: 'cosine' },
    });
    expect(result.reason).toBe('minutes');
    expect(result.seconds).toBeGreaterThan(1.2);
    expect(result.dice).not.toBeNull();
    const rates = readHistory(at('run'))
      .filter(({ kind }) => kind === 'step')
      .map(({ learningRate }) => learningRate);
    expect(rates.every((rate, i) => i === 0 || rate <= rates[i - 1])).toBe(true);
    expect(rates.at(-1)).toBeLessThan(0.1 * rates[0]);
  });

  it('in a time box validates the last weights, however the time runs out', async () => {
    for (const seconds of [0.5, 0.8, 1.1]) {
      const name = `box${seconds}`;
      const result = await withRun(name, (run) => train(run), { minutes: seconds / 60, validateEvery: 3 });
      const epochs = readHistory(at(name)).filter((record): record is EpochRecord => record.kind === 'epoch');
      expect(epochs.at(-1)!.step).toBe(result.steps);
      expect(epochs.at(-1)!.validation!.dice).toBe(result.dice);
    }
  });

  it('reports progress, speed and the share of time spent on batches', async () => {
    const reports: Parameters<NonNullable<TrainOptions['onStep']>>[0][] = [];
    await withRun('run', (run) => train(run, { onStep: (report) => reports.push(report) }));
    expect(reports.map(({ progress }) => progress)).toEqual(Array.from({ length: 12 }, (_, i) => (i + 1) / 12));
    for (const { stepsPerSecond, waitingShare } of reports) {
      expect(stepsPerSecond).toBeGreaterThan(0);
      expect(waitingShare).toBeGreaterThan(0);
      expect(waitingShare).toBeLessThan(1);
    }
  });

  it('a loss that is no number ends the run with a sentence and keeps the last good checkpoint', async () => {
    await withRun('run', async (run) => {
      const step = run.step.run.bind(run.step);
      run.step.run = async (batch, rate) => ({
        ...(await step(batch, rate)),
        ...(readHistory(run.folder).length > 6 ? { loss: NaN } : {}),
      });
      await expect(train(run)).rejects.toThrow(
        new RegExp(
          '^Training diverged: the loss became NaN at step 7 of epoch 2 with learning rate 0.02; ' +
            'the last good checkpoint in .* is kept, so try a lower learning rate or a clipNorm$',
        ),
      );
    });
    expect((await readNewestCheckpoint<CheckpointMeta>(at('run'), 'last'))!.meta.position).toMatchObject({
      step: 4,
      epochs: 1,
    });
  });

  it('on a full disk ends with a sentence, and with space again goes on to the same bits', async () => {
    await withRun('whole', (run) => train(run));
    for (const bytesLeft of [1000, 5000, 12_000, 20_000]) {
      const name = `full${bytesLeft}`;
      disk.bytesLeft = bytesLeft;
      await withRun(name, (run) =>
        expect(train(run)).rejects.toThrow(
          new RegExp(
            '^Could not write the checkpoint "(last|best)" in .*: there is no space left on the disk; ' +
              'the last good checkpoint is kept',
          ),
        ),
      );
      disk.bytesLeft = Infinity;
      await withRun(name, (run) => train(run, { resume: true }));
      expect(await stateOf(at(name))).toEqual(await stateOf(at('whole')));
      expect(historyOf(at(name))).toEqual(historyOf(at('whole')));
    }
  });

  it('without validation patients trains all the same', async () => {
    const result = await withRun('run', (run) => train({ ...run, validation: [] }));
    expect(result).toMatchObject({ best: null, dice: null, epochs: 3 });
  });

  it('leaks no tensor over 200 steps with their epochs, validations and checkpoints', async () => {
    await withRun(
      'run',
      async (run) => {
        const tensors: number[] = [];
        await train(run, { onStep: () => tensors.push(tf.memory().numTensors) });
        expect(tensors).toHaveLength(200);
        expect(new Set(tensors).size).toBe(1);
      },
      { epochs: 10 },
      toySlices(17),
    ); // 32 slices with a disc + 8 empty ones: 20 batches in each epoch
  });

  it('keeps its memory flat over the epochs', async () => {
    setFlagsFromString('--expose_gc');
    const collect = runInNewContext('gc') as () => void;
    const megabytes: number[] = [];
    await withRun(
      'run',
      (run) =>
        train(run, {
          onEpoch: () => {
            collect();
            const { heapUsed, arrayBuffers } = process.memoryUsage();
            megabytes.push((heapUsed + arrayBuffers + tf.memory().numBytes) / 1e6);
          },
        }),
      { epochs: 12 },
    );
    expect(Math.max(...megabytes.slice(3)) - megabytes[2]).toBeLessThan(1);
  });

  it('predicts with averaged weights and trains on with its own', async () => {
    await withRun('run', async (run) => {
      await train(run);
      const state = await run.step.state();
      const averaged = await predictingWeights(run);
      expect(averaged['first/kernel'].data).toEqual(state['average/first/kernel'].data);
      expect(averaged['first/kernel'].data).not.toEqual(state['weight/first/kernel'].data);
      expect(await run.step.state()).toEqual(state);
    });
  });
});
