import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGreyPng } from '../../../lib/io/greyPng.ts';
import { makeFolder } from '../../../lib/io/writable.ts';
import { Random } from '../../../lib/random.ts';
import { openArms } from '../../../notebooks/lessons/realTumours/arms.ts';
import { besideResults, readClassifiers } from '../../../notebooks/lessons/realTumours/classifierRecord.ts';
import { armTable, describeClassifiers } from '../../../notebooks/lessons/realTumours/classifierSentences.ts';
import {
  applyModels,
  describeApplied,
  readModels,
  trainModels,
  writeModels,
} from '../../../notebooks/lessons/realTumours/finalModel.ts';
import { runClassifiers } from '../../../notebooks/lessons/realTumours/runClassifiers.ts';
import { openRealTumours } from '../../../notebooks/lessons/realTumours/table.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'axunet-classifiers-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const [train, others, records] = ['train', 'others', 'records'].map((name) => path.join(scratch, name)) as [
  string,
  string,
  string,
];

/**
 * Crops of noise in which nothing but the size of the box tells the sources apart: MSD 34 to 44 pixels wide, NIH 50 to
 * 60. One slice a patient, `masked` of each source with a mask.
 */
async function writeShortcut(folder: string, patients: number, seed: number, masked = 0): Promise<void> {
  for (const kind of ['images', 'masks']) await makeFolder(path.join(folder, kind));
  const random = Random.stream(seed, 'shortcut');
  const rows = (['MSD', 'NIH'] as const).flatMap((source) =>
    Array.from({ length: patients }, (_, p) => {
      const [width, height] = [(source === 'MSD' ? 34 : 50) + random.integer(11), 34 + random.integer(6)];
      const file = `${source}_${seed}_${p}.png`;
      const noise = random.uniform(8, 14);
      const data = Uint8Array.from({ length: width * height }, () =>
        Math.max(0, Math.min(255, Math.round(60 + noise * random.normal()))),
      );
      const save = (kind: string, pixels: Uint8Array): void =>
        writeFileSync(path.join(folder, kind, file), encodeGreyPng({ data: pixels, width, height }));
      save('images', data);
      const hasMask = p < masked;
      if (hasMask)
        save(
          'masks',
          Uint8Array.from(data, (_, i) => (i % width > 8 && i % width < 25 ? 255 : 0)),
        );
      return {
        ...{
          file,
          patient: file.slice(0, -4),
          slice: 10 + random.integer(90),
          source,
          tumour: Number(source === 'MSD'),
        },
        ...{ w: width, h: height, mask: hasMask ? file : '' },
        ...(hasMask && { spacing_xy: [0.8, 0.8], spacing_z: random.uniform(1, 3) }),
      };
    }),
  );
  writeFileSync(path.join(folder, 'slices.json'), JSON.stringify(rows));
}

beforeAll(async () => {
  await writeShortcut(train, 18, 1, 6);
  await writeShortcut(others, 10, 2);
});

describe('The final model', () => {
  it('is written whole, read again, and finds in other patients the shortcut that it was shown', async () => {
    await writeModels(trainModels(await openRealTumours(train), { package: '0' }, 1), records);
    const applied = await applyModels(others, records);
    expect([applied.ill, applied.well, applied.seen]).toEqual([10, 10, []]);
    const [box, scan, size] = applied.models;
    expect(size!.auc).toBeGreaterThan(0.95);
    expect(scan!.auc).toBeGreaterThan(0.9);
    expect(box!.auc).toBeGreaterThan(0.8); // features that grow with the number of pixels
    expect(applied.differences.map(({ name }) => name)).toEqual(['scan', 'size']);
    expect(describeApplied(applied)[0]).toBe('20 patients: 10 with a tumour, 10 without');
  });

  it('says when it is asked of patients whom it has seen', async () => {
    const applied = await applyModels(train, records);
    expect(applied.seen).toHaveLength(36);
    expect(describeApplied(applied)[1]).toBe('36 of them were trained on: what follows is no test of the models');
  });

  it('holds no name of a patient', async () => {
    expect(readFileSync(besideResults('model.json', records), 'utf8')).not.toMatch(/MSD_|NIH_/);
  });

  it('refuses features of another version, lists of unequal length, and a place without a model', async () => {
    const file = await readModels(records);
    const elsewhere = path.join(scratch, 'elsewhere');
    await expect(readModels(elsewhere)).rejects.toThrow(
      'Expected a trained model; npm run study -- real-tumours makes it',
    );
    await writeModels({ ...file, features: file.features + 1 }, elsewhere);
    await expect(applyModels(others, elsewhere)).rejects.toThrow(`Expected features of version ${file.features + 1}`);
    const [first, ...rest] = file.models;
    await writeModels({ ...file, models: [{ ...first!, weights: [1] }, ...rest] }, elsewhere);
    await expect(readModels(elsewhere)).rejects.toThrow(
      `Expected ${first!.columns.length} numbers a list in model box`,
    );
    await writeModels({ ...file, models: [{ ...first!, columns: first!.columns.map((c) => `${c}x`) }] }, elsewhere);
    await expect(applyModels(others, elsewhere)).rejects.toThrow('a table without it');
  });
});

describe('The arms', () => {
  it('find the shortcut, go on where they stopped, and are recorded without single patients', async () => {
    const options = { seed: 1, shuffles: 2, splits: 1, sizes: [12, 28] };
    const places = { data: train, runs: path.join(scratch, 'runs'), records };
    const record = await runClassifiers(options, places);
    const auc = (name: string): number => record.arms.find((arm) => arm.name === name)!.auc;
    expect(auc('size')).toBeGreaterThan(0.95);
    expect(auc('slice')).toBeLessThan(0.8);
    expect(record.arms.find(({ name }) => name === 'coin')!.interval[0]).toBeLessThan(0.5);
    expect(record.boxes.reduce((sum, [, , , count]) => sum + count, 0)).toBe(36);
    expect(record.arms.filter(({ permuted }) => permuted).every(({ permuted }) => permuted!.shuffles === 2)).toBe(true);
    const started = performance.now();
    expect((await runClassifiers({ ...options, sizes: [12] }, places)).arms).toEqual(record.arms);
    expect(performance.now() - started).toBeLessThan(60_000);
    const kept = (await readClassifiers(records))!;
    expect(kept.arms.map(({ name }) => name)).toEqual(record.arms.map(({ name }) => name));
    expect(readFileSync(besideResults('classifiers.json', records), 'utf8')).not.toMatch(/MSD_\d|NIH_\d|\.png/);
    expect(describeClassifiers(kept)).toHaveLength(3);
    expect(armTable(kept).rowCount).toBe(kept.arms.length);
  }, 240_000);

  it('have tables of the same patients where they are compared', async () => {
    const { size, scan, box, boxFree, scanAndBox, middle, mask } = await openArms(train);
    for (const table of [scan, box, boxFree, scanAndBox, middle]) expect(table.ids).toEqual(size.ids);
    expect(mask.ids).toHaveLength(12);
    expect(boxFree.columns.some((name) => /NonUniformity$|_Energy$/.test(name))).toBe(false);
  });
});
