import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openNotebook, secondsLeft, timesIn } from '../../scripts/run-notebooks.mjs';

const expected = { one: [2, 10, 4], two: [6, 8] };

describe('the time left', () => {
  it('is unknown where no earlier run is', () => {
    expect(secondsLeft(['one', 'two'], 0, { one: [] }, { one: [1] }, 0)).toBeUndefined();
  });

  it('is that of all cells at the start', () => {
    expect(secondsLeft(['one', 'two'], 0, { one: [] }, expected, 0)).toBe(30);
  });

  it('shrinks while a cell runs, but a late cell never makes it negative', () => {
    expect(secondsLeft(['one', 'two'], 0, { one: [] }, expected, 1.5)).toBe(28.5);
    expect(secondsLeft(['one', 'two'], 1, { one: [2, 10, 4], two: [6] }, expected, 100)).toBe(0);
  });

  it('is stretched by how this machine compares so far', () => {
    // 12 s were expected and 24 s measured: twice as slow, so the remaining 4 + 6 + 8 s become 36 s.
    expect(secondsLeft(['one', 'two'], 0, { one: [4, 20] }, expected, 0)).toBe(36);
  });

  it('is not stretched by the first few seconds', () => {
    expect(secondsLeft(['one', 'two'], 0, { one: [4] }, expected, 0)).toBe(28);
  });
});

describe('times of an earlier run', () => {
  it('are lists of seconds; what else a damaged file holds is unknown', () => {
    expect(timesIn({ one: [1, 2.5], two: null, three: 'x', four: [null], five: { length: 3 } })).toEqual({
      one: [1, 2.5],
    });
    for (const damaged of [undefined, null, 5, 'text', [[1, 2]]]) expect(timesIn(damaged)).toEqual({});
  });
});

describe('a notebook that waits', () => {
  it('runs no cell before it may, and ends when nobody wants it', async () => {
    const outFolder = mkdtempSync(path.join(os.tmpdir(), 'axunet-waiting-'));
    const waiting = await openNotebook('radiomics', { outFolder });
    waiting.close();
    expect(await waiting.ended).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(existsSync(path.join(outFolder, 'radiomics.ipynb'))).toBe(false);
    rmSync(outFolder, { recursive: true });
  }, 60_000);
});
