/** The heap follows the memory that is there. */
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { flags } from '../../scripts/flags.mjs';
import { heapMb } from '../../scripts/heap.mjs';

const gib = 2 ** 30;

describe('the heap of JavaScript', () => {
  it('is half of the memory, at most 8 GiB and at least 512 MiB', () => {
    expect([1, 2, 4, 8, 16, 64].map((n) => heapMb(n * gib, 0))).toEqual([512, 1024, 2048, 4096, 8192, 8192]);
    expect(heapMb(gib / 2, 0)).toBe(512);
  });
  it('follows the limit of a container, and no number that stands for none', () => {
    expect(heapMb(64 * gib, 2 * gib)).toBe(1024);
    expect(heapMb(4 * gib, 2 ** 63)).toBe(2048);
    expect(heapMb(4 * gib, undefined)).toBe(heapMb(4 * gib, process.constrainedMemory()));
  });
  it('is what the programs get', () => {
    const code = "console.log(require('node:v8').getHeapStatistics().heap_size_limit / 2 ** 20)";
    const { stdout } = spawnSync(process.execPath, [flags[0]!, '-e', code], { encoding: 'utf8' });
    const mb = heapMb(os.totalmem(), process.constrainedMemory());
    expect(Number(stdout)).toBeGreaterThanOrEqual(mb);
    expect(Number(stdout)).toBeLessThan(mb + 512); // and the young generation
  });
});
