import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../lib/engine/engine.ts';
import { loadPackedRun } from '../../../lib/weights/packedRun.ts';
import { findMember, makeMember, memberPlace } from '../../../notebooks/lessons/shipped/member.ts';
import { shippedRecipe } from '../../../notebooks/lessons/shipped/recipe.ts';
import { slicesInMemory } from '../../preprocess/slicesInMemory.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'axunet-shipped-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const slices = slicesInMemory(
  ['c', 'a', 'b'].map((patient, k) => ({
    id: `${patient}-1`,
    patient,
    height: 16,
    width: 16,
    image: Float32Array.from({ length: 3 * 256 }, (_, i) => ((i * (k + 2)) % 7) / 7),
    label: Uint8Array.from({ length: 256 }, (_, i) => Number(i % 16 > 4 && i % 16 < 11 && i > 64 && i < 160)),
  })),
);
const changes = { seed: 3, width: 2, gridSize: [16, 16] as const, gridMargin: 1, batchSize: 2, epochs: 2 };
const member = { name: 'one', changes };
const places = (runs: string) => ({ slices, runs: path.join(scratch, runs) });

describe('A network of data/weights', () => {
  beforeAll(() => startEngine('cpu'));

  it('is trained on all patients, none of them kept back, and tells their ids', async () => {
    const trained = await loadPackedRun(await makeMember(member, places('first')));
    expect(trained.description.patients).toEqual({ training: ['a', 'b', 'c'], validation: [] });
    expect(trained.description.config).toMatchObject({ ...changes, minutes: null });
    expect(trained.position.epochs).toBe(2);
    trained.model.dispose();
  });

  it('is the same file when it is made again, however long that took', async () => {
    const [first, again] = [await makeMember(member, places('first')), await makeMember(member, places('again'))];
    expect(path.dirname(first)).not.toBe(path.dirname(again));
    expect(readFileSync(again).equals(readFileSync(first))).toBe(true);
    const other = await makeMember({ name: 'one', changes: { ...changes, seed: 4 } }, places('first'));
    expect(readFileSync(other).equals(readFileSync(first))).toBe(false);
  });

  it('is trained anew only where its recipe has changed', () => {
    const place = memberPlace(member, places('first'));
    expect(memberPlace(member, places('first'))).toEqual(place);
    expect(memberPlace({ ...member, changes: { ...changes, epochs: 3 } }, places('first'))).not.toEqual(place);
  });
});

describe('The recipe', () => {
  it('has names that its lists use, and one configuration for each', () => {
    const names = shippedRecipe.members.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect([...new Set([...shippedRecipe.ensemble, shippedRecipe.small])].sort()).toEqual([...names].sort());
    expect(new Set(shippedRecipe.members.map(({ changes: each }) => JSON.stringify(each))).size).toBe(names.length);
    expect(() => findMember('none')).toThrow(`Expected a network of the recipe (${names.join(', ')}), found none`);
  });
});
