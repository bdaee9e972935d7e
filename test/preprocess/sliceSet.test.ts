import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeNpy } from '../../lib/io/npy.ts';
import { openSlices } from '../../lib/preprocess/sliceSet.ts';
import { slicesInMemory } from './slicesInMemory.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-sliceset-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Two slices of 2×3 pixels with the values 0.. and 100... */
function writeSlices(manifest: object = {}): void {
  for (const part of ['data', 'label']) mkdirSync(path.join(folder, part), { recursive: true });
  const slices = ['a-0', 'a-1'].map((id, i) => {
    const [image, label] = [`data/${id}.npy`, `label/${id}.npy`];
    writeFileSync(
      path.join(folder, image),
      encodeNpy({ data: Float32Array.from({ length: 18 }, (_, p) => 100 * i + p), shape: [3, 2, 3] }),
    );
    writeFileSync(path.join(folder, label), encodeNpy({ data: Uint8Array.of(0, 1, 1, 0, 0, i), shape: [1, 2, 3] }));
    return {
      id,
      case: 'a',
      patient: 'a',
      z: i,
      image,
      label,
      height: 2,
      width: 3,
      spacingMm: [1, 1],
      foreground: 2 + i,
      box: [0, 1, 1 + i, 3],
    };
  });
  writeFileSync(
    path.join(folder, 'manifest.json'),
    JSON.stringify({
      version: 1,
      dataset: 'test',
      mode: 'default',
      unit: 'px',
      slices,
      cases: [],
      failed: [],
      pending: [],
      ...manifest,
    }),
  );
}

describe('slices on disk', () => {
  it('are read as image (3, H, W) and label (H, W)', async () => {
    writeSlices();
    const { entries, read } = await openSlices(folder);
    expect(entries.map(({ id }) => id)).toEqual(['a-0', 'a-1']);
    expect(read(1)).toEqual({
      image: Float32Array.from({ length: 18 }, (_, p) => 100 + p),
      label: Uint8Array.of(0, 1, 1, 0, 0, 1),
    });
  });

  it('give their label without the image', async () => {
    writeSlices();
    const { read, readLabel } = await openSlices(folder);
    rmSync(path.join(folder, 'data/a-1.npy'));
    expect(readLabel(1)).toEqual(Uint8Array.of(0, 1, 1, 0, 0, 1));
    expect(read(0).label).toBe(readLabel(0));
  });

  it('stay in memory while there is room, and only then', async () => {
    writeSlices();
    const slices = await openSlices(folder, { cacheBytes: 18 * 4 + 6 });
    expect(slices.onDisk).toEqual({ folder, cacheBytes: 18 * 4 + 6 }); // what a thread keeps to as well
    const first = slices.read(0).image;
    expect(slices.read(0).image).toBe(first);
    const second = slices.read(1).image;
    expect(slices.read(1).image).not.toBe(second);
    expect(slices.read(1).image).toEqual(second);
  });

  it('are refused when a file is missing, truncated or of another shape', async () => {
    writeSlices();
    const { read } = await openSlices(folder);
    writeFileSync(path.join(folder, 'data/a-0.npy'), encodeNpy({ data: new Float32Array(18), shape: [3, 3, 2] }));
    expect(() => read(0)).toThrow(
      /^Expected Float32Array of shape 3×2×3 as the manifest says, found Float32Array of shape 3×3×2 in .*a-0\.npy$/,
    );
    writeFileSync(
      path.join(folder, 'data/a-0.npy'),
      encodeNpy({ data: new Float32Array(18), shape: [3, 2, 3] }).subarray(0, 150),
    );
    expect(() => read(0)).toThrow(/bytes of data .* in .*a-0\.npy/);
    rmSync(path.join(folder, 'label/a-1.npy'));
    expect(() => read(1)).toThrow(/run axunet preprocess again/);
  });

  it('need a manifest of this version', async () => {
    await expect(openSlices(folder)).rejects.toThrow(/manifest\.json/);
    writeSlices({ version: 2 });
    await expect(openSlices(folder)).rejects.toThrow('Expected a slice manifest whose version is 1, found 2 in');
  });
});

