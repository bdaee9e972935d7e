import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { sha256 } from '../../lib/io/files.ts';
import { augmentDefault } from '../../lib/preprocess/augment.ts';
import { type Batch, type BatchRequest, makeBatch } from '../../lib/preprocess/batches.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { type BatchLoader, type BatchStream, type LoaderOptions, openLoader } from '../../lib/preprocess/loader.ts';
import { type SliceSet } from '../../lib/preprocess/sliceSet.ts';
import { Random } from '../../lib/random.ts';
import { projectPath } from '../../lib/settings.ts';
import { flags } from '../../scripts/flags.mjs';
import { putOnDisk } from './onDisk.ts';
import { slicesInMemory } from './slicesInMemory.ts';
import { allEnded, threads } from './watchedThreads.ts';

vi.mock('node:worker_threads', async (original) =>
  (await import('./watchedThreads.ts')).watchThreads(await original()),
);

const [height, width] = [32, 48];
const inMemory = slicesInMemory(
  Array.from({ length: 7 }, (_, i) => {
    const random = Random.stream(i, 'loader test');
    return {
      id: `s${i}`,
      patient: `p${i}`,
      height,
      width,
      image: Float32Array.from({ length: 3 * height * width }, () => random.uniform()),
      label: Uint8Array.from({ length: height * width }, (_, p) =>
        Number(Math.hypot(Math.floor(p / width) - 15, (p % width) - 20) < 4 + i),
      ),
    };
  }),
);
const grid = nativeGrid(height, width);

/** Batches of 1 to 3 slices, of several epochs, with and without augmentation. */
const requests: BatchRequest[] = Array.from({ length: 60 }, (_, k) => ({
  indices: Array.from({ length: 1 + (k % 3) }, (_, i) => (3 * k + i) % 7),
  grid,
  ...(k % 5 < 4 && { options: { augment: augmentDefault, seed: 3, epoch: Math.floor(k / 10) } }),
}));
/** A batch in 64 digits: equal only where every bit is. */
const bitsOf = ({ images, labels, ...rest }: Batch): string =>
  sha256(
    Buffer.concat([
      Buffer.from(images.buffer, images.byteOffset, images.byteLength),
      labels,
      Buffer.from(JSON.stringify(rest)),
    ]),
  );
const made = requests.map(({ indices, options }) => bitsOf(makeBatch(inMemory, indices, grid, options)));

let folder: string;
let slices: SliceSet;
let loader: BatchLoader;
const warn = vi.fn();
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-loader-'));
  slices = await putOnDisk(path.join(folder, 'slices'), inMemory);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  warn.mockClear();
  [threads.refuse, threads.started.length] = [false, 0];
});
afterEach(() => loader.close());

/** A loader whose thread is ready; `reads` counts the slices that were read here. */
async function openThreaded(set = slices, options: LoaderOptions = {}): Promise<{ reads: () => number }> {
  const read = vi.fn(set.read);
  loader = openLoader({ ...set, read }, { threadAfterMs: 0, warn, ...options });
  while (!loader.isThreaded) await setTimeout(5);
  return { reads: () => read.mock.calls.length };
}
async function takeAll(stream: BatchStream, count: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < count) taken.push(bitsOf(await stream.next()));
  return taken;
}

