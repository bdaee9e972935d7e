import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as loaders from '../../lib/preprocess/loader.ts';
import { closeRun, type TrainingRun } from '../../lib/train/run.ts';
import { TrainingSession } from '../../lib/train/session.ts';
import { toyRun } from './toy.ts';

vi.mock('../../lib/preprocess/loader.ts', async (original) => ({ ...(await original<typeof loaders>()) }));

let folder: string;
let run: TrainingRun;
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-session-'));
  run = await toyRun(path.join(folder, 'run'));
});
afterEach(() => {
  vi.restoreAllMocks();
  closeRun(run);
  rmSync(folder, { recursive: true, force: true });
});

const listeners = (): number => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');

/** Files of the run that this process has open, where the system tells. */
function openFiles(): string[] {
  if (!existsSync('/proc/self/fd')) return [];
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return targets.filter((file) => file.startsWith(run.folder));
}

/** What a session holds: the folder's lock, open files and listeners for signals. */
const held = (): unknown => ({
  isLocked: existsSync(path.join(run.folder, 'training.pid')),
  files: openFiles(),
  listeners: listeners(),
});

/** A loader of the slices, with other ways to do some things. */
const loaderWith = (changes: Partial<loaders.BatchLoader>): loaders.BatchLoader => ({
  stream: () => ({ next: () => Promise.reject(new Error('no batch')) }),
  waitedMs: 0,
  isThreaded: false,
  close: async () => {},
  ...changes,
});

describe('TrainingSession', () => {
  it('holds lock, files and signals while it is open, and nothing after', async () => {
    const before = listeners();
    const session = await TrainingSession.open(run, {});
    expect(held()).toMatchObject({ isLocked: true, listeners: before + 2 });
    await session.close();
    expect(held()).toEqual({ isLocked: false, files: [], listeners: before });
  });

  it('lets everything go where its loader cannot be closed, and says so', async () => {
    const before = listeners();
    const stuck = loaderWith({ close: () => Promise.reject(new Error('the thread is stuck')) });
    vi.spyOn(loaders, 'openLoader').mockReturnValue(stuck);
    const session = await TrainingSession.open(run, {});
    await expect(session.close()).rejects.toThrow('the thread is stuck');
    expect(held()).toEqual({ isLocked: false, files: [], listeners: before });
  });

  it('leaves a loader that it was given open', async () => {
    const close = vi.fn(async () => {});
    const session = await TrainingSession.open(run, { loader: loaderWith({ close }) });
    await session.close();
    expect(close).not.toHaveBeenCalled();
  });

  it('that cannot be opened to the end leaves nothing behind', async () => {
    const before = listeners();
    const stream = (): never => {
      throw new Error('no stream');
    };
    await expect(TrainingSession.open(run, { loader: loaderWith({ stream }) })).rejects.toThrow('no stream');
    expect(held()).toEqual({ isLocked: false, files: [], listeners: before });
  });
});
