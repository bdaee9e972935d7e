import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectPath } from '../../../lib/settings.ts';
import { cardTables, tablesIn, writeCard } from '../../../notebooks/lessons/shipped/card.ts';
import { writeShippedExample } from '../../weights/shippedExample.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-card-'));
const file = path.join(folder, 'README.md');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const committed = projectPath('data/weights');
const text = readFileSync(path.join(committed, 'README.md'), 'utf8');

describe('the model card', () => {
  it('has the tables of the index and of what is recorded (mend: npm run weights -- --card)', async () => {
    const words = (one: string): string[] => one.split(/\s+/); // its lines are wrapped
    expect(words(tablesIn(text))).toEqual(words(await cardTables(committed)));
  });

  it('has no number of its own beside the tables that could become wrong', () => {
    const rest = text.replace(tablesIn(text), '');
    expect(rest).toContain('not a medical device');
    expect(rest.match(/\b0\.\d+/g) ?? []).toEqual([]);
  });

  it('gets the files, patients and slices of an index between its marks, and keeps what a hand wrote', async () => {
    await writeShippedExample(folder);
    writeFileSync(file, text);
    expect(await writeCard(folder)).toBe(file);
    const written = readFileSync(file, 'utf8');
    expect(written.slice(0, 100)).toBe(text.slice(0, 100));
    expect(written).toContain('[one.safetensors](one.safetensors) | `weights`');
    expect(written).toContain('[small.safetensors](small.safetensors) | `small`');
    expect(written).toContain('| PANCREAS_0001 | 1001 |');
    await writeCard(folder);
    expect(readFileSync(file, 'utf8')).toBe(written);
  });

  it('is refused without its marks', async () => {
    writeFileSync(file, '# A card');
    await expect(writeCard(folder)).rejects.toThrow(/^Expected the lines "<!-- written by/);
  });
});