describe('slices in memory', () => {
  it('count their foreground and its box', () => {
    const label = Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0);
    const set = slicesInMemory([{ id: 's', patient: 'p', height: 3, width: 4, image: new Float32Array(36), label }]);
    expect(set.entries[0]).toMatchObject({
      id: 's',
      case: 's',
      patient: 'p',
      foreground: 3,
      box: [1, 1, 3, 3],
      spacingMm: [1, 1],
    });
    expect(set.read(0).label).toBe(label);
    expect(set.readLabel(0)).toBe(label);
    expect(
      slicesInMemory([
        { id: 'e', patient: 'p', height: 1, width: 1, image: new Float32Array(3), label: new Uint8Array(1) },
      ]).entries[0],
    ).toMatchObject({ foreground: 0, box: null });
  });
});

describe('a manifest of another shape', () => {
  it.each<[string, (manifest: any) => unknown, string]>([
    ['nothing', () => null, 'a slice manifest, found null'],
    [
      'a slice that is null',
      (m) => ({ ...m, slices: [m.slices[0], null] }),
      'whose slices[1] is an object, found null',
    ],
    ['no cases', ({ cases, ...m }) => m, 'a slice manifest with cases, found nothing'],
    [
      'an image that is no text',
      (m) => ({ ...m, slices: [{ ...m.slices[0], image: 5 }] }),
      'slices[0].image is a text',
    ],
    [
      'a height of 0',
      (m) => ({ ...m, slices: [{ ...m.slices[0], height: 0 }] }),
      'height is a whole number of 1 or more',
    ],
    [
      'a checksum that is empty',
      (m) => ({ ...m, slices: [{ ...m.slices[0], imageCrc32: '' }] }),
      'imageCrc32 is 24 hexadecimal digits, found ""',
    ],
    [
      'a checksum that is a number',
      (m) => ({ ...m, slices: [{ ...m.slices[0], labelCrc32: 5 }] }),
      'labelCrc32 is 8 hexadecimal digits, found 5',
    ],
    [
      'a spacing of 0',
      (m) => ({ ...m, slices: [{ ...m.slices[0], spacingMm: [0, 1] }] }),
      'spacingMm[0] is a positive number, found 0',
    ],
    [
      'one slice twice',
      (m) => ({ ...m, slices: [m.slices[0], m.slices[0]] }),
      'Expected slices with different ids, found',
    ],
    [
      'warnings that are no list',
      (m) => ({ ...m, cases: [{ id: 'a', patient: 'a', sources: {}, slices: 1, warnings: 5 }] }),
      'warnings is a list, found 5',
    ],
    ['slices in an object', (m) => ({ ...m, slices: { 0: m.slices[0] } }), 'whose slices is a list, found an object'],
  ])('is refused by name: %s', async (_, change, sentence) => {
    writeSlices();
    const file = path.join(folder, 'manifest.json');
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
    await expect(openSlices(folder)).rejects.toThrow(sentence);
    await expect(openSlices(folder)).rejects.toThrow(/ in .*manifest\.json$/);
  });
});

describe('a manifest whose paths leave its folder', () => {
  it.each(['../elsewhere.npy', path.join(os.tmpdir(), 'elsewhere.npy'), 'data/../../elsewhere.npy'])(
    'gives no slice: %s',
    async (image) => {
      writeSlices();
      const file = path.join(folder, 'manifest.json');
      const manifest = JSON.parse(readFileSync(file, 'utf8')) as { slices: { image: string }[] };
      manifest.slices[1].image = image;
      writeFileSync(file, JSON.stringify(manifest));
      const slices = await openSlices(folder);
      expect(() => slices.read(1)).toThrow(/^Expected a path inside .*, found ".*elsewhere\.npy" in .*manifest\.json$/);
      expect(slices.read(0).image).toHaveLength(18);
    },
  );
});
