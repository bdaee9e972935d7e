/** Slices and records on disk. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readNpy } from '../../lib/io/npy.ts';
import type { SliceEntry } from '../../lib/preprocess/manifest.ts';
import {
  type CaseRecord,
  isComplete,
  readCaseRecord,
  removeCase,
  startSliceWriter,
  writeCaseRecord,
} from '../../lib/preprocess/sliceFiles.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-files-'));
  for (const part of ['data', 'label']) mkdirSync(path.join(folder, part));
});
afterEach(() => rmSync(folder, { recursive: true }));
const at = (...parts: string[]): string => path.join(folder, ...parts);

const entryOf = (z: number): SliceEntry => ({
  id: `a-${z}`,
  case: 'a',
  patient: 'a',
  z,
  image: `data/a-${z}.npy`,
  label: `label/a-${z}.npy`,
  height: 2,
  width: 3,
  spacingMm: [1, 1],
  foreground: 0,
  box: null,
});
const plane = (from: number): Float32Array => Float32Array.from({ length: 6 }, (_, i) => from + i);

async function writeCase(count = 10): Promise<CaseRecord> {
  const writer = startSliceWriter(folder, 2, 3);
  const slices = Array.from({ length: count }, (_, z) => entryOf(z));
  for (const entry of slices) {
    const planes = [plane(0), plane(10), plane(entry.z)] as const;
    await writer.write(entry, { z: entry.z, planes, label: Uint8Array.of(0, 1, 0, 0, 0, 1) });
  }
  await writer.finish();
  const record: CaseRecord = {
    made: { by: 'a test' },
    entry: { id: 'a', patient: 'a', sources: {}, slices: count },
    slices,
    bytes: writer.bytes,
  };
  await writeCaseRecord(folder, record);
  return record;
}

describe('startSliceWriter', () => {
  it('writes image (3, H, W) and label (1, H, W), whole files of the bytes it tells', async () => {
    const record = await writeCase();
    const image = await readNpy(at('data/a-7.npy'));
    expect(image).toMatchObject({ shape: [3, 2, 3], data: Float32Array.of(...plane(0), ...plane(10), ...plane(7)) });
    expect(await readNpy(at('label/a-7.npy'))).toMatchObject({
      shape: [1, 2, 3],
      data: Uint8Array.of(0, 1, 0, 0, 0, 1),
    });
    // A header of 128 bytes, then 18 numbers of 4 bytes and 6 of 1.
    expect(record.bytes).toEqual({ image: 128 + 72, label: 128 + 6 });
    expect(readdirSync(at('data')).filter((name) => name.includes('partial'))).toEqual([]);
  });
  it('throws what a write met, at the latest at the end', async () => {
    rmSync(at('label'), { recursive: true });
    await expect(writeCase()).rejects.toThrow('Expected a place to write to, found a folder that is gone');
  });
});

describe('records', () => {
  it('come back as they were written; one that is absent or torn is none', async () => {
    const record = await writeCase(2);
    expect(await readCaseRecord(folder, 'a')).toEqual(record);
    expect(await readCaseRecord(folder, 'b')).toBeUndefined();
    writeFileSync(at('cases', 'b.json'), '{"made":');
    expect(await readCaseRecord(folder, 'b')).toBeUndefined();
  });
  it('are complete only while every file has its full size', async () => {
    const record = await writeCase(2);
    expect(await isComplete(folder, record)).toBe(true);
    truncateSync(at('label/a-1.npy'), 133);
    expect(await isComplete(folder, record)).toBe(false);
    rmSync(at('label/a-1.npy'));
    expect(await isComplete(folder, record)).toBe(false);
  });
  it('go with their slices', async () => {
    await writeCase(2);
    await removeCase(folder, 'a');
    await removeCase(folder, 'never there');
    expect(['data', 'label', 'cases'].map((part) => readdirSync(at(part)))).toEqual([[], [], []]);
  });
});

describe('a record whose paths leave the folder', () => {
  const outside = async (change: Partial<SliceEntry>): Promise<CaseRecord> => {
    const record = await writeCase(6);
    const slices = record.slices.map((entry, i) => (i === 5 ? { ...entry, ...change } : entry));
    await writeCaseRecord(folder, { ...record, slices });
    return { ...record, slices };
  };
  it.each([
    ['image', '../victim-of-axunet/thesis.txt'],
    ['label', '../victim-of-axunet/thesis.txt'],
    ['image', 'data/../../victim-of-axunet/thesis.txt'],
    ['image', path.join(os.tmpdir(), 'victim-of-axunet', 'thesis.txt')],
    ['image', 'data/linked/thesis.txt'],
  ] as const)('removes nothing and is refused by name: %s %s', async (part, name) => {
    const victim = path.join(os.tmpdir(), 'victim-of-axunet');
    mkdirSync(victim, { recursive: true });
    writeFileSync(path.join(victim, 'thesis.txt'), 'years of work');
    symlinkSync(victim, at('data', 'linked'));
    const record = await outside({ [part]: name });
    const refusal = /^Expected a path inside .*, found .*thesis\.txt.* in .*cases\/a\.json$/;
    await expect(removeCase(folder, 'a')).rejects.toThrow(refusal);
    await expect(isComplete(folder, record)).rejects.toThrow(refusal);
    expect(readFileSync(path.join(victim, 'thesis.txt'), 'utf8')).toBe('years of work');
    expect(readdirSync(at('data')).filter((file) => file.endsWith('.npy'))).toHaveLength(6);
    rmSync(victim, { recursive: true });
  });
  it.each([
    { image: 'data' },
    { image: 'manifest.json' },
    { label: 'cases/b.json' },
    { image: 'data/b-5.npy' },
    { id: 'b-5', image: 'data/b-5.npy', label: 'label/b-5.npy' },
  ])('nor anything else in its folder that is not its own: %j', async (change) => {
    writeFileSync(at('manifest.json'), '{}');
    writeFileSync(at('data', 'b-5.npy'), 'of another case');
    await outside(change);
    await expect(removeCase(folder, 'a')).rejects.toThrow(
      /^Expected (data|label)\/a-….npy, a file of its own slice, found/,
    );
    expect(readdirSync(at('data'))).toHaveLength(7);
    expect(readFileSync(at('manifest.json'), 'utf8')).toBe('{}');
  });
  it('is none where its slices are those of another case', async () => {
    await outside({ case: 'b' });
    expect(await readCaseRecord(folder, 'a')).toBeUndefined();
  });
});