describe('a loader with a thread', () => {
  it('gives the very batches of makeBatch, in order, and makes all but the first elsewhere', async () => {
    const { reads } = await openThreaded();
    expect(await takeAll(loader.stream(requests), 60)).toEqual(made);
    expect(reads()).toBe(1);
    expect(loader.waitedMs).toBeGreaterThan(0);
  });

  it('serves several streams at once, with any number of batches ahead', async () => {
    await openThreaded();
    const streams = [1, 2, 5].map((ahead) => loader.stream(requests, ahead));
    for (const batch of made) for (const stream of streams) expect(bitsOf(await stream.next())).toBe(batch);
  });

  it('asks for requests only a few batches ahead, so that they may be without an end', async () => {
    await openThreaded();
    let asked = 0;
    function* endless(): Generator<BatchRequest, never> {
      for (;;) yield requests[asked++ % 60];
    }
    const stream = loader.stream(endless(), 2);
    for (let k = 0; k < 10; k++) expect(bitsOf(await stream.next())).toBe(made[k]);
    expect(asked).toBe(12);
  });

  it('has a finished batch at once, though the event loop had no turn meanwhile', async () => {
    await openThreaded();
    const stream = loader.stream(requests);
    await stream.next();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500); // as a step of the network blocks the thread
    const before = loader.waitedMs;
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    const batch = await stream.next();
    expect(turned).toBe(false);
    expect(bitsOf(batch)).toBe(made[1]);
    expect(loader.waitedMs - before).toBeLessThan(50);
  });

  it('hands the arrays of a used batch to the thread, and gets right batches in them', async () => {
    await openThreaded();
    const stream = loader.stream(Array.from({ length: 12 }, (_, k) => requests[k % 2 === 0 ? 0 : 9])); // one slice each
    const first = await stream.next();
    await stream.next();
    expect([first.images.length, first.labels.length]).toEqual([0, 0]);
    for (let k = 2; k < 12; k++) expect(bitsOf(await stream.next())).toBe(made[k % 2 === 0 ? 0 : 9]);
  });

  it('refuses to give more than was requested', async () => {
    await openThreaded();
    const stream = loader.stream(requests.slice(0, 4));
    expect(await takeAll(stream, 4)).toEqual(made.slice(0, 4));
    await expect(stream.next()).rejects.toThrow('no batch is left');
  });

  it('throws the sentence that makeBatch throws, at the batch it belongs to, and goes on after it', async () => {
    const damaged = await putOnDisk(path.join(folder, 'damaged'), inMemory);
    rmSync(path.join(folder, 'damaged', 'data', 's4.npy'));
    let sentence = '';
    try {
      makeBatch(damaged, [4], grid);
    } catch (error) {
      sentence = (error as Error).message;
    }
    expect(sentence).toMatch(
      /^Expected a preprocessed slice \(run axunet preprocess again\), found no such file in .*s4\.npy$/,
    );
    await openThreaded(damaged);
    const stream = loader.stream([0, 1, 4, 2].map((index) => ({ indices: [index], grid })));
    await takeAll(stream, 2);
    const error = await stream.next().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toBe(sentence);
    expect(bitsOf(await stream.next())).toBe(bitsOf(makeBatch(inMemory, [2], grid)));
    expect(warn).not.toHaveBeenCalled();
  });

  it('goes on by itself, with one warning, when the thread dies', async () => {
    const { reads } = await openThreaded();
    const stream = loader.stream(requests);
    const first = await takeAll(stream, 5);
    await threads.started[0].terminate();
    expect([...first, ...(await takeAll(stream, 55))]).toEqual(made);
    expect(reads()).toBeGreaterThan(50);
    expect(threads.started).toHaveLength(1);
    expect(warn.mock.calls).toEqual([
      ['Batches are made between the steps, because the thread for them is missing: it ended with exit code 1'],
    ]);
  });

  it('ends its thread when it is closed, also before that has started, and gives the rest without it', async () => {
    await openThreaded();
    const stream = loader.stream(requests);
    const first = await takeAll(stream, 5);
    await loader.close();
    expect(allEnded()).toBe(true);
    expect([...first, ...(await takeAll(stream, 55))]).toEqual(made);
    const early = openLoader(slices, { threadAfterMs: 0, warn });
    await early.close();
    expect([threads.started.length, allEnded()]).toEqual([2, true]);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('a loader without a thread', () => {
  const expectAllMade = async (): Promise<void> => expect(await takeAll(loader.stream(requests), 60)).toEqual(made);

  it('serves slices that are in memory', async () => {
    loader = openLoader(inMemory, { threadAfterMs: 0, warn });
    await expectAllMade();
    expect(threads.started).toEqual([]);
  });

  it('is enough while making batches has taken little time; then a thread is started', async () => {
    loader = openLoader(slices, { threadAfterMs: Infinity });
    await expectAllMade();
    await loader.close();
    expect(threads.started).toEqual([]);
    loader = openLoader(slices, { threadAfterMs: 1 });
    await expectAllMade();
    expect(threads.started).toHaveLength(1);
  });

  it('says so in one line where none can be started', async () => {
    threads.refuse = true;
    loader = openLoader(slices, { threadAfterMs: 0, warn });
    await expectAllMade();
    expect(warn.mock.calls).toEqual([
      ['Batches are made between the steps, because the thread for them is missing: no thread today'],
    ]);
  });
});

describe('a process with a loader, in a folder with spaces in its name', () => {
  it.each([
    ['end', 0],
    ['throw', 1],
  ])('that does not close it ends all the same: %s', async (how, exitCode) => {
    const place = path.join(folder, `a folder for ${how}`);
    mkdirSync(path.join(place, 'test/preprocess'), { recursive: true });
    cpSync(projectPath('lib'), path.join(place, 'lib'), { recursive: true });
    cpSync(projectPath('package.json'), path.join(place, 'package.json'));
    cpSync(projectPath('test/preprocess/loaderChild.ts'), path.join(place, 'test/preprocess/loaderChild.ts'));
    symlinkSync(projectPath('node_modules'), path.join(place, 'node_modules'), 'junction');
    loader = openLoader(slices, { threadAfterMs: Infinity });
    const child = spawn(process.execPath, [
      ...flags,
      path.join(place, 'test/preprocess/loaderChild.ts'),
      path.join(folder, 'slices'),
      how,
    ]);
    let [said, errors] = ['', ''];
    child.stdout.on('data', (text: Buffer) => {
      said += text;
    });
    child.stderr.on('data', (text: Buffer) => {
      errors += text;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    const wanted = Array.from({ length: 10 }, (_, epoch) =>
      makeBatch(slices, [0, 1], grid, { augment: augmentDefault, seed: 1, epoch }),
    );
    expect(said).toBe(
      `10 batches by the thread, sum ${wanted.reduce((sum, { images }) => sum + images.reduce((a, b) => a + b), 0)}\n`,
    );
    expect(errors.includes('the run has failed')).toBe(how === 'throw');
    expect(code).toBe(exitCode);
  });
});
