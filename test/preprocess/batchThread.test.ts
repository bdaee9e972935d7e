/** The thread that makes batches, asked directly. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { makeBatch } from '../../lib/preprocess/batches.ts';
import { BatchThread } from '../../lib/preprocess/batchThread.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import type { SliceSet } from '../../lib/preprocess/sliceSet.ts';
import { putOnDisk } from './onDisk.ts';
import { slicesInMemory } from './slicesInMemory.ts';

const [height, width] = [16, 16];
const grid = nativeGrid(height, width);
const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-thread-'));
const ended: string[] = [];
let slices: SliceSet;
let thread: BatchThread;
beforeAll(async () => {
  const set = slicesInMemory(
    [0, 1, 2].map((i) => ({
      id: `s${i}`,
      patient: `p${i}`,
      height,
      width,
      image: Float32Array.from({ length: 3 * height * width }, (_, k) => (k % 97) / 97 + i),
      label: new Uint8Array(height * width).fill(i % 2),
    })),
  );
  slices = await putOnDisk(folder, set);
  rmSync(path.join(folder, 'data', 's2.npy'));
  thread = new BatchThread(slices.onDisk!, slices.manifest, (reason) => ended.push(reason));
  while (!thread.isReady()) await setTimeout(2);
});
afterAll(async () => {
  await thread.close();
  rmSync(folder, { recursive: true });
});

describe('a batch thread', () => {
  it('makes what makeBatch makes, under the number of the request, in any order of taking', async () => {
    const requests = [[0], [1, 0], [1]].map((indices) => ({ indices, grid }));
    const numbers = requests.map((request) => thread.ask(request));
    expect(new Set(numbers).size).toBe(3);
    for (const k of [2, 0, 1]) {
      const batch = await thread.take(numbers[k]);
      const wanted = makeBatch(slices, requests[k].indices, grid);
      expect(batch).toMatchObject({ n: wanted.n, ids: wanted.ids });
      expect(Buffer.compare(Buffer.from(batch!.images.buffer), Buffer.from(wanted.images.buffer))).toBe(0);
    }
  });
  it('fills arrays that are handed over, which are empty afterwards', async () => {
    const arrays = { images: new Float32Array(3 * height * width), labels: new Uint8Array(height * width) };
    const number = thread.ask({ indices: [1], grid }, arrays);
    expect([arrays.images.length, arrays.labels.length]).toEqual([0, 0]);
    expect((await thread.take(number))!.images).toEqual(makeBatch(slices, [1], grid).images);
  });
  it('throws a sentence of ours as a sentence, and goes on', async () => {
    const failing = thread.take(thread.ask({ indices: [2], grid }));
    await expect(failing).rejects.toBeInstanceOf(UserError);
    await expect(failing).rejects.toThrow(/^Expected a preprocessed slice .*s2\.npy$/);
    expect((await thread.take(thread.ask({ indices: [0], grid })))!.ids).toEqual(['s0']);
  });
  it('gives nothing more when it is closed, without calling that an end by itself', async () => {
    const other = new BatchThread(slices.onDisk!, slices.manifest, (reason) => ended.push(reason));
    await other.close();
    expect(other.isReady()).toBe(false);
    expect(await other.take(0)).toBeUndefined();
    expect(ended).toEqual([]);
  });
});
