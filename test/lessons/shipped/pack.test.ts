import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../lib/engine/engine.ts';
import { indexName, readShippedIndex } from '../../../lib/weights/shippedIndex.ts';
import { makeMember } from '../../../notebooks/lessons/shipped/member.ts';
import { compareMember, packShipped } from '../../../notebooks/lessons/shipped/pack.ts';
import { shippedRecipe } from '../../../notebooks/lessons/shipped/recipe.ts';
import { seenIn } from '../../../notebooks/lessons/shipped/seen.ts';
import { slicesInMemory } from '../../preprocess/slicesInMemory.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'axunet-pack-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const folder = path.join(scratch, 'weights');

const slices = slicesInMemory(
  ['a', 'a', 'b'].map((patient, k) => ({
    id: `${patient}-${k}`,
    patient,
    height: 16,
    width: 16,
    // a square of 60, 80 and 100 HU, seen as 0 to 256 HU
    image: Float32Array.from({ length: 3 * 256 }, (_, i) => (i % 16 > 2 && i % 16 < 13 ? (60 + 20 * k) / 256 : 0)),
    label: Uint8Array.from({ length: 256 }, (_, i) => Number(i % 16 > 4 && i % 16 < 11 && i > 64 && i < 160)),
  })),
);
const small = { width: 2, gridSize: [16, 16] as const, gridMargin: 1, batchSize: 2, epochs: 1 };
/** The names of the recipe, with networks that are trained in a second. */
const members = shippedRecipe.members.map(({ name }, i) => ({ name, changes: { ...small, seed: i + 1 } }));
const places = { slices, runs: path.join(scratch, 'runs') };

describe('what ships', () => {
  beforeAll(() => startEngine('cpu'));

  it('is refused as long as a network is not finished', async () => {
    await expect(packShipped(places, folder, members)).rejects.toThrow(/^Expected all networks of the recipe to be/);
    expect(existsSync(folder)).toBe(false);
  });

  it('is all members with checksums, and what they saw', async () => {
    for (const member of members) await makeMember(member, places);
    const index = await packShipped(places, folder, members);
    expect(await readShippedIndex(folder)).toEqual(JSON.parse(JSON.stringify(index)));
    expect(index.members.map(({ name }) => name)).toEqual(members.map(({ name }) => name));
    expect(index.slices).toEqual(['a-0', 'a-1', 'b-2']);
    for (const { file, bytes } of index.members) expect(readFileSync(path.join(folder, file)).length).toBe(bytes);
  });

  it('is the same bit for bit when it is made again, and told apart when it is not', async () => {
    const [first] = members;
    const again = await makeMember(first!, { slices, runs: path.join(scratch, 'again') });
    expect(await compareMember(again, first!.name, folder)).toEqual([
      true,
      expect.stringMatching(/^member-1: bit-equal, SHA-256 /),
    ]);
    const bytes = readFileSync(again);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(again, bytes);
    const [isSame, told] = await compareMember(again, first!.name, folder);
    expect(isSame).toBe(false);
    expect(told).toContain(`that of ${indexName} is`);
    await expect(compareMember(again, 'none', folder)).rejects.toThrow('Expected none among the networks');
  });
});

describe('what was seen', () => {
  const spacing = { patients: 2, least: 0.7, middle: 0.8, most: 0.9 };
  const seen = seenIn(slices, { window: { blackHu: 0, whiteHu: 256, errorHu: 1 }, pixelMm: spacing, sliceMm: spacing });

  it('is counted by picture and by patient, in HU', () => {
    expect(seen).toMatchObject({ pictures: 3, patients: 2, size: [16, 16], windowHu: [0, 256], pixelMm: spacing });
    expect(seen.look.softHu).toEqual({ least: 60, middle: 80, most: 100 });
    // Patient a has slices of 60 and 80 HU with equal masks, b one of 100.
    expect(seen.organHu).toEqual({ least: 70, middle: 85, most: 100 });
    expect(seen.look.bodyRows.most).toBe(16);
  });
});
