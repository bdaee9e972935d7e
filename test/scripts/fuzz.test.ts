/**
 * Damaged files of every format that is read: each is accepted or refused in a sentence (`npm run fuzz` runs longer).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { Random } from '../../lib/random.ts';
import { fuzz } from '../fuzz/fuzz.ts';
import { damageBytes, damageJson } from '../fuzz/mutate.ts';
import type { Target } from '../fuzz/target.ts';
import { makeTargets } from '../fuzz/targets.ts';

const seed = Number(process.env.AXUNET_TEST_SEED ?? 1);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-fuzz-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('damaged files', () => {
  it('of every format are refused in a sentence, if at all', async () => {
    const targets = await makeTargets(folder);
    const end = performance.now() + 20_000;
    const enough = (tried: number): boolean => tried >= 20 * targets.length && performance.now() > end;
    const { cases, refused, uncaught } = await fuzz(targets, seed, (tried) => !enough(tried));
    expect(uncaught).toEqual([]);
    expect(refused).toBeGreaterThan(cases / 2);
  });
  it('and what the search would find is counted: an error of the language, a sentence that is none', async () => {
    const failing = (error: Error): Target => ({
      name: 'x',
      place: 'B',
      write: () => {},
      read: () => Promise.reject(error),
    });
    const targets = [new TypeError('x is not a function'), new UserError('oh'), new UserError('Expected A, found B')];
    const report = await fuzz(targets.map(failing), seed, (cases) => cases < 3);
    expect(report).toMatchObject({ cases: 3, refused: 3 });
    expect(report.uncaught.map((one) => one.case)).toEqual([0, 1]);
  });
  it('are the same for a seed and a number, and leave the example as it was', () => {
    const [bytes, value] = [Buffer.from('{"a": [1, 2, {"b": null}]}'), { a: [1, 2, { b: null }] }];
    const draw = (n: number) => Random.stream(seed, 'fuzz', n);
    for (let n = 0; n < 50; n++) {
      expect(damageBytes(bytes, draw(n))).toEqual(damageBytes(bytes, draw(n)));
      expect(damageJson(value, draw(n))).toEqual(damageJson(value, draw(n)));
    }
    expect(bytes.toString()).toBe('{"a": [1, 2, {"b": null}]}');
    expect(value).toEqual({ a: [1, 2, { b: null }] });
  });
});
